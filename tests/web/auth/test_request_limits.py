"""Tests of the size that a request may have, by its headers."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import EnvironBuilder

from tests.web.clients import sit
from web.auth.request_limits import limit_of
from web.core.security import LARGEST_FORM, LARGEST_FROM_STRANGER, LARGEST_REQUEST

FORM, FILES, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"
BEARER = "Bearer instans_orebro_x"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """The limits ask no database."""
    return sqlite_engine


def limit(app: Flask, path: str, kind: str = FORM, **headers: str) -> int:
    """The limit of a POST of a body whose length is not said."""
    given = {"Content-Type": kind, "Transfer-Encoding": "chunked"} | headers
    return limit_of(app)(EnvironBuilder(path, method="POST", headers=given).get_environ())


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/login", {}),
        ("/login", {"Authorization": BEARER}),
        ("/settings", {}),
        ("/settings", {"Cookie": "instans=forged"}),
        ("/settings", {"Authorization": BEARER}),
        ("/api/v1/cases", {}),
        ("/nowhere", {"Authorization": BEARER}),
        ("/healthz", {}),
    ],
)
@pytest.mark.parametrize("kind", [FORM, FILES, JSON])
def test_a_stranger_may_send_little_wherever(app: Flask, path: str, headers: dict[str, str], kind: str) -> None:
    assert limit(app, path, kind, **headers) == LARGEST_FROM_STRANGER


def test_who_has_logged_in_may_send_a_document(app: Flask) -> None:
    client = sit(app, "officer@orebro").browser.client
    cookie = client.get_cookie("instans")
    assert cookie is not None
    session = {"Cookie": f"instans={cookie.value}"}
    assert limit(app, "/settings", FORM, **session) == LARGEST_FORM
    assert limit(app, "/settings", FILES, **session) == LARGEST_REQUEST
    assert limit(app, "/login", FILES, **session) == LARGEST_FROM_STRANGER


def test_a_session_without_a_person_is_a_stranger(app: Flask) -> None:
    client = app.test_client()
    client.get("/login")
    cookie = client.get_cookie("instans")
    assert cookie is not None
    assert limit(app, "/settings", FILES, Cookie=f"instans={cookie.value}") == LARGEST_FROM_STRANGER


def test_a_program_may_send_a_long_text(app: Flask) -> None:
    assert limit(app, "/api/v1/cases", JSON, Authorization=BEARER) == LARGEST_FORM
    assert limit(app, "/api/v1/cases", JSON, Authorization="Basic eDp4") == LARGEST_FROM_STRANGER


def test_a_small_body_is_anybodys(app: Flask) -> None:
    headers = {"Content-Length": str(LARGEST_FROM_STRANGER), "Authorization": BEARER}
    environ = EnvironBuilder("/api/v1/cases", method="POST", headers=headers).get_environ()
    assert limit_of(app)(environ) == LARGEST_FROM_STRANGER
    environ["CONTENT_LENGTH"] = str(LARGEST_FROM_STRANGER + 1)
    assert limit_of(app)(environ) == LARGEST_FORM
