"""Size limits of requests, by their headers: what the server receives before the application has the request.

Whoever shows neither a session nor a token that look like ours is a stranger, whatever the address; whether they are
still valid is asked later, by the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from web.auth.access_control import ACCESS
from web.core.security import LARGEST_FROM_STRANGER, largest


def limit_of(app: Flask, access: Mapping[str, str] = ACCESS) -> Callable[[dict[str, Any]], int]:
    """What tells how many bytes the body of a request may have, from its WSGI environment."""
    addresses = app.url_map.bind("localhost")

    def limit(environ: dict[str, Any]) -> int:
        if "HTTP_TRANSFER_ENCODING" not in environ and int(environ.get("CONTENT_LENGTH") or 0) <= LARGEST_FROM_STRANGER:
            return LARGEST_FROM_STRANGER  # whoever it is
        request = app.request_class(environ)
        try:
            endpoint, _values = addresses.match(request.path, request.method)
        except (HTTPException, RequestRedirect):
            return LARGEST_FROM_STRANGER
        who = access[endpoint]
        return largest(who if _is_known(app, request, who) else "anyone", request.mimetype)

    return limit


def _is_known(app: Flask, request: Request, who: str) -> bool:
    """Whether a request comes with a session that we have signed, or where that is asked for with a token."""
    if who == "token":
        return request.headers.get("Authorization", "").lower().startswith("bearer ")
    session = app.session_interface.open_session(app, request)
    return session is not None and "person" in session
