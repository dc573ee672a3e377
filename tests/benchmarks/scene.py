"""On which databases is measured?

SQLite in rollback journal and in write-ahead log, and PostgreSQL where a server is found. Each scene is built once,
copied for every run and thrown away.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, make_url

from models.upgrade import upgrade
from tests.contents import ADMIN_URL
from tests.databases import Server


@dataclass(frozen=True, slots=True)
class Scene:
    """A database that was prepared, and how to get a fresh copy of it."""

    name: str
    url: str
    wal: bool | None
    copy: Callable[[], str]


@contextmanager
def sqlite_scene(name: str, *, wal: bool) -> Iterator[Scene]:
    """A SQLite file; copies are files beside it."""
    with tempfile.TemporaryDirectory(prefix="instans-bench-") as folder:
        template = Path(folder) / "template.db"
        upgrade(f"sqlite:///{template}")
        copies = iter(range(1_000_000))

        def copy() -> str:
            for old in Path(folder).glob("copy-*"):
                old.unlink()
            target = Path(folder) / f"copy-{next(copies)}.db"
            shutil.copyfile(template, target)
            return f"sqlite:///{target}"

        yield Scene(name, f"sqlite:///{template}", wal, copy)


@contextmanager
def postgres_scene(name: str) -> Iterator[Scene]:
    """A PostgreSQL database; copies are made from it as a template."""
    with psycopg.connect(ADMIN_URL, autocommit=True, connect_timeout=5) as admin:
        server = Server(admin)
        template = server.migrated()
        made: list[str] = []

        def copy() -> str:
            while made:
                server.drop(made.pop())
            made.append(server.copy_of(template))
            _make_durable(admin, made[-1])
            return made[-1]

        _make_durable(admin, template)
        yield Scene(name, template, None, copy)
        for url in (*made, template):
            server.drop(url)
        server.close()


def _make_durable(admin: psycopg.Connection, url: str) -> None:
    """Commits wait for the disk, as in production; without this, those of the tests' roles do not."""
    address = make_url(url)
    role, database = sql.Identifier(str(address.username)), sql.Identifier(str(address.database))
    admin.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} SET synchronous_commit = on").format(role, database))


def has_postgres() -> bool:
    """Whether a PostgreSQL server answers."""
    try:
        psycopg.connect(ADMIN_URL, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def require_throwaway(engine: Engine) -> None:
    """Refuse any database that was not made to be thrown away, with `ValueError`."""
    database = str(engine.url.database)
    if engine.dialect.name == "postgresql":
        is_throwaway = re.fullmatch(r"instans_test_\d+_\d+", database) is not None
    else:
        is_throwaway = Path(database).is_relative_to(tempfile.gettempdir())
    if not is_throwaway:
        raise ValueError(f"benchmarks write to throwaway databases only, not to {database}")


@contextmanager
def unhindered(engine: Engine) -> Iterator[Connection]:
    """A transaction to fill a throwaway database in: no reference is checked and the disk is not waited for."""
    engine.dispose()  # SQLite changes its journal only where nobody else is connected
    if engine.dialect.name == "postgresql":
        address = make_url(ADMIN_URL).set(drivername="postgresql+psycopg", database=engine.url.database)
        there = create_engine(address)
        before = "SET session_replication_role = replica", "SET synchronous_commit = off", "SET TimeZone = 'UTC'"
        after: tuple[str, ...] = ("VACUUM (ANALYZE)", "CHECKPOINT")
    else:
        there = create_engine(engine.url)
        before = "PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA journal_mode = MEMORY"
        after = ()
    with there.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in before:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("COMMIT")
        for statement in after:
            connection.exec_driver_sql(statement)
    there.dispose()


def bare(url: str, *, wal: bool | None) -> Any:
    """A connection of the driver itself, with the same durability as the engine's."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(str(address.database), isolation_level=None, timeout=15)
    for pragma in ("foreign_keys = ON", f"journal_mode = {'WAL' if wal else 'DELETE'}", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
