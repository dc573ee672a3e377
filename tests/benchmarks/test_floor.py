"""Is the floor a fair one? It must run the very statements that the gate ran, no more and no fewer."""

from __future__ import annotations

from models.database import connect
from tests.benchmarks import gate
from tests.benchmarks.scene import bare, sqlite_scene


def test_the_floor_replays_exactly_the_statements_of_the_gate() -> None:
    with sqlite_scene("SQLite", wal=False) as scene:
        world, ways = gate.prepare(scene, cases=10, acts=8)
        engine = connect(scene.copy(), wal=False)
        recorded = gate.record(engine, world, ways)
        engine.dispose()
        url, seen = scene.copy(), []
        connection = bare(url, wal=False)
        gate.run_floor(connection, recorded, seen)
        connection.close()
        assert seen == [sql for act in recorded for sql, _given in act]
        assert len(recorded) == 8
        engine = connect(url, wal=False)
        with engine.connect() as after:
            states = after.exec_driver_sql('SELECT state FROM "case" ORDER BY id DESC LIMIT 2').scalars().all()
        engine.dispose()
        assert states == ["concluded", "concluded"]
