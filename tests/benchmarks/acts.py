"""CPU time of one act: through the API, beside the gate alone, on the same cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from flask.testing import FlaskClient

from config.settings import Settings
from models.database import connect
from tests.benchmarks.floor import Recorder
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene
from tests.worlds import World, build
from web.app import create_app
from web.core.services import Services
from workflow.cases import gate
from workflow.people import tokens

#: Who takes which action on a visit, in turn.
_ACTS = (
    ("officer", "submit"),
    ("manager", "endorse"),
    ("secretary.committee", "enter-decision"),
    ("chair.committee", "confirm"),
)
#: Cases walked before anything is measured: policies, statements and schemas are in memory then.
_WARM = 5


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


def measure(scene: Scene, cases: int, walks: int) -> Iterator[Measured]:
    """Every act of a visit's walk, as many times through the API as through the gate."""
    engine = connect(scene.copy(), wal=scene.wal)
    world = build(engine, "orebro")
    load(world, cases)
    settings = Settings(
        database_url=engine.url.render_as_string(hide_password=False),
        secret_key="a secret for benchmarks alone",
        cookies_secure=False,
    )
    app = create_app(settings)
    own = app.extensions["instans"]
    own.engine.dispose()
    app.extensions["instans"] = Services(engine, world.services, settings, lambda: world.now, own.passwords)
    program = _Program(app.test_client(), world)
    seen: dict[str, list[tuple[float, int, float, int]]] = {}
    for number in range(_WARM + walks):
        walked = _walk(engine, world, program)
        for act, figures in walked.items() if number >= _WARM else ():
            seen.setdefault(act, []).append(figures)
    engine.dispose()
    for act, found in seen.items():
        cpu, sent, gate_cpu, gate_sent = zip(*found, strict=True)
        milliseconds = (round(1000 * median(cpu), 1), round(1000 * median(gate_cpu), 1))
        yield Measured(scene.name, act, cases, max(sent), max(gate_sent), *milliseconds)


class _Program:
    """A client with a token for each person who acts."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client = client
        tenants = world.services.tenants
        self.headers = {
            who: {"Authorization": f"Bearer {tokens.create(world.engine, tenants, f'{who}@orebro', world.now)}"}
            for who in ("officer", *(who for who, _action in _ACTS))
        }

    def post(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON in a person's name."""
        answer = self.client.post(f"/api/v1{path}", json=body, headers=self.headers[who])
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def _walk(engine: Any, world: World, program: _Program) -> dict[str, tuple[float, int, float, int]]:
    """One case through the API and one through the gate: CPU seconds and statements of each act on both."""
    draft = world.draft("visit")
    opened, *api_open = _timed(engine, lambda: program.post("officer", "/cases", draft))
    number, *gate_open = _timed(engine, lambda: world.open("visit"))
    found = {"open": (*api_open, *gate_open)}
    for version, (who, action) in enumerate(_ACTS, start=1):
        payload = world.decision() if action == "enter-decision" else {}
        body = {"action": action, "version": version, "payload": payload}
        path = f"/cases/{opened['number']}/actions"
        _answer, *api = _timed(engine, lambda: program.post(who, path, body))  # noqa: B023 - called at once
        person = world.people[who]
        _version, *alone = _timed(
            engine,
            lambda: gate.act(world.services, person, number, action, payload, now=world.now, expected_version=version),  # noqa: B023
        )
        found[action] = (*api, *alone)
    return found  # type: ignore[return-value]


def _timed(engine: Any, run: Callable[[], Any]) -> tuple[Any, float, int]:
    with Recorder(engine) as sent:
        began = time.process_time()
        result = run()
        took = time.process_time() - began
    return result, took, sum("set_config" not in sql for sql, _given in sent)
