"""CPU time of one act: through the API, beside the gate alone, on the same cases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.benchmarks.act_timing import Figures, Measured, Walk, acting, application, measure_walks, payload_of, timed
from tests.benchmarks.scene import Scene
from tests.worlds import World
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


def measure(scene: Scene, cases: int, walks: int) -> Iterator[Measured]:
    """Every act of a visit's walk, as many times through the API as through the gate."""

    def prepare(engine: Engine, world: World) -> Walk:
        program = _Program(application(engine, world).test_client(), world)
        return lambda: _walk(engine, world, program)

    return measure_walks(scene, cases, walks, prepare, warm=_WARM)


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


def _walk(engine: Engine, world: World, program: _Program) -> dict[str, Figures]:
    """One case through the API and one through the gate."""
    draft = world.draft("visit")
    opened, *api = timed(engine, lambda: program.post("officer", "/cases", draft))
    number, *alone = timed(engine, lambda: world.open("visit"))
    found: dict[str, Any] = {"open": (*api, *alone)}
    for version, (who, action) in enumerate(_ACTS, start=1):
        body = {"action": action, "version": version, "payload": payload_of(world, action, opened["number"])}
        path = f"/cases/{opened['number']}/actions"
        _answer, *api = timed(engine, partial(program.post, who, path, body))
        payload = payload_of(world, action, number)
        _result, *alone = timed(engine, acting(world, who, number, action, payload, version))
        found[action] = (*api, *alone)
    return found
