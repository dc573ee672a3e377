"""What a person settles for themselves: kept, in the journal as their own act, and the address in no trail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Disclosure, Mail, Person, TrailEntry
from models.database import reading, writing
from tests.workflow.notices import mails, notice, wants
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated
from workflow.notifications.digests import dispatch
from workflow.people import preferences
from workflow.people.administration import administer
from workflow.people.preferences import (
    create_calendar,
    hash_of,
    is_address,
    key_of,
    mark_as_read,
    revoke_calendar,
)

GIVEN = {"email": "leila@kommun.example", "mail_wanted": "daily", "language": "sv"}


HASH = "the hash of a password"


def change_settings(world: World, who: str, given: dict[str, str]) -> None:
    """Change settings as somebody who has given their password."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people[who]).values(password_hash=HASH))
    id_, key = world.people[who], world.tenant.key
    preferences.change_settings(world.services, id_, key, given, now=world.now, verified_hash=HASH)


def person(world: World, who: str) -> Any:
    with reading(world.engine, world.tenant.id) as db:
        return db.execute(select(Person.__table__).where(Person.id == world.people[who])).one()


def journal(world: World) -> list[Any]:
    with reading(world.engine, world.tenant.id) as db:
        query = select(TrailEntry).where(TrailEntry.stream == "orebro-journal").order_by(TrailEntry.number)
        return list(db.scalars(query))


def everything_in_the_trail(world: World) -> str:
    with reading(world.engine, world.tenant.id) as db:
        entries = db.scalars(select(TrailEntry.canonical)).all()
        return "\n".join([*entries, *db.scalars(select(Disclosure.value))])


# -- what is refused


@pytest.mark.parametrize(
    "address",
    [
        "leila",
        "@kommun.example",
        "leila@kommun",
        "a b@kommun.example",
        "leila@kommun.example\r\nBcc: x@evil.example",
        "Leila <leila@kommun.example>",
        "a@b.example, c@d.example",
        "leila@kommun..example",
        "åsa@kommun.example",
        "x" * 250 + "@kommun.example",
    ],
)
def test_what_is_no_single_address_is_refused(orebro: World, address: str) -> None:
    before = len(journal(orebro))
    with pytest.raises(Malformed) as refused:
        change_settings(orebro, "officer", GIVEN | {"email": address})
    assert [why.values["field"] for why in refused.value.reasons] == ["email"]
    assert (person(orebro, "officer").email, len(journal(orebro))) == ("", before)


@pytest.mark.parametrize("given", [{"mail_wanted": "hourly"}, {"language": "fi"}, {"name": "Somebody else"}])
def test_what_is_no_choice_is_refused(orebro: World, given: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        change_settings(orebro, "officer", GIVEN | given)


def test_a_closed_account_settles_nothing(orebro: World) -> None:
    wants(orebro, "officer", is_active=False)
    with pytest.raises(NotFound):
        change_settings(orebro, "officer", GIVEN)
    with pytest.raises(NotFound):
        create_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)


def test_only_an_administrator_sends_a_mail_once_more(orebro: World) -> None:
    wants(orebro, "coordinator")
    notice(orebro, "coordinator", "kommunstyrelsen")
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=9)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Mail).values(state="failed"))
    (mail,) = mails(orebro)
    with pytest.raises(NotMandated):
        administer(orebro.services, orebro.people["officer"], "orebro", "retry-mail", {"id": mail.id}, now=orebro.now)
    assert mails(orebro)[0].state == "failed"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "held", "gathered"])
def test_a_mail_that_is_not_stuck_is_not_sent_once_more(orebro: World, state: str) -> None:
    wants(orebro, "coordinator")
    notice(orebro, "coordinator", "kommunstyrelsen")
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=9)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Mail).values(state=state))
    (mail,) = mails(orebro)
    with pytest.raises(ActionNotOpen):
        administer(orebro.services, orebro.people["admin"], "orebro", "retry-mail", {"id": mail.id}, now=orebro.now)
    assert mails(orebro)[0].state == state


# -- what is kept


