"""Queries of the register: order, paging and use of indexes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text

from models import Engagement, EngagementWord
from models.database import reading, writing
from models.folding import search_words, sort_key
from tests.worlds import World, build
from web.register import map_queries
from web.register.queries import (
    MOST_FOUND,
    ORDERS,
    PAGE,
    SORTS,
    STATUSES,
    Matching,
    RegisterFilter,
    filter_from_args,
    keys,
    matching,
    register_page,
)
from workflow.cases.secrecy import Reader
from workflow.register.service import register_engagement

TODAY = date(2026, 9, 15)
#: Reads whatever is secret.
AUDITOR = Reader(True, (), 0, ())


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, "orebro")


def fill(world: World, count: int, **columns: Any) -> None:
    """So many engagements as the register would hold them; a column may be a function of the number."""
    given = {"kind": "visit", "title": "First", "source": "Minutes", "responsible": "kommunstyrelsen"}
    number = register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)
    with writing(world.engine, world.tenant.id) as connection:
        first = dict(
            connection.execute(select(Engagement.__table__).where(Engagement.number == number)).mappings().one()
        )
        del first["id"]
        rows = []
        for n in range(count):
            row = first | {name: value(n) if callable(value) else value for name, value in columns.items()}
            row |= {"number": f"orebro-e-9{n:06d}", "title_key": sort_key(row["title"], "sv")}
            rows.append(row | {"partner_key": sort_key(row["partner_name"], "sv")})
        found = connection.execute(insert(Engagement).returning(Engagement.id, Engagement.title), rows).all()
        told = [
            {"municipality_id": world.tenant.id, "engagement_id": id_, "word": word}
            for id_, title in found
            for word in search_words(title)
        ]
        connection.execute(insert(EngagementWord), told)


def walked(world: World, wanted: RegisterFilter) -> list[int]:
    """Every id of a list, page by page, as the screen does."""
    seen: list[int] = []
    after: tuple[Any, ...] = ()
    while True:
        with reading(world.engine, world.tenant.id) as db:
            page = register_page(
                db, world.tenant, AUDITOR, RegisterFilter(**{**_fields(wanted), "after": after}), TODAY
            )
        seen += [line.id for line in page.rows]
        if not page.next:
            return seen
        after = ORDERS[wanted.sort].read(page.next)


def _fields(wanted: RegisterFilter) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__slots__}


ORDER: dict[str, Any] = {
    "newest": lambda row: -row.id,
    "title": lambda row: (row.title_key, row.id),
    "partner": lambda row: (row.partner_key, row.id),
    "ends": lambda row: (row.ends_on is None, row.ends_on or TODAY, row.id),
}


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_everything_once_in_their_order(world: World, sort: str) -> None:
    ends = [None, TODAY, TODAY + timedelta(days=9), TODAY - timedelta(days=400), TODAY]
    titles = ["Öland", "Åland", "aachen", "Zagreb", "aachen"]
    partners = ["", "Lund", "Ålborg", "Lund"]
    fill(
        world,
        PAGE * 3 + 7,
        title=lambda n: titles[n % 5],
        partner_name=lambda n: partners[n % 4],
        ends_on=lambda n: ends[(n // 2) % 5],
    )
    with reading(world.engine, world.tenant.id) as db:
        rows = list(db.execute(select(*Engagement.__table__.c).select_from(Engagement)))
    assert walked(world, RegisterFilter(sort=sort)) == [row.id for row in sorted(rows, key=ORDER[sort])]


def test_a_common_word_says_that_it_is_too_common_and_a_rarer_one_beside_it_finds(world: World) -> None:
    fill(world, MOST_FOUND + 5, title=lambda n: f"Common {'needle' if n == 3 else 'straw'}{n}")
    with reading(world.engine, world.tenant.id) as db:
        many = matching(db, world.tenant, AUDITOR, RegisterFilter(text="common"), TODAY)
        assert many.is_cut
        one = matching(db, world.tenant, AUDITOR, RegisterFilter(text="comm needle"), TODAY)
        assert not one.is_cut
        assert len(keys(db, one, RegisterFilter(text="comm needle"), PAGE)) == 1


def test_a_row_that_is_gone_from_the_list_leaves_its_place(world: World) -> None:
    fill(world, 4, title="Same")
    with reading(world.engine, world.tenant.id) as db:
        for sort in SORTS:
            filters = RegisterFilter(sort=sort)
            rows = keys(db, matching(db, world.tenant, AUDITOR, filters, TODAY), filters, PAGE)
            later = RegisterFilter(sort=sort, after=tuple(rows[1]))
            found = matching(db, world.tenant, AUDITOR, later, TODAY)
            without = Matching((*found.conditions, Engagement.id != rows[1].id))
            assert keys(db, without, later, PAGE) == rows[2:]


def test_a_cursor_of_another_order_begins_anew(world: World) -> None:
    cursor = ORDERS["title"].cursor(("same", 1))
    assert filter_from_args({"sort": "title", "after": cursor}, world.tenant).after == ("same", 1)
    assert filter_from_args({"sort": "partner", "after": cursor}, world.tenant).after == ()


INDEXES = {
    "newest": "ix_engagement_newest",
    "title": "ix_engagement_title",
    "partner": "ix_engagement_partner",
    "ends": "ix_engagement_ends",
}


def _key_of_sixth(world: World, sort: str) -> tuple[Any, ...]:
    """The key of a list's sixth row."""
    with reading(world.engine, world.tenant.id) as db:
        filters = RegisterFilter(sort=sort)
        return tuple(keys(db, matching(db, world.tenant, AUDITOR, filters, TODAY), filters, 6)[5])


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("is_later", [False, True], ids=["first", "later"])
def test_every_order_is_read_from_its_index(world: World, sort: str, is_later: bool) -> None:
    """No database walks the table or sorts it; PostgreSQL is asked as it would choose among many rows."""
    fill(world, 30, title=lambda n: f"Title {n}", ends_on=lambda n: TODAY + timedelta(days=n))
    wanted = RegisterFilter(sort=sort, after=_key_of_sixth(world, sort) if is_later else ())
    plans = planned(world, lambda db: keys(db, matching(db, world.tenant, AUDITOR, wanted, TODAY), wanted, PAGE))
    plan = "\n".join(plans[-1])
    assert INDEXES[sort] in plan, plan
    assert "Seq Scan" not in plan
    assert "SCAN engagement" not in plan, plan
    # the two stretches of what ends first are put together by sorting what fits on one page
    assert plan.count("TEMP B-TREE FOR ORDER BY") <= (1 if sort == "ends" else 0), plan
    assert plan.count("Sort Key") <= (1 if sort == "ends" else 0), plan


