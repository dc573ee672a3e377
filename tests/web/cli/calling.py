"""How does a test call a command, and tell that it failed plainly?"""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from urllib.error import URLError

from tests.databases import as_owner

#: Runs a command: exit code, standard output, standard error. Named values go into the environment.
Run = Callable[..., tuple[int, str, str]]


def fails(told: tuple[int, str, str], code: int, *words: str) -> None:
    """A failure: its exit code, nothing on standard output, one line that names what is wrong."""
    found, out, err = told
    assert (found, out) == (code, ""), told
    assert err.startswith("instans: ")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    for word in words:
        assert word in err


def environment_of(url: str) -> dict[str, str]:
    """What a command must be told of a database, on PostgreSQL also how its owner reaches it."""
    return {"DATABASE_URL": url, "OWNER_URL": as_owner(url)}


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(url: str, process: subprocess.Popen[str], seconds: float = 60) -> bool:
    """Whether somebody answers before the time is up or the process ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            time.sleep(0.2)
    return False
