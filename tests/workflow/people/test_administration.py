"""Who records people, appointments and mandates, and what may even an administrator not do?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Appointment, Mandate, Person, TrailEntry
from models.database import reading, writing
from tests.workflow.changes import by_two
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.core.errors import Malformed, NotFound, NotMandated
from workflow.people.administration import administer, carry_out
from workflow.people.payloads import NewPerson
from workflow.policy.value_readers import MUNICIPALITY_KEY

PERSON = {"name": "Åsa Ny", "username": "asa@orebro", "language": "sv"}
APPOINTMENT = {"username": "member0@orebro", "body": "kommunstyrelsen", "role": "chair", "starts_on": "2026-10-01"}
MANDATE = {"to_body": "forvaltningen-barn", "starts_on": "2026-10-01", "reference": "Delegation order, 7.2"}
ACTS = {
    "add-person": PERSON,
    "change-person": {"username": "member0@orebro", "is_active": False},
    "rename-person": {"username": "member0@orebro", "name": "Åsa Ny"},
    "appoint": APPOINTMENT,
    "end-appointment": {"id": 1, "ends_on": "2026-12-31"},
    "give-mandate": MANDATE,
    "end-mandate": {"id": 1, "ends_on": "2026-12-31"},
}


def administered(world: World, action: str, given: dict[str, Any], who: str = "admin") -> None:
    """One administrative act."""
    administer(world.services, world.people[who], world.tenant.key, action, given, now=world.now)


def appointments(world: World, who: str) -> list[Appointment]:
    """A person's appointments."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(Appointment).where(Appointment.person_id == world.people[who]).order_by(Appointment.id)
        return list(session.scalars(query))


