"""On which databases is measured?

SQLite in rollback journal and in write-ahead log, and PostgreSQL where a server is found. Each scene is built once,
copied for every run and thrown away.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

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
            return made[-1]

        yield Scene(name, template, None, copy)
        for url in (*made, template):
            server.drop(url)
        server.close()


def has_postgres() -> bool:
    """Whether a PostgreSQL server answers."""
    try:
        psycopg.connect(ADMIN_URL, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def bare(url: str, *, wal: bool | None) -> Any:
    """A connection of the driver itself, with the same durability as the engine's."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(str(address.database), isolation_level=None, timeout=15)
    for pragma in ("foreign_keys = ON", f"journal_mode = {'WAL' if wal else 'DELETE'}", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
