"""Benchmark of the web server beside quiet clients.

`instans serve` with two processes answers eight ordinary clients at once, first alone, then beside connections that
send nothing, headers byte by byte, or bodies byte by byte. The aim is that the slowest twentieth at most doubles, and
that `/healthz` costs the server's processes at most 5 ms of CPU.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from models.database import connect, writing
from tests.benchmarks.loader import load
from tests.benchmarks.scene import Scene
from tests.quiet_clients import Quiet, quiet_clients
from tests.web.cli.calling import answers, free_port
from tests.worlds import World, build
from web.core.passwords import Passwords
from workflow.people.administration import carry_out

CASES = 1_000
CLIENTS = 8
#: Series of requests, and requests in one series, of all clients together.
ROUNDS, REQUESTS = 3, 400
PASSWORD = "a long enough password for a benchmark"
HEALTH = "/healthz"
#: Pages, and whether a person is logged in there.
PAGES = {"/login": False, "/cases": True, HEALTH: False}
CROWDS = {
    "500 silent": Quiet(silent=500),
    "500 slow headers": Quiet(slow_headers=500),
    "500 slow bodies": Quiet(slow_bodies=500),
    "500 of each": Quiet(500, 500, 500),
}
SERVE = (sys.executable, "-m", "web.cli.main", "serve", "--workers", "2")


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report: a page beside a crowd of quiet clients, and alone (`_alone`) in the same minute."""

    database: str
    path: str
    quiet: str
    per_second_alone: float
    per_second: float
    p50_ms_alone: float
    p50_ms: float
    p95_ms_alone: float
    p95_ms: float
    #: The slowest twentieth, as a multiple of that without quiet clients.
    growth: float
    #: CPU of all processes of the server per request.
    cpu_ms_alone: float
    cpu_ms: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What one series of requests took."""

    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def measure(scene: Scene, command: Sequence[str] = SERVE) -> Iterator[Measured]:
    """Every page beside every crowd, and what `/healthz` costs."""
    port = free_port()
    engine = connect(scene.url, wal=scene.wal)
    world = build(engine, "orebro")
    load(world, CASES)
    _give_password(world)
    engine.dispose()
    with serving(command, port, scene.url) as process:
        session = {"Cookie": log_in(port, f"officer@{world.tenant.key}")}
        for path, is_logged_in in PAGES.items():
            headers = session if is_logged_in else {}
            _ask(port, path, headers, CLIENTS * 10)
            for name, quiet in CROWDS.items():
                yield _in_turns(scene.name, process.pid, port, path, headers, (name, quiet))


def _in_turns(
    database: str, pid: int, port: int, path: str, headers: dict[str, str], crowd: tuple[str, Quiet]
) -> Measured:
    """One page without and with a crowd, round by round; the median of the rounds."""
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(_figures(pid, port, path, headers))
        with quiet_clients(("127.0.0.1", port), crowd[1]):
            beside.append(_figures(pid, port, path, headers))

    def median(rounds: list[_Figures], name: str) -> float:
        return round(statistics.median(getattr(one, name) for one in rounds), 2)

    return Measured(
        database=database,
        path=path,
        quiet=crowd[0],
        growth=round(median(beside, "p95_ms") / median(alone, "p95_ms"), 2),
        **{f"{name}_alone": median(alone, name) for name in _Figures.__slots__},
        **{name: median(beside, name) for name in _Figures.__slots__},
    )


def _figures(pid: int, port: int, path: str, headers: dict[str, str]) -> _Figures:
    before, started = cpu_seconds(pid), time.perf_counter()
    times = _ask(port, path, headers, REQUESTS)
    took, cpu = time.perf_counter() - started, cpu_seconds(pid) - before
    return _Figures(
        per_second=len(times) / took,
        p50_ms=1_000 * statistics.median(times),
        p95_ms=1_000 * statistics.quantiles(times, n=20)[-1],
        cpu_ms=1_000 * cpu / len(times),
    )


def _give_password(world: World) -> None:
    given = {"username": f"officer@{world.tenant.key}", "password_hash": Passwords().hash(PASSWORD)}
    with writing(world.engine, world.tenant.id) as connection:
        carry_out(connection, world.tenant, None, "change-person", given, now=world.now)


@contextmanager
def serving(command: Sequence[str], port: int, url: str) -> Iterator[subprocess.Popen[str]]:
    """The server in processes of its own; raises `RuntimeError` when it does not answer, or does not stop when told."""
    environ = os.environ | {
        "INSTANS_DATABASE_URL": url,
        "INSTANS_SECRET_KEY": "for the length of a benchmark",
        "INSTANS_COOKIES_SECURE": "no",
    }
    given = [*command, "--port", str(port)]
    with subprocess.Popen(
        given, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            if not answers(f"http://127.0.0.1:{port}{HEALTH}", process):
                raise RuntimeError("the server does not answer")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise RuntimeError("the server does not stop") from None


def log_in(port: int, username: str) -> str:
    """The session cookie of somebody who has logged in."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    page, cookie = answer.read().decode(), _cookie(answer)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    form = urlencode({"username": username, "password": PASSWORD, "csrf_token": found[1]})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def _ask(port: int, path: str, headers: dict[str, str], often: int) -> list[float]:
    """Response times in seconds of clients that ask at the same time, each request on a connection of its own."""
    times: list[float] = []

    def ask() -> None:
        for _ in range(often // CLIENTS):
            started = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", path, headers=headers | {"Connection": "close"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            times.append(time.perf_counter() - started)
            assert answer.status == 200, (path, answer.status)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == often // CLIENTS * CLIENTS, "a client was not answered"
    return times


def cpu_seconds(pid: int) -> float:
    """CPU that a process and all that descend from it have used; 0 where the system has no /proc."""
    total = 0.0
    for one in (pid, *_descendants(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _descendants(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text(encoding="ascii").split():
            yield int(child)
            yield from _descendants(int(child))
