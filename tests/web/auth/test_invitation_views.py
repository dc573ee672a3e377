"""Views of an invitation: the password is chosen by the person alone, and the link is told to nobody."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.database import writing
from tests.web.clients import engine_of, words
from tests.web.conftest import PASSWORD, Browser
from tests.worlds import World
from workflow.people.invitations import SHOWN, invite

CHOSEN = "a password of my own"
GONE = "orebro_" + "x" * 43


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: what is stored is tested below the screens."""
    return engine_of(request)


@pytest.fixture
def link(world: World) -> str:
    """The officer's link."""
    with writing(world.engine, world.tenant.id) as connection:
        token = invite(connection, world.tenant, world.people["officer"], None, SHOWN, now=world.now)
    return f"/invitation/{token}"


@pytest.mark.parametrize("path", [f"/invitation/{GONE}", "/invitation/x", f"/invitation/{GONE.replace('orebro', 'x')}"])
def test_unknown_link_says_so_and_nothing_else(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "This link has ended" in answer.text
    token = browser.token()
    sent = {"csrf_token": token, "password": CHOSEN, "again": CHOSEN}
    assert browser.client.post(path, data=sent).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("short", "short", "at least 15"),
        (CHOSEN, "another one entirely", "not the same"),
        ("abababababababababab", "abababababababababab", "too easy"),
        ("", "", "at least 15"),
    ],
)
def test_refused_password_does_not_use_the_link_up(
    browser: Browser, link: str, password: str, again: str, why: str
) -> None:
    sent = {"csrf_token": browser.token(link), "password": password, "again": again}
    answer = browser.client.post(link, data=sent)
    assert answer.status_code == 422
    assert why in words(answer.text)
    assert browser.get(link).status_code == 200


def test_form_is_ours(browser: Browser, link: str) -> None:
    assert browser.client.post(link, data={"password": CHOSEN, "again": CHOSEN}).status_code == 400


def test_person_chooses_a_password_and_logs_in_with_it(app: Flask, browser: Browser, link: str) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.log_in("officer@orebro")
    page = browser.get(link)
    assert "Your user name is officer@orebro" in words(page.text)
    answer = browser.client.post(link, data={"csrf_token": browser.token(link), "password": CHOSEN, "again": CHOSEN})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert elsewhere.get("/settings").status_code == 303
    assert browser.log_in("officer@orebro", PASSWORD).status_code == 422
    assert browser.log_in("officer@orebro", CHOSEN).status_code == 303
    assert browser.get(link).status_code == 404


def test_page_tells_its_address_to_no_other(browser: Browser, link: str) -> None:
    for path in (link, f"/invitation/{GONE}"):
        answer = browser.get(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.findall(r'(?:href|src|action)="https?:', answer.text)
