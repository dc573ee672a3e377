"""How is a caller of the API told what went wrong?

As problem+json (RFC 9457) in every case: type, title, status, detail, and the engine's reasons with their clauses.
Which error has which status is `web.core.errors`' knowledge.
"""

from __future__ import annotations

import logging

from flask import Response
from flask_babel import gettext
from marshmallow import Schema, fields
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable, Unauthorized

from web.core import errors
from web.core.errors import problem
from web.i18n import labels
from workflow.core.errors import WorkflowError
from workflow.core.messages import Reason

log = logging.getLogger(__name__)

#: When to try again while the database does not answer, seconds.
RETRY_AFTER = 5


class Told(Schema):
    """One reason."""

    code = fields.String(required=True, metadata={"description": "Stable; for programs."})
    text = fields.String(required=True, metadata={"description": "For people, in the reader's language."})
    field = fields.String(metadata={"description": "The field it is about, where it is about one."})
    clauses = fields.List(fields.String(), required=True)


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "For people, in the reader's language."})
    error = fields.String(metadata={"description": "The kind of refusal, where the engine refused."})
    reasons = fields.List(fields.Nested(Told), required=True)
    clauses = fields.List(
        fields.String(), required=True, metadata={"description": "Clauses that the reasons rest on, each once."}
    )
    request_id = fields.String(
        required=True, metadata={"description": "Names the request in our logs; also in the header X-Request-ID."}
    )


def told(why: Reason) -> dict[str, object]:
    """One reason for a program and for its reader."""
    entry: dict[str, object] = {"code": why.code, "text": labels.reason_text(why), "clauses": list(why.clauses)}
    if "field" in why.values:
        entry["field"] = why.values["field"]
    return entry


def refused(refusal: WorkflowError) -> Response:
    """The engine's refusal; what the engine never refuses with is a fault of ours and tells nothing of itself."""
    status, title = errors.status_of(refusal), (type(refusal).__doc__ or "").strip()
    if status == 500:
        log.error("the engine failed: %s", refusal, exc_info=refusal)
        return problem(500, InternalServerError().name)
    reasons = [told(why) for why in refusal.reasons]
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
    """What HTTP itself has a name for; a database that does not answer may do so in a moment."""
    cause = error.original_exception if isinstance(error, InternalServerError) else None
    if isinstance(cause, OperationalError):
        error = ServiceUnavailable(retry_after=RETRY_AFTER)
    answer = problem(error.code or 500, error.name, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def unknown(_error: Unauthorized) -> Response:
    """No token, or one that opens nothing."""
    answer = problem(401, "Unauthorized", gettext("Send a valid token: Authorization: Bearer instans_…"))
    answer.headers["WWW-Authenticate"] = 'Bearer realm="instans"'
    return answer
