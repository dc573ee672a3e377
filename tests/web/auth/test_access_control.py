"""Access control: every endpoint is in the table, and the table keeps others out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from sqlalchemy import select, update
from werkzeug.routing import Rule

from models import Appointment, Person
from models.database import reading, writing
from tests.web.conftest import HASH, Browser
from tests.workflow.notices import stand_in
from tests.worlds import World
from web.auth import access_control
from web.auth.access_control import ACCESS, ROLES_FOR, RoutesUnclassified, classify, may
from web.auth.session import User
from workflow.cases.acting_roles import MUNICIPALITY, Substitution, is_seated
from workflow.cases.actor import load_actor
from workflow.people.preferences import create_calendar


def test_an_unclassified_endpoint_stops_the_application(app: Flask) -> None:
    with pytest.raises(RoutesUnclassified, match=r"healthz is not in web\.auth\.access_control\.ACCESS"):
        classify(app, {name: who for name, who in ACCESS.items() if name != "healthz"})


def test_a_row_without_an_address_stops_the_application(app: Flask) -> None:
    with pytest.raises(
        RoutesUnclassified, match=r"cases\.gone is in web\.auth\.access_control\.ACCESS and has no address"
    ):
        classify(app, ACCESS | {"cases.gone": "officer"})


def test_a_row_that_names_nobody_stops_the_application(app: Flask) -> None:
    with pytest.raises(RoutesUnclassified, match="'everybody', which means nothing"):
        classify(app, ACCESS | {"healthz": "everybody"})


def test_the_shipped_table_fits_the_application(app: Flask) -> None:
    classify(app)


def test_a_stranger_is_sent_to_log_in_everywhere(app: Flask, client: FlaskClient) -> None:
    tried = 0
    for rule in app.url_map.iter_rules():
        if ACCESS[rule.endpoint] in ("anyone", "token"):
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(_path(rule), method=method)
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/login"), rule
        tried += 1
    assert tried > 1


def test_a_person_without_the_role_is_refused_everywhere(app: Flask, world: World) -> None:
    """For every role that a row asks for: the people of the demo who do not hold it."""
    people = {
        "officer": "auditor",
        "auditor": "admin",
        "admin": "auditor",
        "delegations": "officer",
        "registry": "auditor",
    }
    people["confirmer"] = "auditor"
    browsers: dict[str, Browser] = {}
    for rule in app.url_map.iter_rules():
        who = ACCESS[rule.endpoint]
        if who not in ROLES_FOR:
            continue
        name = people[who]
        if name not in browsers:
            browsers[name] = Browser(app.test_client())
            browsers[name].log_in(f"{name}@orebro")
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        assert browsers[name].client.open(_path(rule), method=method).status_code == 403, rule


def test_the_api_wants_a_token_and_no_cookie(app: Flask, browser: Browser) -> None:
    browser.log_in("officer@orebro")
    for rule in app.url_map.iter_rules():
        if ACCESS[rule.endpoint] == "token":
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answer = browser.client.open(_path(rule), method=method)
                assert answer.status_code == 401, (rule, method)
                assert "Bearer" in answer.headers.get("WWW-Authenticate", ""), rule


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_are_answered_by_the_same_rule(client: FlaskClient, method: str) -> None:
    assert client.open("/login", method=method).status_code == 200
    assert client.open("/", method=method).status_code == 303


def test_a_post_by_a_stranger_does_not_lead_back_to_itself(client: FlaskClient) -> None:
    answer = client.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_new_application_with_a_forgotten_address_does_not_answer_there(world: World) -> None:
    app = Flask("bare")
    app.secret_key = "x" * 20
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(RoutesUnclassified, match="forgotten"):
        classify(app, {"static": "anyone"})
    access_control.enforce(app, CSRFProtect(), {"static": "anyone"})
    app.testing = False
    assert app.test_client().get("/forgotten").status_code == 500


@pytest.mark.parametrize(
    ("role", "who", "admitted"),
    [
        ("officer", "officer", True),
        ("officer", "registry", True),
        ("coordinator", "registry", True),
        ("coordinator", "officer", False),
        ("auditor", "registry", False),
        ("admin", "auditor", False),
        ("member", "signed-in", True),
        ("admin", "token", False),
        ("admin", "", False),
    ],
)
def test_the_table_admits_by_role(world: World, role: str, who: str, admitted: bool) -> None:
    user = User(1, "p", "p@orebro", "P", "en", world.tenant, frozenset({(role, "kommunstyrelsen")}))
    assert may(user, who) is admitted


def _path(rule: Rule) -> str:
    """An address that the rule matches."""
    path = str(rule)
    for argument in rule.arguments:
        for converter in ("", "int:", "path:", "string:"):
            path = path.replace(f"<{converter}{argument}>", "1" if converter == "int:" else "orebro-2026-00001")
    return path


# -- reading only with a seat


@pytest.fixture
def unseated(app: Flask, world: World) -> Browser:
    """Somebody whose last seat ended yesterday."""
    world.add("unseated", ("officer", "kommunstyrelseforvaltningen"))
    with writing(world.engine, world.tenant.id) as connection:
        mine = Appointment.person_id == world.people["unseated"]
        connection.execute(update(Appointment).where(mine).values(ends_on=world.now.date() - timedelta(days=1)))
        connection.execute(update(Person).where(Person.id == world.people["unseated"]).values(password_hash=HASH))
    browser = Browser(app.test_client())
    browser.log_in("unseated@orebro")
    return browser


#: What somebody reads without a seat: their own account, and what needs no log-in.
OWN = ("account", "anyone", "token")


def test_without_a_seat_nothing_is_read_or_done_by_any_route(app: Flask, world: World, unseated: Browser) -> None:
    world.open("visit")
    token, tried = unseated.token("/settings"), 0
    for rule in app.url_map.iter_rules():
        if ACCESS[rule.endpoint] in OWN:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = unseated.client.open(_path(rule), method=method, data={"csrf_token": token}, buffered=True)
            assert answer.status_code == 403, (rule, method)
            assert "You hold no appointment today" in answer.text, rule
            tried += 1
    assert tried > 60


def test_without_a_seat_the_page_leads_to_settings_and_out(unseated: Browser) -> None:
    page = unseated.get("/").text
    assert 'href="/settings"' in page
    assert 'action="/logout"' in page
    assert "policy-note" not in page
    assert unseated.get("/settings").status_code == 200
    token = unseated.token("/settings")
    assert unseated.client.post("/logout", data={"csrf_token": token}).status_code == 303


def test_a_calendar_shows_nothing_without_a_seat(app: Flask, world: World, unseated: Browser) -> None:
    key = create_calendar(world.services, world.people["unseated"], "orebro", now=world.now)
    assert app.test_client().get(f"/calendar/{key}.ics").status_code == 403


def test_who_only_stands_in_reads(world: World) -> None:
    absence = Substitution(("chair", "kommunstyrelsen"), "q", 2, "q@orebro", "Q")
    unseated = User(1, "p", "p@orebro", "P", "en", world.tenant, frozenset())
    assert not may(unseated, "signed-in")
    assert may(replace(unseated, stands_in=(absence,)), "signed-in")


def test_one_rule_says_who_is_seated_to_programs_and_to_screens(world: World) -> None:
    """For everybody of the world, the appointments of some ended and one person standing in."""
    world.add("nobody")
    world.add("tomorrow", ("officer", "kommunstyrelseforvaltningen"), since=world.now.date() + timedelta(days=1))
    stand_in(world, "chair.executive", "member0", "chair", "kommunstyrelsen")
    person = Person.__table__.c
    query = select(person.id, is_seated(MUNICIPALITY, person.id)).where(person.municipality_id == MUNICIPALITY)
    given = {"municipality": world.tenant.id, "today": world.now.date()}
    with reading(world.engine, world.tenant.id) as db:
        found = dict(db.connection().execute(query, given).all())
        actors = {id_: load_actor(db.connection(), world.tenant.id, id_, world.now.date()) for id_ in found}
    assert {id_: bool(seated) for id_, seated in found.items()} == {
        id_: bool(actor.all_seats) for id_, actor in actors.items()
    }
    assert not found[world.people["nobody"]]
    assert not found[world.people["tomorrow"]]
