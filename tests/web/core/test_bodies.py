"""Tests of what a process keeps of the bodies that arrive: how long, how much, and who gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from web.core import bodies
from web.core.bodies import Bodies, Body, BodyRefused, Disconnected, Message

PLENTY = 10_000_000


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run to the end in a thread of its own: a browser's test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


class Client:
    """A client that sends a piece whenever it is told to; what becomes of its body is in `outcome`."""

    def __init__(self, kept: Bodies) -> None:
        self._kept, self._pieces = kept, asyncio.Queue[Message]()
        self.outcome: str | int = "arriving"
        self.body: Body | None = None
        self.task = asyncio.create_task(self._arrive())

    async def _arrive(self) -> None:
        with self._kept.one() as self.body:
            try:
                await self._kept.receive(self.body, self._pieces.get, PLENTY)
                self.outcome = self.body.arrived
            except BodyRefused as refused:
                self.outcome = f"refused {refused.status}"
            except Disconnected:
                self.outcome = "disconnected"

    async def send(self, count: int, *, is_last: bool = False) -> None:
        """The next bytes; they have been taken when this returns."""
        self._pieces.put_nowait({"type": "http.request", "body": b"x" * count, "more_body": not is_last})
        await settled()

    async def hang_up(self) -> None:
        self._pieces.put_nowait({"type": "http.disconnect"})
        await settled()


async def settled() -> None:
    """Let every task do what it can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_whole_body_is_there_to_the_byte() -> None:
    async def story() -> None:
        client = Client(Bodies())
        await client.send(7)
        await client.send(bodies.IN_MEMORY, is_last=True)
        assert client.outcome == bodies.IN_MEMORY + 7

    run(story())


def test_who_hangs_up_is_forgotten() -> None:
    async def story() -> None:
        client = Client(Bodies())
        await client.send(7)
        await client.hang_up()
        assert client.outcome == "disconnected"

    run(story())


def test_the_oldest_in_memory_gives_way_to_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "IN_MEMORY_OF_ALL", 250)

    async def story() -> None:
        kept = Bodies()
        first, second, third = (Client(kept) for _ in range(3))
        await first.send(100)
        await second.send(100)
        await third.send(100)
        assert [one.outcome for one in (first, second, third)] == ["refused 503", "arriving", "arriving"]
        await second.send(1, is_last=True)
        await third.send(1, is_last=True)
        assert [second.outcome, third.outcome] == [101, 101]
        await Client(kept).send(200)  # what is done with takes no room

    run(story())


def test_a_body_that_is_whole_never_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "IN_MEMORY_OF_ALL", 250)

    async def story() -> None:
        kept = Bodies()
        with kept.one() as whole:
            pieces: list[Message] = [{"type": "http.request", "body": b"x" * 200}]

            async def receive() -> Message:
                return pieces.pop()

            await kept.receive(whole, receive, PLENTY)
            late = Client(kept)
            await late.send(100)
            assert late.outcome == "refused 503"
            whole.file.seek(0)
            assert whole.file.read() == b"x" * 200

    run(story())


def test_only_so_many_bodies_are_in_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "FILES", 2)

    async def story() -> None:
        kept = Bodies()
        small, *large = (Client(kept) for _ in range(4))
        await small.send(1)
        for client in large:
            await client.send(bodies.IN_MEMORY + 1)
        assert [one.outcome for one in large] == ["refused 503", "arriving", "arriving"]
        assert small.outcome == "arriving", "one that takes no file was sent away for it"

    run(story())


@pytest.mark.parametrize(("sent", "outcome"), [(0, "refused 408"), (1_000, "arriving")])
def test_a_body_must_keep_arriving(monkeypatch: pytest.MonkeyPatch, sent: int, outcome: str) -> None:
    """At 8 KiB a second a kilobyte buys an eighth of a second."""
    monkeypatch.setattr(bodies, "WITHIN", 0.02)

    async def story() -> None:
        client = Client(Bodies())
        await client.send(sent)
        await asyncio.sleep(0.05)
        assert client.outcome == outcome
        await client.hang_up()

    run(story())


def test_after_the_stop_a_body_has_a_moment_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WITHIN_AT_STOP", 0.05)

    async def story() -> None:
        kept = Bodies()
        honest, slow = Client(kept), Client(kept)
        await honest.send(10)
        await slow.send(10)
        kept.stop()
        await honest.send(10, is_last=True)
        await asyncio.sleep(0.1)
        assert [honest.outcome, slow.outcome] == [20, "refused 503"]

    run(story())
