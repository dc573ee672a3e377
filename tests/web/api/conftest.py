"""Programs, each with the token of one person of a small municipality."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.api.description import conforms
from tests.worlds import World
from workflow.people import tokens

API = "/api/v1"


@dataclass
class Program:
    """Something that calls the API in a person's name."""

    client: FlaskClient
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something; an address that an answer gave is taken as it is."""
        where = path if path.startswith(API) else f"{API}{path}"
        return self._checked("GET", where, self.client.get(where, headers=self._headers(headers)))

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Send JSON."""
        return self.send(path, json.dumps(body).encode(), **headers)

    def send(self, path: str, raw: bytes, content_type: str = "application/json", **headers: str) -> TestResponse:
        """Send bytes."""
        where, named = f"{API}{path}", self._headers(headers)
        answer = self.client.post(where, data=raw, content_type=content_type, headers=named)
        return self._checked("POST", where, answer)

    def act(
        self, number: str, action: str, version: int, payload: Mapping[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """Take an action on a case."""
        body = {"action": action, "version": version, "payload": payload or {}} | more
        return self.post(f"/cases/{number}/actions", body)

    def _checked(self, method: str, where: str, answer: TestResponse) -> TestResponse:
        """Every answer is held against the description of the API."""
        conforms(self.client.application, method, where.partition("?")[0], answer)
        return answer

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | named


Programs = Callable[[str], Program]


@pytest.fixture
def program(app: Flask, world: World) -> Programs:
    """The program of a person, by the first part of their user name; of nobody for an empty one."""

    def of(who: str) -> Program:
        return Program(app.test_client(), token_of(world, who) if who else "")

    return of


def token_of(world: World, who: str) -> str:
    """A new token."""
    return tokens.create(world.engine, world.services.tenants, f"{who}@{world.tenant.key}", world.now)


def codes(answer: TestResponse) -> list[str]:
    """Codes of a problem's reasons; fails for anything that is not a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    assert {"type", "title", "detail", "reasons", "clauses"} <= problem.keys()
    return [reason["code"] for reason in problem["reasons"]]
