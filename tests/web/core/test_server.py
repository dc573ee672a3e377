"""Tests of the web server: `instans serve` in processes of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.quiet_clients import Quiet, quiet_clients
from tests.web.cli.calling import answers, free_port
from web.core.security import LARGEST_REQUEST

WORKERS = 2
QUIET = Quiet(silent=200, slow_headers=200, slow_bodies=50)


@contextmanager
def served(url: str, port: int, log: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`instans serve` with its log in a file, stopped at the end if it is there still."""
    given = {"DATABASE_URL": url, "SECRET_KEY": "a secret for tests alone", "COOKIES_SECURE": "no", **environ}
    command = [sys.executable, "-m", "web.cli.main", "serve", "--port", str(port), "--workers", str(WORKERS)]
    environ = os.environ | {f"INSTANS_{name}": value for name, value in given.items()}
    with (
        log.open("w") as lines,
        subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=lines, text=True) as process,
    ):
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz", process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@dataclass(frozen=True)
class Server:
    """A server that several tests ask."""

    port: int
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged; fails for a line that is no JSON."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def server(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind one proxy; none of the tests that share it writes anything they could meet."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copyfile(_sqlite_template, folder / "instans.db")
    found = Server(free_port(), folder / "log")
    with served(f"sqlite:///{folder / 'instans.db'}", found.port, found.log, PROXIES="1"):
        yield found


def get(port: int, path: str = "/login", **headers: str) -> http.client.HTTPResponse:
    """One request on a connection of its own; its page is read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Connection": "close"} | headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_quiet_clients_keep_nobody_from_being_answered(server: Server) -> None:
    with quiet_clients(("127.0.0.1", server.port), QUIET) as quiet:
        statuses = [get(server.port).status for _ in range(40)]
        assert quiet.opened == 450, "a quiet client was sent away"
    assert statuses == [200] * 40


def test_a_line_of_json_tells_of_each_request(server: Server) -> None:
    given = "from-the-proxy-17"
    answer = get(server.port, "/login?next=/a-secret-place", **{"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given
    assert _until(lambda: any(line.get("request_id") == given for line in server.lines()))
    (line,) = [line for line in server.lines() if line.get("request_id") == given]
    assert (line["event"], line["level"], line["logger"]) == ("request", "info", "web.core.request_log")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/login", 200)
    assert line["ms"] > 0
    assert "a-secret-place" not in server.log.read_text(encoding="utf-8")


def test_a_request_in_hand_is_answered_after_the_server_was_told_to_stop(sqlite_url: str, tmp_path: Path) -> None:
    port, statuses = free_port(), []
    with served(sqlite_url, port, tmp_path / "log") as process:
        page = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        page.request("GET", "/login")
        answer = page.getresponse()
        token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
        assert token is not None
        page.close()
        cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        arrived = threading.Barrier(5)

        def log_in(number: int) -> None:
            form = {"username": f"nobody{number}@orebro", "password": "wrong", "csrf_token": token[1]}
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", "/login", urlencode(form), headers)
            arrived.wait()
            statuses.append(connection.getresponse().status)
            connection.close()

        threads = [threading.Thread(target=log_in, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        arrived.wait()
        time.sleep(0.05)  # taken from the listening socket
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
    assert statuses == [422] * 4
    assert process.returncode == 0


def _workers(process: subprocess.Popen[str]) -> set[int]:
    listed = Path(f"/proc/{process.pid}/task").glob("*/children")
    return {int(pid) for children in listed for pid in children.read_text(encoding="ascii").split()}


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


def _until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


@needs_proc
def test_a_worker_that_was_killed_is_replaced(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    with served(sqlite_url, port, tmp_path / "log") as process:
        before = _workers(process)
        assert len(before) == WORKERS
        os.kill(min(before), signal.SIGKILL)
        assert _until(lambda: len(_workers(process) - {min(before)}) == WORKERS)
        assert _until(lambda: answers(f"http://127.0.0.1:{port}/healthz", process))
        assert [get(port).status for _ in range(8)] == [200] * 8
    told = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert any(line["logger"] == "_granian" and "Unexpected exit" in line["event"] for line in told)


@needs_proc
def test_workers_end_with_the_process_that_started_them(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    with served(sqlite_url, port, tmp_path / "log") as process:
        workers = _workers(process)
        process.kill()
        assert _until(lambda: not any(_is_alive(pid) for pid in workers))


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_is_too_large_is_refused_with_our_own_page(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Length", str(LARGEST_REQUEST + 1))
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"too large" in answer.read()
    connection.close()
