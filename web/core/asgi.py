"""The WSGI application behind an asynchronous server (ASGI 3.0).

The event loop receives the whole request and sends the whole answer; a thread has the request only while the
application works on it. So a client that speaks or reads slowly holds a connection and no thread. Larger answers wait
in temporary files; of bodies `web.core.bodies` says how much is kept.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge

from web.core.bodies import Bodies, Body, BodyRefused, Disconnected, Message, Receive
from web.core.request_log import path_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Scope = Mapping[str, Any]
Environment = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)

#: What is kept in memory of one answer, bytes.
IN_MEMORY = 1024 * 1024
#: What is read from a file and sent at a time, bytes.
PIECE = 256 * 1024
#: CGI names of headers that have no `HTTP_` before them.
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


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


class _NotReceived(io.RawIOBase):
    """The input of a request whose body was larger than it may be: whoever reads it refuses the request."""

    def readable(self) -> bool:
        """Like any input."""
        return True

    def readinto(self, _buffer: Any) -> int:
        """Raises `RequestEntityTooLarge`."""
        raise RequestEntityTooLarge


class BufferedWsgi:
    """An ASGI application that runs a WSGI one in a few threads."""

    def __init__(self, app: WSGIApplication, *, threads: int, limit: Callable[[Environment], int]) -> None:
        """`limit`: the bytes that the body of a request may have, by its headers; no more of it are received."""
        self._app, self._limit = app, limit
        self._bodies = Bodies()
        #: Requests that are neither answered nor given up.
        self.in_hand = 0
        self._threads = ThreadPoolExecutor(threads, "request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        with self._bodies.one() as body, SpooledTemporaryFile(IN_MEMORY) as told:
            answer = _Answer(told)
            environ = environ_of(scope)
            self.in_hand += 1
            try:
                is_whole = await self._answer(environ, receive, body, answer)
            except Disconnected:
                return
            finally:
                self.in_hand -= 1
            if not is_whole:
                answer.headers.append((b"connection", b"close"))
            await _sent(answer, send)

    def stop(self) -> None:
        """Wait no longer for what arrives slowly; called in the event loop."""
        self._bodies.stop()

    async def _answer(self, environ: Environment, receive: Receive, body: Body, answer: _Answer) -> bool:
        """Receive a request and let a thread work on it; whether all of it was received. Raises `Disconnected`."""
        try:
            is_whole = await self._receive(environ, receive, body)
        except BodyRefused as refused:
            log.info("request body given up", extra={"path": path_of(environ), "status": refused.status})
            answer.status = refused.status
            return False
        await asyncio.get_running_loop().run_in_executor(self._threads, self._run, environ, answer)
        return is_whole

    async def _receive(self, environ: Environment, receive: Receive, body: Body) -> bool:
        """Put the input of a request into its environment; whether that is all of its body.

        Raises `Disconnected` and `BodyRefused`.
        """
        limit = self._limit(environ)
        length = environ.get("CONTENT_LENGTH", "0")
        if length.isdecimal() and int(length) <= limit:
            await self._bodies.receive(body, receive, limit)
            environ["CONTENT_LENGTH"] = str(body.arrived)
            if body.arrived <= limit:
                body.file.seek(0)
                environ["wsgi.input"] = body.file
                return True
        environ["wsgi.input"] = _NotReceived()
        return False

    def _run(self, environ: Environment, answer: _Answer) -> None:
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


def environ_of(scope: Scope) -> Environment:
    """The environment of WSGI (PEP 3333) for a request, without its body."""
    host, port = scope["server"]
    environ: Environment = {
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
