"""What does a test of the law start from? A municipality in force, on SQLite and on PostgreSQL in turn.

Each municipality is built once per process and database, and copied for every test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, event

from models.database import connect
from tests.conftest import STORES
from tests.contents import Contents, contents_of
from tests.databases import Server
from tests.worlds import World, build

#: What has happened in a world before the test begins.
Past = Callable[[World], object]


class WorldOf(Protocol):
    """Gives a fresh world of a municipality by its key, and with a past where one is told."""

    def __call__(self, key: str, past: Past | None = None) -> World: ...


@dataclass
class Templates:
    """Databases that hold one municipality each, made when first asked for, and what was built in them."""

    folder: Path
    sqlite: Path
    built: dict[str, tuple[Contents, World]] = field(default_factory=dict)

    def of(self, key: str, past: Past | None, server: Server | None) -> tuple[Contents, World]:
        """What a database of the municipality holds, and the world that was built in it."""
        name = f"{key}-{getattr(past, '__name__', 'now')}-{'postgres' if server else 'sqlite'}"
        if name not in self.built:
            path = self.folder / f"{name}.db"
            if server is None:
                shutil.copyfile(self.sqlite, path)
            url = server.migrated() if server else f"sqlite:///{path}"
            engine = hasty(connect(url))
            world = build(engine, key)
            if past is not None:
                past(world)
            self.built[name] = contents_of(engine), world
            engine.dispose()
            if server:
                server.give_back(url)
        return self.built[name]


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Templates:
    return Templates(tmp_path_factory.mktemp("municipalities"), _sqlite_template)


def hasty(engine: Engine) -> Engine:
    """The engine, without waiting for the disk on SQLite: a test survives no power cut anyway."""

    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: object) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = MEMORY")

    return engine


def _worlds(request: pytest.FixtureRequest, store: str, folder: Path) -> Iterator[WorldOf]:
    server: Server | None = request.getfixturevalue("_postgres") if store == "postgres" else None
    templates: Templates = request.getfixturevalue("_templates")
    made: list[Engine] = []

    def world_of(key: str, past: Past | None = None) -> World:
        contents, model = templates.of(key, past, server)
        if isinstance(contents, bytes):
            path = folder / f"{key}-{len(made)}.db"
            path.write_bytes(contents)
            url = f"sqlite:///{path}"
        else:
            assert server is not None
            url = server.migrated(contents)
        engine = hasty(connect(url))
        made.append(engine)
        return model.in_(engine)

    yield world_of
    for engine in made:
        engine.dispose()
        if server:
            server.give_back(engine.url.render_as_string(hide_password=False))


@pytest.fixture(params=STORES)
def world_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WorldOf]:
    """Makes worlds; the test runs once on SQLite and once on PostgreSQL."""
    yield from _worlds(request, request.param, tmp_path)


@pytest.fixture
def sqlite_world_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WorldOf]:
    """Makes worlds on SQLite."""
    yield from _worlds(request, "sqlite", tmp_path)


@pytest.fixture
def postgres_world_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WorldOf]:
    """Makes worlds on PostgreSQL; the test carries the `postgres` mark."""
    yield from _worlds(request, "postgres", tmp_path)


@pytest.fixture
def orebro(world_of: WorldOf) -> World:
    """Örebro: committees and a company board decide in their own area."""
    return world_of("orebro")


@pytest.fixture
def oslo(world_of: WorldOf) -> World:
    """Oslo: agencies decide for themselves, the council takes note."""
    return world_of("oslo")


@pytest.fixture
def odense(world_of: WorldOf) -> World:
    """Odense: administrations decide, there is no casting vote."""
    return world_of("odense")


@pytest.fixture
def stockholm(world_of: WorldOf) -> World:
    """Stockholm: prohibitions, and a consultation before the strategy."""
    return world_of("stockholm")
