"""The form of a question to the policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.conftest import serving
from tests.worlds import build, policy_of
from web.policies.what_if.forms import question_inputs
from web.ui.forms import Input
from workflow.policy.request_domain import ATTRIBUTES


@pytest.fixture(autouse=True)
def speaking(sqlite_engine: Engine) -> Iterator[Flask]:
    """The application within a request, in English."""
    for app in serving(build(sqlite_engine, "orebro")):
        with app.test_request_context("/"):
            yield app


def inputs(key: str, **args: str) -> dict[str, Input]:
    policy = policy_of(key)
    usual = policy.bodies_of(policy.default_responsible)[0].key
    return {one.name: one for one in question_inputs(policy, args, usual, "own-area")}


def test_every_attribute_is_asked_for() -> None:
    assert set(inputs("oslo")) == set(ATTRIBUTES)


def test_where_the_policy_names_towns_the_other_party_is_chosen_among_them() -> None:
    found = inputs("orebro", partner="Nordic twin town B (example)")
    assert set(found) == {*ATTRIBUTES, "partner"} - {"named_nordic_twin"}
    assert found["partner"].value == "Nordic twin town B (example)"
    assert [choice.value for choice in found["partner"].choices][:2] == ["", "Nordic twin town A (example)"]
    assert len(found["partner"].choices) == 5


def test_two_questions_of_one_page_have_names_of_their_own() -> None:
    policy = policy_of("orebro")
    second = question_inputs(policy, {}, "programnamnd-barn", "own-area", "if.")
    assert all(one.name.startswith("if.") for one in second)
