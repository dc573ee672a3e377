"""How does every call of the API begin and end?

It begins with a bearer token that names its municipality and person, and ends in JSON: an answer, or a problem. What a
resource does in between is its own module's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request
from flask_smorest import Blueprint
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.http import parse_accept_header

from web.api import problems, tokens
from web.core.request_log import identify
from web.core.services import services
from web.i18n.locale import LANGUAGES
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.tenants import Tenant

PREFIX = "/api/v1"
#: The scheme's name in the description.
TOKEN = "token"  # noqa: S105 - a name, no secret
#: Other codes that are read as Norwegian bokmål.
_NORWEGIAN = ("no", "nn")

blp = Blueprint("api", __name__, url_prefix=PREFIX, description="Cases, the register, and who decides")
blp.register_error_handler(WorkflowError, problems.refused)
blp.register_error_handler(HTTPException, problems.failed)
blp.register_error_handler(Unauthorized, problems.unknown)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token came with the request."""

    tenant: Tenant
    person_id: int


@blp.before_request
def admit() -> None:
    """Find the person a bearer token stands for; 401 for anything else. A cookie opens nothing here."""
    here = services()
    try:
        found = tokens.bearer(here.engine, here.workflow.tenants, request.headers.get("Authorization", ""))
    except NotFound:
        raise Unauthorized from None
    g.caller = Caller(found.tenant, found.person_id)
    identify(found.tenant.key, found.public_id)
    _read_in(found.language)


def _read_in(language: str) -> None:
    """Speak the person's own language to a program that asks for none of ours."""
    wanted = parse_accept_header(request.environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept)
    if not any(code.partition("-")[0].lower() in (*LANGUAGES, *_NORWEGIAN) for code in wanted.values()):
        request.environ["HTTP_ACCEPT_LANGUAGE"] = language


def caller() -> Caller:
    """Who sends the present request."""
    found: Caller = g.caller
    return found


def answer(body: Any, status: int = 200) -> Response:
    """JSON as it was built, its keys in the order they were told in."""
    return Response(text_of(body), status, mimetype="application/json")


def text_of(body: Any) -> str:
    """JSON text."""
    return json.dumps(body, ensure_ascii=False)
