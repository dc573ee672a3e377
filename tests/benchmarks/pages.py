"""What does a screen cost among ten thousand cases and among a million, beside a bare page?

The bare page is a Flask view with hand-written SQL and a plain template of the same rows. Both sizes and both pages run
in this process, in turns, so that whatever else the machine does meets all of them; the aim is that the slowest
twentieth at a million is at most 1.25 times that at ten thousand.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import Engine, text

from config.settings import Settings
from models.database import connect, writing
from tests.benchmarks.invented import numbers_of_visits
from tests.benchmarks.loader import HISTORY, load
from tests.benchmarks.scene import Scene
from tests.worlds import World, build
from web.app import create_app
from web.core.passwords import Passwords
from workflow.people.administration import carry_out

ROUNDS = 5
#: Requests in a round: for the screens that have a bare page beside them, and for the other lists.
REQUESTS, OF_OTHERS = 100, 20
#: Cases that wait for the seat with few of them.
FEW = 3
PASSWORD = "a long enough password for a benchmark"


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, who opens it, and by which addresses in turn."""

    name: str
    who: str
    path: str
    #: Whether a bare page stands beside it.
    is_main: bool = False


SCREENS = (
    Screen("inbox, many", "manager", "/", is_main=True),
    Screen("inbox, few", "chair.committee", "/", is_main=True),
    Screen("case page", "manager", "/cases/{number}", is_main=True),
    Screen("register", "manager", "/engagements", is_main=True),
    Screen("register, by title", "manager", "/engagements?sort=title"),
    Screen("register, by words", "manager", "/engagements?q=samarb+kolding"),
    Screen("cases", "officer", "/cases"),
    Screen("cases, own", "manager", "/cases?show=mine"),
    Screen("what is late", "manager", "/deadlines"),
    Screen("evaluations", "coordinator", "/evaluations"),
    Screen("notices", "coordinator", "/notices"),
    Screen("trail", "auditor", "/audit"),
    Screen("trail, by person", "auditor", "/audit?person=coordinator"),
    Screen("access log", "auditor", "/audit/access"),
)

