"""Who may let whom stand in, at which seat, for which days? Refusals first."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models import Appointment, Substitute, TrailEntry
from models.database import reading, writing
from tests.workflow.changes import by_two
from tests.workflow.conftest import WorldOf
from tests.workflow.race_processes import named_at_once, together
from tests.workflow.refusals import refused
from tests.workflow.substitutes import given, let_stand_in
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.cases.actor import Actor, load_actor
from workflow.core.errors import Malformed, NotFound, NotMandated
from workflow.people.administration import administer
from workflow.people.substitutes import end_substitution

#: Another person of the administration that prepares most of Örebro's cases.
ADMINISTRATION = "forvaltningen-barn"


@pytest.fixture
def town(sqlite_world_of: WorldOf) -> World:
    """Örebro with a second officer in an administration; on SQLite, for what the store does not matter to."""
    world = sqlite_world_of("orebro")
    world.add("second", ("officer", ADMINISTRATION))
    return world


def actor(world: World, who: str, day: date | None = None) -> Actor:
    """A person as the gate knows them on a day."""
    with reading(world.engine, world.tenant.id) as session:
        return load_actor(session.connection(), world.tenant.id, world.people[who], day or world.now.date())


def ended(world: World, id_: int, ends_on: date, by: str = "manager") -> None:
    """Somebody sets an earlier last day."""
    what = {"id": id_, "ends_on": ends_on.isoformat()}
    end_substitution(world.services, world.people[by], world.tenant.key, what, now=world.now)


def journal(world: World) -> TrailEntry:
    """The journal's last entry."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.stream == f"{world.tenant.key}-journal")
        return session.scalars(query.order_by(TrailEntry.number.desc()).limit(1)).one()


# -- who may name


@pytest.mark.parametrize("who", ["officer", "second", "chair.committee", "auditor", "coordinator"])
def test_nobody_names_a_substitute_for_somebody_else(town: World, who: str) -> None:
    with refused(town, NotMandated, "substitute-not-yours"):
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, by=who)


def test_administrator_does_not_make_themselves_a_substitute(town: World) -> None:
    town.add("boss", ("admin", "kommunstyrelsen"), ("officer", ADMINISTRATION))
    with refused(town, NotMandated, "own-appointment"):
        let_stand_in(town, "manager", "boss", "manager", ADMINISTRATION, by="boss")


def test_administrator_passes_on_no_right_of_their_own(town: World) -> None:
    body = "forvaltningen-barn"
    town.add("boss", ("admin", body), ("officer", body))
    with refused(town, Malformed, "substitute-appointed"):
        let_stand_in(town, "boss", "second", "admin", body)


def test_person_of_another_municipality_names_nobody_here(town: World) -> None:
    other = build(town.engine, "stockholm")
    town.people["stranger"] = other.people["manager"]
    with refused(town, NotFound, "no-actor"):
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, by="stranger")


# -- which seats


@pytest.mark.parametrize(
    ("away", "role", "body", "why"),
    [
        ("member0", "member", "kommunfullmaktige", "substitute-member"),
        ("auditor", "auditor", "kommunfullmaktige", "substitute-appointed"),
        ("admin", "admin", "kommunstyrelseforvaltningen", "substitute-appointed"),
    ],
)
def test_nobody_stands_in_for_a_member_an_auditor_or_an_administrator(
    town: World, away: str, role: str, body: str, why: str
) -> None:
    with refused(town, Malformed, why):
        let_stand_in(town, away, "member1", role, body)


def test_seat_that_one_does_not_hold_cannot_be_passed_on(town: World) -> None:
    with refused(town, Malformed, "substitute-seat"):
        let_stand_in(town, "manager", "second", "manager", "kommunstyrelsen")


def test_seat_must_be_held_on_every_day_of_the_time(town: World) -> None:
    later = town.now.date() + timedelta(days=10)
    town.add("soon", ("manager", ADMINISTRATION), since=later)
    with refused(town, Malformed, "substitute-seat"):
        let_stand_in(town, "soon", "second", "manager", ADMINISTRATION)
    let_stand_in(town, "soon", "second", "manager", ADMINISTRATION, starts_on=later.isoformat())


@pytest.mark.parametrize(("days_between", "counts"), [(0, True), (1, False)])
def test_appointments_that_follow_each_other_count_as_one(town: World, days_between: int, counts: bool) -> None:
    last = town.now.date() + timedelta(days=5)
    town.add("renewed", ("officer", ADMINISTRATION))
    _end_appointment(town, "renewed", last)
    _appoint(town, "renewed", "officer", ADMINISTRATION, last + timedelta(days=1 + days_between))
    if counts:
        assert let_stand_in(town, "renewed", "second", "officer", ADMINISTRATION)
    else:
        with refused(town, Malformed, "substitute-seat"):
            let_stand_in(town, "renewed", "second", "officer", ADMINISTRATION)


def test_what_one_only_stands_in_for_cannot_be_passed_on(town: World) -> None:
    town.add("third", ("officer", ADMINISTRATION))
    let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    with refused(town, Malformed, "substitute-seat"):
        let_stand_in(town, "second", "third", "manager", ADMINISTRATION)


