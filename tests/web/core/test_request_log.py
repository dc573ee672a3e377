"""Tests of request ids, of the line of each request, and of what must never stand in a log."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import select, text

from models import Person
from models.database import reading
from tests.web.api.conftest import token_of
from tests.web.conftest import PASSWORD, Browser, serving
from tests.worlds import World
from web.core import logs, request_log
from workflow.core.errors import NotFound, WorkflowError

GENERATED = re.compile(r"[0-9a-f]{16}")
GIVEN = "0123abcd-from-the-proxy"
REFERENCES = {"sv": "Referens: ", "nb": "Referanse: ", "da": "Reference: ", "en": "Reference: "}


class Lines:
    """The lines that this process has logged, as `instans serve` writes them."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.text = ""

    def all(self) -> list[dict[str, Any]]:
        """Every line so far."""
        self.text += self._capsys.readouterr().err
        assert "Logging error" not in self.text, self.text
        return [json.loads(line) for line in self.text.splitlines()]

    def of_requests(self) -> list[dict[str, Any]]:
        """The lines that tell of a request."""
        return [line for line in self.all() if line["event"] == "request"]

    def errors(self) -> list[dict[str, Any]]:
        """The lines that tell of an error."""
        return [line for line in self.all() if line["level"] in ("error", "critical")]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Logs as in production."""
    with logs.written(readable=False):
        yield Lines(capsys)


@pytest.fixture
def behind_proxy(world: World) -> Iterator[FlaskClient]:
    """A browser that comes through a trusted proxy."""
    for app in serving(world, proxies=1):
        yield app.test_client()


def public_id(world: World, who: str) -> str:
    with reading(world.engine, world.tenant.id) as session:
        query = select(Person.public_id).where(Person.username == f"{who}@{world.tenant.key}")
        return session.execute(query).scalar_one()


def test_an_id_is_believed_from_a_trusted_proxy_alone(client: FlaskClient, behind_proxy: FlaskClient) -> None:
    sent = {"X-Request-ID": GIVEN}
    assert behind_proxy.get("/login", headers=sent).headers["X-Request-ID"] == GIVEN
    assert GENERATED.fullmatch(client.get("/login", headers=sent).headers["X-Request-ID"])


@pytest.mark.parametrize("odd", ["", "short", "x" * 65, "with a blank", "semi;colon", "ååååååååå", "under_score_it"])
def test_an_odd_id_is_not_taken_over(behind_proxy: FlaskClient, odd: str) -> None:
    answer = behind_proxy.get("/login", headers={"X-Request-ID": odd.encode().decode("latin-1")})
    assert GENERATED.fullmatch(answer.headers["X-Request-ID"])


def test_every_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    assert len({client.get("/login").headers["X-Request-ID"] for _ in range(5)}) == 5


@pytest.mark.parametrize("language", REFERENCES)
def test_an_error_page_names_the_request(client: FlaskClient, language: str) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": language})
    assert f"{REFERENCES[language]}{answer.headers['X-Request-ID']}<" in answer.text


def test_a_problem_names_the_request(client: FlaskClient) -> None:
    for path in ("/api/v1/nowhere", "/api/v1/cases"):
        answer = client.get(path)
        assert answer.json["request_id"] == answer.headers["X-Request-ID"]  # type: ignore[index]


def test_a_line_tells_of_each_request(browser: Browser, world: World, lines: Lines) -> None:
    browser.get("/login")
    browser.log_in("officer@orebro")
    browser.get("/cases?q=something")
    told = lines.of_requests()
    assert [(line["method"], line["path"], line["status"]) for line in told] == [
        ("GET", "/login", 200),
        ("GET", "/login", 200),
        ("POST", "/login", 303),
        ("GET", "/cases", 200),
    ]
    assert [line.get("person") for line in told] == [None, None, *[public_id(world, "officer")] * 2]
    assert [line.get("municipality") for line in told] == [None, None, "orebro", "orebro"]
    assert all(line["ms"] > 0 and line["level"] == "info" for line in told)
    assert len({line["request_id"] for line in told}) == 4


def test_a_call_of_the_api_tells_whose_token_it_was(client: FlaskClient, world: World, lines: Lines) -> None:
    client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token_of(world, 'officer')}"}, buffered=True)
    (line,) = lines.of_requests()
    assert (line["path"], line["status"]) == ("/api/v1/cases", 200)
    assert (line["municipality"], line["person"]) == ("orebro", public_id(world, "officer"))


class Broken(Exception):
    """Nobody expects it."""


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with views that fail."""

    def fail(*_arguments: object, **_named: object) -> Any:
        wanted = PASSWORD + " in a variable"
        raise Broken(f"broken after {len(wanted)} letters")

    monkeypatch.setitem(app.view_functions, "auth.login", fail)
    monkeypatch.setattr("web.api.cases.load_case", fail)
    app.testing = False
    return app


