"""What does an act through the gate cost, beside its own SQL replayed bare?

The floor (`tests.benchmarks.floor`) runs the very statements the gate ran, through the driver alone, with the same
durability. The ratio is floor time over gate time: 1.00 would mean that the gate costs nothing.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, text

from models.database import connect, writing
from tests.benchmarks.floor import Recorder, Statement, run_floor
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene, bare
from tests.worlds import NOON, World, build
from workflow.cases import gate
from workflow.cases.services import Services
from workflow.core.errors import WorkflowError
from workflow.engine import services_for

#: An act: actor id, case number, action, payload, expected version.
Planned = tuple[int, str, str, dict[str, Any], int]

ROUNDS = 5
#: Seconds after which a round is given up: one of its processes has died.
LONGEST = 900


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    journal: str
    #: How long a commit waits: FULL or on until it is on the disk.
    commits: str
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
    load(world, cases)
    # words of their own: what two processes write of engagements that got the same id must not collide in the floor
    own = ({"title": f"Visit{n}", "partner": {"name": f"Town{n}", "country": "FI"}} for n in range(acts // 4))
    ways = [_way(world, world.open("visit", **named)) for named in own]
    engine.dispose()
    return world, ways


def _way(world: World, number: str) -> list[Planned]:
    people = world.people
    return [
        (people["officer"], number, "submit", {}, 1),
        (people["manager"], number, "endorse", {}, 2),
        (people["secretary.committee"], number, "enter-decision", world.decision(paragraph=number), 3),
        (people["chair.committee"], number, "confirm", {}, 4),
    ]


def record(engine: Engine, world: World, ways: list[list[Planned]]) -> list[list[Statement]]:
    """Run the acts once and keep what the driver was given, act by act."""
    services, recorded = services_for(engine), []
    gate.read_context(
        services, ways[0][0][0], ways[0][0][1], now=world.now
    )  # the policy is in memory, as in a running server
    for way in ways:
        for planned in way:
            with Recorder(engine) as seen:
                run_gate(services, [[planned]], world)
            recorded.append(seen)
    return recorded


def run_gate(services: Services, ways: list[list[Planned]], world: World) -> None:
    """Take the acts through the gate."""
    for way in ways:
        for actor, number, action, payload, version in way:
            gate.act(services, actor, number, action, payload, now=world.now, expected_version=version)


def measure(scene: Scene, cases: int, acts: int, process_counts: tuple[int, ...]) -> Iterator[Measured]:
    """The gate beside its floor on fresh copies of one scene, in turns; the median of the rounds."""
    world, ways = prepare(scene, cases, acts)
    for processes in process_counts:
        recorded = [recorded_part(scene, world, part, n) for n, part in enumerate(split(ways, processes))]
        journal, commits, version = _described(scene)
        acts_done = [act for part in recorded for act in part]
        gate_times, floor_times = [], []
        gate_parts = [(world.tenant.key, part) for part in split(ways, processes)]
        for _ in range(ROUNDS):
            gate_times.append(_time(_gate_worker, scene, gate_parts))
            floor_times.append(_time(_floor_worker, scene, recorded))
        services, floor = statistics.median(gate_times), statistics.median(floor_times)
        yield Measured(
            database=scene.name,
            journal=journal,
            commits=commits,
            version=version,
            cases=cases,
            processes=processes,
            acts=len(acts_done),
            statements_per_act=round(sum(len(act) + 2 for act in acts_done) / len(acts_done), 1),
            gate_per_second=round(len(acts_done) / services),
            floor_per_second=round(len(acts_done) / floor),
            ratio=round(floor / services, 2),
        )


def describe(engine: Engine) -> tuple[str, str, str]:
    """Journal mode, how long a commit waits, and version of the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            journal, sync = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
            )
            return str(journal), {1: "NORMAL", 2: "FULL"}.get(sync, str(sync)), sqlite3.sqlite_version
        version, sync = (
            connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("server_version", "synchronous_commit")
        )
        return "wal", str(sync), str(version).split()[0]


def split(ways: list[list[Planned]], parts: int) -> list[list[list[Planned]]]:
    return [ways[part::parts] for part in range(parts)]


def recorded_part(scene: Scene, world: World, ways: list[list[Planned]], part: int) -> list[list[Statement]]:
    """One process's acts, recorded on a copy of its own, with numbers that no other process gives out."""
    engine = connect(scene.copy(), wal=scene.wal)
    with writing(engine, world.tenant.id) as connection:
        connection.execute(text("UPDATE case_number SET last = last + :offset"), {"offset": part * 1_000_000})
    recorded = record(engine, world, ways)
    engine.dispose()
    return recorded


def _described(scene: Scene) -> tuple[str, str, str]:
    engine = connect(scene.copy(), wal=scene.wal)
    try:
        return describe(engine)
    finally:
        engine.dispose()


def _time(worker: Callable[..., None], scene: Scene, parts: list[Any]) -> float:
    """Seconds from the moment all processes are ready to the moment the last has committed its last act."""
    url = scene.copy()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    together = context.Barrier(len(parts) + 1, timeout=LONGEST)  # met once when ready, and once when done
    running = [context.Process(target=worker, args=(url, scene.wal, part, together)) for part in parts]
    for process in running:
        process.start()
    together.wait()
    started = time.perf_counter()
    together.wait()
    took = time.perf_counter() - started
    for process in running:
        process.join()
    return took


def _gate_worker(url: str, wal: bool | None, part: Any, together: Any) -> None:
    key, ways = part
    engine = connect(url, wal=wal)
    services = services_for(engine)
    tenant = services.tenants.tenant(key)
    _warm(services, tenant.id, ways)
    together.wait()
    for way in ways:
        for actor, number, action, payload, version in way:
            gate.act(services, actor, number, action, payload, now=NOON, expected_version=version)
    together.wait()


def _warm(services: Services, municipality_id: int, ways: list[list[Planned]]) -> None:
    """Load the policy and compile the statements, as a server that has been running a while has."""
    for action in ("submit", "endorse", "enter-decision", "confirm"):
        actor, number, _action, _payload, version = ways[0][0]
        try:
            gate.read_context(services, actor, number, now=NOON)
            gate.act(services, actor, number, action, {"no-such-field": 1}, now=NOON, expected_version=version)
        except WorkflowError:
            continue


def _floor_worker(url: str, wal: bool | None, acts: list[list[Statement]], together: Any) -> None:
    connection = bare(url, wal=wal)
    together.wait()
    run_floor(connection, acts)
    together.wait()
