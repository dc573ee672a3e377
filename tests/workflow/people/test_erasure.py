"""Renaming and erasing a person: names and words go, the row and the chain stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from models import (
    AccountNotice,
    ApiToken,
    Appointment,
    Case,
    Decision,
    Disclosure,
    ErasedDisclosure,
    LoginThrottle,
    Mail,
    Person,
    TrailEntry,
)
from models.database import writing
from tests.workflow.notices import stand_in, wants
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.people import tokens
from workflow.people.account_notices import Change, notify
from workflow.people.administration import administer
from workflow.people.erasure import erase
from workflow.trail.journal import Act, record

#: Words by which somebody could be found again.
NAMED = ("Zebulon", "zebulon", "zebulon@kommun.example")


@pytest.fixture
def leaver(orebro: World) -> int:
    """Somebody whose last seat has ended, with an address, a token, a notice, a mail and failed log-ins."""
    id_ = orebro.add("zebulon", ("officer", "kommunstyrelseforvaltningen"))
    wants(orebro, "zebulon")
    tokens.create(orebro.engine, orebro.services.tenants, "zebulon@orebro", orebro.now)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        ends = orebro.now.date() - timedelta(days=1)
        connection.execute(update(Appointment).where(Appointment.person_id == id_).values(ends_on=ends))
        notify(connection, orebro.tenant, Change("renamed", id_), now=orebro.now)
        notice = connection.execute(
            select(AccountNotice.id).where(AccountNotice.person_id == id_).limit(1)
        ).scalar_one()
        mail = {"municipality_id": orebro.tenant.id, "person_id": id_, "account_notice_id": notice}
        mail |= {"state": "sent", "attempts": 1, "next_at": orebro.now, "created_at": orebro.now, "error": ""}
        connection.execute(insert(Mail), mail)
        keys = [f"user:{NAMED[1]}@orebro", f"pair:192.0.2.1 {NAMED[1]}@orebro", "user:officer@orebro"]
        rows = [{"key": key, "failures": 1, "last_at": orebro.now} for key in keys]
        connection.execute(insert(LoginThrottle), rows)
    return id_


def erased(world: World, person_id: int) -> None:
    """Erase somebody, as the act that records the decision does."""
    with writing(world.engine, world.tenant.id) as connection:
        data = erase(connection, world.tenant, person_id, now=world.now)
        record(connection, world.tenant.id, Act("erase-person", data=data), now=world.now)


def everything(world: World) -> str:
    """Every row of every table, as text."""
    tables = [table for table in Person.metadata.sorted_tables if table.name != "access_log"]
    with writing(world.engine, world.tenant.id) as connection:
        return "\n".join(str(tuple(row)) for table in tables for row in connection.execute(select(table)))


def refusals(world: World, person_id: int) -> list[str]:
    with pytest.raises(ActionNotOpen) as caught:
        erased(world, person_id)
    return [why.code for why in caught.value.reasons]


# -- what is refused


def test_nobody_with_a_seat_in_force_or_to_come_is_erased(orebro: World) -> None:
    soon = orebro.add("soon", ("officer", "kommunstyrelseforvaltningen"), since=orebro.now.date() + timedelta(days=9))
    assert refusals(orebro, soon) == ["erase-seated"]
    assert refusals(orebro, orebro.people["chair.council"]) == ["erase-seated"]
    before = everything(orebro)
    assert refusals(orebro, orebro.people["officer"])[0] == "erase-seated"
    assert everything(orebro) == before


def test_nobody_who_stands_in_or_is_stood_in_for_is_erased(orebro: World, leaver: int) -> None:
    stand_in(orebro, "zebulon", "manager", "officer", "kommunstyrelseforvaltningen")
    assert refusals(orebro, leaver) == ["erase-stands-in"]


def test_nobody_for_whom_a_case_waits_is_erased(orebro: World, leaver: int) -> None:
    number = orebro.open("visit")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(waits_person_id=leaver))
    assert refusals(orebro, leaver) == ["erase-waits"]


def test_nobody_is_erased_twice_nor_renamed_or_let_in_again(orebro: World, leaver: int) -> None:
    erased(orebro, leaver)
    assert refusals(orebro, leaver) == ["erased-already"]
    admin, acts = orebro.people["admin"], {"rename-person": {"name": "Z"}, "change-person": {"is_active": True}}
    for action, given in acts.items():
        named = {"username": "erased-1@orebro", **given}
        with pytest.raises(Malformed) as caught:
            administer(orebro.services, admin, "orebro", action, named, now=orebro.now)
        assert [why.code for why in caught.value.reasons] == ["erased-already"]


# -- what goes, and what stays


def test_no_row_holds_a_name_or_an_address_any_more(orebro: World, leaver: int) -> None:
    before = everything(orebro)
    assert all(name in before for name in NAMED)
    erased(orebro, leaver)
    after = everything(orebro)
    assert [name for name in NAMED if name in after] == []
    assert "Gallrad person 1" in after
    assert "user:officer@orebro" in after


def test_row_stays_and_lets_nobody_in(orebro: World, leaver: int) -> None:
    erased(orebro, leaver)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        row: Any = connection.execute(select(Person.__table__).where(Person.id == leaver)).one()
        mine = [connection.execute(select(t.id).where(t.person_id == leaver)).all() for t in (ApiToken, Mail)]
    assert (row.is_active, row.password_hash, row.email, row.erased_at) == (False, None, "", orebro.now)
    assert mine == [[], []]


def test_chain_stays_valid_and_says_which_words_went(orebro: World, leaver: int) -> None:
    assert verify(orebro.engine).ok
    erased(orebro, leaver)
    assert verify(orebro.engine).ok
    with writing(orebro.engine, orebro.tenant.id) as connection:
        entry = connection.execute(select(TrailEntry).where(TrailEntry.action == "erase-person")).one()
        gone = connection.execute(select(ErasedDisclosure.number, ErasedDisclosure.field)).all()
    assert sorted(field for _number, field in gone) == ["name", "username"]
    for number, field in gone:
        assert f'[{number},"{field}"]' in entry.data


def test_words_that_go_without_a_recorded_erasure_are_a_fault(orebro: World, leaver: int) -> None:
    """As a database owner could do it: the row that lets a disclosure be deleted, and no entry in the chain."""
    with writing(orebro.engine, orebro.tenant.id) as connection:
        row = connection.execute(select(Disclosure.number, Disclosure.stream).where(Disclosure.field == "name")).first()
        assert row is not None
        this = {"municipality_id": orebro.tenant.id, "stream": row.stream, "number": row.number, "field": "name"}
        connection.execute(insert(ErasedDisclosure), this)
        mine = (Disclosure.stream == row.stream, Disclosure.number == row.number, Disclosure.field == "name")
        connection.execute(delete(Disclosure).where(*mine))
    assert [str(fault) for fault in verify(orebro.engine).faults] == ["the words of “name” are missing"]


def test_second_erased_person_has_the_next_number(orebro: World, leaver: int) -> None:
    other = orebro.add("other")
    erased(orebro, leaver)
    erased(orebro, other)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        found = connection.execute(select(Person.name, Person.username).where(Person.id == other)).one()
    assert tuple(found) == ("Gallrad person 2", "erased-2@orebro")


def test_decision_names_its_conflicts_otherwise_and_stays_the_one_of_its_trail(orebro: World, leaver: int) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "decide:responsible")
    given = orebro.decision("approve", present=10, conflicts=["zebulon@orebro"])
    orebro.act("secretary.committee", number, "enter-decision", given)
    orebro.walk(number)
    erased(orebro, leaver)
    assert "zebulon" not in everything(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        assert connection.execute(select(Decision.conflicts)).scalars().all() == [["erased-1@orebro"]]
    assert verify(orebro.engine).ok


# -- renaming


def test_renamed_person_keeps_in_the_trail_the_name_of_each_day(orebro: World, leaver: int) -> None:
    given = {"username": "zebulon@orebro", "name": "Zora"}
    administer(orebro.services, orebro.people["admin"], "orebro", "rename-person", given, now=orebro.now)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        assert connection.execute(select(Person.name).where(Person.id == leaver)).scalar_one() == "Zora"
        words = connection.execute(select(Disclosure.value).where(Disclosure.field == "name")).scalars().all()
        assert {"Zebulon", "Zora"} <= set(words)
        told = connection.execute(select(AccountNotice.kind).where(AccountNotice.person_id == leaver)).scalars().all()
    assert told[-1] == "renamed"
    erased(orebro, leaver)
    assert "Zora" not in everything(orebro)
    assert verify(orebro.engine).ok
