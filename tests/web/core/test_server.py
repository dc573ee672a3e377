"""Tests of the web server: `instans serve` in processes of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.quiet_clients import Quiet, quiet_clients
from tests.web.cli.calling import answers, free_port
from web.security import LARGEST_REQUEST

WORKERS = 2
QUIET = Quiet(silent=200, slow_headers=200, slow_bodies=50)


@contextmanager
def served(url: str, port: int, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`instans serve`, stopped at the end if it is there still."""
    given = {"DATABASE_URL": url, "SECRET_KEY": "a secret for tests alone", "COOKIES_SECURE": "no", **environ}
    command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with subprocess.Popen(
        command,
        env=os.environ | {f"INSTANS_{name}": value for name, value in given.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz", process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def get(port: int, path: str = "/login", **headers: str) -> http.client.HTTPResponse:
    """One request on a connection of its own; its page is read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Connection": "close"} | headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_quiet_clients_keep_nobody_from_being_answered(sqlite_url: str) -> None:
    port = free_port()
    with served(sqlite_url, port) as process, quiet_clients(("127.0.0.1", port), QUIET) as quiet:
        statuses = [get(port).status for _ in range(40)]
        assert quiet.opened == 450, "a quiet client was sent away"
    assert statuses == [200] * 40
    assert process.returncode == 0


def test_a_request_in_hand_is_answered_after_the_server_was_told_to_stop(sqlite_url: str) -> None:
    port, statuses = free_port(), []
    with served(sqlite_url, port) as process:
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


def _until(holds: object, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


@needs_proc
def test_a_worker_that_was_killed_is_replaced(sqlite_url: str) -> None:
    port = free_port()
    with served(sqlite_url, port) as process:
        before = _workers(process)
        assert len(before) == WORKERS
        os.kill(min(before), signal.SIGKILL)
        assert _until(lambda: len(_workers(process) - {min(before)}) == WORKERS)
        assert _until(lambda: answers(f"http://127.0.0.1:{port}/healthz", process))
        assert [get(port).status for _ in range(8)] == [200] * 8


@needs_proc
def test_workers_end_with_the_process_that_started_them(sqlite_url: str) -> None:
    port = free_port()
    with served(sqlite_url, port) as process:
        workers = _workers(process)
        process.kill()
        assert _until(lambda: not any(Path(f"/proc/{pid}/fd").exists() and _is_alive(pid) for pid in workers))


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_is_too_large_is_refused_with_our_own_page(sqlite_url: str) -> None:
    port = free_port()
    with served(sqlite_url, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.putrequest("POST", "/login")
        connection.putheader("Content-Length", str(LARGEST_REQUEST + 1))
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert b"too large" in answer.read()
        connection.close()
