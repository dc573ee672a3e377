"""Quiet clients: connections that send nothing, or one byte at a time, for tests and benchmarks of the web server.

One thread holds all of them. What the server closes is opened anew, so the number given stands at all times.
"""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEADERS = b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 4_000
BODY = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 4000\r\n\r\nusername="
) + b"a" * 3_991
#: How many first bytes of `BODY` go out at once: all headers, so that the body alone is slow.
_AT_ONCE = BODY.index(b"\r\n\r\n") + 4

#: Every slow connection sends one byte in this time, seconds.
BYTE_EVERY = 1.0
_TICKS = 10


@dataclass(frozen=True, slots=True)
class Quiet:
    """How many connections of each kind stand open."""

    silent: int = 0
    slow_headers: int = 0
    slow_bodies: int = 0


@dataclass(slots=True)
class _Connection:
    address: tuple[str, int]
    text: bytes = b""
    at_once: int = 0
    sent: int = 0
    socket: socket.socket | None = field(default=None)

    def go_on(self) -> bool:
        """Open the connection or send its next byte; whether it had to be opened."""
        if self.socket is None or self._is_closed():
            self.close()
            self.socket = socket.create_connection(self.address, timeout=30)
            self.socket.setblocking(False)
            self.sent = 0
            self._send(self.at_once)
            return True
        self._send(1)
        return False

    def _send(self, count: int) -> None:
        piece = self.text[self.sent : self.sent + count]
        if piece and self.socket is not None:
            with suppress(OSError):  # closed by the server: noticed at the next turn
                self.sent += self.socket.send(piece)

    def _is_closed(self) -> bool:
        """Whether the server has answered or hung up; nobody waits for an answer here."""
        assert self.socket is not None
        try:
            self.socket.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class QuietClients:
    """The connections, and how often one had to be opened again."""

    def __init__(self, address: tuple[str, int], quiet: Quiet) -> None:
        self._connections = [
            *(_Connection(address) for _ in range(quiet.silent)),
            *(_Connection(address, HEADERS, 1) for _ in range(quiet.slow_headers)),
            *(_Connection(address, BODY, _AT_ONCE) for _ in range(quiet.slow_bodies)),
        ]
        self._enough = threading.Event()
        self.opened = 0

    def open_all(self) -> None:
        """Open every connection."""
        for one in self._connections:
            self.opened += one.go_on()

    def go_on(self) -> None:
        """Send byte after byte until told to stop."""
        for turn in itertools.cycle(range(_TICKS)):
            if self._enough.wait(BYTE_EVERY / _TICKS):
                return
            for one in self._connections[turn::_TICKS]:
                with suppress(OSError):  # the server takes nobody just now
                    self.opened += one.go_on()

    def stop(self) -> None:
        """Hang up everywhere."""
        self._enough.set()
        for one in self._connections:
            one.close()


@contextmanager
def quiet_clients(address: tuple[str, int], quiet: Quiet) -> Iterator[QuietClients]:
    """Quiet clients at an address, all connected when the body begins."""
    clients = QuietClients(address, quiet)
    clients.open_all()
    thread = threading.Thread(target=clients.go_on, daemon=True)
    thread.start()
    try:
        yield clients
    finally:
        clients._enough.set()
        thread.join()
        clients.stop()
