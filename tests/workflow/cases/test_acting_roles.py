"""What may a substitute do, and where do four eyes hold against them? Refusals first.

Örebro's manager M is away; B, an officer of the same administration, stands in. A is the case's officer.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from models import Appointment, Consultation, Document, Person, Recusal, TrailEntry
from models.database import reading, writing
from tests.workflow.conftest import WorldOf
from tests.workflow.refusals import refused
from tests.workflow.substitutes import let_stand_in
from tests.workflow.trail.forging import forge
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases.authorization import authorize
from workflow.cases.gate import open_case
from workflow.core.errors import NotFound, NotMandated
from workflow.documents.service import Upload, attach, register_letter
from workflow.people.administration import carry_out
from workflow.register.service import register_engagement

ADMINISTRATION = "forvaltningen-barn"
BOARD = "programnamnd-barn"


@pytest.fixture
def town(sqlite_world_of: WorldOf) -> World:
    """Örebro with two more officers in an administration and a second chair of the executive board."""
    world = sqlite_world_of("orebro")
    for name in ("b", "c"):
        world.add(name, ("officer", ADMINISTRATION))
    return world


def public_id(world: World, who: str) -> str:
    """The opaque id the trail knows somebody by."""
    with reading(world.engine, world.tenant.id) as session:
        return str(session.scalars(select(Person.public_id).where(Person.id == world.people[who])).one())


def last(world: World, stream: str) -> TrailEntry:
    """The last entry of a stream."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.stream == stream).order_by(TrailEntry.number.desc()).limit(1)
        return session.scalars(query).one()


def done_by(world: World, stream: str) -> tuple[str, str, str, str]:
    """Who did the last thing, from which seat, on behalf of whom."""
    entry = last(world, stream)
    return entry.actor, entry.actor_role, entry.actor_body, entry.on_behalf_of


def in_review(world: World, officer: str = "officer") -> str:
    """A case that its officer has submitted."""
    number = open_case(world.services, world.people[officer], world.draft("twin-agreement"), now=world.now)
    world.act(officer, number, "submit")
    return number


def recuse(world: World, number: str, who: str) -> None:
    """Somebody is recorded as having a conflict of interest."""
    row = {"municipality_id": world.tenant.id, "case_id": world.row(number).id, "person_id": world.people[who]}
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(insert(Recusal), row | {"recorded_at": world.now})


# -- four eyes


def test_substitute_does_not_endorse_their_own_case(town: World) -> None:
    number = in_review(town, "b")
    let_stand_in(town, "manager", "b", "manager", ADMINISTRATION)
    with refused(town, NotMandated, "four-eyes-submitted"):
        town.act("b", number, "endorse")


def test_substitute_does_not_endorse_the_case_of_whom_they_stand_in_for(town: World) -> None:
    town.add("both", ("officer", ADMINISTRATION), ("manager", ADMINISTRATION))
    number = in_review(town, "both")
    let_stand_in(town, "both", "c", "manager", ADMINISTRATION)
    with refused(town, NotMandated, "away-four-eyes-submitted"):
        town.act("c", number, "endorse")


def test_what_a_substitute_prepared_counts_for_the_person_who_was_away(town: World) -> None:
    town.add("both", ("officer", ADMINISTRATION), ("manager", ADMINISTRATION))
    let_stand_in(town, "both", "c", "officer", ADMINISTRATION)
    number = open_case(town.services, town.people["both"], town.draft("twin-agreement"), now=town.now)
    town.act("c", number, "submit")
    town.later(days=40)
    with refused(town, NotMandated, "four-eyes-submitted"):
        town.act("both", number, "endorse")


def test_who_was_away_does_not_act_again_where_the_substitute_acted_for_them(odense_town: World) -> None:
    number = odense_town.open("project")
    odense_town.act("officer", number, "submit")
    let_stand_in(odense_town, "manager", "b", "manager", "borgmesterforvaltningen")
    odense_town.act("b", number, "approve")
    assert odense_town.row(number).state == "sign"
    with refused(odense_town, NotMandated, "four-eyes-acted"):
        odense_town.act("manager", number, "sign")


def test_substitute_does_not_act_where_the_person_away_has_acted(odense_town: World) -> None:
    number = odense_town.open("project")
    odense_town.act("officer", number, "submit")
    odense_town.act("manager", number, "approve")
    let_stand_in(odense_town, "manager", "b", "manager", "borgmesterforvaltningen")
    with refused(odense_town, NotMandated, "away-four-eyes-acted"):
        odense_town.act("b", number, "sign")


