"""Keyset pagination of every list: one declared order makes the conditions, the ORDER BY and the cursor.

A page reads one row more than it shows; the cursor of the next page holds the key of the last row shown, base64url of
a JSON list that begins with the list's name. A key may be a constant in one part of a list that is merged from
several; only the first may be null, and what has none comes last, read as a stretch of its own so that an index in
the order of the keys serves every statement.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, true, tuple_

Row = TypeVar("Row")
_Query = Select[*tuple[Any, ...]]
#: The largest whole number a key may have.
LARGEST = 2**31 - 1
#: Characters of the longest cursor that is read.
_LONGEST = 4_000


class BadCursor(ValueError):
    """The text is no cursor of this list."""


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order; `column` may be a constant in a part of a merged list."""

    column: Any
    #: Type of its values: int, str, date or datetime (aware, UTC).
    kind: type = int
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Keyset:
    """The total order of one list, its last key unique."""

    name: str
    keys: tuple[Key, ...]
    #: Key before every row, for a list whose first page must have the plan of the others; empty for none.
    first: tuple[Any, ...] = ()

    def cursor(self, values: Sequence[Any]) -> str:
        """The cursor of the page after a row with these key values."""
        plain = [value.isoformat() if isinstance(value, date) else value for value in values]
        return base64.urlsafe_b64encode(json.dumps([self.name, *plain]).encode()).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, ...]:
        """Key values of a cursor, empty for an empty text; raises `BadCursor`."""
        if not cursor:
            return ()
        try:
            if len(cursor) > _LONGEST:
                raise BadCursor(cursor)
            found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
            if not isinstance(found, list) or found[:1] != [self.name] or len(found) != len(self.keys) + 1:
                raise BadCursor(cursor)
            return tuple(_value(key, value) for key, value in zip(self.keys, found[1:], strict=True))
        except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
            raise BadCursor(cursor) from None

    def read_or_first(self, cursor: str) -> tuple[Any, ...]:
        """Key values of a cursor; those of the first page for anything else."""
        try:
            return self.read(cursor)
        except BadCursor:
            return ()

    def over(self, *columns: Any) -> Keyset:
        """The same order over other columns, or constants, that hold the same keys."""
        keys = (
            Key(column, key.kind, key.descending, key.nullable) for key, column in zip(self.keys, columns, strict=True)
        )
        return Keyset(self.name, tuple(keys), self.first)

    def order_by(self) -> list[ColumnElement[Any]]:
        """The ORDER BY of the whole list."""
        ordered = [key.column.desc() if key.descending else key.column for key in self.keys if not _is_constant(key)]
        return [self.keys[0].column.is_(None), *ordered] if self.keys[0].nullable else ordered

    def where(self, after: Sequence[Any]) -> ColumnElement[bool]:
        """Rows after a key, for a list whose keys are never null."""
        return _beyond(self.keys, after or self.first)

    def page(self, query: _Query, after: Sequence[Any], limit: int) -> _Query:
        """One page of a list whose keys are never null, and one row more."""
        return query.where(self.where(after)).order_by(*self.order_by()).limit(limit + 1)

    def stretches(self, query: _Query, after: Sequence[Any], limit: int) -> Iterator[_Query]:
        """A page's rows of one part of a merged list: those whose first key has a value, then those without."""
        ordered = [key.column.desc() if key.descending else key.column for key in self.keys if not _is_constant(key)]
        first, rest = self.keys[0], self.keys[1:]
        if not first.nullable:
            yield query.where(_beyond(self.keys, after)).order_by(*ordered).limit(limit + 1)
            return
        dated, undated = query.where(first.column.is_not(None)), query.where(first.column.is_(None))
        if not after or after[0] is not None:
            yield dated.where(_beyond(self.keys, after)).order_by(*ordered).limit(limit + 1)
            yield undated.order_by(*ordered).limit(limit + 1)
        elif (condition := _beyond(rest, after[1:])) is not _NONE:
            yield undated.where(condition).order_by(*ordered).limit(limit + 1)

    def cut(self, rows: Sequence[Row], limit: int, values: Callable[[Row], Sequence[Any]]) -> tuple[Sequence[Row], str]:
        """The rows to show, and the cursor of the next page; empty on the last."""
        return rows[:limit], self.cursor(values(rows[limit - 1])) if len(rows) > limit else ""


_ALL: ColumnElement[bool] = true()
_NONE: ColumnElement[bool] = false()


def _is_constant(key: Key) -> bool:
    return isinstance(key.column, int)


def _value(key: Key, value: Any) -> Any:
    """A value from a cursor as its key has it; raises `ValueError` for another type."""
    if value is None and key.nullable:
        return None
    if key.kind is int and type(value) is int and 0 <= value <= LARGEST:
        return value
    if key.kind is str and type(value) is str and "\0" not in value and value == value.encode().decode():
        return value
    if key.kind is date and type(value) is str:
        return date.fromisoformat(value)
    if key.kind is datetime and type(value) is str and (at := datetime.fromisoformat(value)).tzinfo is not None:
        return at.astimezone(UTC)
    raise ValueError(value)


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows whose keys come after some values; a constant is compared here, and ends the comparison unless equal."""
    if not values:
        return _ALL
    compared: list[tuple[Key, Any]] = []
    is_inclusive = False
    for key, value in zip(keys, values, strict=True):
        if not _is_constant(key):
            if value is None:  # nulls come last
                return _NONE
            compared.append((key, value))
        elif key.column != value:
            is_inclusive = (key.column < value) if key.descending else (key.column > value)
            break
    if not compared:
        return _ALL if is_inclusive else _NONE
    if len({key.descending for key, _value in compared}) > 1:
        return _mixed(compared, is_inclusive)
    columns: ColumnElement[Any] = tuple_(*(key.column for key, _ in compared))
    bound: ColumnElement[Any] = tuple_(*(_literal(*one) for one in compared))
    if len(compared) == 1:
        columns, bound = compared[0][0].column, _literal(*compared[0])
    if compared[0][0].descending:
        return columns <= bound if is_inclusive else columns < bound
    return columns >= bound if is_inclusive else columns > bound


def _mixed(compared: Sequence[tuple[Key, Any]], is_inclusive: bool) -> ColumnElement[bool]:
    """The same for keys of both directions, which no row value expresses."""
    (key, value), rest = compared[0], compared[1:]
    column, bound = key.column, _literal(key, value)
    strictly = column < bound if key.descending else column > bound
    if not rest:
        return or_(strictly, column == bound) if is_inclusive else strictly
    # the first comparison bounds an index scan, which the OR alone would not
    loosely = column <= bound if key.descending else column >= bound
    return and_(loosely, or_(strictly, _mixed(rest, is_inclusive)))


def _literal(key: Key, value: Any) -> ColumnElement[Any]:
    return literal(value, key.column.type)
