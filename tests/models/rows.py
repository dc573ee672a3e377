"""Rows for tests that care about a few columns only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Date, Engine, Integer, LargeBinary, String, Table, insert

from models import Body, Municipality
from models.base import UTCDateTime
from models.database import writing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def row(entity: type[Any], **given: Any) -> dict[str, Any]:
    """A row of a mapped class: what is given, and something in every other column that must not be null."""
    table: Table = entity.__table__
    needed = (c for c in table.columns if not (c.nullable or c.default or c.name in given))
    return {c.name: _something(c.type) for c in needed if not (c.primary_key and c.name == "id")} | given


def _something(type_: Any) -> Any:
    somethings = ((String, "x"), (Integer, 1), (Date, NOON.date()), (UTCDateTime, NOON), (LargeBinary, b"x"))
    return next((value for kind, value in somethings if isinstance(type_, kind)), {})


def two_municipalities(engine: Engine) -> None:
    """Municipality 1 with bodies 11 and 12, municipality 2 with bodies 21, 22 and 23."""
    with writing(engine, None) as connection:
        connection.execute(insert(Municipality), [row(Municipality, id=n, key=f"m{n}") for n in (1, 2)])
    for n, ids in ((1, (11, 12)), (2, (21, 22, 23))):
        with writing(engine, n) as connection:
            connection.execute(insert(Body), [row(Body, id=id_, municipality_id=n, key=f"b{id_}") for id_ in ids])