def test_two_substitutes_after_each_other_are_one_person(odense_town: World) -> None:
    number = odense_town.open("project")
    odense_town.act("officer", number, "submit")
    body = "borgmesterforvaltningen"
    let_stand_in(odense_town, "manager", "b", "manager", body, ends_on="2026-09-15")
    odense_town.act("b", number, "approve")
    odense_town.later(days=1)
    let_stand_in(odense_town, "manager", "c", "manager", body)
    with refused(odense_town, NotMandated, "away-four-eyes-acted"):
        odense_town.act("c", number, "sign")


def test_who_entered_a_decision_does_not_confirm_it_for_the_chair(town: World) -> None:
    number = in_review(town)
    for away, role in (("secretary.committee", "secretary"), ("chair.committee", "chair")):
        let_stand_in(town, away, "member0", role, BOARD)
    town.act("manager", number, "endorse")
    town.act("member0", number, "enter-decision", town.decision("recommend"))
    with refused(town, NotMandated, "four-eyes-entered"):
        town.act("member0", number, "confirm")


def test_decision_entered_for_somebody_away_is_not_confirmed_by_them(town: World) -> None:
    town.add("double", ("secretary", BOARD), ("chair", BOARD))
    let_stand_in(town, "double", "member0", "secretary", BOARD)
    number = in_review(town)
    town.act("manager", number, "endorse")
    town.act("member0", number, "enter-decision", town.decision("recommend"))
    with refused(town, NotMandated, "four-eyes-entered"):
        town.act("double", number, "confirm")


def test_decision_entered_by_the_chair_away_is_not_confirmed_by_their_substitute(town: World) -> None:
    town.add("double", ("secretary", BOARD), ("chair", BOARD))
    number = in_review(town)
    town.act("manager", number, "endorse")
    town.act("double", number, "enter-decision", town.decision("recommend"))
    let_stand_in(town, "double", "member0", "chair", BOARD)
    with refused(town, NotMandated, "away-four-eyes-entered"):
        town.act("member0", number, "confirm")


@pytest.mark.parametrize(("whose", "why"), [("b", "recused"), ("manager", "away-recused")])
def test_conflict_of_interest_of_either_excludes_the_substitute(town: World, whose: str, why: str) -> None:
    number = in_review(town)
    let_stand_in(town, "manager", "b", "manager", ADMINISTRATION)
    recuse(town, number, whose)
    with refused(town, NotMandated, why):
        town.act("b", number, "endorse")


@pytest.mark.parametrize("whose", ["b", "manager"])
def test_conflict_in_the_decision_that_waits_excludes_the_substitute(town: World, whose: str) -> None:
    town.add("stand-in", ("member", BOARD))
    number = in_review(town)
    town.act("manager", number, "endorse")
    conflicts = [{"b": "stand-in@orebro", "manager": "chair.committee@orebro"}[whose]]
    town.act("secretary.committee", number, "enter-decision", town.decision("recommend", conflicts=conflicts))
    let_stand_in(town, "chair.committee", "stand-in", "chair", BOARD)
    with refused(town, NotMandated, "recused" if whose == "b" else "away-recused"):
        town.act("stand-in", number, "confirm")


def test_norways_preparer_is_excluded_behind_a_substitute_too(sqlite_world_of: WorldOf) -> None:
    oslo = sqlite_world_of("oslo")
    office = "byradslederens-kontor"
    oslo.add("double", ("manager", office), ("chair", "byradet"))
    number = oslo.open("twin-agreement")
    oslo.act("officer", number, "submit")
    oslo.act("double", number, "endorse")
    oslo.walk(number, "confirm-recommend:executive-board")
    let_stand_in(oslo, "double", "member0", "chair", "byradet")
    with refused(oslo, NotMandated, "away-prepared-it"):
        oslo.act("member0", number, "confirm")


def test_of_two_people_away_the_one_nothing_speaks_against_is_acted_for(town: World) -> None:
    town.add("both", ("officer", ADMINISTRATION), ("manager", ADMINISTRATION))
    number = in_review(town, "both")
    for away in ("both", "manager"):
        let_stand_in(town, away, "c", "manager", ADMINISTRATION)
    town.act("c", number, "endorse")
    assert last(town, number).on_behalf_of == public_id(town, "manager")


# -- own cases of whoever is away