def test_what_was_chosen_is_kept_and_stands_in_the_journal_without_the_address(orebro: World) -> None:
    change_settings(orebro, "officer", GIVEN)
    kept = person(orebro, "officer")
    assert (kept.email, kept.mail_wanted, kept.language) == ("leila@kommun.example", "daily", "sv")
    entry = journal(orebro)[-1]
    assert (entry.action, entry.actor, entry.actor_role) == ("change-settings", kept.public_id, "")
    assert json.loads(entry.data)["changed"] == ["email", "language", "mail_wanted"]
    assert "leila@" not in everything_in_the_trail(orebro)
    assert verify(orebro.engine).ok


def test_nothing_is_recorded_when_nothing_changes(orebro: World) -> None:
    for _ in range(2):
        change_settings(orebro, "officer", GIVEN)
    assert [entry.action for entry in journal(orebro)].count("change-settings") == 1


@pytest.mark.parametrize(("way", "state"), [("each", "queued"), ("none", None), ("daily", "held")])
def test_what_is_held_follows_the_new_choice(orebro: World, way: str, state: str | None) -> None:
    wants(orebro, "coordinator", "daily")
    notice(orebro, "coordinator", "kommunstyrelsen")
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=9)
    given = {"email": "c@kommun.example", "mail_wanted": way, "language": "en"}
    change_settings(orebro, "coordinator", given)
    assert [mail.state for mail in mails(orebro)] == ([state] if state else [])


def test_a_calendars_secret_is_kept_as_its_digest_alone(orebro: World) -> None:
    token = create_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)
    kept = person(orebro, "officer")
    assert kept.calendar_hash == hash_of(token) != token
    assert key_of(token) == "orebro"
    secret = token.partition("_")[2]
    assert len(secret) == 43  # 256 bits
    assert secret not in everything_in_the_trail(orebro)
    assert kept.calendar_hash not in everything_in_the_trail(orebro)
    again = create_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)
    assert again != token
    revoke_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)
    revoke_calendar(orebro.services, orebro.people["officer"], "orebro", now=orebro.now)
    assert person(orebro, "officer").calendar_hash is None
    done = [entry.action for entry in journal(orebro)][-3:]
    assert done == ["create-calendar", "create-calendar", "revoke-calendar"]
    assert verify(orebro.engine).ok


@pytest.mark.parametrize("token", ["", "orebro", "orebro_short", "orebro_" + "x" * 44, "OREBRO_" + "x" * 43, "_" * 44])
def test_what_is_no_secret_belongs_to_no_municipality(token: str) -> None:
    assert key_of(token) is None


def test_what_was_read_stays_read(orebro: World) -> None:
    for up_to in (5, 3, 7):
        mark_as_read(orebro.services, orebro.people["officer"], "orebro", up_to)
    assert person(orebro, "officer").seen_notice_id == 7


@pytest.mark.parametrize("state", ["failed", "unsure"])
def test_an_administrator_sends_a_stuck_mail_once_more_and_the_journal_says_so(orebro: World, state: str) -> None:
    address = wants(orebro, "coordinator")
    notice(orebro, "coordinator", "kommunstyrelsen")
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=9)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Mail).values(state=state, attempts=6, error=f"550 {address} unknown"))
    (mail,) = mails(orebro)
    orebro.later(days=1)
    administer(orebro.services, orebro.people["admin"], "orebro", "retry-mail", {"id": mail.id}, now=orebro.now)
    (mail,) = mails(orebro)
    assert (mail.state, mail.attempts, mail.next_at) == ("queued", 6, orebro.now)
    entry = journal(orebro)[-1]
    assert (entry.action, entry.actor_role) == ("retry-mail", "admin")
    told = json.loads(entry.data)
    assert (told["mail"], told["person"], told["was"]) == (mail.id, person(orebro, "coordinator").public_id, state)
    assert address not in everything_in_the_trail(orebro)
    assert verify(orebro.engine).ok


def test_ordinary_addresses_are_addresses() -> None:
    for address in ("a@b.example", "first.last+tag@sub.kommun.example", "o'neill@kommun.example"):
        assert is_address(address)
