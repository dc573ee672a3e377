"""Order of refusals: which of several faults of a request is answered first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest

from tests.web.api.conftest import Programs, codes
from tests.worlds import World

#: Each fault, in the order of the contract, with its status and the reason that shows it is the one answered.
FAULTS = {
    "no token": (401, None),
    "no such case": (404, "not-found"),
    "malformed": (422, "field-unknown"),
    "not mandated": (403, "not-appointed"),
    "stale": (409, "changed"),
    "not open": (409, "not-open"),
    "missing": (422, "missing"),
}


def request_with(world: World, faults: Iterable[str]) -> tuple[str, str, dict[str, Any]]:
    """Who asks, about which case, with which body: all is well but for the faults."""
    number = world.open("exchange", fields={}) if "missing" in faults else world.open("exchange")
    action, may, may_not = "submit", "officer", "manager"
    if "not open" in faults:
        if "missing" in faults:  # what is missing stands before the review, so the case is still a draft
            action, may, may_not = "endorse", "manager", "officer"
        else:
            world.act("officer", number, "submit")
    version = world.version(number) + (1 if "stale" in faults else 0)
    body: dict[str, Any] = {"action": action, "version": version, "payload": {}}
    if "malformed" in faults:
        body["payload"] = {"unheard-of": 1}
    who = may_not if "not mandated" in faults else may
    if "no such case" in faults:
        number = f"{world.tenant.key}-2026-09999"
    return "" if "no token" in faults else who, number, body


def test_without_a_fault_the_action_is_taken(program: Programs, world: World) -> None:
    who, number, body = request_with(world, ())
    assert program(who).post(f"/cases/{number}/actions", body).status_code == 200


def test_of_two_faults_the_earlier_in_the_contract_is_answered(
    program: Programs, world: World, subtests: pytest.Subtests
) -> None:
    programs = {who: program(who) for who in ("officer", "manager", "")}
    for faults in (*combinations(FAULTS, 1), *combinations(FAULTS, 2)):
        with subtests.test(" and ".join(faults)):
            who, number, body = request_with(world, faults)
            answer = programs[who].post(f"/cases/{number}/actions", body)
            status, code = FAULTS[faults[0]]
            assert answer.status_code == status, answer.text
            assert codes(answer)[:1] == ([] if code is None else [code])


ENVELOPES: list[Any] = [
    {"action": "submit"},
    {"version": 1},
    {"action": "submit", "version": "1"},
    {"action": "submit", "version": True},
    {"action": "submit", "version": 1.0},
    {"action": "submit", "version": None},
    {"action": 7, "version": 1},
    {"action": "submit", "version": 1, "payload": []},
    {"action": "submit", "version": 1, "comment": 5},
    {"action": "submit", "version": 1, "more": 5},
    {"action": "no-such-action", "version": 1},
    [],
    "submit",
]


def test_a_malformed_envelope_is_said_after_404_and_before_403(
    program: Programs, world: World, subtests: pytest.Subtests
) -> None:
    number, manager = world.open("exchange"), program("manager")
    for envelope in ENVELOPES:
        with subtests.test(str(envelope)):
            assert manager.post("/cases/orebro-2026-09999/actions", envelope).status_code == 404
            answer = manager.post(f"/cases/{number}/actions", envelope)
            assert answer.status_code == 422
            assert codes(answer)


def test_what_is_missing_is_named_field_by_field_with_its_clauses(program: Programs, world: World) -> None:
    number = world.open("exchange", fields={}, goals=[])
    answer = program("officer").act(number, "submit", 1)
    assert set(codes(answer)) == {"missing"}
    problem = answer.get_json()
    assert "goals" in {reason["field"] for reason in problem["reasons"]}
    assert "orebro/goals" in problem["clauses"]
