"""Every row of every table, to compare a database before and after a refusal."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Engine, Table, select

from models import Base
from models.database import writing
from tests.contents import filling
from tests.databases import APPLICATION

#: Table name to rows, each as its database writes it.
Rows = dict[str, list[tuple[Any, ...]]]


def contents(engine: Engine, municipality_id: int, *, but: tuple[str, ...] = ("access_log",)) -> Rows:
    """All rows a municipality's transactions can see, by table and in the order of their keys."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in but]
    if engine.dialect.name == "postgresql":
        there = filling(engine.url)
        with there.transaction():
            there.execute(f"SET LOCAL ROLE {APPLICATION}".encode())
            there.execute("SELECT set_config('instans.municipality', %s, true)", [str(municipality_id)])
            return {table.name: there.execute(_all_of(table).encode()).fetchall() for table in tables}
    with writing(engine, municipality_id) as connection:
        return {table.name: [tuple(row) for row in connection.exec_driver_sql(_all_of(table))] for table in tables}


@cache
def _all_of(table: Table) -> str:
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f'SELECT * FROM "{table.name}" ORDER BY {key}'  # noqa: S608


def refusals(engine: Engine, municipality_id: int) -> list[Any]:
    """The access log's refusals, oldest first."""
    table = Base.metadata.tables["access_log"]
    with writing(engine, municipality_id) as connection:
        found = connection.execute(select(table).where(table.c.what == "refused").order_by(table.c.id))
        return list(found)
