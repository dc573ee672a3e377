"""Seats that may act at each stop of a route."""

from __future__ import annotations

import pytest

from tests.worlds import policy_of
from workflow.policy.roles import (
    bodies_on_the_way,
    body_at,
    consulted,
    coordinator_seat,
    next_seat,
    preparing_seat,
    seat,
    seats_for,
    signing_seats,
)
from workflow.policy.state_machine import Stop, procedure_for

POLICY = policy_of("orebro")
COMMITTEE, ADMINISTRATION = "programnamnd-barn", "forvaltningen-barn"
COUNCIL = procedure_for(POLICY, "council-agreement", "committee")


def stop(state: str) -> Stop:
    found = COUNCIL.stop_at(state)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("officer@responsible", ("officer", ADMINISTRATION)),
        ("manager@responsible", ("manager", ADMINISTRATION)),
        ("chair@responsible", ("chair", COMMITTEE)),
        ("chair@council", ("chair", "kommunfullmaktige")),
        ("coordinator@executive-board", ("coordinator", "kommunstyrelsen")),
    ],
)
def test_staff_sit_in_the_administration_and_the_elected_in_the_body(token: str, expected: tuple[str, str]) -> None:
    assert seat(POLICY, token, COMMITTEE) == expected


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        ("draft", "submit", (("officer", ADMINISTRATION),)),
        ("review", "endorse", (("manager", ADMINISTRATION),)),
        ("recommend:responsible", "enter-decision", (("secretary", COMMITTEE),)),
        ("recommend:responsible", "confirm", (("chair", COMMITTEE),)),
        ("decide:council", "enter-decision", (("secretary", "kommunfullmaktige"),)),
        ("sign", "sign", (("chair", "kommunstyrelsen"),)),
        ("review", "reassign", (("manager", ADMINISTRATION),)),
    ],
)
def test_each_action_has_its_seats(state: str, action: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert seats_for(POLICY, stop(state), action, COMMITTEE) == expected


def test_an_action_that_is_never_open_there_has_none() -> None:
    with pytest.raises(LookupError, match="sign is not open at a stop of the kind draft"):
        seats_for(POLICY, stop("draft"), "sign", COMMITTEE)


def test_an_administration_has_no_chair_who_signs() -> None:
    own = procedure_for(POLICY, "own-agreement", "administration")
    assert signing_seats(POLICY, own, ADMINISTRATION) == {("manager", ADMINISTRATION), ("chair", "kommunstyrelsen")}


def test_the_responsible_body_is_not_consulted_on_its_own_matter() -> None:
    asked = Stop("consult", "consult", ("committee", "company-board"), "consulted", stop("review").source)
    assert consulted(POLICY, asked, COMMITTEE) == ("bolagsstyrelsen",)
    assert set(consulted(POLICY, asked, "kommunstyrelsen")) == {COMMITTEE, "bolagsstyrelsen"}


def test_a_case_waits_for_the_seat_that_acts_next() -> None:
    assert next_seat(POLICY, COUNCIL, "draft", COMMITTEE) is None
    assert next_seat(POLICY, COUNCIL, "concluded", COMMITTEE) is None
    assert next_seat(POLICY, COUNCIL, "review", COMMITTEE) == preparing_seat(POLICY, "manager", COMMITTEE)
    assert next_seat(POLICY, COUNCIL, "confirm-decide:council", COMMITTEE) == ("chair", "kommunfullmaktige")


def test_bodies_on_the_way_are_named_once() -> None:
    assert body_at(POLICY, stop("recommend:responsible"), COMMITTEE) == COMMITTEE
    assert coordinator_seat(POLICY) == ("coordinator", "kommunstyrelsen")
    assert bodies_on_the_way(POLICY, COUNCIL, COMMITTEE) == {
        COMMITTEE,
        ADMINISTRATION,
        "kommunstyrelsen",
        "kommunfullmaktige",
    }
