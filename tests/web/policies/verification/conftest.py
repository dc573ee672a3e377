"""A request by an English reader, for tests of words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_login import login_user
from sqlalchemy import Engine

from tests.web.conftest import serving
from tests.worlds import World, build
from web.auth.session import User


@pytest.fixture
def reader_world(sqlite_engine: Engine) -> World:
    """Örebro, on SQLite: labels do not depend on the database."""
    return build(sqlite_engine, "orebro")


@pytest.fixture
def speaking(reader_world: World) -> Iterator[Flask]:
    """The application within a request by an English reader."""
    for app in serving(reader_world):
        with app.test_request_context("/"):
            login_user(User(1, "p", "p@orebro", "P", "en", reader_world.tenant, frozenset()))
            yield app
