"""How are hundreds of rows written at once without paying for each?

A statement is compiled once for a database, and its rows go to the driver as they are: only values whose type needs it
are turned, by the column's own rules. For the sweep of deadlines; an act writes few rows and does not need this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler


def write_all(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> int:
    """Send one INSERT or UPDATE for all rows, which all have the same keys; returns how many rows it touched."""
    if not rows:
        return 0
    text, shape = _compiled(statement, connection.dialect, tuple(rows[0]))
    return connection.exec_driver_sql(text, shape(rows)).rowcount


@lru_cache(maxsize=32)
def _compiled(
    statement: Executable, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, Callable[[Iterable[Mapping[str, Any]]], Any]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    turns = {}
    for bind, name in compiled.bind_names.items():
        turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if turn is not None:
            turns[name] = _remembered(turn)
    constants = {name: value for name, value in compiled.params.items() if name not in names}
    order = compiled.positiontup
    plan = [(name, turns.get(name)) for name in (compiled.bind_names.values() if order is None else order)]

    def values(row: Mapping[str, Any]) -> list[Any]:
        whole = {**constants, **row} if constants else row
        return [whole[name] if turn is None else turn(whole[name]) for name, turn in plan]

    if order is not None:
        return str(compiled), lambda rows: [tuple(values(row)) for row in rows]
    keys = tuple(compiled.bind_names.values())
    return str(compiled), lambda rows: [dict(zip(keys, values(row), strict=True)) for row in rows]


def _remembered(turn: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same few instants and days stand in all rows of a batch."""
    known: dict[Any, Any] = {}

    def turned(value: Any) -> Any:
        try:
            return known[value]
        except KeyError:
            if len(known) > 10_000:
                known.clear()
            return known.setdefault(value, turn(value))
        except TypeError:  # what cannot be looked up, like a list
            return turn(value)

    return turned
