"""Which municipality and which bodies are meant?

Keys, kinds and time zones never change once installed, so they are kept in memory; a key not known yet is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from models import Body, Municipality
from models.database import reading
from workflow.errors import NotFound
from workflow.reasons import reason
from workflow.texts import is_storable


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as the engine needs it."""

    id: int
    key: str
    country: str
    language: str
    timezone: str
    names: Mapping[str, str]
    body_ids: Mapping[str, int]
    body_keys: Mapping[int, str]


class Directory:
    """All municipalities of an installation by key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_key: dict[str, Place] = {}

    def place(self, key: str) -> Place:
        """A municipality by its key; raises `NotFound`."""
        if not is_storable(key):
            raise NotFound(reason("not-found"))
        if key not in self._by_key:
            self._by_key[key] = self._load(key)
        return self._by_key[key]

    def place_of(self, number: str) -> Place:
        """The municipality that a case number, engagement number or user name belongs to; raises `NotFound`."""
        if not is_storable(number):
            raise NotFound(reason("not-found"))
        key = number.rpartition("@")[2] if "@" in number else number.partition("-")[0]
        return self.place(key)

    def keys(self) -> tuple[str, ...]:
        """Keys of all municipalities, sorted."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(select(Municipality.key).order_by(Municipality.key)).scalars())

    def _load(self, key: str) -> Place:
        with self._engine.connect() as connection:
            row = connection.execute(select(Municipality.__table__).where(Municipality.key == key)).one_or_none()
        if row is None:
            raise NotFound(reason("not-found"))
        with reading(self._engine, row.id) as session:
            ids = _bodies(session.connection(), row.id)
        return Place(
            row.id, row.key, row.country, row.language, row.timezone, row.names, ids, {v: k for k, v in ids.items()}
        )


def _bodies(connection: Connection, municipality_id: int) -> dict[str, int]:
    rows = connection.execute(select(Body.key, Body.id).where(Body.municipality_id == municipality_id))
    return {row.key: row.id for row in rows}