def test_whoever_is_away_stands_in_for_nobody(town: World) -> None:
    town.add("third", ("officer", ADMINISTRATION))
    let_stand_in(town, "second", "third", "officer", ADMINISTRATION)
    with refused(town, Malformed, "substitute-away"):
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)


# -- which substitutes


def test_nobody_stands_in_for_themselves(town: World) -> None:
    with refused(town, Malformed, "substitute-oneself"):
        let_stand_in(town, "manager", "manager", "manager", ADMINISTRATION)


@pytest.mark.parametrize("who", ["chair.committee", "chair.executive", "coordinator"])
def test_somebody_of_another_body_does_not_stand_in_not_even_of_the_body_above(town: World, who: str) -> None:
    with refused(town, Malformed, "substitute-body"):
        let_stand_in(town, "manager", who, "manager", ADMINISTRATION)


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_auditor_or_administrator_is_not_one_of_the_bodys_own_people(town: World, role: str) -> None:
    town.add("apart", (role, "programnamnd-barn"))
    with refused(town, Malformed, "substitute-body"):
        let_stand_in(town, "secretary.committee", "apart", "secretary", "programnamnd-barn")


def test_only_an_elected_member_stands_in_for_a_chair(town: World) -> None:
    with refused(town, Malformed, "substitute-elected"):
        let_stand_in(town, "chair.committee", "secretary.committee", "chair", "programnamnd-barn")
    let_stand_in(town, "chair.committee", "member0", "chair", "programnamnd-barn")
    assert actor(town, "member0").holds("chair", "programnamnd-barn")
    with writing(town.engine, town.tenant.id) as connection:
        a = Appointment
        mine = (a.person_id == town.people["member0"], a.body_id == town.tenant.body_ids["programnamnd-barn"])
        connection.execute(update(a).where(*mine).values(role="secretary"))
    assert not actor(town, "member0").holds("chair", "programnamnd-barn")


def test_substitutes_own_appointment_must_hold_on_every_day_of_the_time(town: World) -> None:
    _end_appointment(town, "second", town.now.date() + timedelta(days=5))
    with refused(town, Malformed, "substitute-body"):
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)


def test_deputy_for_meetings_is_no_substitute_of_the_chair(town: World) -> None:
    id_ = town.add("deputy")
    row = {"municipality_id": town.tenant.id, "person_id": id_, "role": "member", "starts_on": date(2020, 1, 1)}
    more = {"body_id": town.tenant.body_ids["programnamnd-barn"], "deputy_for_id": town.people["member0"]}
    with writing(town.engine, town.tenant.id) as connection:
        connection.execute(insert(Appointment), row | more)
    with refused(town, Malformed, "substitute-elected"):
        let_stand_in(town, "chair.committee", "deputy", "chair", "programnamnd-barn")


@pytest.mark.parametrize("who", ["manager", "second"])
def test_closed_account_neither_has_a_substitute_nor_is_one(town: World, who: str) -> None:
    _close(town, who)
    with refused(town, Malformed, "unknown-person"):
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, by="admin")


# -- which days


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": "2026-09-14"}, "starts_on"),
        ({"ends_on": "2026-09-14"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"ends_on": None}, "ends_on"),
    ],
)
def test_days_that_are_none_or_not_in_order_are_refused(town: World, days: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as caught:
        let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, **days)
    assert [why.values["field"] for why in caught.value.reasons] == [field]


@pytest.mark.parametrize("first", ["2026-09-15", "2026-10-01", "2026-10-12"])
def test_seat_has_one_substitute_on_a_day(town: World, first: str) -> None:
    town.add("third", ("officer", ADMINISTRATION))
    let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)  # to 12 October
    with refused(town, Malformed, "substitute-taken"):
        let_stand_in(
            town, "manager", "third", "manager", ADMINISTRATION, starts_on=first, ends_on="2026-12-31", by="admin"
        )
    days = {"starts_on": "2026-10-13", "ends_on": "2026-12-31"}
    assert let_stand_in(town, "manager", "third", "manager", ADMINISTRATION, **days)


def test_substitution_called_off_before_it_began_leaves_its_days_free(town: World) -> None:
    town.add("third", ("officer", ADMINISTRATION))
    id_ = let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, starts_on="2026-10-01")
    ended(town, id_, date(2026, 9, 30))
    assert let_stand_in(town, "manager", "third", "manager", ADMINISTRATION)


def test_two_who_name_a_substitute_at_once_do_not_both_come_through(world_of: WorldOf) -> None:
    world = world_of("orebro")
    for name in ("second", "third", "away"):
        world.add(name, ("officer", ADMINISTRATION))
    calls: list[tuple[Any, ...]] = []
    world.engine.dispose()
    for by, who in (("away", "second"), ("admin", "third")):
        what = given(world, "away", who, "officer", ADMINISTRATION)
        url = world.engine.url.render_as_string(hide_password=False)
        calls.append((url, world.people[by], world.tenant.key, what, world.now))
    assert sorted(together(named_at_once, calls)) == ["", "Malformed"]
    with reading(world.engine, world.tenant.id) as session:
        assert len(session.scalars(select(Substitute)).all()) == 1
    assert verify(world.engine).ok