def test_an_unexpected_error_is_logged_once_with_its_request(broken: Flask, world: World, lines: Lines) -> None:
    client, number = broken.test_client(), world.open("exchange")
    bearer = {"Authorization": f"Bearer {token_of(world, 'officer')}"}
    for path, headers in (("/login?next=/nowhere", {}), (f"/api/v1/cases/{number}", bearer)):
        lines.text = ""
        lines.all()
        lines.text = ""
        answer = client.get(path, headers=headers, buffered=True)
        assert answer.status_code == 500
        (error,) = lines.errors()
        assert error["request_id"] == answer.headers["X-Request-ID"]
        assert "Traceback" in error["exception"]
        assert "Broken: broken after" in error["exception"]
        assert lines.text.count("Traceback") == 1


class Impossible(WorkflowError):
    """The engine never refuses with it."""


@pytest.mark.parametrize("how", ["refused", "unexpected"])
def test_a_refusal_is_no_error(app: Flask, lines: Lines, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    def refuse() -> Any:
        raise NotFound if how == "refused" else Impossible

    monkeypatch.setitem(app.view_functions, "auth.login", refuse)
    client = app.test_client()
    assert client.get("/login", buffered=True).status_code == (404 if how == "refused" else 500)
    assert client.get("/nowhere", buffered=True).status_code == 404
    assert len(lines.errors()) == (0 if how == "refused" else 1)


def test_what_the_application_aborts_with_is_no_error(
    app: Flask, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "auth.login", lambda: abort(403))
    assert app.test_client().get("/login", buffered=True).status_code == 403
    assert lines.errors() == []


def test_no_secret_stands_in_a_line(app: Flask, browser: Browser, world: World, lines: Lines) -> None:
    app.testing = False
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        token, wrong = token_of(world, "officer"), "a-wrong-pass-word"
        browser.log_in("officer@orebro", wrong)
        browser.log_in("officer@orebro", next="/cases?q=a-query-string")
        browser.get("/cases?q=a-query-string")
        made = browser.post("/settings/calendar")
        feed = re.search(r"/calendar/([^\s\"<]+)\.ics", made.text)
        assert feed is not None
        assert browser.get(f"/calendar/{feed[1]}.ics").status_code == 200
        for path in ("/calendar/a-calendar-key.ics", "/x//calendar//a-calendar-key.ics", "/Calendar/a-calendar-key/"):
            assert browser.get(path).status_code in (308, 404)
        for mistyped in (f"/calender/{feed[1]}.ics", f"/{feed[1]}", f"/cases/{token}/", f"/a b/{feed[1][-20:]}"):
            assert browser.get(mistyped).status_code == 404
        browser.client.get(
            "/api/v1/cases?q=a-query-string", headers={"Authorization": f"Bearer {token}"}, buffered=True
        )
        browser.client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}x"}, buffered=True)
        cookies = [cookie.value for cookie in browser.client._cookies.values()]  # type: ignore[union-attr]
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    assert len(lines.of_requests()) >= 10
    secrets = [PASSWORD, wrong, token, "a-query-string", "a-calendar-key", feed[1], feed[1][-20:], *cookies]
    assert [secret for secret in secrets if secret in lines.text] == []


@pytest.mark.parametrize(
    "path", ["/cases/orebro-2026-00001", "/admin/people/maria.gunilla.andersson-lindqvist@orebro", "/engagements"]
)
def test_path_without_a_secret_is_logged_as_it_is(path: str) -> None:
    assert request_log.path_of({"PATH_INFO": path}) == path


def test_an_error_of_the_database_tells_no_parameters(
    app: Flask, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        with app.extensions["instans"].engine.connect() as connection:
            connection.execute(text("SELECT * FROM nowhere WHERE secret = :secret"), {"secret": PASSWORD})

    monkeypatch.setitem(app.view_functions, "auth.login", fail)
    app.testing = False
    app.test_client().get("/login", buffered=True)
    (error,) = lines.errors()
    assert "nowhere" in error["exception"]
    assert PASSWORD not in lines.text


def test_addresses_that_are_secrets_are_known_to_the_log(app: Flask) -> None:
    secret = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert secret
    for rule in secret:
        path = request_log.path_of({"PATH_INFO": rule.replace("<token>", "the-secret")})
        assert "the-secret" not in path


def test_a_path_cannot_break_a_line() -> None:
    assert request_log.path_of({"PATH_INFO": "/a\n\x1b[31m/\xc3\xa5"}) == "/a%0A%1B%5B31m/%C3%A5"
    assert len(request_log.path_of({"PATH_INFO": "/" + "a" * 10_000})) == request_log.LONGEST_PATH
