"""Bulk writes: one compiled INSERT or UPDATE for hundreds of rows.

The statement is compiled once per dialect and the rows go straight to the driver; only values whose column type needs
it are converted. Used by the sweep of deadlines; a case action writes few rows and does not need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler


def write_all(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> int:
    """Execute one INSERT or UPDATE for all rows, which have the same keys; returns the number of affected rows."""
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
    converters = {}
    for bind, name in compiled.bind_names.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converters[name] = _memoized(convert)
    constants = {name: value for name, value in compiled.params.items() if name not in names}
    order = compiled.positiontup
    plan = [(name, converters.get(name)) for name in (compiled.bind_names.values() if order is None else order)]

    def values(row: Mapping[str, Any]) -> list[Any]:
        whole = {**constants, **row} if constants else row
        return [whole[name] if convert is None else convert(whole[name]) for name, convert in plan]

    if order is not None:
        return str(compiled), lambda rows: [tuple(values(row)) for row in rows]
    keys = tuple(compiled.bind_names.values())
    return str(compiled), lambda rows: [dict(zip(keys, values(row), strict=True)) for row in rows]


def _memoized(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Cache converted values: the rows of a batch share a few instants and dates."""
    known: dict[Any, Any] = {}

    def converted(value: Any) -> Any:
        try:
            return known[value]
        except KeyError:
            if len(known) > 10_000:
                known.clear()
            return known.setdefault(value, convert(value))
        except TypeError:  # unhashable, like a list
            return convert(value)

    return converted