def test_words_and_the_map_are_read_from_their_indexes(world: World) -> None:
    fill(world, 30, title=lambda n: f"Title {n}", latitude=lambda n: 50 + n / 10, longitude=13.0)
    found = "\n".join(
        planned(world, lambda db: matching(db, world.tenant, AUDITOR, RegisterFilter(text="tit"), TODAY))[-1]
    )
    assert "ix_engagement_word" in found or "pk_engagement_word" in found, found
    assert "Seq Scan" not in found
    assert "SCAN engagement" not in found
    shown = "\n".join(
        planned(world, lambda db: map_queries.map_entries(db, world.tenant, AUDITOR, RegisterFilter(), TODAY))[-1]
    )
    assert "ix_engagement_map" in shown, shown


def planned(world: World, read: Any) -> list[list[str]]:
    """How the database goes about each statement that a function sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            sent.append((statement, parameters))

    event.listen(world.engine, "before_cursor_execute", note)
    with reading(world.engine, world.tenant.id) as db:
        read(db)
    event.remove(world.engine, "before_cursor_execute", note)
    is_sqlite = world.engine.dialect.name == "sqlite"
    plans = []
    with world.engine.connect() as connection:
        if not is_sqlite:
            connection.execute(
                text("SELECT set_config('instans.municipality', :id, true)"), {"id": str(world.tenant.id)}
            )
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        for statement, parameters in sent:
            explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
            plans.append([row[3] if is_sqlite else row[0] for row in rows])
    return plans


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_the_same_in_the_list_and_as_a_condition(world: World, status: str) -> None:
    days = [None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)]
    fill(
        world,
        24,
        status=lambda n: ("active", "noted", "ended")[n % 3],
        ends_on=lambda n: days[n % 4],
        notice_on=lambda n: TODAY if n % 2 else None,
    )
    with reading(world.engine, world.tenant.id) as db:
        everything = register_page(db, world.tenant, AUDITOR, RegisterFilter(), TODAY).rows
        narrowed = register_page(db, world.tenant, AUDITOR, RegisterFilter(status=status), TODAY).rows
    assert [line for line in everything if line.status == status] == list(narrowed)
    assert narrowed
