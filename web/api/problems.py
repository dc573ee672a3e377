"""Problem answers: every refusal and failure as problem+json (RFC 9457).

Type, title, status and detail, with the engine's reasons and their clauses; `web.core.errors` maps errors to statuses.
"""

from __future__ import annotations

import logging

from flask import Response
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable, Unauthorized

from web.api.problem_schemas import ReasonSchema
from web.core import errors
from web.core.errors import problem
from workflow.core.errors import WorkflowError

log = logging.getLogger(__name__)

#: When to try again while the database does not answer, seconds.
RETRY_AFTER = 5


_REASON = ReasonSchema()


def refused(refusal: WorkflowError) -> Response:
    """A refusal of the engine; an error that is no refusal is a failure, 500, and says nothing of itself."""
    status, title = errors.status_of(refusal), (type(refusal).__doc__ or "").strip()
    if status == 500:
        log.error("the engine failed: %s", refusal, exc_info=refusal)
        return problem(500, InternalServerError().name)
    reasons = [_REASON.dump(why) for why in refusal.reasons]
    detail = " ".join(str(reason["text"]) for reason in reasons) or title
    return problem(
        status,
        title,
        detail,
        error=type(refusal).__name__,
        reasons=reasons,
        clauses=list(refusal.clauses),
    )


def failed(error: HTTPException) -> Response:
    """An HTTP error; a database that does not answer is 503 with Retry-After."""
    cause = error.original_exception if isinstance(error, InternalServerError) else None
    if isinstance(cause, OperationalError):
        error = ServiceUnavailable(retry_after=RETRY_AFTER)
    answer = problem(error.code or 500, error.name, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def unknown(_error: Unauthorized) -> Response:
    """Without a valid token."""
    answer = problem(401, "Unauthorized", gettext("Send a valid token: Authorization: Bearer instans_…"))
    answer.headers["WWW-Authenticate"] = 'Bearer realm="instans"'
    return answer
