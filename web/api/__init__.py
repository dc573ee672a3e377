"""What can another program ask of us, and do here?

The JSON API under `/api/v1`, described by `/api/v1/openapi.json`. Each resource is a module; they share how a call
begins and ends (`blueprint`), what was sent (`envelope`), what is told of a case (`telling`) and of a refusal
(`problems`).
"""

from __future__ import annotations

from importlib.metadata import version

from flask import Flask
from flask_smorest import Api

from web.api import cases, engagements, evaluations, parameters, policies, problems, trails, who_decides
from web.api.blueprint import PREFIX, TOKEN, blp
from web.core.errors import PROBLEM

__all__ = ["cases", "engagements", "evaluations", "policies", "register", "trails", "who_decides"]


class _Api(Api):
    """The description of the API; what goes wrong is answered by `problems` and `web.core.errors`."""

    def _register_error_handlers(self) -> None:
        """Leave every error to us."""

    def _register_responses(self) -> None:
        """Describe every error as a problem."""
        schema = {PROBLEM: {"schema": problems.Problem}}
        problem = {"description": "A problem (RFC 9457)", "content": schema}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, problem)


def register(app: Flask) -> None:
    """Add the API and its description to the application."""
    app.config.update(
        API_TITLE="Instans",
        API_VERSION=version("instans"),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(app)
    scheme = {"type": "http", "scheme": "bearer", "description": "From `instans token create USERNAME`."}
    api.spec.components.security_scheme(TOKEN, scheme)
    api.spec.options["security"] = [{TOKEN: []}]
    for name, schema in (parameters.PAYLOADS | parameters.EVALUATION_PAYLOADS).items():
        api.spec.components.schema(name, schema=schema)
    api.register_blueprint(blp)
