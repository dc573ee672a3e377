"""Invitations: a link works once, for seven days, until a newer one; what the person had before ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import AccountNotice, ApiToken, Invitation, Person, TrailEntry
from models.database import reading, writing
from tests.workflow.notices import wants
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import NotFound
from workflow.people import invitations, passwords, tokens
from workflow.people.invitations import MAIL, SHOWN, Invited, accept, find, invite, write_link
from workflow.people.preferences import create_calendar

HASH = "the hash of a chosen password"


def invited(world: World, who: str = "officer", way: str = SHOWN) -> str:
    """An invitation by the administrator; its token, empty where it goes by mail."""
    with writing(world.engine, world.tenant.id) as connection:
        return invite(connection, world.tenant, world.people[who], world.people["admin"], way, now=world.now) or ""


def row(world: World, who: str = "officer") -> Any:
    with reading(world.engine, world.tenant.id) as db:
        return db.execute(select(Person.__table__).where(Person.id == world.people[who])).one()


def used(world: World, token: str) -> Invited:
    return accept(world.services, token, HASH, now=world.now)


# -- what is refused


@pytest.mark.parametrize("token", ["", "orebro_", "orebro_" + "x" * 43, "nowhere_" + "x" * 43, "orebro_" + "å" * 43])
def test_what_is_no_link_finds_nobody(orebro: World, token: str) -> None:
    invited(orebro)
    for act in (lambda: find(orebro.services, token, now=orebro.now), lambda: used(orebro, token)):
        with pytest.raises(NotFound):
            act()


def test_link_works_once(orebro: World) -> None:
    token = invited(orebro)
    assert find(orebro.services, token, now=orebro.now).username == "officer@orebro"
    used(orebro, token)
    with pytest.raises(NotFound):
        used(orebro, token)
    with pytest.raises(NotFound):
        find(orebro.services, token, now=orebro.now)


def test_link_ends_after_seven_days(orebro: World) -> None:
    token = invited(orebro)
    orebro.later(days=7, seconds=-1)
    find(orebro.services, token, now=orebro.now)
    orebro.later(seconds=1)
    with pytest.raises(NotFound):
        used(orebro, token)


def test_newer_link_ends_the_earlier_one(orebro: World) -> None:
    first, second = invited(orebro), invited(orebro)
    with pytest.raises(NotFound):
        used(orebro, first)
    assert used(orebro, second).person_id == orebro.people["officer"]


def test_own_change_of_password_ends_a_link(orebro: World) -> None:
    token = invited(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == orebro.people["officer"]).values(password_hash="old"))
    passwords.change_own_password(
        orebro.services, orebro.people["officer"], "orebro", verified_hash="old", new_hash="new", now=orebro.now
    )
    with pytest.raises(NotFound):
        used(orebro, token)


def test_link_of_a_closed_account_opens_nothing(orebro: World) -> None:
    token = invited(orebro)
    wants(orebro, "officer", is_active=False)
    with pytest.raises(NotFound):
        used(orebro, token)


# -- what a link does


def test_chosen_password_is_set_and_all_that_was_before_ends(orebro: World) -> None:
    engine, tenants = orebro.engine, orebro.services.tenants
    bearer = tokens.create(engine, tenants, "officer@orebro", orebro.now)
    create_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)
    token, before = invited(orebro), row(orebro)
    used(orebro, token)
    after = row(orebro)
    assert (after.password_hash, after.session_epoch) == (HASH, before.session_epoch + 1)
    assert (after.calendar_hash, after.calendar_expires_on) == (None, None)
    with pytest.raises(NotFound):
        tokens.bearer(engine, tenants, f"Bearer {bearer}", orebro.now)
    with reading(engine, orebro.tenant.id) as db:
        entry = db.scalars(select(TrailEntry).where(TrailEntry.action == "accept-invitation")).one()
        assert db.scalars(select(ApiToken.revoked_at)).all() == [orebro.now]
        assert db.execute(select(Invitation.used_at, Invitation.ended_at)).all() == [(orebro.now, None)]
    assert (entry.actor, entry.data) == (after.public_id, '{"calendars":1,"tokens":1}')
    assert verify(engine).ok


def test_secret_stands_in_no_row(orebro: World) -> None:
    token = invited(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        tables = (Invitation, AccountNotice)
        stored = [row for table in tables for row in connection.execute(select(table.__table__))]
    assert token not in str(stored)
    assert token.partition("_")[2] not in str(stored)


def test_who_shall_know_of_it_is_notified(orebro: World) -> None:
    invited(orebro, "chair.executive")
    invited(orebro, "officer")
    with reading(orebro.engine, orebro.tenant.id) as db:
        query = select(AccountNotice.person_id, AccountNotice.about_id).order_by(AccountNotice.id)
        told = [tuple(found) for found in db.execute(query)]
    chair, officer, auditor = (orebro.people[who] for who in ("chair.executive", "officer", "auditor"))
    assert sorted(told[:-1]) == sorted([(chair, chair), (auditor, chair)])
    assert told[-1] == (officer, officer)


# -- by mail


def test_link_that_goes_by_mail_is_made_with_the_mail_and_each_try_makes_another(orebro: World) -> None:
    assert invited(orebro, way=MAIL) == ""
    with reading(orebro.engine, orebro.tenant.id) as db:
        id_, digest = db.execute(select(Invitation.id, Invitation.token_hash)).one()
    assert digest is None
    first, second = (write_link(orebro.services, orebro.tenant, id_, now=orebro.now) for _ in range(2))
    assert first
    assert second
    with pytest.raises(NotFound):
        used(orebro, first)
    used(orebro, second)
    assert write_link(orebro.services, orebro.tenant, id_, now=orebro.now) is None


def test_link_that_is_shown_goes_by_no_mail(orebro: World) -> None:
    invited(orebro)
    with reading(orebro.engine, orebro.tenant.id) as db:
        id_ = db.scalar(select(Invitation.id)) or 0
    assert write_link(orebro.services, orebro.tenant, id_, now=orebro.now) is None


def test_mail_is_not_written_after_the_last_day(orebro: World) -> None:
    invited(orebro, way=MAIL)
    with reading(orebro.engine, orebro.tenant.id) as db:
        id_ = db.scalar(select(Invitation.id)) or 0
    later = orebro.now + invitations.LIFE + timedelta(seconds=1)
    assert write_link(orebro.services, orebro.tenant, id_, now=later) is None
