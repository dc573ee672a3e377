"""Database access: one engine per address, and short transactions scoped to one municipality.

`reading` gives a session whose queries are filtered by municipality; `writing` gives a Core connection in one write
transaction (`BEGIN IMMEDIATE` on SQLite, so that no update is lost). On PostgreSQL both also set the municipality for
row-level security.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria

from models.base import OfMunicipality

#: First SQLite version without the write-ahead-log bug that can corrupt a database.
WAL_IS_SAFE_FROM = (3, 51, 3)

#: Longest wait for another writer on SQLite, milliseconds.
BUSY_TIMEOUT_MS = 15_000

SET_MUNICIPALITY = text("SELECT set_config('instans.municipality', :municipality, true)")


def connect(url: str, *, wal: bool | None = None) -> Engine:
    """Create an engine for a SQLite or PostgreSQL address; `wal` overrides the journal mode (benchmarks only).

    Errors state the statement without its parameters, which may be secrets and end up in logs.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)
        _prepare_sqlite(engine, sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM if wal is None else wal)
        return engine
    if address.get_backend_name() == "postgresql":
        return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=False, hide_parameters=True)
    raise ValueError(f"a database address starts with sqlite:/// or postgresql://, not {address.get_backend_name()}")


def _prepare_sqlite(engine: Engine, wal: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is sent by the listener below
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("instans_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_municipality(connection: Connection, municipality_id: int | None) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(SET_MUNICIPALITY, {"municipality": "" if municipality_id is None else str(municipality_id)})


@contextmanager
def writing(engine: Engine, municipality_id: int | None) -> Iterator[Connection]:
    """One write transaction for a municipality (None: rows of no municipality); commits, or rolls back on error."""
    with engine.connect().execution_options(instans_writes=True) as connection, connection.begin():
        _set_municipality(connection, municipality_id)
        yield connection


class _ReadSession(Session):
    """A session that writes nothing."""

    def flush(self, objects: Any = None) -> None:
        """Raises `RuntimeError` where something was added, changed or deleted."""
        if self.new or self.deleted or any(self.is_modified(one) for one in self.dirty):
            raise RuntimeError("a session of `reading` writes nothing; use `writing` and a statement")


@contextmanager
def reading(engine: Engine, municipality_id: int | None) -> Iterator[Session]:
    """Read-only session scoped to one municipality. Close it before rendering: a slow reader blocks writers."""
    with _ReadSession(engine, expire_on_commit=False, autoflush=False) as session:
        session.info["rows"] = _rows_of(municipality_id)
        _set_municipality(session.connection(), municipality_id)
        yield session


def _rows_of(municipality_id: int | None) -> LoaderCriteriaOption:
    return with_loader_criteria(
        OfMunicipality, lambda entity: entity.municipality_id == municipality_id, include_aliases=True
    )


#: Filter of sessions that `reading` did not open.
NO_ROWS = _rows_of(None)


@event.listens_for(Session, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    """Filter every query of a session by its municipality; without one, by none.

    Raises `TypeError` for statements that cannot be filtered: on bare tables, as SQL text, and all writes. A bare table
    inside a statement on mapped classes is not detected here; only row-level security filters it.
    """
    if state.is_column_load or state.is_relationship_load:
        return
    if not (state.is_select and state.is_orm_statement) or state.is_from_statement:
        raise TypeError("a session reads mapped classes only: nothing else is scoped to a municipality")
    state.statement = state.statement.options(state.session.info.get("rows", NO_ROWS))
