"""CPU time and statements of a screen's POST: opening a request and acting on it, beside the gate alone.

Each form is opened and sent as a browser sends it, every input included; only the POST is measured. The aim on SQLite
is at most 14 statements (19 where the register is written as well) and 6 ms of CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from models.database import writing
from tests.benchmarks.act_timing import Figures, Measured, Walk, acting, application, measure_walks, payload_of, timed
from tests.benchmarks.pages import PASSWORD, signed_in
from tests.benchmarks.scene import Scene
from tests.web.clients import ticked, values
from tests.worlds import World
from web.core.passwords import Passwords
from workflow.people.administration import carry_out

RECORD = {"outcome": "approve", "meeting_date": "2026-09-15", "present": "11"}
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


def measure(scene: Scene, cases: int, walks: int) -> Iterator[Measured]:
    """Every POST of a visit's walk, as many times by its form as through the gate."""

    def prepare(engine: Engine, world: World) -> Walk:
        browsers = _browsers(engine, world)
        return lambda: _walk(engine, world, browsers)

    return measure_walks(scene, cases, walks, prepare, warm=_WARM)


def _browsers(engine: Engine, world: World) -> dict[str, FlaskClient]:
    """A browser for each person who acts, logged in."""
    app = application(engine, world)
    people = dict.fromkeys(who for who, _action, _typed in _ACTS)
    hashed = Passwords().hash(PASSWORD)
    with writing(engine, world.tenant.id) as connection:
        for who in people:
            given = {"username": f"{who}@{world.tenant.key}", "password_hash": hashed}
            carry_out(connection, world.tenant, None, "change-person", given, now=world.now)
    return {who: signed_in(app, f"{who}@{world.tenant.key}") for who in people}


def _walk(engine: Engine, world: World, browsers: dict[str, FlaskClient]) -> dict[str, Figures]:
    """One case by its forms and one through the gate."""
    new = "/cases/new?engagement=visit&act=enter"
    answer, *screen = timed(
        engine, _sending(browsers["officer"], new, "/cases/new", {**_REQUEST, "goals": world.goals()})
    )
    page = answer.headers["Location"]
    number, *alone = timed(engine, lambda: world.open("visit"))
    found: dict[str, Any] = {"open": (*screen, *alone)}
    for version, (who, action, typed) in enumerate(_ACTS, start=1):
        path = f"{page}/do/{action}"
        recorded = {"paragraph": f"§ {page}"} if action == "enter-decision" else {}
        _answer, *screen = timed(engine, _sending(browsers[who], path, path, typed | recorded))
        payload = AMENDED if action == "amend" else payload_of(world, action, number)
        _result, *alone = timed(engine, acting(world, who, number, action, payload, version))
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