LISTED = Template(
    """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><ul>
{% for row in rows %}<li><a href="/{{ row[0] }}">{{ row[1] }}</a> {{ row[2] }} {{ row[3] }}</li>{% endfor %}</ul>""",
    autoescape=True,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report; the bare page's figures are 0 where none stands beside the screen."""

    database: str
    screen: str
    cases: int
    per_second: float
    p95_ms: float
    bare_per_second: float
    bare_p95_ms: float
    #: The slowest twentieth, as a multiple of that at the smallest size.
    growth: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stage:
    """One size of a municipality, its application and the bare one."""

    cases: int
    engine: Engine
    app: Flask
    bare: FlaskClient
    clients: dict[str, FlaskClient]
    numbers: tuple[str, ...]

    def client(self, who: str) -> FlaskClient:
        """The browser of one of its people."""
        return self.clients[who]

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
        self.app.extensions["instans"].engine.dispose()


def measure(scenes: dict[int, Scene]) -> Iterator[Measured]:
    """Every screen of a municipality at each size, the smallest first; the screens with a bare page before others."""
    stages = [set_up(scene, cases) for cases, scene in sorted(scenes.items())]
    name = next(iter(scenes.values())).name
    for screen in SCREENS:
        yield from _in_turns(name, screen, stages)
    for stage in stages:
        stage.close()


def set_up(scene: Scene, cases: int) -> Stage:
    """A municipality with so many cases, its people logged in."""
    engine = connect(scene.url, wal=scene.wal)
    world = build(engine, "orebro")
    load(world, cases)
    for _ in range(FEW):
        world.walk(world.open("visit"), "confirm-decide:responsible")
    people = sorted({screen.who for screen in SCREENS})
    hashed = Passwords().hash(PASSWORD)
    with writing(engine, world.tenant.id) as connection:
        for who in people:
            given = {"username": f"{who}@{world.tenant.key}", "password_hash": hashed}
            carry_out(connection, world.tenant, None, "change-person", given, now=world.now)
    settings = Settings(database_url=scene.url, secret_key="for the length of a benchmark", cookies_secure=False)
    app = create_app(settings, now=lambda: world.now)
    clients = {who: signed_in(app, f"{who}@{world.tenant.key}") for who in people}
    numbers = numbers_of_visits(world, cases, REQUESTS, HISTORY)
    return Stage(cases, engine, app, bare_app(world).test_client(), clients, numbers)


def signed_in(app: Flask, username: str) -> FlaskClient:
    """A browser of somebody who has logged in."""
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": found[1]})
    assert answer.status_code in (302, 303), answer.status_code
    return client


def bare_app(world: World) -> Flask:
    """The least that could show the same rows."""
    app = Flask("bare")
    engine, tenant = world.engine, world.tenant.id
    waiting = (
        'SELECT number, title, state, due_on FROM "case" WHERE municipality_id = :m AND waits_body_id = :body'
        " AND waits_role = :role ORDER BY due_on, id LIMIT 26"
    )
    register = "SELECT number, title, kind, status FROM engagement WHERE municipality_id = :m ORDER BY id DESC LIMIT 26"
    case = 'SELECT number, title, state, due_on FROM "case" WHERE municipality_id = :m AND number = :number'
    history = (
        "SELECT number, action, actor, at FROM trail_entry WHERE municipality_id = :m AND stream = :number"
        " ORDER BY number DESC LIMIT 100"
    )

    def page(title: str, *queries: str, **given: Any) -> str:
        with writing(engine, tenant) if engine.dialect.name == "postgresql" else engine.connect() as connection:
            rows = [row for sql in queries for row in connection.execute(text(sql), {"m": tenant, **given})]
        return LISTED.render(title=title, rows=rows)

    body = next(world.policy.responsible_bodies()).key
    seats = {"many": ("manager", world.policy.administration_of(body).key), "few": ("chair", body)}
    for name, (role, seat) in seats.items():
        given = {"role": role, "body": world.tenant.body_ids[seat]}
        app.add_url_rule(f"/{name}", name, lambda given=given: page("Inbox", waiting, **given))
    app.add_url_rule("/engagements", "register", lambda: page("Register", register))
    app.add_url_rule("/cases/<number>", "case", lambda number: page("Case", case, history, number=number))
    return app


def _in_turns(database: str, screen: Screen, stages: list[Stage]) -> Iterator[Measured]:
    """One screen at every size beside its bare page, round by round; the median of the rounds."""
    ours: list[list[list[float]]] = [[] for _stage in stages]
    bare: list[list[list[float]]] = [[] for _stage in stages]
    often = REQUESTS if screen.is_main else OF_OTHERS
    bare_path = "/" + screen.name.partition(", ")[2] if screen.path == "/" else screen.path
    for stage in stages:
        _times(stage.client(screen.who), screen.path, stage.numbers, 10)
    for _ in range(ROUNDS):
        for stage, mine, theirs in zip(stages, ours, bare, strict=True):
            mine.append(_times(stage.client(screen.who), screen.path, stage.numbers, often))
            if screen.is_main:
                theirs.append(_times(stage.bare, bare_path, stage.numbers, often))
    first = _median(ours[0], _p95)
    for stage, mine, theirs in zip(stages, ours, bare, strict=True):
        yield Measured(
            database=database,
            screen=screen.name,
            cases=stage.cases,
            per_second=round(_median(mine, _per_second), 1),
            p95_ms=round(1_000 * _median(mine, _p95), 2),
            bare_per_second=round(_median(theirs, _per_second), 1) if theirs else 0,
            bare_p95_ms=round(1_000 * _median(theirs, _p95), 2) if theirs else 0,
            growth=round(_median(mine, _p95) / first, 2),
        )


def _times(client: FlaskClient, path: str, numbers: tuple[str, ...], often: int) -> list[float]:
    times = []
    for tenant in range(often):
        address = path.replace("{number}", numbers[tenant % len(numbers)])
        started = time.perf_counter()
        answer = client.get(address)
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200, (address, answer.status_code)
    return times


def _median(rounds: list[list[float]], of: Callable[[list[float]], float]) -> float:
    return statistics.median(of(times) for times in rounds)


def _per_second(times: list[float]) -> float:
    return len(times) / sum(times)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
