"""Error pages and status codes of refusals and unexpected errors.

The only module that maps a `WorkflowError` to a status code. The API's own problems are `web.api.problems`; this module
answers as problem+json only where no address of the API matched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from web.core.request_log import request_id
from workflow.core.errors import (
    ActionNotOpen,
    CaseChanged,
    Malformed,
    NotCompetent,
    NotFound,
    NotMandated,
    QuorumMissing,
    RequirementMissing,
    WorkflowError,
)
from workflow.core.messages import N_

log = logging.getLogger(__name__)

STATUS: Mapping[type[WorkflowError], int] = {
    NotFound: 404,
    Malformed: 422,
    NotMandated: 403,
    CaseChanged: 409,
    ActionNotOpen: 409,
    RequirementMissing: 422,
    NotCompetent: 422,
    QuorumMissing: 422,
}

#: The media type of what a program is told of an error.
PROBLEM = "application/problem+json"

#: Heading and advice of the page for a status code.
PAGES: Mapping[int, tuple[str, str]] = {
    400: (
        N_("This could not be read"),
        N_("The page may have been open since before you logged in. Go back and try again."),
    ),
    403: (N_("This is not for you"), N_("None of your appointments today opens this page.")),
    404: (N_("There is nothing here"), N_("There is no such page, or you may not see it.")),
    405: (N_("This could not be read"), N_("The address does not answer to that. Go back and try again.")),
    409: (N_("This cannot be done now"), N_("Somebody else may have been faster. Look at it again before you act.")),
    413: (N_("This is too large"), N_("What was sent is larger than we take. A document may have 20 MB.")),
    422: (N_("This was refused"), N_("Something is missing or not valid.")),
    429: (N_("Too many attempts"), N_("Wait a while and try again.")),
    500: (
        N_("Something went wrong here"),
        N_("It is our fault, and nothing was changed. Try again, or tell whoever runs Instans."),
    ),
    503: (N_("Not available just now"), N_("Try again in a moment.")),
}


def status_of(error: WorkflowError) -> int:
    """The status code of a refusal; what the engine never refuses with is a fault of ours, 500."""
    return STATUS.get(type(error), 500)


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    """A problem+json answer (RFC 9457); every one has reasons and clauses, if only empty ones, and the request's id."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "reasons": [], "clauses": []}
    body["request_id"] = request_id()
    return Response(json.dumps(body | more, ensure_ascii=False), status, mimetype=PROBLEM)


def register(app: Flask) -> None:
    """Answer every error that no blueprint answers itself."""
    app.register_error_handler(WorkflowError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.log_exception = log_unexpected  # type: ignore[method-assign, assignment]


def log_unexpected(error: Any) -> None:
    """The one line of an error that nothing handles, with its traceback; Flask's own would tell the path."""
    log.error("unexpected: %s", error[0].__name__, exc_info=error)


def _refused(error: WorkflowError) -> BaseResponse:
    if status_of(error) == 500:
        log.error("the engine failed: %s", error, exc_info=error)
    return _page(status_of(error), error)


def _http(error: HTTPException) -> BaseResponse:
    if error.response is not None:  # a redirect, or an answer made by whoever raised it
        return error.get_response(request.environ)
    status = error.code or 500
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        status = 503 if isinstance(error.original_exception, OperationalError) else 500
    is_api = request.path.startswith("/api/")
    answer = problem(status, error.name, error.description or "") if is_api else _page(status, None)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _page(status: int, error: WorkflowError | None) -> BaseResponse:
    title, advice = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    reasons = error.reasons if error else ()
    try:
        told = {"title": gettext(title), "advice": gettext(advice), "reasons": reasons}
        page = render_template("error.html", **told, reference=request_id())
    except SQLAlchemyError:  # nobody can be recognised, nor their language, while the database is away
        return Response(f"{title}. {advice} ({request_id()})", status, mimetype="text/plain")
    return Response(page, status)
