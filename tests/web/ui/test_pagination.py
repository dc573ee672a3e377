"""Keyset pages: together they are the whole list, no row twice or lost, and a bad cursor is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    literal,
    select,
    union_all,
)

from models.base import UTCDateTime
from web.ui.pagination import LARGEST, BadCursor, Key, Keyset

#: More than the longest list has.
MOST_PAGES = 15
DAY, NOON = date(2026, 1, 1), datetime(2026, 1, 1, 12, tzinfo=UTC)
_ROWS = Table(
    "paged",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("what", Integer, nullable=False),
    Column("due_on", Date),
    Column("name", String, nullable=False),
    Column("at", UTCDateTime(), nullable=False),
    prefixes=["TEMPORARY"],
)
c = _ROWS.c
ORDERS = {
    "by id": Keyset("id", (Key(c.id),)),
    "newest": Keyset("newest", (Key(c.id, descending=True),), first=(LARGEST,)),
    "by name": Keyset("name", (Key(c.name, str), Key(c.id)), first=("", 0)),
    "latest": Keyset("latest", (Key(c.at, datetime, descending=True), Key(c.id, descending=True))),
    "mixed": Keyset("mixed", (Key(c.name, str, descending=True), Key(c.at, datetime), Key(c.id, descending=True))),
}
ROW = st.tuples(
    st.integers(0, 1),
    st.none() | st.integers(0, 2).map(lambda days: DAY + timedelta(days=days)),
    st.sampled_from(["", "a", "aa", "å", "Ö", "%_"]),
    st.integers(0, 2).map(lambda seconds: NOON + timedelta(seconds=seconds)),
)


@contextmanager
def holding(engine: Engine, rows: Sequence[tuple[Any, ...]]) -> Iterator[Connection]:
    """A connection with some rows in a table of its own."""
    with engine.connect() as connection:
        _ROWS.create(connection)
        named = [dict(zip(c.keys(), (number, *row), strict=True)) for number, row in enumerate(rows, start=1)]
        if named:
            connection.execute(insert(_ROWS), named)
        yield connection
        connection.rollback()


def walked(connection: Connection, keyset: Keyset, limit: int) -> list[int]:
    """Ids of every page of a plain list in turn, each cursor through its text."""
    ids: list[int] = []
    cursor = ""
    for _page in range(MOST_PAGES):
        query = select(c.id, *(key.column.label(f"k{n}") for n, key in enumerate(keyset.keys)))
        rows = connection.execute(keyset.page(query, keyset.read(cursor), limit)).all()
        shown, cursor = keyset.cut(rows, limit, lambda row: row[1:])
        ids += [row.id for row in shown]
        if not cursor:
            break
    return ids


@pytest.mark.parametrize("name", ORDERS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=12), limit=st.integers(1, 4))
def test_pages_together_are_the_whole_list(name: str, engine: Engine, rows: list[tuple[Any, ...]], limit: int) -> None:
    keyset = ORDERS[name]
    with holding(engine, rows) as connection:
        whole = connection.execute(select(c.id).order_by(*keyset.order_by())).scalars().all()
        assert walked(connection, keyset, limit) == whole
        assert sorted(whole) == list(range(1, len(rows) + 1))


SOONEST = Keyset("soonest", (Key(c.due_on, date, nullable=True), Key(c.what), Key(c.id)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=12), limit=st.integers(1, 4))
def test_pages_of_a_merged_list_with_nulls_last_are_the_whole_list(
    engine: Engine, rows: list[tuple[Any, ...]], limit: int
) -> None:
    with holding(engine, rows) as connection:
        order = sorted(enumerate(rows, 1), key=lambda one: (one[1][1] is None, one[1][1] or DAY, one[1][0], one[0]))
        ids: list[int] = []
        cursor = ""
        for _page in range(MOST_PAGES):
            found = connection.execute(merged(SOONEST.read(cursor), limit)).all()
            shown, cursor = SOONEST.cut(found, limit, lambda row: (row.due_on, row.what, row.id))
            ids += [row.id for row in shown]
            if not cursor:
                break
        assert ids == [number for number, _row in order]


def merged(after: tuple[Any, ...], limit: int) -> Any:
    """One page of the rows of both kinds, each kind a part in which it is a constant."""
    parts = []
    for what in (0, 1):
        part: Any = select(literal(what).label("what"), c.id, c.due_on).where(c.what == what)
        parts += [select(one.subquery()) for one in SOONEST.over(c.due_on, what, c.id).stretches(part, after, limit)]
    both = union_all(*parts).subquery("both")
    return select(both).order_by(*SOONEST.over(both.c.due_on, both.c.what, both.c.id).order_by()).limit(limit + 1)


def encoded(*values: Any) -> str:
    """A cursor made by hand."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


BAD = {
    "a number": "25",
    "no base64": "ä!",
    "cut off": SOONEST.cursor((DAY, 1, 5))[:-3],
    "another list's": Keyset("another", SOONEST.keys).cursor((DAY, 1, 5)),
    "another order's": ORDERS["by id"].cursor((5,)),
    "no list": encoded("soonest"),
    "too many keys": encoded("soonest", "2026-01-01", 1, 5, 6),
    "a text for a number": encoded("soonest", "2026-01-01", 1, "5"),
    "true for a number": encoded("soonest", "2026-01-01", 1, True),
    "null for a number": encoded("soonest", "2026-01-01", 1, None),
    "too large": encoded("soonest", "2026-01-01", 1, LARGEST + 1),
    "below zero": encoded("soonest", "2026-01-01", 1, -1),
    "no day": encoded("soonest", "2026-02-30", 1, 5),
    "nested without end": base64.urlsafe_b64encode(b"[" * 2000).decode(),
    "too long": encoded("soonest", "2026-01-01", 1, 5) + "A" * 10_000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_cursor_is_refused(name: str) -> None:
    with pytest.raises(BadCursor):
        SOONEST.read(BAD[name])
    assert SOONEST.read_or_first(BAD[name]) == ()


def test_a_text_that_no_database_stores_is_refused() -> None:
    for text in ("a\0", "\ud800"):
        with pytest.raises(BadCursor):
            ORDERS["by name"].read(encoded("name", text, 1))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(BadCursor):
        ORDERS["latest"].read(encoded("latest", "2026-01-01T12:00:00", 1))


@given(key=st.tuples(st.none() | st.dates(), st.integers(0, LARGEST), st.integers(0, LARGEST)))
def test_a_cursor_reads_as_it_was_written(key: tuple[Any, ...]) -> None:
    assert SOONEST.read(SOONEST.cursor(key)) == key


def test_a_list_in_one_direction_is_bounded_by_one_row_value() -> None:
    engine = create_engine("sqlite://")
    latest = ORDERS["latest"]
    statement = str(latest.page(select(c.id), (NOON, 5), 25).compile(engine))
    assert "(paged.at, paged.id) < (?, ?)" in statement
    assert " OR " not in statement