def journal(world: World) -> TrailEntry:
    """The journal's last entry."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.stream == "orebro-journal").order_by(TrailEntry.number.desc())
        found = session.scalars(query.limit(1)).one()
        return found


@pytest.mark.parametrize("who", ["officer", "manager", "chair.council", "secretary.council", "coordinator", "auditor"])
@pytest.mark.parametrize("action", ACTS)
def test_only_an_administrator_administers(orebro: World, who: str, action: str) -> None:
    with refused(orebro, NotMandated, "admins-only"):
        administered(orebro, action, ACTS[action], who)


def test_administrator_of_another_municipality_administers_nothing_here(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    for action, given in ACTS.items():
        with refused(orebro, NotFound, "no-actor"):
            administer(orebro.services, other.people["admin"], "orebro", action, given, now=orebro.now)


def test_act_that_does_not_exist_is_malformed(orebro: World) -> None:
    with refused(orebro, Malformed, "unknown-action"):
        administered(orebro, "decide", {})


@pytest.mark.parametrize("role", ["admin", "chair", "auditor", "manager"])
def test_nobody_appoints_themselves(orebro: World, role: str) -> None:
    with refused(orebro, NotMandated, "own-appointment"):
        administered(orebro, "appoint", APPOINTMENT | {"username": "admin@orebro", "role": role})


def test_nobody_ends_an_appointment_of_their_own(orebro: World) -> None:
    (own,) = appointments(orebro, "admin")
    with refused(orebro, NotMandated, "own-appointment"):
        administered(orebro, "end-appointment", {"id": own.id, "ends_on": "2030-12-31"})


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("add-person", {"username": "asa@stockholm"}),
        ("add-person", {"username": "member0@orebro"}),
        ("add-person", {"username": "Åsa@orebro"}),
        ("add-person", {"username": "asa"}),
        ("add-person", {"language": "fi"}),
        ("add-person", {"name": ""}),
        ("appoint", {"body": "nowhere"}),
        ("appoint", {"role": "king"}),
        ("appoint", {"ends_on": "2026-09-30"}),
        ("appoint", {"starts_on": "soon"}),
        ("give-mandate", {"to_body": "kommunstyrelsen"}),
        ("give-mandate", {"to_body": "nowhere"}),
        ("give-mandate", {"engagements": ["war"]}),
        ("give-mandate", {"acts": ["conquer"]}),
        ("give-mandate", {"reference": ""}),
        ("give-mandate", {"ends_on": "2026-09-30"}),
        ("end-appointment", {"id": 9_999}),
        ("end-mandate", {"id": 9_999}),
        ("end-mandate", {"ends_on": "1999-12-30"}),
    ],
)
def test_what_cannot_be_is_malformed(orebro: World, action: str, changes: dict[str, Any]) -> None:
    with refused(orebro, Malformed, "field-wrong"):
        administered(orebro, action, ACTS[action] | changes)


@pytest.mark.parametrize("key", ["orebro", "by2"])
def test_a_user_name_may_end_in_whatever_key_a_municipality_can_have(key: str) -> None:
    assert MUNICIPALITY_KEY.match(key)
    assert NewPerson().validate(PERSON | {"username": f"asa@{key}"}) == {}


@pytest.mark.parametrize("username", ["nobody@orebro", "officer@stockholm"])
def test_nobody_unknown_here_is_appointed(orebro: World, username: str) -> None:
    build(orebro.engine, "stockholm")
    with refused(orebro, Malformed, "unknown-person"):
        administered(orebro, "appoint", APPOINTMENT | {"username": username})


def test_appointment_or_mandate_of_another_municipality_is_unknown(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    with reading(other.engine, other.tenant.id) as session:
        theirs = session.scalars(select(Appointment.id)).all()[-1], session.scalars(select(Mandate.id)).all()[-1]
    for action, id_ in zip(("end-appointment", "end-mandate"), theirs, strict=True):
        with refused(orebro, Malformed, "field-wrong"):
            administered(orebro, action, {"id": id_, "ends_on": "2026-12-31"})


@pytest.mark.parametrize("name", ["from_body", "is_example", "municipality_id"])
def test_mandate_is_the_parent_bodys_to_give_and_nobody_elses(orebro: World, name: str) -> None:
    with refused(orebro, Malformed, "field-unknown"):
        administered(orebro, "give-mandate", MANDATE | {name: "kommunfullmaktige"})


def test_mandate_comes_from_the_parent_body(orebro: World) -> None:
    by_two(orebro, "give-mandate", MANDATE | {"engagements": ["visit"], "acts": ["enter"]})
    with reading(orebro.engine, orebro.tenant.id) as session:
        given = session.scalars(select(Mandate).order_by(Mandate.id)).all()[-1]
    assert orebro.tenant.body_keys[given.from_body_id] == "programnamnd-barn"
    assert orebro.tenant.body_keys[given.to_body_id] == "forvaltningen-barn"
    assert (given.engagements, given.acts, given.ends_on) == (["visit"], ["enter"], None)


def test_person_added_holds_no_office_and_sees_no_case(orebro: World) -> None:
    administered(orebro, "add-person", PERSON)
    with reading(orebro.engine, orebro.tenant.id) as session:
        person = session.scalars(select(Person).where(Person.username == "asa@orebro")).one()
    orebro.people["asa"] = person.id
    assert appointments(orebro, "asa") == []
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, NotFound, "not-found"):
        orebro.act("asa", number, "endorse")


def test_appointment_holds_from_its_day(orebro: World) -> None:
    by_two(orebro, "appoint", APPOINTMENT | {"ends_on": "2026-12-31", "reference": "The council, § 5"})
    added = appointments(orebro, "member0")[-1]
    assert (added.role, added.starts_on, added.ends_on) == ("chair", date(2026, 10, 1), date(2026, 12, 31))
    assert added.reference == "The council, § 5"


def test_ended_appointment_ends_on_its_last_day(orebro: World) -> None:
    (manager, *_) = appointments(orebro, "manager")
    by_two(orebro, "end-appointment", {"id": manager.id, "ends_on": "2026-09-15"})
    assert appointments(orebro, "manager")[0].ends_on == date(2026, 9, 15)


def test_person_made_inactive_acts_no_more_and_their_sessions_end(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    administered(orebro, "change-person", {"username": "manager@orebro", "is_active": False})
    with refused(orebro, NotFound, "no-actor"):
        orebro.act("manager", number, "endorse")
    with reading(orebro.engine, orebro.tenant.id) as session:
        person = session.get_one(Person, orebro.people["manager"])
    assert person.session_epoch == 1


def test_administrator_who_is_no_longer_one_administers_nothing(orebro: World) -> None:
    with writing(orebro.engine, orebro.tenant.id) as connection:
        query = update(Appointment).where(Appointment.person_id == orebro.people["admin"])
        connection.execute(query.values(ends_on=date(2026, 9, 14)))
    with refused(orebro, NotMandated, "admins-only"):
        administered(orebro, "add-person", PERSON)


@pytest.mark.parametrize("action", ACTS)
def test_every_administrative_act_is_in_the_journal_without_names(orebro: World, action: str) -> None:
    given = ACTS[action]
    if action == "end-appointment":
        given = given | {"id": appointments(orebro, "officer")[0].id}
    if action == "appoint":
        given = given | {"role": "officer", "body": "forvaltningen-barn"}
    if action == "give-mandate":  # the only act here that takes two
        return
    administered(orebro, action, given)
    entry = journal(orebro)
    assert (entry.action, entry.actor_role, entry.at) == (action, "admin", "2026-09-15T10:00:00.000000Z")
    with reading(orebro.engine, orebro.tenant.id) as session:
        admin = session.get_one(Person, orebro.people["admin"])
    assert entry.actor == admin.public_id
    for name in ("Åsa", "asa@", "member0@", "Member 0"):
        assert name not in entry.canonical
    assert json.loads(entry.data)


def test_password_reaches_the_journal_as_a_fact_and_never_as_a_hash(orebro: World) -> None:
    """As the command line sets one; an administrator sets none."""
    with writing(orebro.engine, orebro.tenant.id) as connection:
        given = {"username": "member0@orebro", "password_hash": "$argon2id$secret"}
        carry_out(connection, orebro.tenant, None, "change-person", given, now=orebro.now)
    entry = journal(orebro)
    assert json.loads(entry.data)["password"] is True
    assert "argon2" not in entry.canonical
