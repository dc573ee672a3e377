"""The id of a request, and the line that tells of it in the log.

The id stands in every line of the request, in its answer's `X-Request-ID` and on error pages, so that somebody who
reports an error names the lines that belong to it. An id that a trusted proxy has given is kept. The line tells who
asked for what and how it ended; never a query string, a form, a header or an address that is itself a secret.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
#: What an id given by a proxy may look like.
_SHAPE = re.compile(r"[A-Za-z0-9-]{8,64}")
#: What follows in a path opens something to whoever knows it: a calendar, an account.
_SECRET = re.compile(r"((?<=/calendar/)|(?<=/invitation/)).+", re.IGNORECASE | re.DOTALL)
#: What looks like such a secret anywhere else, as in an address that is mistyped; our own addresses have no capitals.
_TOKEN = re.compile(r"(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{20,}")
#: A longer path is cut in the log, characters.
LONGEST_PATH = 500


class RequestLog:
    """A WSGI application around ours that gives every request an id and writes its line."""

    def __init__(self, app: WSGIApplication, *, behind_proxy: bool) -> None:
        """`behind_proxy`: a proxy in front is trusted, and so is the id that it gives."""
        self._app, self._behind_proxy = app, behind_proxy

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        started, status = time.perf_counter(), "500"
        clear_contextvars()
        bind_contextvars(request_id=self._id_of(environ))

        def start(answered: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            nonlocal status
            status = answered
            return start_response(answered, [*headers, (HEADER, request_id())], error)

        def tell() -> None:
            did = {
                "method": environ["REQUEST_METHOD"][:16],
                "path": path_of(environ),
                "status": int(status[:3]),
                "ms": round(1_000 * (time.perf_counter() - started), 1),
            }
            log.info("request", extra=did)

        try:
            pieces = self._app(environ, start)
        except BaseException:
            tell()
            raise
        return ClosingIterator(pieces, tell)

    def _id_of(self, environ: WSGIEnvironment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        return given if self._behind_proxy and _SHAPE.fullmatch(given) else secrets.token_hex(8)


def path_of(environ: WSGIEnvironment) -> str:
    """The path of a request, percent-encoded and without what is secret in it."""
    path = re.sub("/+", "/", environ.get("PATH_INFO", "")).encode("latin-1")
    return _TOKEN.sub("...", _SECRET.sub("...", quote(path, safe="/~:@!$&'()*+,;=")))[:LONGEST_PATH]


def request_id() -> str:
    """The id of the present request; empty where there is none."""
    return str(get_contextvars().get("request_id", ""))


def identify(municipality: str, person: str) -> None:
    """Say in the lines of the present request who sends it: a municipality's key and a person's opaque id."""
    bind_contextvars(municipality=municipality, person=person)