# -- what comes of it


@pytest.mark.parametrize("by", ["manager", "admin"])
def test_person_away_or_an_administrator_names_a_substitute_and_the_journal_tells_both(orebro: World, by: str) -> None:
    orebro.add("second", ("officer", ADMINISTRATION))
    seat = ("officer" if by == "admin" else "manager", ADMINISTRATION)
    orebro.add("away", seat)
    id_ = let_stand_in(orebro, "away", "second", *seat, by="admin" if by == "admin" else "away")
    entry = journal(orebro)
    admin = ("admin", "kommunstyrelseforvaltningen")
    named_by = "admin" if by == "admin" else "away"
    assert (entry.action, entry.actor) == ("name-substitute", actor(orebro, named_by).public_id)
    assert (entry.actor_role, entry.actor_body) == (admin if by == "admin" else seat)
    assert json.loads(entry.data) == {
        "substitution": id_,
        "person": actor(orebro, "away").public_id,
        "substitute": actor(orebro, "second").public_id,
        "role": seat[0],
        "body": ADMINISTRATION,
        "starts_on": "2026-09-15",
        "ends_on": "2026-10-12",
    }
    found = actor(orebro, "second")
    assert found.holds(*seat)
    assert [(one.seat, one.username) for one in found.stands_in] == [(seat, "away@orebro")]
    assert verify(orebro.engine).ok


def test_substitute_acts_from_the_first_day_to_the_last(town: World) -> None:
    let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, starts_on="2026-09-20", ends_on="2026-09-25")
    seat = ("manager", ADMINISTRATION)
    held = [actor(town, "second", date(2026, 9, day)).holds(*seat) for day in (19, 20, 25, 26)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize("whose", ["manager", "second"])
def test_right_ends_with_the_appointment_of_either(town: World, whose: str) -> None:
    let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    _end_appointment(town, whose, date(2026, 9, 20))
    seat = ("manager", ADMINISTRATION)
    assert [actor(town, "second", date(2026, 9, day)).holds(*seat) for day in (20, 21)] == [True, False]


def test_right_ends_with_the_account_of_the_person_away(town: World) -> None:
    let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    _close(town, "manager")
    assert not actor(town, "second").holds("manager", ADMINISTRATION)


# -- ending


@pytest.mark.parametrize("who", ["second", "officer", "chair.committee", "auditor"])
def test_only_the_person_away_or_an_administrator_ends_it(town: World, who: str) -> None:
    id_ = let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    with refused(town, NotMandated, "substitute-not-yours"):
        ended(town, id_, date(2026, 9, 20), by=who)


@pytest.mark.parametrize(
    ("day", "why"), [(date(2026, 9, 13), "field-wrong"), (date(2026, 10, 13), "substitute-longer")]
)
def test_it_ends_neither_before_yesterday_nor_later_than_it_was_meant_to(town: World, day: date, why: str) -> None:
    id_ = let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    with refused(town, Malformed, why):
        ended(town, id_, day)


def test_what_is_over_stays_as_it_was(town: World) -> None:
    id_ = let_stand_in(town, "manager", "second", "manager", ADMINISTRATION, ends_on="2026-09-16")
    town.later(days=3)
    with refused(town, Malformed, "substitute-over"):
        ended(town, id_, date(2026, 9, 17))


def test_unknown_substitution_cannot_be_ended(town: World) -> None:
    with refused(town, Malformed, "field-wrong"):
        ended(town, 4711, date(2026, 9, 17))


@pytest.mark.parametrize("by", ["manager", "admin"])
def test_it_can_end_at_once(town: World, by: str) -> None:
    id_ = let_stand_in(town, "manager", "second", "manager", ADMINISTRATION)
    ended(town, id_, date(2026, 9, 14), by)
    assert not actor(town, "second").holds("manager", ADMINISTRATION)
    entry = journal(town)
    assert (entry.action, json.loads(entry.data)) == (
        "end-substitution",
        {"substitution": id_, "ends_on": "2026-09-14"},
    )


# -- appointments behind it


def _end_appointment(world: World, who: str, day: date) -> None:
    with reading(world.engine, world.tenant.id) as session:
        query = select(Appointment.id).where(
            Appointment.person_id == world.people[who],
            Appointment.body_id == world.tenant.body_ids[ADMINISTRATION],
        )
        id_ = session.scalars(query).one()
    given = {"id": id_, "ends_on": day.isoformat()}
    by_two(world, "end-appointment", given)


def _appoint(world: World, who: str, role: str, body: str, since: date) -> None:
    given = {"username": f"{who}@{world.tenant.key}", "role": role, "body": body, "starts_on": since.isoformat()}
    by_two(world, "appoint", given)


def _close(world: World, who: str) -> None:
    given = {"username": f"{who}@{world.tenant.key}", "is_active": False}
    administer(world.services, world.people["admin"], world.tenant.key, "change-person", given, now=world.now)
