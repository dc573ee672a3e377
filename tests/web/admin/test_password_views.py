"""Views of one's own change of password: the old one asked for, the new one's rules, and what ends."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import AccountNotice, Person, TrailEntry
from models.database import reading
from tests.web.clients import engine_of, words
from tests.web.conftest import PASSWORD, Browser
from tests.worlds import World

NEW = "another horse battery"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: what is stored is tested below the screens."""
    return engine_of(request)


@pytest.fixture
def officer(browser: Browser) -> Browser:
    browser.log_in("officer@orebro")
    return browser


def change(browser: Browser, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    """Send the form."""
    token = browser.token("/settings/password")
    fields = {"csrf_token": token, "old_password": old, "password": new, "again": new if again is None else again}
    return browser.client.post("/settings/password", data=fields, buffered=True)


def stored_hash(world: World) -> str:
    with reading(world.engine, world.tenant.id) as db:
        return str(db.scalar(select(Person.password_hash).where(Person.id == world.people["officer"])))


@pytest.mark.parametrize(
    ("sent", "field", "why"),
    [
        ({"old": "wrong"}, "f-old-password", "This is not your present password."),
        ({"old": ""}, "f-old-password", "This is not your present password."),
        ({"new": "short"}, "f-password", "at least 15"),
        ({"new": "x" * 1025}, "f-password", "at most 1024"),
        ({"new": "aaaaaaaaaaaaaaaaaaaa"}, "f-password", "too easy to guess"),
        ({"new": PASSWORD}, "f-password", "The new password is the old one."),
        ({"again": "another horse batter"}, "f-again", "not the same"),
    ],
)
def test_what_cannot_be_taken_names_its_field_and_changes_nothing(
    world: World, officer: Browser, sent: dict[str, str], field: str, why: str
) -> None:
    before = stored_hash(world)
    answer = change(officer, **sent)
    assert answer.status_code == 422
    assert why in words(answer.text)
    assert f'href="#{field}"' in answer.text
    assert stored_hash(world) == before
    for typed in (PASSWORD, NEW):
        assert typed not in answer.text


def test_the_form_is_ours(officer: Browser, world: World) -> None:
    before = stored_hash(world)
    fields = {"old_password": PASSWORD, "password": NEW, "again": NEW}
    assert officer.client.post("/settings/password", data=fields).status_code == 400
    assert stored_hash(world) == before


def test_guessing_the_old_password_is_slowed_like_a_log_in(officer: Browser) -> None:
    answers = [change(officer, old="wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert change(officer).status_code == 429


def test_every_other_session_ends_and_this_one_goes_on(app: Flask, officer: Browser) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.log_in("officer@orebro")
    assert change(officer).status_code == 303
    assert officer.get("/settings").status_code == 200
    assert elsewhere.get("/settings").status_code == 303
    fresh = Browser(app.test_client())
    assert fresh.log_in("officer@orebro").status_code == 422
    assert fresh.log_in("officer@orebro", NEW).status_code == 303


def test_the_person_gets_a_notice_and_the_journal_an_entry_without_a_secret(world: World, officer: Browser) -> None:
    change(officer)
    with reading(world.engine, world.tenant.id) as db:
        entry = db.scalars(select(TrailEntry).where(TrailEntry.action == "change-password")).one()
        notices = db.execute(select(AccountNotice.person_id, AccountNotice.kind)).all()
        public_id = db.scalar(select(Person.public_id).where(Person.id == world.people["officer"]))
    assert (entry.actor, entry.actor_role, entry.data) == (public_id, "", "{}")
    assert [tuple(one) for one in notices] == [(world.people["officer"], "password-changed")]
    assert "Your password has been changed." in words(officer.get("/settings").text)


def test_another_e_mail_address_needs_the_password(world: World, officer: Browser) -> None:
    given = {"email": "new@kommun.example", "mail_wanted": "each", "language": "en"}
    token = officer.token("/settings")
    for password in ("", "wrong"):
        answer = officer.client.post("/settings", data=given | {"csrf_token": token, "password": password})
        assert answer.status_code == 422
        assert 'href="#f-password"' in answer.text
    answer = officer.client.post("/settings", data=given | {"csrf_token": token, "password": PASSWORD})
    assert answer.status_code == 303
    with reading(world.engine, world.tenant.id) as db:
        found = db.execute(select(AccountNotice.kind, AccountNotice.address)).all()
    assert [tuple(one) for one in found] == [("email-changed", "")]
