"""A release's database put back: its rows under the schema of the release, on SQLite and on PostgreSQL."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Date, DateTime, Engine, MetaData, Table, select, text
from sqlalchemy.types import JSON, TypeEngine

from models import Person
from models.database import connect, reading
from models.upgrade import upgrade
from tests.databases import as_owner
from tests.worlds import World
from workflow.engine import services_for

HERE = Path(__file__).parent
#: Versions whose databases are kept, like `0.1.0`.
RELEASES = sorted(file.name.removesuffix(".json.gz") for file in HERE.glob("*.json.gz"))

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Release:
    """What a release left behind."""

    version: str
    #: Revision of its schema.
    revision: str
    left_at: datetime
    #: Statements that make it on SQLite.
    schema: Sequence[str]
    rows: Mapping[str, Rows]


def release(version: str) -> Release:
    """Read the file of a release."""
    found = json.loads(gzip.decompress((HERE / f"{version}.json.gz").read_bytes()))
    return Release(version, found["revision"], datetime.fromisoformat(found["left_at"]), found["schema"], found["rows"])


def upgraded(url: str, left: Release) -> None:
    """Make the release's database at an empty address, and upgrade it to the newest schema."""
    upgrade(url, owner_url=as_owner(url), revision=left.revision)
    _fill(as_owner(url), left.rows)
    upgrade(url, owner_url=as_owner(url))


def worlds(engine: Engine, left: Release) -> Iterator[World]:
    """Every municipality with the people and under the policy it was left with."""
    services = services_for(engine)
    for key in services.tenants.keys():  # noqa: SIM118 - tenants are no dict
        tenant = services.tenants.tenant(key)
        with reading(engine, tenant.id) as session:
            people = session.execute(select(Person.username, Person.id)).all()
        policy = services.policies.governing(tenant.id, left.left_at.date())[1]
        yield World(
            engine, services, tenant, policy, {name.partition("@")[0]: id_ for name, id_ in people}, left.left_at
        )


def _fill(url: str, found: Mapping[str, Rows]) -> None:
    """Insert the rows with their ids, below every rule of the application."""
    engine = connect(url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in metadata.sorted_tables:
            for municipality_id, rows in groupby(found.get(table.name, ()), lambda row: row.get("municipality_id")):
                if engine.dialect.name == "postgresql":
                    setting = text("SELECT set_config('instans.municipality', :id, true)")
                    connection.execute(setting, {"id": str(municipality_id or "")})
                connection.execute(table.insert(), [_typed(table, row, engine.dialect.name) for row in rows])
            _continue_ids(connection, table)
    engine.dispose()


def _continue_ids(connection: Connection, table: Table) -> None:
    """Let the next id follow the last one, also where a sequence counts."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    name = connection.dialect.identifier_preparer.quote(table.name)
    sequence = text(f"SELECT pg_get_serial_sequence('{name}', 'id')")
    # a sequence knows no row-level security: it starts where every municipality's ids have been used
    connection.execute(text("SELECT setval(:sequence, 1000000)"), {"sequence": connection.scalar(sequence)})


def _typed(table: Table, row: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value, dialect) for name, value in row.items()}


def _value(kind: TypeEngine[Any], value: Any, dialect: str) -> Any:
    """A plain value as a column of a type takes it."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, JSON):
        return json.loads(value)
    if isinstance(kind, DateTime):
        found = datetime.fromisoformat(value)
        return found if dialect == "sqlite" else found.replace(tzinfo=UTC)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
