"""Blueprint of the API: bearer authentication, argument parsing, answers as JSON, errors as problems."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request
from flask_smorest import Blueprint
from flask_smorest.utils import unpack_tuple_response
from marshmallow import Schema
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as BaseResponse

from web.api import problems
from web.api.request_parsing import RequestParser
from web.auth import access_control
from web.core.request_log import identify
from web.core.services import services
from web.i18n.locale import LANGUAGES
from workflow.core.errors import Malformed, NotFound, NotMandated, WorkflowError
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people import tokens

PREFIX = "/api/v1"
#: The security scheme's name in the OpenAPI document.
TOKEN = "token"  # noqa: S105 - a name, no secret
#: Other codes that are read as Norwegian bokmål.
_NORWEGIAN = ("no", "nn")

View = TypeVar("View", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):
    """A blueprint whose arguments are parsed strictly and whose answers keep the order of their schema's fields."""

    ARGUMENTS_PARSER = RequestParser()

    def response(self, status_code: int, schema: type[Schema], **described: Any) -> Callable[[View], View]:
        """Describe an answer, and make it: what the view returns is dumped by the schema."""
        instance = schema()
        describe = super().response(status_code, instance, **described)

        def decorate(view: View) -> View:
            @wraps(view)
            def answered(*args: Any, **given: Any) -> BaseResponse:
                found = view(*args, **given)
                if isinstance(found, BaseResponse):
                    return found
                body, status, headers = unpack_tuple_response(found)
                return json_response(instance.dump(body), status or status_code, headers)

            described_view: View = describe(self.doc(operationId=view.__name__)(answered))
            return described_view

        return decorate


blp = ApiBlueprint("api", __name__, url_prefix=PREFIX, description="Cases, the register, and who decides")
blp.register_error_handler(WorkflowError, problems.refused)
blp.register_error_handler(HTTPException, problems.failed)
blp.register_error_handler(Unauthorized, problems.unknown)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person whose token came with the request."""

    tenant: Tenant
    person_id: int


@blp.before_request
def authenticate() -> None:
    """Find the person of the bearer token; 401 for anything else, 403 for a person who reads nothing today.

    A session cookie opens nothing here.
    """
    here = services()
    try:
        found = tokens.bearer(here.engine, here.workflow.tenants, request.headers.get("Authorization", ""), here.now())
    except NotFound:
        raise Unauthorized from None
    g.caller = Caller(found.tenant, found.person_id)
    identify(found.tenant.key, found.public_id)
    _default_language(found.language)
    if not access_control.reads(found.is_seated):
        raise NotMandated(reason("no-seat"))


def _default_language(language: str) -> None:
    """Answer in the person's own language where the request accepts none that there is."""
    accepted = parse_accept_header(request.environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept)
    if not any(code.partition("-")[0].lower() in (*LANGUAGES, *_NORWEGIAN) for code in accepted.values()):
        request.environ["HTTP_ACCEPT_LANGUAGE"] = language


def caller() -> Caller:
    """The sender of the present request."""
    found: Caller = g.caller
    return found


def not_found_before_malformed(look: Callable[..., object]) -> Callable[[View], View]:
    """Keep the contract's order: `look` gets the view's path values and raises `NotFound` before a 422 is answered."""

    def decorate(view: View) -> View:
        @wraps(view)
        def ordered(*args: Any, **given: Any) -> Any:
            try:
                return view(*args, **given)
            except (Malformed, HTTPException):
                look(**given)
                raise

        return ordered  # type: ignore[return-value]

    return decorate


def tenant_of(number: str) -> Tenant:
    """The caller's municipality, which a number must belong to; raises `NotFound`."""
    who = caller()
    if number.partition("-")[0] != who.tenant.key or not number.isascii() or not number.isprintable():
        raise NotFound(reason("not-found"))
    return who.tenant


def require_own_municipality(**_path: str) -> None:
    """Raises `NotFound` where the query names another municipality than the caller's."""
    if request.args.get("municipality", caller().tenant.key) != caller().tenant.key:
        raise NotFound(reason("not-found"))


def json_response(body: Any, status: int = 200, headers: Any = None) -> Response:
    """JSON in the order of its keys."""
    return Response(json.dumps(body, ensure_ascii=False), status, headers, mimetype="application/json")
