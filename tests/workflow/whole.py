"""What does a database hold? Every row of every table, to see that a refusal has left it as it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from models import Base
from models.database import writing

#: Table name to rows.
Rows = dict[str, list[tuple[Any, ...]]]


def contents(engine: Engine, municipality_id: int, *, but: tuple[str, ...] = ("access_log",)) -> Rows:
    """All rows a municipality's transactions can see, by table and in the order of their keys."""
    with writing(engine, municipality_id) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


def refusals(engine: Engine, municipality_id: int) -> list[Any]:
    """The access log's refusals, oldest first."""
    table = Base.metadata.tables["access_log"]
    with writing(engine, municipality_id) as connection:
        found = connection.execute(select(table).where(table.c.what == "refused").order_by(table.c.id))
        return list(found)
