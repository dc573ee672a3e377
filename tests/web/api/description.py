"""Conformance of an answer to the API's own OpenAPI document."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

URL = "/api/v1/openapi.json"


@lru_cache(maxsize=1)
def description(app: Flask) -> dict[str, Any]:
    """The description an application gives of its API."""
    answer = app.test_client().get(URL)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def conforms(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Fail where an answer has another status, media type or shape than its operation describes, or tells more."""
    told = _operation(description(app), app, method, path)
    if told is None:
        return
    responses = told["responses"]
    response = responses.get(str(answer.status_code), responses["default"])
    if "$ref" in response:
        response = description(app)["components"]["responses"][response["$ref"].rpartition("/")[2]]
    assert list(response["content"]) == [answer.mimetype]
    _validator(app, response["content"][answer.mimetype]["schema"]["$ref"]).validate(answer.get_json())


def _operation(doc: dict[str, Any], app: Flask, method: str, path: str) -> dict[str, Any] | None:
    try:
        rule, _values = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    operation: dict[str, Any] = doc["paths"][rule.rule.replace("<", "{").replace(">", "}")][method.lower()]
    return operation


@lru_cache(maxsize=32)
def _validator(app: Flask, ref: str) -> Draft202012Validator:
    components = copy.deepcopy(description(app)["components"])
    for schema in components["schemas"].values():
        schema["additionalProperties"] = False
    return Draft202012Validator({"$ref": ref, "components": components}, format_checker=FormatChecker())
