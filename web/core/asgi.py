"""The WSGI application behind an asynchronous server (ASGI 3.0).

The event loop receives the whole request and sends the whole answer; a thread has the request only while the
application works on it. So a client that speaks or reads slowly holds a connection and no thread. Larger bodies and
answers wait in temporary files.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Scope = Mapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)

#: What is kept in memory of one body or answer, bytes.
IN_MEMORY = 1024 * 1024
#: What is read from a file and sent at a time, bytes.
PIECE = 256 * 1024
#: How long a body may take to arrive, seconds.
PATIENCE = 300
#: CGI names of headers that have no `HTTP_` before them.
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class Disconnected(ConnectionError):
    """The client hung up, or took too long, before its request was whole."""


@dataclass(slots=True)
class _Answer:
    """What the application answers: status, headers and a body of known length."""

    body: IO[bytes]
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    length: int = 0

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        """The `start_response` of WSGI."""
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.write

    def write(self, piece: bytes) -> None:
        """Take the next piece of the body."""
        self.length += len(piece)
        self.body.write(piece)


class BufferedWsgi:
    """An ASGI application that runs a WSGI one in a few threads."""

    def __init__(self, app: WSGIApplication, *, threads: int, largest: int) -> None:
        """`largest`: the bytes of a body that are received at most; the application refuses what has more."""
        self._app, self._largest = app, largest
        self._threads = ThreadPoolExecutor(threads, "request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        with _file() as body, _file() as told:
            try:
                async with asyncio.timeout(PATIENCE):
                    environ = await self._received(scope, receive, body)
            except (Disconnected, TimeoutError):
                return
            loop = asyncio.get_running_loop()
            answer = _Answer(told)
            await loop.run_in_executor(self._threads, self._run, environ, answer)
            await _sent(answer, send)

    async def _received(self, scope: Scope, receive: Receive, body: IO[bytes]) -> dict[str, Any]:
        """The environment of WSGI, with as much of the body as is taken; raises `Disconnected`."""
        environ = environ_of(scope)
        length = environ.get("CONTENT_LENGTH", "0")
        arrived = 0
        if length.isdecimal() and int(length) <= self._largest:
            arrived = await self._receive_body(receive, body)
            environ["CONTENT_LENGTH"] = str(arrived)
        body.seek(0)
        environ["wsgi.input"] = body
        return environ

    async def _receive_body(self, receive: Receive, body: IO[bytes]) -> int:
        """Receive a body until it is whole, or larger than any may be; returns its length."""
        arrived, is_more = 0, True
        while is_more and arrived <= self._largest:
            message = await receive()
            if message["type"] != "http.request":
                raise Disconnected
            piece = message.get("body", b"")
            arrived += len(piece)
            body.write(piece)
            is_more = message.get("more_body", False)
        return arrived

    def _run(self, environ: dict[str, Any], answer: _Answer) -> None:
        """Let the application answer, in a thread; what breaks off becomes an empty 500, as nothing has been sent."""
        try:
            pieces: Iterable[bytes] = self._app(environ, answer.start)
            try:
                for piece in pieces:
                    answer.write(piece)
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except Exception:
            log.exception("an answer broke off")
            answer.status, answer.headers, answer.length = 500, [], 0
            answer.body.seek(0)
            answer.body.truncate()


def _file() -> IO[bytes]:
    return SpooledTemporaryFile(IN_MEMORY)


def environ_of(scope: Scope) -> dict[str, Any]:
    """The environment of WSGI (PEP 3333) for a request, without its body."""
    host, port = scope["server"]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        written = name.decode("latin-1")
        if "_" in written:  # would be taken for the header with a hyphen, which a proxy may have set
            continue
        key = written.upper().replace("-", "_")
        key = key if key in _PLAIN else f"HTTP_{key}"
        joined = "; " if key == "HTTP_COOKIE" else ","
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{joined}{text}" if key in environ else text
    return environ


async def _sent(answer: _Answer, send: Send) -> None:
    """Send an answer, piece by piece as the client takes it."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    answer.body.seek(0)
    left = answer.length
    while left > PIECE:
        await send({"type": "http.response.body", "body": answer.body.read(PIECE), "more_body": True})
        left -= PIECE
    await send({"type": "http.response.body", "body": answer.body.read()})
