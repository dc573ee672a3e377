"""What does an act through the gate cost, beside its own SQL replayed bare?

The floor runs the very statements the gate ran, with the same parameters, through the driver alone: no policy, no
hashing, no mapping. The ratio is floor time over gate time: 1.00 would mean the gate costs nothing.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, event, text

from models.database import connect, writing
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene, bare
from tests.worlds import NOON, World, build
from workflow.act import Gate
from workflow.errors import WorkflowError

#: An act: actor id, case number, action, payload, expected version.
Planned = tuple[int, str, str, dict[str, Any], int]
#: A statement as the driver got it.
Statement = tuple[str, Any]

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    journal: str
    version: str
    cases: int
    processes: int
    acts: int
    statements_per_act: float
    gate_per_second: float
    floor_per_second: float
    ratio: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def prepare(scene: Scene, cases: int, acts: int) -> tuple[World, list[list[Planned]]]:
    """A world with so many cases, and for each of `acts // 4` open ones the four acts that decide it."""
    engine = connect(scene.url, wal=scene.wal)
    world = build(engine, "orebro")
    pattern = world.open("visit")
    world.walk(pattern)
    load(world, pattern, cases)
    # words of their own: what two processes write of engagements that got the same id must not collide in the floor
    own = ({"title": f"Visit{n}", "partner": {"name": f"Town{n}", "country": "FI"}} for n in range(acts // 4))
    ways = [_way(world, world.open("visit", **named)) for named in own]
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    engine.dispose()
    return world, ways


def _way(world: World, number: str) -> list[Planned]:
    people = world.people
    return [
        (people["officer"], number, "submit", {}, 1),
        (people["manager"], number, "endorse", {}, 2),
        (people["secretary.committee"], number, "enter-decision", world.decision(), 3),
        (people["chair.committee"], number, "confirm", {}, 4),
    ]


def record(engine: Engine, world: World, ways: list[list[Planned]]) -> list[list[Statement]]:
    """Run the acts once and keep what the driver was given, act by act."""
    gate, recorded = Gate(engine), []
    gate.look(ways[0][0][0], ways[0][0][1], now=world.now)  # the policy is in memory, as in a running server
    for way in ways:
        for planned in way:
            seen: list[Statement] = []

            def keep(_c: Any, _cur: Any, sql: str, given: Any, _x: Any, many: bool, seen: Any = seen) -> None:
                seen.append((sql, list(given) if many else given))

            event.listen(engine, "before_cursor_execute", keep)
            run_gate(gate, [[planned]], world)
            event.remove(engine, "before_cursor_execute", keep)
            recorded.append([(sql, given) for sql, given in seen if not sql.startswith("BEGIN")])
    return recorded


def run_gate(gate: Gate, ways: list[list[Planned]], world: World) -> None:
    """Take the acts through the gate."""
    for way in ways:
        for actor, number, action, payload, version in way:
            gate.act(actor, number, action, payload, now=world.now, expected_version=version)


def run_floor(connection: Any, recorded: list[list[Statement]], seen: list[str] | None = None) -> None:
    """Replay acts through the bare driver, one transaction each; `seen` collects the statements for the test."""
    on_sqlite = isinstance(connection, sqlite3.Connection)
    begin = "BEGIN IMMEDIATE" if on_sqlite else "BEGIN"
    cursor = connection.cursor()
    for act in recorded:
        cursor.execute(begin)
        for sql, given in act:
            if isinstance(given, list):
                cursor.executemany(sql, given)
            else:
                cursor.execute(sql, given)
                if cursor.description is not None:
                    cursor.fetchall()
            if seen is not None:
                seen.append(sql)
        cursor.execute("COMMIT")


def measure(scene: Scene, cases: int, acts: int, process_counts: tuple[int, ...]) -> Iterator[Measured]:
    """The gate beside its floor on fresh copies of one scene, in turns; the median of the rounds."""
    world, ways = prepare(scene, cases, acts)
    for processes in process_counts:
        recorded = [_recorded_part(scene, world, part, n) for n, part in enumerate(_split(ways, processes))]
        journal, version = _described(scene)
        acts_done = [act for part in recorded for act in part]
        gate_times, floor_times = [], []
        gate_parts = [(world.place.key, part) for part in _split(ways, processes)]
        for _ in range(ROUNDS):
            gate_times.append(_time(_gate_worker, scene, gate_parts))
            floor_times.append(_time(_floor_worker, scene, recorded))
        gate, floor = statistics.median(gate_times), statistics.median(floor_times)
        yield Measured(
            database=scene.name,
            journal=journal,
            version=version,
            cases=cases,
            processes=processes,
            acts=len(acts_done),
            statements_per_act=round(sum(len(act) + 2 for act in acts_done) / len(acts_done), 1),
            gate_per_second=round(len(acts_done) / gate),
            floor_per_second=round(len(acts_done) / floor),
            ratio=round(floor / gate, 2),
        )


def describe(engine: Engine) -> tuple[str, str]:
    """Journal mode and version of the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()), sqlite3.sqlite_version
        return "wal", str(connection.exec_driver_sql("SHOW server_version").scalar()).split()[0]


