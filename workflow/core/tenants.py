"""Tenants: the municipalities of an installation with their bodies, cached by key.

Keys, kinds and time zones never change once installed. An unknown key is looked up, so that a body which a later
policy version brings is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from models import Body, Municipality
from models.database import reading
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.text_validation import is_storable

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Tenant:
    """A municipality as the engine needs it."""

    id: int
    key: str
    country: str
    language: str
    timezone: str
    names: Mapping[str, str]
    body_ids: Mapping[str, int]
    body_keys: Mapping[int, str]


class Tenants:
    """All municipalities of an installation by key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_key: dict[str, Tenant] = {}

    def tenant(self, key: str) -> Tenant:
        """A municipality by its key; raises `NotFound`."""
        if not is_storable(key):
            raise NotFound(reason("not-found"))
        if key not in self._by_key:
            self._by_key[key] = self._load(key)
        return self._by_key[key]

    def tenant_of(self, number: str) -> Tenant:
        """The municipality that a case number, engagement number or user name belongs to; raises `NotFound`."""
        if not is_storable(number):
            raise NotFound(reason("not-found"))
        key = number.rpartition("@")[2] if "@" in number else number.partition("-")[0]
        return self.tenant(key)

    def keys(self) -> tuple[str, ...]:
        """Keys of all municipalities, sorted."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(select(Municipality.key).order_by(Municipality.key)).scalars())

    def _load(self, key: str) -> Tenant:
        with self._engine.connect() as connection:
            row = connection.execute(select(Municipality.__table__).where(Municipality.key == key)).one_or_none()
        if row is None:
            raise NotFound(reason("not-found"))

        def ids() -> dict[str, int]:
            with reading(self._engine, row.id) as session:
                return {body.key: body.id for body in session.execute(select(Body.key, Body.id))}

        return Tenant(
            row.id,
            row.key,
            row.country,
            row.language,
            row.timezone,
            row.names,
            _Known(ids),
            _Known(lambda: {id_: key for key, id_ in ids().items()}),
        )


class _Known(dict[_Key, _Value]):
    """What was found when it was first asked for; a key not among it is looked for once more, an empty one never."""

    def __init__(self, look: Callable[[], Mapping[_Key, _Value]]) -> None:
        super().__init__(look())
        self._look = look

    def __contains__(self, key: object) -> bool:
        if key and not super().__contains__(key):
            self.update(self._look())
        return super().__contains__(key)

    def __missing__(self, key: _Key) -> _Value:
        if key not in self:
            raise KeyError(key)
        return self[key]

    def get(self, key: _Key, default: Any = None) -> Any:
        """The value of a key, looked for once more where it is not known yet; else the default."""
        known = key in self  # looks once more
        return super().get(key, default) if known else default
