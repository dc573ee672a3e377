"""The OpenAPI document: valid, complete, and true of what is served."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from tests.web.api.conftest import Programs
from tests.web.api.description import URL, description
from workflow.cases.actions import ACTION_DECLARATIONS


def test_the_description_is_valid_openapi(client: FlaskClient, app: Flask) -> None:
    answer = client.get(URL)
    assert answer.mimetype == "application/json"
    document = answer.get_json()
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_address_of_the_api_is_described_and_needs_a_token(app: Flask) -> None:
    document = description(app)
    described = {
        (path, method.upper())
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != URL
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == served
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_action_and_its_payload_is_described(app: Flask) -> None:
    schemas = description(app)["components"]["schemas"]
    assert set(schemas["Act"]["properties"]["action"]["enum"]) == set(ACTION_DECLARATIONS)
    offered = {found["$ref"].rpartition("/")[2] for found in schemas["Act"]["properties"]["payload"]["anyOf"]}
    assert offered == {action.schema.__name__ for action in ACTION_DECLARATIONS.values()}
    assert {"for", "against", "fields"} <= schemas["EnterDecision"]["properties"].keys()


def test_every_operation_has_an_id_of_its_own(app: Flask) -> None:
    operations = [
        operation
        for methods in description(app)["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert {"list_cases", "act_on_case", "read_impact"} <= set(ids)


def test_a_list_describes_how_it_is_paged(app: Flask) -> None:
    parameters = {one["name"]: one for one in description(app)["paths"]["/api/v1/cases"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}
    assert parameters["engagement"]["schema"]["enum"][0] == "twin-agreement"
    assert parameters["after"]["description"]


def test_errors_are_described_as_problems(app: Flask, program: Programs) -> None:
    default = description(app)["components"]["responses"]["DEFAULT_ERROR"]
    assert list(default["content"]) == ["application/problem+json"]
