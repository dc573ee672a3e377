"""Fixtures of the screens: an application over a small municipality, and a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from config.settings import Settings
from models import Person
from models.database import writing
from tests.worlds import World, build
from web.app import create_app
from web.core.passwords import Passwords
from web.core.services import Services
from workflow.engine import services_for

PASSWORD = "correct horse battery"
#: As the shipped parameters, only cheap: what they protect against does not happen in a test.
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
HASH = CHEAP.hash(PASSWORD)
SECRET = "a secret for tests alone"


class _Kept(BytecodeCache):
    """Templates that one application has compiled, for the next one."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, where there is some."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Kept()


@pytest.fixture
def world(engine: Engine) -> World:
    """Örebro with its pack, its people and their password."""
    return furnished(engine, "orebro")


def furnished(engine: Engine, key: str) -> World:
    """A municipality whose people can log in."""
    world = build(engine, key)
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.municipality_id == world.tenant.id).values(password_hash=HASH))
    return world


def settings_for(world: World, **more: object) -> Settings:
    """Settings for the database of a test."""
    url = world.engine.url.render_as_string(hide_password=False)
    return Settings(**({"database_url": url, "secret_key": SECRET, "cookies_secure": False} | more))  # type: ignore[arg-type]


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The application, its clock the world's."""
    yield from serving(world)


#: Applications that no test is using, by their settings but for the database.
IDLE: dict[Settings, list[Flask]] = {}


def serving(world: World, **more: object) -> Iterator[Flask]:
    """An application on a world's engine; its screens are put together once, and serve one test after another."""
    settings = settings_for(world, **more)
    idle = IDLE.setdefault(replace(settings, database_url=""), [])
    app = idle.pop() if idle else _put_together(settings)

    def clock() -> datetime:
        return world.now

    app.extensions["instans"] = Services(world.engine, services_for(world.engine), settings, clock, CHEAP)
    app.testing = True
    yield app
    idle.append(app)


def _put_together(settings: Settings) -> Flask:
    app = create_app(settings, passwords=CHEAP)
    app.extensions["instans"].engine.dispose()
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has logged in with."""
    return app.test_client()


@dataclass
class Browser:
    """A browser that fills in forms, their hidden token included."""

    client: FlaskClient

    def token(self, path: str = "/login") -> str:
        """The form token of this browser's session, as a page carries it."""
        page = self.client.get(path, follow_redirects=True, buffered=True).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None, f"no form on {path}"
        return found.group(1)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields}, buffered=True)

    def log_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Log in by name and password."""
        return self.post("/login", username=username, password=password, **more)


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    """A browser that fills in forms."""
    return Browser(client)
