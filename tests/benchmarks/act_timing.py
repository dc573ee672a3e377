"""CPU time and statements of acts, however they are sent, beside the gate alone on the same cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from config.settings import Settings
from models.database import connect
from tests.benchmarks.floor import Recorder
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene
from tests.worlds import World, build
from web.app import create_app
from web.core.services import Services
from workflow.cases import gate
from workflow.cases.actions.result import ActionResult

#: CPU seconds and statements of what was sent, and of the gate alone.
Figures = tuple[float, int, float, int]
#: Carries one case by what is measured and one through the gate: figures by act.
Walk = Callable[[], dict[str, Figures]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    act: str
    cases: int
    #: Of the whole request, and of the gate alone; without BEGIN and the setting of the municipality.
    statements: int
    gate_statements: int
    #: Median CPU time, milliseconds.
    cpu_ms: float
    gate_cpu_ms: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def measure_walks(
    scene: Scene, cases: int, walks: int, prepare: Callable[[Engine, World], Walk], *, warm: int
) -> Iterator[Measured]:
    """Every act of a walk beside so many cases, the first `warm` walks left out."""
    engine = connect(scene.copy(), wal=scene.wal)
    world = build(engine, "orebro")
    load(world, cases)
    walk = prepare(engine, world)
    seen: dict[str, list[Figures]] = {}
    for number in range(warm + walks):
        walked = walk()
        for act, figures in walked.items() if number >= warm else ():
            seen.setdefault(act, []).append(figures)
    engine.dispose()
    for act, found in seen.items():
        cpu, sent, gate_cpu, gate_sent = zip(*found, strict=True)
        milliseconds = (round(1000 * median(cpu), 1), round(1000 * median(gate_cpu), 1))
        yield Measured(scene.name, act, cases, max(sent), max(gate_sent), *milliseconds)


def application(engine: Engine, world: World) -> Flask:
    """The application on an engine that is measured, its clock the world's."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, secret_key="for the length of a benchmark", cookies_secure=False))
    own = app.extensions["instans"]
    own.engine.dispose()
    app.extensions["instans"] = Services(engine, world.services, own.settings, lambda: world.now, own.passwords)
    return app


def acting(
    world: World, who: str, number: str, action: str, payload: dict[str, Any], version: int
) -> Callable[[], ActionResult]:
    """An act through the gate alone."""
    person = world.people[who]
    return lambda: gate.act(world.services, person, number, action, payload, now=world.now, expected_version=version)


def payload_of(world: World, action: str, number: str) -> dict[str, Any]:
    """What an act is sent; every case has a paragraph of its own in the minutes."""
    return world.decision(paragraph=f"§ {number}") if action == "enter-decision" else {}


def timed(engine: Engine, run: Callable[[], Any]) -> tuple[Any, float, int]:
    """What comes of something, its CPU seconds and its statements."""
    with Recorder(engine) as sent:
        began = time.process_time()
        result = run()
        took = time.process_time() - began
    return result, took, sum("set_config" not in sql for sql, _given in sent)
