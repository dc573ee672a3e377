"""The application: its start, and the headers and elements of every page."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from config.settings import DATABASE_URL, POLICIES, Settings, SettingsInvalid, demo_secret
from tests.web.conftest import Browser, settings_for
from tests.worlds import World
from web.app import create_app, utc_now
from workflow import set_aside
from workflow.scheduling.scheduler import run_round

# -- settings


@pytest.mark.parametrize(("secret", "what"), [("", "is not set"), ("short", "is too short")])
def test_without_a_good_secret_nothing_is_served(secret: str, what: str) -> None:
    with pytest.raises(SettingsInvalid, match=f"INSTANS_SECRET_KEY {what}") as refusal:
        create_app(Settings(database_url="sqlite://", secret_key=secret))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"), [("INSTANS_COOKIES_SECURE", "maybe"), ("INSTANS_PROXIES", "-1"), ("INSTANS_PROXIES", "two")]
)
def test_an_unreadable_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        Settings.from_environment({name: value})


def test_settings_have_their_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.database_url, settings.policies, settings.secret_key) == (DATABASE_URL, POLICIES, "")
    assert settings.cookies_secure
    assert not settings.is_demo


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment(
        {
            "INSTANS_DATABASE_URL": "postgresql://app@db/instans",
            "INSTANS_OWNER_URL": "postgresql://owner@db/instans",
            "INSTANS_SECRET_KEY": "x" * 40,
            "INSTANS_POLICIES": "/etc/instans/policies",
            "INSTANS_COOKIES_SECURE": "no",
            "INSTANS_PROXIES": "1",
        }
    )
    assert settings.owner_url == "postgresql://owner@db/instans"
    assert settings.policies == Path("/etc/instans/policies")
    assert (settings.cookies_secure, settings.proxies, settings.require_secret()) == (False, 1, "x" * 40)


def test_the_demo_keeps_its_own_secret_beside_its_database(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/data/instans.db").for_demo({})
    kept = tmp_path / "data" / "instans-demo.secret"
    assert settings.secret_key == kept.read_text() == demo_secret(kept.parent)
    assert len(settings.require_secret()) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings.is_demo
    assert not settings.cookies_secure


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("::", False)])  # noqa: S104
def test_loopback_is_told_from_the_open_network(host: str, loopback: bool) -> None:
    assert Settings().bound_to(host, 80).is_loopback is loopback


# -- the application


def test_the_clock_is_aware_and_utc() -> None:
    assert str(utc_now().tzinfo) == "UTC"


def test_healthz_tells_that_the_service_is_up(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    nobody = {"last_round_age": None, "oldest_due_age": None, "set_aside": 0}
    assert (answer.status_code, answer.json) == (200, {"ok": True, "scheduler": nobody})


def test_healthz_tells_since_when_what_is_due_has_waited(client: FlaskClient, world: World) -> None:
    world.walk(world.open("visit"), until="decide:responsible")
    world.later(days=90)
    assert _scheduler(client)["oldest_due_age"] > 0
    run_round(world.services, now=world.now)
    assert _scheduler(client) == {"last_round_age": 0, "oldest_due_age": None, "set_aside": 0}


def _scheduler(client: FlaskClient) -> Any:
    answer = client.get("/healthz").json
    assert answer is not None
    return answer["scheduler"]


@pytest.mark.parametrize(("later", "status"), [(0, 200), (-120, 503), (3_600, 503)])
def test_healthz_is_not_ok_when_the_last_round_is_too_old_or_in_the_future(
    client: FlaskClient, world: World, later: int, status: int
) -> None:
    run_round(world.services, now=world.now)
    world.later(seconds=later)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (
        status,
        {"ok": status == 200, "scheduler": {"last_round_age": later, "oldest_due_age": None, "set_aside": 0}},
    )


def test_healthz_is_not_ok_while_work_is_set_aside(client: FlaskClient, world: World) -> None:
    set_aside.put(world.services, world.tenant, "reminders", 7, "x", OverflowError(), now=world.now)
    run_round(world.services, now=world.now)
    answer = client.get("/healthz")
    assert (answer.status_code, _scheduler(client)["set_aside"]) == (503, 1)


def test_healthz_tells_that_the_database_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _take_away_the_database(app, monkeypatch)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"ok": False})


def test_without_a_database_a_page_says_so_and_nothing_more(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.log_in("officer@orebro")
    app.testing = False
    _take_away_the_database(app, monkeypatch)
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "Not available just now" in answer.text
    assert "Traceback" not in answer.text


def _take_away_the_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: Engine) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(Engine, "connect", away)


def test_an_unknown_address_answers_in_plain_words(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_an_unknown_address_of_the_api_answers_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 404  # type: ignore[index]


def test_a_fault_of_ours_shows_no_traceback(world: World) -> None:
    app = create_app(settings_for(world), now=lambda: world.now)
    app.view_functions["auth.login"] = lambda: 1 // 0
    answer = app.test_client().get("/login")
    assert answer.status_code == 500
    assert "It is our fault" in answer.text
    assert "ZeroDivision" not in answer.text
    app.extensions["instans"].engine.dispose()


# -- what stands around a page


def test_a_page_has_a_heading_landmarks_and_a_way_past_them(browser: Browser) -> None:
    browser.log_in("officer@orebro")
    page = browser.get("/").text
    assert page.count("<h1") == 1
    for mark in (
        '<html lang="en"',
        '<a class="skip" href="#content"',
        "<header",
        "<nav",
        "<main",
        "<footer",
        "<title>",
    ):
        assert mark in page


def test_a_page_says_who_is_logged_in_and_as_what(browser: Browser) -> None:
    browser.log_in("secretary.council@orebro")
    page = browser.get("/").text
    for word in ("Secretary.Council", "secretary.council@orebro", "Örebro Municipality", "Municipal council"):
        assert word in page


def test_the_footer_names_the_policy_in_force(browser: Browser) -> None:
    browser.log_in("officer@orebro")
    assert "orebro-2012-2" in browser.get("/").text


def test_nobody_logged_in_sees_no_navigation(client: FlaskClient) -> None:
    assert "<nav" not in client.get("/login").text


# -- languages


def test_the_browser_tells_the_language_of_a_stranger(client: FlaskClient) -> None:
    for accepted, lang in (
        ("da-DK,da;q=0.9", "da"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("fi, sv;q=0.5", "sv"),
        ("fi", "en"),
    ):
        page = client.get("/login", headers={"Accept-Language": accepted}).text
        assert f'<html lang="{lang}"' in page, accepted


def test_the_switch_holds_for_a_stranger_and_after_log_in_the_persons_own_setting_does(browser: Browser) -> None:
    answer = browser.post("/language", language="sv", next="/login")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert '<html lang="sv"' in browser.get("/login").text
    browser.log_in("officer@orebro")
    assert '<html lang="en"' in browser.get("/").text


def test_the_switch_holds_for_a_session(browser: Browser) -> None:
    browser.log_in("officer@orebro")
    browser.post("/language", language="da", next="/")
    assert '<html lang="da"' in browser.get("/").text


def test_an_unknown_language_changes_nothing(browser: Browser) -> None:
    answer = browser.post("/language", language="xx", next="//evil.example")
    assert answer.location == "/"
    assert "Set-Cookie" not in answer.headers or "xx" not in answer.headers["Set-Cookie"]
