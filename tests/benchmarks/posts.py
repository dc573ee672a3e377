"""CPU time and statements of a screen's POST: opening a request and acting on it, beside the gate alone.

Each form is opened and sent as a browser sends it, every input included; only the POST is measured. The aim on SQLite
is at most 14 statements (19 where the register is written as well) and 6 ms of CPU.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from models.database import connect, writing
from tests.benchmarks.floor import Recorder
from tests.benchmarks.loader import load
from tests.benchmarks.pages import PASSWORD, signed_in
from tests.benchmarks.scene import Scene
from tests.web.clients import ticked, values
from tests.worlds import World, build
from web.app import create_app
from web.core.passwords import Passwords
from web.core.services import Services
from workflow.cases import gate
from workflow.cases.actions.result import ActionResult
from workflow.people.administration import carry_out

RECORD = {"outcome": "approve", "meeting_date": "2026-09-15", "paragraph": "§ 12", "present": "11"}
AMENDED = {"title": "Another visit", "text": "We receive them twice."}
#: Who takes which action on a visit, in turn, and what they type into the form.
_ACTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("officer", "amend", AMENDED),
    ("officer", "submit", {}),
    ("manager", "endorse", {}),
    ("secretary.committee", "enter-decision", RECORD),
    ("chair.committee", "confirm", {}),
)
_REQUEST = {"engagement": "visit", "act": "enter", "title": "A visit", "text": "We receive them.", "do": "create"}
#: Cases walked before anything is measured: policies, statements and templates are in memory then.
_WARM = 3

#: CPU seconds and statements of a POST, and of the gate alone.
_Figures = tuple[float, int, float, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    act: str
    cases: int
    #: Of the whole POST, and of the gate alone; without BEGIN and the setting of the municipality.
    statements: int
    gate_statements: int
    #: Median CPU time, milliseconds.
    cpu_ms: float
    gate_cpu_ms: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def measure(scene: Scene, cases: int, walks: int) -> Iterator[Measured]:
    """Every POST of a visit's walk, as many times by its form as through the gate."""
    engine = connect(scene.copy(), wal=scene.wal)
    world = build(engine, "orebro")
    load(world, cases)
    browsers = _browsers(engine, world)
    seen: dict[str, list[_Figures]] = {}
    for number in range(_WARM + walks):
        walked = _walk(engine, world, browsers)
        for act, figures in walked.items() if number >= _WARM else ():
            seen.setdefault(act, []).append(figures)
    engine.dispose()
    for act, found in seen.items():
        cpu, sent, gate_cpu, gate_sent = zip(*found, strict=True)
        milliseconds = (round(1000 * median(cpu), 1), round(1000 * median(gate_cpu), 1))
        yield Measured(scene.name, act, cases, max(sent), max(gate_sent), *milliseconds)


def _browsers(engine: Engine, world: World) -> dict[str, FlaskClient]:
    """A browser for each person who acts, logged in."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, secret_key="for the length of a benchmark", cookies_secure=False))
    own = app.extensions["instans"]
    own.engine.dispose()
    app.extensions["instans"] = Services(engine, world.services, own.settings, lambda: world.now, own.passwords)
    people = dict.fromkeys(who for who, _action, _typed in _ACTS)
    hashed = Passwords().hash(PASSWORD)
    with writing(engine, world.tenant.id) as connection:
        for who in people:
            given = {"username": f"{who}@{world.tenant.key}", "password_hash": hashed}
            carry_out(connection, world.tenant, None, "change-person", given, now=world.now)
    return {who: signed_in(app, f"{who}@{world.tenant.key}") for who in people}


def _walk(engine: Engine, world: World, browsers: dict[str, FlaskClient]) -> dict[str, _Figures]:
    """One case by its forms and one through the gate."""
    new = "/cases/new?engagement=visit&act=enter"
    answer, *screen = _timed(
        engine, _sending(browsers["officer"], new, "/cases/new", {**_REQUEST, "goals": world.goals()})
    )
    page = answer.headers["Location"]
    number, *alone = _timed(engine, lambda: world.open("visit"))
    found: dict[str, Any] = {"open": (*screen, *alone)}
    for version, (who, action, typed) in enumerate(_ACTS, start=1):
        path = f"{page}/do/{action}"
        _answer, *screen = _timed(engine, _sending(browsers[who], path, path, typed))
        payload = {"amend": AMENDED, "enter-decision": world.decision()}.get(action, {})
        _result, *alone = _timed(engine, _acting(world, who, number, action, payload, version))
        found[action] = (*screen, *alone)
    return found


def _sending(browser: FlaskClient, form: str, path: str, typed: dict[str, Any]) -> Callable[[], Any]:
    """The POST of a form as it is shown, some of it typed over."""
    shown = browser.get(form).text
    sent: MultiDict[str, str] = MultiDict(values(shown))
    for name, chosen in ticked(shown).items():
        sent.setlist(name, chosen)
    for name, value in typed.items():
        sent.setlist(name, value if isinstance(value, list) else [value])

    def send() -> Any:
        answer = browser.post(path, data=sent)
        assert answer.status_code == 303, f"{path}: {answer.status_code}"
        return answer

    return send


def _acting(
    world: World, who: str, number: str, action: str, payload: dict[str, Any], version: int
) -> Callable[[], ActionResult]:
    person = world.people[who]
    return lambda: gate.act(world.services, person, number, action, payload, now=world.now, expected_version=version)


def _timed(engine: Engine, run: Callable[[], Any]) -> tuple[Any, float, int]:
    with Recorder(engine) as sent:
        began = time.process_time()
        result = run()
        took = time.process_time() - began
    return result, took, sum("set_config" not in sql for sql, _given in sent)
