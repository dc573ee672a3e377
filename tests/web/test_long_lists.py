"""Lists find their rows by an index, however many there are.

On SQLite the planner has the figures of a large municipality from the first day (`models.planner_statistics`), so that
what it says of an empty database holds for a million cases. PostgreSQL's plans follow what it has counted; the
benchmarks look at those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from tests.web.conftest import Browser, furnished, serving
from tests.worlds import World
from web.audit import access_queries
from web.audit import queries as audit_queries
from web.cases import list_queries
from web.documents import queries as document_queries
from web.notifications import queries as notification_queries
from web.policies.versions import impact
from web.register import queries as register_queries
from web.worklist import queries as worklist_queries
from workflow.trail.entry import instant

#: Tables that grow with every case.
LONG = {
    *("case", "proposal", "decision", "document", "trail_entry", "disclosure", "engagement", "engagement_word"),
    *("evaluation", "deadline", "notice", "access_log", "consultation", "recusal"),
}
#: Indexes in whose order a list reads on until its page is full.
IN_ORDER = {
    *("ix_case_newest", "ix_case_open", "ix_engagement_newest", "ix_engagement_title", "ix_engagement_partner"),
    *("ix_engagement_ends", "ix_trail_entry_at", "ix_access_log_at"),
}
#: Indexes that hold few rows of a long table: the cases that are secret.
SHORT = {"ix_case_secret"}
SCREENS = {
    "manager": (
        *("/", "/cases/{number}", "/cases", "/cases?show=mine", "/cases?show=closed", "/cases?show=all"),
        *("/cases?number={number}", "/cases?show=mine&after={cases}", "/engagements", "/engagements?q=visit"),
        *(
            "/engagements?sort=title",
            "/engagements?sort=partner&after={partner}",
            "/engagements?sort=ends&after={ends}",
            "/engagements?sort=ends",
        ),
        "/engagements?sort=ends&after={ends}",
        *("/engagements?kind=visit", "/engagements?country=FI", "/engagements/{engagement}", "/deadlines"),
        *("/deadlines?kind=step", "/deadlines/mine", "/evaluations", "/policy"),
        *(
            "/policy/versions",
            "/policy/versions/orebro-2012-2",
            "/policy/versions/orebro-law?kind=unchanged&after={impact}",
        ),
        "/policy/versions/orebro-law?e-kind=changed-route&e-after={engagements}",
    ),
    "officer": ("/", "/letters", "/letters?after={letters}"),
    "coordinator": ("/", "/?after={waiting}", "/notices", "/notices?before={notices}", "/evaluations?show=decided"),
    "auditor": (
        *(
            "/audit",
            "/audit?after={trail}",
            "/audit/access?after={access}",
            "/audit?person=manager",
            "/audit?body=kommunfullmaktige",
            "/audit?action=submit",
        ),
        *("/audit?number={number}", "/audit?from=2026-01-01&to=2026-01-02", "/audit/cases/{number}"),
        *("/audit/access", "/audit/access?what=refused", "/audit/access?subject={number}"),
        *("/audit/access?person=manager",),
    ),
}

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
#: A cursor of each list.
CURSORS = {
    "cases": list_queries.NEWEST_FIRST.cursor((9,)),
    "partner": register_queries.ORDERS["partner"].cursor(("t", 1)),
    "ends": register_queries.ORDERS["ends"].cursor((NOON.date(), 1)),
    "impact": impact.CASES.cursor((9,)),
    "engagements": impact.ENGAGEMENTS.cursor((9,)),
    "letters": document_queries.NEWEST_FIRST.cursor((9,)),
    "waiting": worklist_queries.SOONEST_FIRST.cursor((NOON.date(), 0, 9)),
    "notices": notification_queries.NEWEST_FIRST.cursor((9,)),
    "trail": audit_queries.NEWEST_FIRST.cursor((instant(NOON), "orebro-2026-00001", 2)),
    "access": access_queries.NEWEST_FIRST.cursor((NOON, 9)),
}


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    """Örebro on SQLite, with two cases."""
    world = furnished(sqlite_engine, "orebro")
    world.walk(world.open("visit"))
    world.walk(world.open("membership"), "review")
    return world


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The application over it."""
    yield from serving(world)


def test_every_screen_finds_its_rows_by_an_index(app: Flask, world: World) -> None:
    engine = app.extensions["instans"].engine
    sent: dict[str, tuple[str, Any]] = {}
    path = ""

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            sent.setdefault(statement, (path, given))

    event.listen(engine, "before_cursor_execute", note)
    for who, paths in SCREENS.items():
        browser = Browser(app.test_client())
        browser.log_in(f"{who}@orebro")
        for address in paths:
            path = address.format(number="orebro-2026-00001", engagement="orebro-e-00001", **CURSORS)
            assert browser.get(path).status_code in (200, 303), path
    event.remove(engine, "before_cursor_execute", note)
    assert len(sent) > 60
    with engine.connect() as connection:
        long_ways = {
            f"{path}: {row[3]}"
            for statement, (path, given) in sent.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            if is_long(row[3])
        }
    assert long_ways == set()


def is_long(step: str) -> bool:
    """Whether a step reads a whole long table, or all rows of a municipality in no useful order."""
    found = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+)(?: \((.*)\))?)?", step)
    if found is None:
        return False
    how, table, index, on = found.groups()
    if table.rstrip("_0123456789") not in LONG:
        return False
    return how == "SCAN" or (on == "municipality_id=?" and index not in IN_ORDER | SHORT)