def test_another_officer_does_not_touch_the_draft_of_one_who_is_here(town: World) -> None:
    number = open_case(town.services, town.people["b"], town.draft("visit"), now=town.now)
    with refused(town, NotFound, "not-found"):
        town.act("c", number, "submit")


def test_substitute_at_another_seat_does_not_touch_the_draft(town: World) -> None:
    town.add("both", ("officer", ADMINISTRATION), ("secretary", BOARD))
    town.add("clerk", ("member", BOARD))
    number = open_case(town.services, town.people["both"], town.draft("visit"), now=town.now)
    let_stand_in(town, "both", "clerk", "secretary", BOARD)
    with refused(town, NotFound, "not-found"):
        town.act("clerk", number, "submit")


def test_officers_substitute_amends_submits_and_withdraws_the_officers_draft(town: World) -> None:
    number = open_case(town.services, town.people["b"], town.draft("visit"), now=town.now)
    let_stand_in(town, "b", "c", "officer", ADMINISTRATION)
    for action, payload in (("amend", {"title": "Another"}), ("submit", {}), ("withdraw", {})):
        town.act("c", number, action, payload)
        seat = ("officer", ADMINISTRATION, public_id(town, "b"))
        assert done_by(town, number) == (public_id(town, "c"), *seat)
    assert verify(town.engine).ok


def test_draft_is_out_of_sight_again_when_the_officer_is_back(town: World) -> None:
    number = open_case(town.services, town.people["b"], town.draft("visit"), now=town.now)
    let_stand_in(town, "b", "c", "officer", ADMINISTRATION)
    assert town.look("c", number)
    town.later(days=28)
    with pytest.raises(NotFound):
        town.look("c", number)


def test_case_opened_for_an_officer_who_is_away_is_theirs(town: World) -> None:
    town.add("clerk", ("coordinator", ADMINISTRATION))
    let_stand_in(town, "b", "clerk", "officer", ADMINISTRATION)
    number = open_case(town.services, town.people["clerk"], town.draft("visit"), now=town.now)
    assert town.row(number).officer_id == town.row(number).waits_person_id == town.people["b"]
    assert town.row(number).opened_by_id == town.people["clerk"]
    assert done_by(town, number) == (public_id(town, "clerk"), "officer", ADMINISTRATION, public_id(town, "b"))
    town.later(days=30)
    town.act("b", number, "submit")
    assert verify(town.engine).ok


# -- both names in the trail


def test_own_seat_is_acted_from_before_anothers(town: World) -> None:
    town.add("other", ("manager", ADMINISTRATION))
    let_stand_in(town, "manager", "other", "manager", ADMINISTRATION)
    number = in_review(town)
    town.act("other", number, "endorse")
    assert done_by(town, number) == (public_id(town, "other"), "manager", ADMINISTRATION, "")


def test_substitute_endorses_and_both_names_stand_in_the_trail(world_of: WorldOf) -> None:
    world = world_of("orebro")
    world.add("b", ("officer", ADMINISTRATION))
    number = in_review(world)
    let_stand_in(world, "manager", "b", "manager", ADMINISTRATION)
    verdict = authorize(world.look("b", number), "endorse")
    assert verdict.on_behalf_of == public_id(world, "manager")
    world.act("b", number, "endorse")
    assert done_by(world, number) == (public_id(world, "b"), "manager", ADMINISTRATION, public_id(world, "manager"))
    assert world.look("officer", number).history[-1].on_behalf_of == public_id(world, "manager")
    assert verify(world.engine).ok


def test_administrations_mandate_is_used_by_whoever_stands_in_for_its_manager(odense_town: World) -> None:
    number = odense_town.open("visit")
    odense_town.act("officer", number, "submit")
    let_stand_in(odense_town, "manager", "b", "manager", "borgmesterforvaltningen")
    odense_town.act("b", number, "approve")
    entry = last(odense_town, number)
    assert (entry.mandate, entry.on_behalf_of) == ("Delegation order, 4.1", public_id(odense_town, "manager"))


def test_substitute_stops_when_the_appointment_behind_it_ends(town: World) -> None:
    number = in_review(town)
    let_stand_in(town, "manager", "b", "manager", ADMINISTRATION)
    end_all(town, "manager", date(2026, 9, 14))
    with refused(town, NotMandated, "not-appointed"):
        town.act("b", number, "endorse")


