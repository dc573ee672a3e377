"""Access control: every endpoint is in the table, and the table keeps others out."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from werkzeug.routing import Rule

from tests.web.conftest import Browser
from tests.worlds import World
from web.auth import access_control
from web.auth.access_control import ACCESS, ROLES_FOR, RoutesUnclassified, classify, may


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
    people = {"officer": "auditor", "auditor": "admin", "admin": "auditor", "registry": "auditor"}
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
    from web.auth.session import User

    user = User(1, "p", "p@orebro", "P", "en", world.tenant, frozenset({(role, "kommunstyrelsen")}))
    assert may(user, who) is admitted


def _path(rule: Rule) -> str:
    """An address that the rule matches."""
    path = str(rule)
    for argument in rule.arguments:
        for converter in ("", "int:", "path:", "string:"):
            path = path.replace(f"<{converter}{argument}>", "1" if converter == "int:" else "orebro-2026-00001")
    return path
