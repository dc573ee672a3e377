"""Signed-in clients for tests of screens: pages, forms, uploads, and the text of a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, event, select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from models import Person
from models.database import reading, writing
from tests.conftest import STORES
from tests.web.conftest import HASH, Browser
from tests.worlds import World

PDF = b"%PDF-1.4\n% a paper\n%%EOF\n"


#: A test that touches data: once on SQLite, once on PostgreSQL.
each_store = pytest.mark.parametrize("engine", STORES, indirect=True)


def engine_of(request: pytest.FixtureRequest) -> Engine:
    """The engine of the store a test is run on, SQLite where it asks for none."""
    engine: Engine = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_engine")
    return engine


@dataclass
class Desk:
    """A person at a desk: pages to read, forms to send."""

    browser: Browser

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.browser.get(path)

    def read(self, path: str) -> str:
        """What a page says, without its marks; the page must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return words(answer.text)

    def send(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with the session's token; lists are sent as several values."""
        given = {"csrf_token": form_token(self.browser.client), **(fields or {}), **more}
        pairs = [
            (name, one) for name, value in given.items() for one in (value if isinstance(value, list) else [value])
        ]
        return self.browser.client.post(path, data=MultiDict(pairs))

    def upload(self, path: str, content: bytes = PDF, name: str = "paper.pdf", **fields: Any) -> TestResponse:
        """Send a file with a form."""
        given = {
            "csrf_token": form_token(self.browser.client),
            "title": "A paper",
            "direction": "incoming",
            "correspondent": "City of Turku",
            "dated_on": "2026-09-10",
        }
        data = given | fields | {"file": (BytesIO(content), name)}
        answer = self.browser.client.post(path, data=data, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # the test client leaves its large bodies open
        return answer


def form_token(client: FlaskClient) -> str:
    """The form token of a client's session, without the page that would carry it."""
    with client.session_transaction() as session:
        secret = session.setdefault("csrf_token", "secret of a session")
    signer = URLSafeTimedSerializer(str(client.application.secret_key), salt="wtf-csrf-token")
    return str(signer.dumps(secret))


def sit(app: Flask, username: str) -> Desk:
    """Sit down as somebody who has logged in; the log-in itself, slow on purpose, is tested elsewhere."""
    here = app.extensions["instans"]
    tenant = here.workflow.tenants.tenant_of(username)
    with reading(here.engine, tenant.id) as db:
        id_ = db.execute(select(Person.id).where(Person.username == username)).scalar_one()
    client = app.test_client()
    now = here.now().isoformat()
    with client.session_transaction() as session:
        session.update({"person": id_, "municipality": tenant.key, "epoch": 0, "since": now, "seen": now})
        session.update({"_user_id": str(id_), "_fresh": True})
    return Desk(Browser(client))


def let_in(world: World, username: str, *seats: tuple[str, str]) -> int:
    """Another person with seats (role, body key), who can log in."""
    id_ = world.add(username, *seats)
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == id_).values(password_hash=HASH))
    return id_


def words(page: str) -> str:
    """The text of a page's main part, as a reader sees it."""
    main = page.partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def page_after(desk: Desk, first: str) -> str:
    """The next page of a list."""
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    return desk.get(onward).text


def section(page: str, title_id: str) -> str:
    """The marks of the section that a heading names."""
    return page.partition(f'aria-labelledby="{title_id}"')[2].partition("</section>")[0]


def values(page: str) -> dict[str, str]:
    """What stands in the inputs of a page, by name: text, the ticked radio, the selected option."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and (attributes.get("type") not in ("radio", "checkbox") or " checked" in tag):
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea\b[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL):
        found[name] = html.unescape(text.removeprefix("\n"))
    for name, options in re.findall(r'<select\b[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', page, flags=re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen.group(1)) if chosen else ""
    return found


def ticked(page: str) -> dict[str, list[str]]:
    """Every ticked box of a page, by name."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input\b[^>]*type="checkbox"[^>]*>', page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if " checked" in tag:
            found.setdefault(attributes["name"], []).append(html.unescape(attributes["value"]))
    return found


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            seen.append(statement)

    engine = app.extensions["instans"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
