"""What does a screen cost among ten thousand cases and among a million, beside a bare page?

The bare page is a Flask view with hand-written SQL and a plain template of the same rows. Both run in this process,
in turns; the aim is that the slowest twentieth at a million is at most 1.25 times that at ten thousand.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import text

from config.settings import Settings
from models.database import connect, writing
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene
from tests.worlds import World, build
from web.app import create_app
from web.passwords import Passwords
from workflow.administration import carry_out

ROUNDS = 5
REQUESTS = 100
PASSWORD = "a long enough password for a benchmark"

LISTED = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
<ul>{% for row in rows %}<li><a href="/{{ row[0] }}">{{ row[1] }}</a> {{ row[2] }} {{ row[3] }}</li>{% endfor %}</ul>"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    screen: str
    cases: int
    per_second: float
    p95_ms: float
    bare_per_second: float
    bare_p95_ms: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def measure(scene: Scene, cases: int) -> Iterator[Measured]:
    """Inbox, case page and register list of a municipality with so many cases."""
    engine = connect(scene.url, wal=scene.wal)
    world = build(engine, "orebro")
    number = world.open("visit")
    world.walk(number)
    load(world, number, cases, with_trail=False)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    client = signed_in(scene, world, "manager")
    bare = bare_app(world).test_client()
    for screen, path in (("inbox", "/"), ("case page", f"/cases/{number}"), ("register", "/engagements")):
        yield _beside(scene, screen, cases, client, path, bare)
    engine.dispose()


def signed_in(scene: Scene, world: World, who: str) -> FlaskClient:
    """A client that has logged in as one of the world's people."""
    with writing(world.engine, world.place.id) as connection:
        given = {"username": f"{who}@{world.place.key}", "password_hash": Passwords().hash(PASSWORD)}
        carry_out(connection, world.place, None, "change-person", given, now=world.now)
    settings = Settings(database_url=scene.url, secret_key="for the length of a benchmark", cookies_secure=False)
    client = create_app(settings).test_client()
    page = client.get("/login").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    form = {"username": f"{who}@{world.place.key}", "password": PASSWORD, "csrf_token": found[1]}
    answer = client.post("/login", data=form)
    assert answer.status_code in (302, 303), answer.status_code
    return client


def bare_app(world: World) -> Flask:
    """The least that could show the same rows."""
    app = Flask("bare")
    engine, place = world.engine, world.place.id
    inbox = (
        'SELECT number, title, state, due_on FROM "case" WHERE municipality_id = :m AND waits_body_id = :body'
        " AND waits_role = 'manager' ORDER BY due_on, id LIMIT 26"
    )
    register = "SELECT number, title, kind, status FROM engagement WHERE municipality_id = :m ORDER BY id DESC LIMIT 26"
    case = 'SELECT number, title, state, due_on FROM "case" WHERE municipality_id = :m AND number = :number'
    administration = world.policy.administration_of(next(world.policy.responsible_bodies()).key).key

    def page(title: str, sql: str, **given: Any) -> str:
        with writing(engine, place) if engine.dialect.name == "postgresql" else engine.connect() as connection:
            rows = connection.execute(text(sql), {"m": place, **given}).all()
        return render_template_string(LISTED, title=title, rows=rows)

    app.add_url_rule("/", "inbox", lambda: page("Inbox", inbox, body=world.place.body_ids[administration]))
    app.add_url_rule("/engagements", "register", lambda: page("Register", register))
    app.add_url_rule("/cases/<number>", "case", lambda number: page("Case", case, number=number))
    return app


def _beside(scene: Scene, screen: str, cases: int, client: FlaskClient, path: str, bare: FlaskClient) -> Measured:
    for warm in (client, bare):
        answer = warm.get(path)
        assert answer.status_code == 200, (screen, answer.status_code)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_times(lambda: client.get(path)))
        theirs.append(_times(lambda: bare.get(path)))
    return Measured(
        database=scene.name,
        screen=screen,
        cases=cases,
        per_second=round(statistics.median(REQUESTS / sum(times) for times in ours), 1),
        p95_ms=round(1000 * statistics.median(_p95(times) for times in ours), 2),
        bare_per_second=round(statistics.median(REQUESTS / sum(times) for times in theirs), 1),
        bare_p95_ms=round(1000 * statistics.median(_p95(times) for times in theirs), 2),
    )


def _times(request: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        request()
        times.append(time.perf_counter() - started)
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
