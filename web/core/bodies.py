"""Request bodies on their way in: how long each may take, and how much of all together a process keeps.

A body is in memory until it is larger than `IN_MEMORY`, then in a temporary file. Where all together would be too much,
the one that has been arriving for longest gives way: an honest one is whole within moments. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

#: What is kept in memory of one body, and of all bodies of a process, bytes.
IN_MEMORY, IN_MEMORY_OF_ALL = 64 * 1024, 16 * 1024 * 1024
#: Bodies of a process that are in files at the same time, at most.
FILES = 32
#: How long any body may take to arrive, seconds, and what a larger one must add to that in bytes a second.
WITHIN, SLOWEST = 30.0, 8 * 1024
#: How long a body may still take once the process was told to stop, seconds.
WITHIN_AT_STOP = 2.0


class Disconnected(ConnectionError):
    """The client hung up before its request was whole."""


class BodyRefused(Exception):
    """A body is not waited for any longer; `status` is what the client is answered: 408 or 503."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(eq=False, slots=True)
class Body:
    """One body: what has arrived of it, and whether it is still waited for."""

    file: IO[bytes] = field(default_factory=partial(SpooledTemporaryFile, IN_MEMORY))
    arrived: int = 0
    #: When it began to arrive, by the clock of the event loop.
    began: float = 0.0
    #: Set while it is arriving.
    deadline: asyncio.Timeout | None = None
    has_given_way: bool = False

    @property
    def in_memory(self) -> int:
        """Bytes it takes in memory."""
        return 0 if self.is_in_file else self.arrived

    @property
    def is_in_file(self) -> bool:
        """Whether it takes a file."""
        return self.arrived > IN_MEMORY


class Bodies:
    """The bodies that a process keeps, in the order in which they began to arrive."""

    def __init__(self) -> None:
        self._kept: dict[Body, None] = {}
        self._in_memory = self._files = 0
        self._stops_at = math.inf

    @contextmanager
    def one(self) -> Iterator[Body]:
        """The body of a request, kept until the request is answered."""
        body = Body()
        self._kept[body] = None
        try:
            yield body
        finally:
            del self._kept[body]
            self._let_go(body)

    async def receive(self, body: Body, receive: Receive, limit: int) -> None:
        """Receive a body until it is whole or larger than `limit`; raises `Disconnected` and `BodyRefused`."""
        body.began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(self._deadline(body)) as body.deadline:
                is_more = True
                while is_more and body.arrived <= limit:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Disconnected
                    self._add(body, message.get("body", b""))
                    is_more = message.get("more_body", False)
                    body.deadline.reschedule(self._deadline(body))
        except TimeoutError:
            is_late = not body.has_given_way and self._stops_at == math.inf
            raise BodyRefused(408 if is_late else 503) from None
        finally:
            body.deadline = None

    def stop(self) -> None:
        """Wait for no body longer than `WITHIN_AT_STOP` from now."""
        self._stops_at = asyncio.get_running_loop().time() + WITHIN_AT_STOP
        for body in self._kept:
            _wait_until(body, self._stops_at)

    def _deadline(self, body: Body) -> float:
        return min(body.began + WITHIN + body.arrived / SLOWEST, self._stops_at)

    def _add(self, body: Body, piece: bytes) -> None:
        if body.has_given_way:
            raise BodyRefused(503)
        self._count(body, -1)
        body.arrived += len(piece)
        self._count(body, +1)
        while self._files > FILES or self._in_memory > IN_MEMORY_OF_ALL:
            self._make_room(body)
        body.file.write(piece)

    def _count(self, body: Body, sign: int) -> None:
        self._in_memory += sign * body.in_memory
        self._files += sign * body.is_in_file

    def _make_room(self, newest: Body) -> None:
        """Let the oldest that is still arriving give way; raises `BodyRefused` where that is the newest itself."""
        is_in_files = self._files > FILES
        oldest = next(
            body
            for body in self._kept
            if body.deadline is not None and (body.is_in_file if is_in_files else body.in_memory)
        )
        self._let_go(oldest)
        oldest.has_given_way = True
        if oldest is newest:
            raise BodyRefused(503)
        _wait_until(oldest, 0)

    def _let_go(self, body: Body) -> None:
        self._count(body, -1)
        body.arrived = 0
        body.file.close()


def _wait_until(body: Body, when: float) -> None:
    """Wait for a body until then, by the clock of the event loop, or for as long as it has anyway."""
    if body.deadline is not None and not body.deadline.expired():
        body.deadline.reschedule(min(when, body.deadline.when() or when))
