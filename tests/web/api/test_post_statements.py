"""Statements of an act by the API: taken and answered in one transaction, from what the gate has in hand."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.web.api.conftest import Program, Programs
from tests.web.cases.test_post_statements import everything
from tests.web.conftest import furnished
from tests.workflow.cases.test_statements import REGISTER
from tests.worlds import World

#: The budget of a POST without transaction control: token, the act, and the case as it is answered.
MOST = 14


def step(world: World, number: str) -> tuple[str, str, dict[str, Any]]:
    """Who takes the next step of a case, and how."""
    row = world.row(number)
    state, body = row.state, world.tenant.body_keys.get(row.waits_body_id or 0, "")
    if state == "draft":
        return "officer", "submit", {}
    if state == "review":
        return "manager", "endorse", {}
    if state == "sign":
        return world.seated(row.waits_role, body), "sign", world.signed()
    if state.startswith("confirm-"):
        return world.seated("chair", body), "confirm", {}
    if row.waits_role == "manager":
        return "manager", "approve", {}
    outcome = "recommend" if state.startswith("recommend") else "approve"
    return world.seated("secretary", body), "enter-decision", world.decision(outcome, paragraph=f"§ {row.id + 100}")


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    """On SQLite alone: the statements are the same on the other database."""
    return furnished(sqlite_engine, "orebro")


def counts(program: Programs, world: World, engagement: str) -> dict[str, int]:
    """Statements of each act on a case's way to a yes, by state."""
    programs: dict[str, Program] = {}
    number, found = world.open(engagement), {}
    while (row := world.row(number)).closed_at is None:
        who, action, payload = step(world, number)
        if who not in programs:
            programs[who] = program(who)
            programs[who].get(f"/cases/{number}")  # the first use of a token in a day is noted
        with everything(world.engine) as seen:
            assert programs[who].act(number, action, row.version, payload).status_code == 200
        found[row.state] = len([statement for statement in seen if not statement.startswith("BEGIN")])
    return found


@pytest.mark.parametrize("engagement", ["twin-agreement", "project", "visit"])
def test_an_act_takes_few_statements(program: Programs, world: World, engagement: str) -> None:
    counts(program, world, engagement)  # the day's meetings are stored once, policies and bodies read once
    found = counts(program, world, engagement)
    _state, last = found.popitem()
    assert {state: n for state, n in found.items() if n > MOST} == {}
    assert last <= MOST + REGISTER
    assert found["review"] <= 10
