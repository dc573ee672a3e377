"""Does SQLite take the short way before it has met a million rows?"""

from __future__ import annotations

from sqlalchemy import Engine, text

from models.database import connect
from models.upgrade import upgrade


def plan(engine: Engine, query: str) -> str:
    """How SQLite would go about a query."""
    with engine.connect() as connection:
        return "\n".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))


def figures(engine: Engine) -> dict[str, str]:
    """What its planner believes of each index."""
    with engine.connect() as connection:
        known = "SELECT idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL"
        return {row.idx: row.stat for row in connection.execute(text(known))}


def test_every_index_has_its_figures(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        there = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))
    assert set(figures(sqlite_engine)) == there
    assert figures(sqlite_engine)["ix_case_state"] == "1000000 1000000 200000 1"


def test_a_municipality_is_not_taken_for_ten_rows(sqlite_engine: Engine) -> None:
    told = "SELECT id FROM notice WHERE municipality_id = 1 AND deadline_id IN (1, 2, 3) ORDER BY id DESC"
    assert "deadline_id=?" in plan(sqlite_engine, told)
    with sqlite_engine.begin() as connection:
        connection.execute(text("DELETE FROM sqlite_stat1"))
        connection.execute(text("ANALYZE sqlite_schema"))
    again = connect(str(sqlite_engine.url))
    assert "deadline_id=?" not in plan(again, told), "without figures there is nothing to test here"
    again.dispose()


def test_the_figures_are_the_same_whatever_stands_in_the_tables(sqlite_engine: Engine, sqlite_url: str) -> None:
    before = figures(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(text("INSERT INTO heartbeat (at, counts, every) VALUES ('2026-09-15', '{}', 30)"))
        connection.execute(text("ANALYZE"))
    assert figures(sqlite_engine) != before
    upgrade(sqlite_url)
    assert figures(sqlite_engine) == before
