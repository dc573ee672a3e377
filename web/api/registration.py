"""Registration of the API: its blueprint, its description, its security scheme."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version

from flask import Flask
from flask_smorest import Api

from web.api import cases as cases
from web.api import engagements as engagements
from web.api import evaluations as evaluations
from web.api import policies as policies
from web.api import trails as trails
from web.api import who_decides as who_decides
from web.api.argument_schemas import EVALUATION_PAYLOADS, PAYLOADS
from web.api.blueprint import PREFIX, TOKEN, blp
from web.api.problem_schemas import ProblemSchema
from web.core.errors import PROBLEM


class _Api(Api):
    """The OpenAPI document; errors are answered by `problems` and `web.core.errors`, not by flask-smorest."""

    def _register_error_handlers(self) -> None:
        """Register none."""

    def _register_responses(self) -> None:
        """Describe every error as a problem."""
        problem = {"description": "A problem (RFC 9457)", "content": {PROBLEM: {"schema": ProblemSchema}}}
        for name in (self.DEFAULT_ERROR_RESPONSE_NAME, HTTPStatus(422).name):
            self.spec.components.response(name, problem)


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
    for name, schema in (PAYLOADS | EVALUATION_PAYLOADS).items():
        api.spec.components.schema(name, schema=schema)
    api.register_blueprint(blp)
