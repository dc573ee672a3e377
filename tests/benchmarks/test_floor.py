"""Is the floor a fair one? It must run the very statements that the gate ran, no more and no fewer."""

from __future__ import annotations

import pytest

from models.database import connect
from tests.benchmarks import floor, gate, sweep
from tests.benchmarks.scene import bare, has_postgres, postgres_scene, sqlite_scene
from tests.needs import require


def test_the_floor_replays_exactly_the_statements_of_the_gate() -> None:
    with sqlite_scene("SQLite", wal=False) as scene:
        world, ways = gate.prepare(scene, cases=10, acts=8)
        engine = connect(scene.copy(), wal=False)
        recorded = gate.record(engine, world, ways)
        engine.dispose()
        url, seen = scene.copy(), []
        connection = bare(url, wal=False)
        floor.run_floor(connection, recorded, seen)
        connection.close()
        assert seen == [sql for act in recorded for sql, _given in act]
        assert len(recorded) == 8
        engine = connect(url, wal=False)
        with engine.connect() as after:
            states = after.exec_driver_sql('SELECT state FROM "case" ORDER BY id DESC LIMIT 2').scalars().all()
        engine.dispose()
        assert states == ["concluded", "concluded"]


@pytest.mark.slow
@pytest.mark.postgres
def test_processes_of_the_floor_go_on_with_the_rows_that_they_have_written() -> None:
    if not has_postgres():
        require("postgres", "no server answers")
    with postgres_scene("PostgreSQL") as scene:
        world, ways = gate.prepare(scene, cases=10, acts=16)
        parts = [gate.recorded_part(scene, world, part, tenant) for tenant, part in enumerate(gate.split(ways, 2))]
        url = scene.copy()
        for recorded in parts:
            connection = bare(url, wal=None)
            floor.run_floor(connection, recorded)
            connection.close()
        connection = bare(url, wal=None)
        connection.execute("SELECT set_config('instans.municipality', %s, false)", [str(world.tenant.id)])
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert connection.execute("SELECT DISTINCT state FROM decision").fetchall() == [("confirmed",)]
        told = (
            "SELECT title, string_agg(word, ' ' ORDER BY word) FROM engagement JOIN engagement_word"
            " ON engagement_id = engagement.id WHERE title LIKE 'Visit_' GROUP BY title ORDER BY title"
        )
        assert connection.execute(told).fetchall() == [(f"Visit{n}", f"town{n} visit{n}") for n in range(4)]
        connection.close()


def test_the_floor_of_the_sweep_writes_what_the_sweep_writes() -> None:
    with sqlite_scene("SQLite", wal=False) as scene:
        world = sweep.prepare(scene, due=40, rows=60)
        first = scene.copy()
        sweep.run_floor(first, False, world)
        written = rows_of(first)
        second = scene.copy()
        sweep.run_sweep(second, False, world.tenant.key)
        assert len(written["raised"]) == 40
        assert rows_of(second) == written


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """What the sweep writes, in order."""
    queries = {
        "moved": "SELECT id, next_rung, next_at, version, head_hash FROM deadline ORDER BY id",
        "told": "SELECT deadline_id, cycle, rung, body_id, role, kind, due_on, created_at FROM notice ORDER BY 1",
        "raised": "SELECT stream, number, data, canonical, hash FROM trail_entry WHERE action = 'raise' ORDER BY 1",
    }
    engine = connect(url, wal=False)
    with engine.connect() as connection:
        found = {table: [tuple(row) for row in connection.exec_driver_sql(sql)] for table, sql in queries.items()}
    engine.dispose()
    return found