def _split(ways: list[list[Planned]], parts: int) -> list[list[list[Planned]]]:
    return [ways[part::parts] for part in range(parts)]


def _recorded_part(scene: Scene, world: World, ways: list[list[Planned]], part: int) -> list[list[Statement]]:
    """One process's acts, recorded on a copy of its own, with numbers that no other process gives out."""
    engine = connect(scene.copy(), wal=scene.wal)
    with writing(engine, world.place.id) as connection:
        connection.execute(text("UPDATE case_number SET last = last + :offset"), {"offset": part * 1_000_000})
    recorded = record(engine, world, ways)
    engine.dispose()
    return recorded


def _described(scene: Scene) -> tuple[str, str]:
    engine = connect(scene.copy(), wal=scene.wal)
    try:
        return describe(engine)
    finally:
        engine.dispose()


def _time(worker: Callable[..., None], scene: Scene, parts: list[Any]) -> float:
    """Seconds from the moment all processes are ready to the moment the last has done."""
    url = scene.copy()
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(len(parts) + 1), context.Barrier(len(parts) + 1)
    running = [context.Process(target=worker, args=(url, scene.wal, part, ready, go)) for part in parts]
    for process in running:
        process.start()
    ready.wait()
    started = time.perf_counter()
    go.wait()
    for process in running:
        process.join()
        if process.exitcode:
            raise RuntimeError(f"a benchmark process ended with {process.exitcode}")
    return time.perf_counter() - started


def _gate_worker(url: str, wal: bool | None, part: Any, ready: Any, go: Any) -> None:
    key, ways = part
    engine = connect(url, wal=wal)
    gate = Gate(engine)
    place = gate.directory.place(key)
    _warm(gate, place.id, ways)
    ready.wait()
    go.wait()
    for way in ways:
        for actor, number, action, payload, version in way:
            gate.act(actor, number, action, payload, now=NOON, expected_version=version)


def _warm(gate: Gate, municipality_id: int, ways: list[list[Planned]]) -> None:
    """Load the policy and compile the statements, as a server that has been running a while has."""
    for action in ("submit", "endorse", "enter-decision", "confirm"):
        actor, number, _action, _payload, version = ways[0][0]
        try:
            gate.look(actor, number, now=NOON)
            gate.act(actor, number, action, {"no-such-field": 1}, now=NOON, expected_version=version)
        except WorkflowError:
            continue


def _floor_worker(url: str, wal: bool | None, acts: list[list[Statement]], ready: Any, go: Any) -> None:
    connection = bare(url, wal=wal)
    ready.wait()
    go.wait()
    run_floor(connection, acts)
