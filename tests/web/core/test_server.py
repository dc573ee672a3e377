"""Tests of the web server: `instans serve` in processes of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.quiet_clients import Quiet, quiet_clients
from tests.web.cli.calling import answers, free_port
from web.core.security import LARGEST_FROM_STRANGER, LARGEST_REQUEST

WORKERS = 2
SECRET = "a secret for tests alone"
FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024
QUIET = Quiet(silent=200, slow_headers=200, slow_bodies=50)


@contextmanager
def served(url: str, port: int, log: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`instans serve` with its log in a file, stopped at the end if it is there still."""
    given = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "COOKIES_SECURE": "no", **environ}
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


@pytest.mark.slow
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
        headers = {"Cookie": cookie, "Content-Type": FORM, "Connection": "close"}
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


@pytest.mark.slow
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


@pytest.mark.slow
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


# -- what a request may weigh


def _post(path: str, length: int, *headers: str) -> bytes:
    """The headers of a form of a given length."""
    given = (f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {FORM}", f"Content-Length: {length}", *headers)
    return "".join(f"{line}\r\n" for line in (*given, "")).encode()


def _connected(port: int, sent: bytes) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=30)
    found.sendall(sent)
    return found


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def _taken(connection: socket.socket, piece: bytes, times: int) -> int:
    """How many bytes the server took before it hung up."""
    taken = 0
    with suppress(OSError):
        for _ in range(times):
            connection.sendall(piece)
            taken += len(piece)
    return taken


def test_what_is_too_large_is_refused_unread_with_our_own_page(server: Server) -> None:
    with closing(_connected(server.port, _post("/login", LARGEST_FROM_STRANGER + 1))) as connection:
        told = _answer(connection)
    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in told
    assert b"too large" in told


def test_a_body_of_unknown_length_is_taken_to_the_limit_and_no_further(server: Server) -> None:
    head = _post("/login", 0, "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    with closing(_connected(server.port, head)) as connection:
        whole = LARGEST_REQUEST // 0x4000
        assert _taken(connection, chunk, whole) < LARGEST_REQUEST / 2  # most of it in the buffers of the system
        assert _answer(connection).startswith(b"HTTP/1.1 413 ")


def test_who_only_claims_to_have_logged_in_sends_no_more_than_a_stranger(server: Server) -> None:
    head = _post("/settings", LARGEST_FROM_STRANGER + 1, "Cookie: instans=eyJwZXJzb24iOjF9.forged.too")
    with closing(_connected(server.port, head)) as connection:
        told = _answer(connection)
    assert told.startswith(b"HTTP/1.1 303 ")
    assert b"connection: close" in told


@pytest.mark.slow
@needs_proc
def test_bodies_that_never_become_whole_cost_little_memory(sqlite_url: str, tmp_path: Path) -> None:
    """A hundred clients with a session stop in the middle of a megabyte each."""
    port = free_port()
    with served(sqlite_url, port, tmp_path / "log") as process:
        before = _memory(process)
        head = _post("/settings", 2 * MEGABYTE, f"Cookie: instans={_session()}")
        halves = []
        for _ in range(100):
            halves.append(_connected(port, head))
            _taken(halves[-1], b"a" * MEGABYTE, 1)
        assert get(port).status == 200
        assert _memory(process) - before < 80 * MEGABYTE
        for connection in halves:
            connection.close()


def _memory(process: subprocess.Popen[str]) -> int:
    """Bytes in memory that the workers have."""
    found = [Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1] for pid in _workers(process)]
    return sum(map(int, found)) * os.sysconf("SC_PAGE_SIZE")


def _session() -> str:
    """The cookie of somebody who logged in once."""
    app = Flask(__name__)
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"person": 1, "municipality": "orebro", "epoch": 0}))


# -- the end


def _unfinished(port: int) -> list[socket.socket]:
    """Connections with half a header, half a body, and an answer that nobody reads."""
    unread = socket.socket()
    unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    unread.connect(("127.0.0.1", port))
    unread.sendall(b"GET /static/instans.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
    half = b"GET /login HTTP/1.1\r\nHost: loc"
    return [unread, *(_connected(port, sent) for sent in (b"", half, _post("/login", 4_000) + b"username="))]


@pytest.mark.slow
def test_nobody_holds_up_a_server_that_was_told_to_stop(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    with served(sqlite_url, port, tmp_path / "log") as process:
        connections = _unfinished(port)
        time.sleep(0.2)  # taken from the listening socket
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert time.monotonic() - told < 5
        for connection in connections:
            connection.close()


@pytest.mark.slow
def test_a_body_that_becomes_whole_just_after_is_answered(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    with served(sqlite_url, port, tmp_path / "log") as process:
        with closing(_connected(port, _post("/login", 9, "Connection: close") + b"user")) as connection:
            time.sleep(0.2)  # taken from the listening socket
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(b"name=")
            assert _answer(connection).startswith(b"HTTP/1.1 400 ")  # a form without its token
        assert process.wait(30) == 0
