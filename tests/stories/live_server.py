"""A live server for stories.

A real server on a free port of this machine, over municipalities that come into being when a story first needs them.
Their people can log in; the clock begins at noon of a day long after every policy has come into force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Thread
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from config.settings import Settings
from models.database import connect, writing
from tests.web.conftest import CHEAP, COMPILED, HASH
from tests.worlds import NOON, World, build
from web.app import create_app
from workflow.people.administration import carry_out


@dataclass
class Stage:
    """A running server and the municipalities it serves."""

    url: str
    engine: Engine
    _towns: dict[str, World] = field(default_factory=dict)

    def town(self, key: str) -> World:
        """A municipality with its policy and people, made once."""
        if key not in self._towns:
            self._towns[key] = build(self.engine, key)
            give_passwords(self._towns[key])
        return self._towns[key]


def give_passwords(world: World) -> None:
    """Let everybody with a role log in; the members behind the bodies stay at home."""
    with writing(world.engine, world.tenant.id) as connection:
        for name in world.people:
            if not name.startswith("member"):
                given = {"username": f"{name}@{world.tenant.key}", "password_hash": HASH}
                carry_out(connection, world.tenant, None, "change-person", given, now=world.now)


class _Quiet(WSGIRequestHandler):
    """A server that writes no line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def staged(database_url: str) -> Iterator[Stage]:
    """A server over a migrated database, for as long as the block lasts."""
    app = create_app(settings_for(database_url), now=_clock(), passwords=CHEAP)
    app.jinja_env.bytecode_cache = COMPILED
    engine = connect(database_url)
    with _served(app) as url:
        yield Stage(url, engine)
    engine.dispose()
    app.extensions["instans"].engine.dispose()


def _clock() -> Callable[[], datetime]:
    """A clock that begins at noon and moves as ours does, so that what is done later is later."""
    begun = monotonic()
    return lambda: NOON + timedelta(seconds=monotonic() - begun)


def settings_for(database_url: str) -> Settings:
    """Settings of a server that this machine alone reaches, over plain HTTP."""
    return Settings(database_url=database_url, secret_key="a secret for stories alone", cookies_secure=False)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
