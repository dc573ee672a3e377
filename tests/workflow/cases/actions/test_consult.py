"""How do other bodies give their opinion, and what is their silence?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import Consultation
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.core.errors import ActionNotOpen, Malformed, NotMandated

COMMITTEE, COMPANY = "miljo-och-halsoskyddsnamnden", "stockholms-stadshus-ab"
BOARD = "kommunstyrelsen"


@pytest.fixture
def asked(stockholm: World) -> tuple[World, str]:
    """The strategy of Stockholm, prepared by the executive board and sent out to committee and company."""
    stockholm.add("secretary.environment", ("secretary", COMMITTEE))
    stockholm.add("secretary.company", ("secretary", COMPANY))
    number = stockholm.open("policy", "adopt", attributes={}, responsible=BOARD)
    assert stockholm.walk(number, "consult") == "consult"
    return stockholm, number


def answers(world: World, round_: int = 1) -> dict[str, tuple[str, str]]:
    """State and opinion by body asked."""
    with reading(world.engine, world.tenant.id) as session:
        found = session.scalars(select(Consultation).where(Consultation.round == round_)).all()
    return {world.tenant.body_keys[one.body_id]: (one.state, one.opinion) for one in found}


def test_every_committee_and_company_is_asked_and_has_a_last_day(asked: tuple[World, str]) -> None:
    world, number = asked
    assert answers(world) == {COMMITTEE: ("asked", ""), COMPANY: ("asked", "")}
    row = world.row(number)
    assert (row.waits_role, world.tenant.body_keys[row.waits_body_id]) == ("coordinator", BOARD)
    assert row.due_on == date(2026, 11, 14)  # sixty days
    with reading(world.engine, world.tenant.id) as session:
        assert set(session.scalars(select(Consultation.due_on))) == {date(2026, 11, 14)}


def test_body_whose_own_matter_it_is_is_not_asked(stockholm: World) -> None:
    number = stockholm.open("policy", "adopt", attributes={}, responsible=COMMITTEE)
    stockholm.walk(number, "consult")
    assert set(answers(stockholm)) == {COMPANY}


def test_case_may_set_the_last_day_itself(stockholm: World) -> None:
    fields = {"consultation_ends_on": "2026-10-17"}
    number = stockholm.open("policy", "adopt", attributes={}, responsible=BOARD, fields=fields)
    stockholm.walk(number, "consult")
    assert stockholm.row(number).due_on == date(2026, 10, 17)


@pytest.mark.parametrize("who", ["officer", "manager", "chair.committee", "coordinator", "secretary.council"])
def test_only_a_consulted_bodys_secretary_gives_its_opinion(asked: tuple[World, str], who: str) -> None:
    world, number = asked
    with refused(world, NotMandated, "not-appointed"):
        world.act(who, number, "give-opinion", {"opinion": "In favour"})


def test_secretary_answers_for_no_other_body(asked: tuple[World, str]) -> None:
    world, number = asked
    for body in (COMPANY, "kommunfullmaktige", "nowhere"):
        with refused(world, Malformed, "field-wrong"):
            world.act("secretary.environment", number, "give-opinion", {"opinion": "In favour", "body": body})


@pytest.mark.parametrize("payload", [{}, {"opinion": ""}, {"body": COMMITTEE}])
def test_opinion_has_words(asked: tuple[World, str], payload: dict[str, str]) -> None:
    world, number = asked
    code = "field-wrong" if "opinion" in payload else "field-missing"
    with refused(world, Malformed, code):
        world.act("secretary.environment", number, "give-opinion", payload)


def test_body_answers_once(asked: tuple[World, str]) -> None:
    world, number = asked
    world.act("secretary.environment", number, "give-opinion", {"opinion": "In favour"})
    with refused(world, Malformed, "field-wrong"):
        world.act("secretary.environment", number, "give-opinion", {"opinion": "Against, on reflection"})
    assert answers(world)[COMMITTEE] == ("given", "In favour")


def test_secretary_of_two_bodies_says_for_which(asked: tuple[World, str]) -> None:
    world, number = asked
    world.act("secretary.committee", number, "give-opinion", {"opinion": "In favour", "body": COMPANY})
    world.act("secretary.committee", number, "give-opinion", {"opinion": "Against", "body": COMMITTEE})
    assert answers(world) == {COMMITTEE: ("given", "Against"), COMPANY: ("given", "In favour")}


@pytest.mark.parametrize("who", ["officer", "manager", "secretary.executive", "chair.executive", "auditor", "admin"])
def test_only_the_coordinator_closes_a_consultation(asked: tuple[World, str], who: str) -> None:
    world, number = asked
    with refused(world, NotMandated, "not-appointed"):
        world.act(who, number, "close-consultation")


def test_silence_is_recorded_as_silence(asked: tuple[World, str]) -> None:
    world, number = asked
    world.act("secretary.environment", number, "give-opinion", {"opinion": "In favour"})
    world.act("coordinator", number, "close-consultation")
    assert answers(world) == {COMMITTEE: ("given", "In favour"), COMPANY: ("silent", "")}
    assert world.row(number).state == "recommend:executive-board"


def test_nobody_answers_after_the_end(asked: tuple[World, str]) -> None:
    world, number = asked
    world.act("coordinator", number, "close-consultation")
    with refused(world, ActionNotOpen, "not-open"):
        world.act("secretary.environment", number, "give-opinion", {"opinion": "In favour"})


def test_opinions_decide_nothing(asked: tuple[World, str]) -> None:
    world, number = asked
    for body in (COMMITTEE, COMPANY):
        world.act("secretary.committee", number, "give-opinion", {"opinion": "In favour", "body": body})
    assert world.row(number).state == "consult"


def test_case_that_comes_back_is_sent_out_again(asked: tuple[World, str]) -> None:
    world, number = asked
    world.act("secretary.environment", number, "give-opinion", {"opinion": "In favour"})
    world.act("coordinator", number, "close-consultation")
    entered = world.decision("refer-back", text="Ask again")
    world.act("secretary.executive", number, "enter-decision", entered)
    world.act("chair.executive", number, "confirm")
    world.walk(number, "consult")
    assert answers(world, 1) == {COMMITTEE: ("given", "In favour"), COMPANY: ("silent", "")}
    assert answers(world, 2) == {COMMITTEE: ("asked", ""), COMPANY: ("asked", "")}
    world.act("secretary.environment", number, "give-opinion", {"opinion": "Still in favour"})
    assert world.walk(number) == "concluded"
