"""Tests of the adapter between the event loop and the application."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from web.core import asgi, bodies
from web.core.asgi import BufferedWsgi, Message, environ_of

LARGEST = 1_000_000
#: What the server says where the application itself does not.
CLOSING = (b"connection", b"close")
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run to the end in a thread of its own: a browser's test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def scope_of(method: str = "GET", path: bytes = b"/", headers: Iterable[tuple[bytes, bytes]] = ()) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "raw_path": path,
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 4321),
        "headers": list(headers),
    }


def ask(app: App, messages: list[Message], scope: dict[str, Any]) -> list[Message]:
    """What is sent for a request; receiving more than there is fails the test."""
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    run(BufferedWsgi(app, threads=1, limit=limit)(scope, receive, send))  # type: ignore[arg-type]
    return sent


def limit(_environ: dict[str, Any]) -> int:
    return LARGEST


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with the body it got."""
    start("200 OK", [("X-Length", environ["CONTENT_LENGTH"])])
    return [environ["wsgi.input"].read()]


def body_of(sent: list[Message]) -> bytes:
    return b"".join(message["body"] for message in sent[1:])


def test_a_body_that_comes_in_pieces_reaches_the_application_whole() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"one ", "more_body": True},
        {"type": "http.request", "body": b"two", "more_body": False},
    ]
    sent = ask(echo, messages, scope_of("POST"))
    assert sent[0]["status"] == 200
    assert sent[0]["headers"] == [(b"x-length", b"7")]
    assert body_of(sent) == b"one two"


def test_no_thread_has_a_request_before_its_body_is_whole() -> None:
    """With one thread, a request whose body never ends holds up no other."""
    told: list[int] = []
    app = BufferedWsgi(echo, threads=1, limit=limit)  # type: ignore[arg-type]

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def at_once() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message.get("status", 0))

    async def both() -> None:
        slow = asyncio.create_task(app(scope_of("POST", headers=[(b"content-length", b"9")]), never, send))
        await asyncio.sleep(0)
        await asyncio.wait_for(app(scope_of(), at_once, send), 10)
        slow.cancel()

    run(both())
    assert told == [200, 0]


def test_a_client_that_hangs_up_is_not_answered() -> None:
    asked: list[object] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ)
        return echo(environ, start)

    messages: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert ask(app, messages, scope_of("POST")) == []
    assert asked == []


def test_a_body_that_takes_too_long_is_given_up_and_its_client_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WITHIN", 0.01)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    app = BufferedWsgi(echo, threads=1, limit=limit)  # type: ignore[arg-type]
    run(app(scope_of("POST"), receive, send))
    assert (sent[0]["status"], sent[0]["headers"]) == (408, [CLOSING])
    assert app.in_hand == 0


def unread(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with the length of a body that it does not read."""
    start("200 OK", [("X-Length", environ["CONTENT_LENGTH"])])
    return []


def test_what_is_too_large_is_not_received_and_its_connection_closed() -> None:
    length = str(LARGEST + 1).encode()
    sent = ask(unread, [], scope_of("POST", headers=[(b"content-length", length)]))
    assert sent[0]["headers"] == [(b"x-length", length), CLOSING]


def test_what_turns_out_too_large_is_received_no_further() -> None:
    piece: Message = {"type": "http.request", "body": b"x" * 600_000, "more_body": True}
    sent = ask(unread, [dict(piece), dict(piece)], scope_of("POST"))
    assert sent[0]["headers"] == [(b"x-length", b"1200000"), CLOSING]


def test_an_application_that_reads_what_was_too_large_refuses_the_request() -> None:
    refused: list[int | None] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            environ["wsgi.input"].read(10)
        except HTTPException as error:
            refused.append(error.code)
        return unread(environ, start)

    ask(app, [], scope_of("POST", headers=[(b"content-length", str(LARGEST + 1).encode())]))
    assert refused == [413]


def test_a_large_answer_is_sent_in_pieces_and_its_source_closed() -> None:
    closed: list[str] = []

    class Pages:
        """A body that wants to be closed."""

        def __iter__(self) -> Any:
            return iter([b"a" * asgi.IN_MEMORY, b"b" * 10])

        def close(self) -> None:
            closed.append(threading.current_thread().name)

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Pages()

    sent = ask(app, [{"type": "http.request"}], scope_of())
    assert body_of(sent) == b"a" * asgi.IN_MEMORY + b"b" * 10
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * 4 + [False]
    assert len(closed) == 1


def test_headers_become_an_environment() -> None:
    headers = [
        (b"host", b"instans.example"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"x_forwarded_for", b"192.0.2.66"),
        (b"x-forwarded-for", b"192.0.2.2"),
        (b"content-type", b"text/plain"),
    ]
    environ = environ_of(scope_of("GET", b"/sak/%C3%A5%2F", headers))
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert "HTTP_CONTENT_TYPE" not in environ
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/sak/å/"
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("192.0.2.7", "8000")