def test_changed_trail_of_a_substitutes_act_is_found_out(town: World) -> None:
    """The column is hashed like every other."""
    number = in_review(town)
    let_stand_in(town, "manager", "b", "manager", ADMINISTRATION)
    town.act("b", number, "endorse")
    forge(town.engine, town.tenant.id, "UPDATE trail_entry SET on_behalf_of = '' WHERE action = 'endorse'")
    assert any(fault.case == number for fault in verify(town.engine).faults)


def test_opinion_is_given_from_the_seat_of_the_body_it_is_of(sqlite_world_of: WorldOf) -> None:
    stockholm = sqlite_world_of("stockholm")
    number = stockholm.open("policy", "adopt", attributes={}, responsible="kommunstyrelsen")
    stockholm.walk(number, "consult")
    with reading(stockholm.engine, stockholm.tenant.id) as session:
        asked = [stockholm.tenant.body_keys[id_] for id_ in session.scalars(select(Consultation.body_id))]
    ours, theirs = sorted(asked)[:2]
    stockholm.add("clerk", ("secretary", theirs), ("member", ours))
    stockholm.add("absent", ("secretary", ours))
    let_stand_in(stockholm, "absent", "clerk", "secretary", ours)
    stockholm.act("clerk", number, "give-opinion", {"opinion": "In favour", "body": ours})
    found = (public_id(stockholm, "clerk"), "secretary", ours, public_id(stockholm, "absent"))
    assert done_by(stockholm, number) == found
    stockholm.act("clerk", number, "give-opinion", {"opinion": "In favour"})
    assert done_by(stockholm, number) == (public_id(stockholm, "clerk"), "secretary", theirs, "")


def test_document_letter_and_engagement_carry_both_names(town: World) -> None:
    town.add("clerk", ("coordinator", ADMINISTRATION))
    number = open_case(town.services, town.people["b"], town.draft("visit"), now=town.now)
    let_stand_in(town, "b", "clerk", "officer", ADMINISTRATION)
    found = (public_id(town, "clerk"), "officer", ADMINISTRATION, public_id(town, "b"))
    paper = Upload(b"%PDF-1.7 a letter", "letter.pdf", "A letter", "incoming", "Turku", date(2026, 9, 1))
    clerk = town.people["clerk"]
    attach(town.services, clerk, number, paper, now=town.now, expected_version=town.version(number))
    assert done_by(town, number) == found
    register_letter(town.services, clerk, "orebro", paper, now=town.now)
    assert done_by(town, "orebro-journal") == found
    old = {"kind": "membership", "title": "A network", "source": "Minutes 1998", "responsible": BOARD}
    register_engagement(town.services, clerk, "orebro", old, now=town.now)
    assert done_by(town, "orebro-journal") == found
    with reading(town.engine, town.tenant.id) as session:
        assert {one.registered_by_id for one in session.scalars(select(Document))} == {clerk}
    assert verify(town.engine).ok


def test_waiting_follows_the_seat_when_appointments_change(town: World) -> None:
    """A case waits for a seat; whoever holds it, or stands in, on the day is who may act."""
    number = in_review(town)

    def may(who: str) -> bool:
        try:
            return authorize(town.look(who, number), "endorse").allowed
        except NotFound:  # without any seat nobody sees a case
            return False

    def who_may() -> set[str]:
        return {who for who in ("manager", "b", "c", "next") if who in town.people and may(who)}

    assert who_may() == {"manager"}
    let_stand_in(town, "manager", "b", "manager", ADMINISTRATION)
    assert who_may() == {"manager", "b"}
    end_all(town, "manager", date(2026, 9, 14))
    town.add("next", ("manager", ADMINISTRATION))
    assert who_may() == {"next"}
    let_stand_in(town, "next", "c", "manager", ADMINISTRATION)
    assert who_may() == {"next", "c"}


# -- what is needed above


@pytest.fixture
def odense_town(sqlite_world_of: WorldOf) -> World:
    """Odense, where a manager decides under mandate, and signs; with two more officers."""
    world = sqlite_world_of("odense")
    for name in ("b", "c"):
        world.add(name, ("officer", "borgmesterforvaltningen"))
    return world


def end_all(world: World, who: str, day: date) -> None:
    """Every appointment of a person ends on a day."""
    with reading(world.engine, world.tenant.id) as session:
        ids: list[Any] = list(session.scalars(select(Appointment.id).where(Appointment.person_id == world.people[who])))
    for id_ in ids:
        given = {"id": id_, "ends_on": day.isoformat()}
        with writing(world.engine, world.tenant.id) as connection:
            carry_out(connection, world.tenant, None, "end-appointment", given, now=world.now)
