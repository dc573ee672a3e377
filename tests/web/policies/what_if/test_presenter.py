"""Two answers side by side, and their differences in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.conftest import serving
from tests.worlds import build, policy_of
from web.policies.what_if.presenter import PolicyAnswer, answer_question, answer_request, differences
from workflow.policy.request_domain import Request

POLICY = policy_of("orebro")
COMMITTEE = "programnamnd-barn"
NAMED = "Nordic twin town A (example)"


@pytest.fixture(autouse=True)
def speaking(sqlite_engine: Engine) -> Iterator[Flask]:
    """The application within a request, in English."""
    for app in serving(build(sqlite_engine, "orebro")):
        with app.test_request_context("/"):
            yield app


def answered(engagement: str, act: str = "enter", **more: str) -> PolicyAnswer:
    return answer_question(POLICY, {"engagement": engagement, "act": act, **more}, COMMITTEE)


def test_the_same_request_has_no_differences() -> None:
    assert differences(answered("visit"), answered("visit")) == ()


def test_an_empty_answer_of_a_form_is_none() -> None:
    assert answered("visit", scope="", responsible="").request == Request("visit", "enter", "committee")


def test_another_body_and_its_steps_are_told() -> None:
    found = differences(answered("membership"), answered("membership", scope="municipality"))
    told = [one.text for one in found]
    assert told[0] == "Another body decides: Municipal executive board instead of Committee for Children and Education."
    assert any(one.kind == "more" and "Step" in one.text for one in found)


def test_a_town_that_the_policy_names_needs_no_end() -> None:
    found = differences(answered("twin-agreement", "renew"), answered("twin-agreement", "renew", partner=NAMED))
    gone = [one.text for one in found if one.kind == "less"]
    assert gone == ["No longer: Required – Last day"]


def test_what_becomes_forbidden_is_told_first() -> None:
    stockholm = policy_of("stockholm")
    body = next(stockholm.responsible_bodies())
    request = Request("aid-project", "enter", body.kind, external_funding=100)
    paid, own = (answer_request(stockholm, one, body.key) for one in (request, request.with_(external_funding=50)))
    assert differences(paid, own)[0].text == "Nobody may decide it any more: the policy forbids it."
    assert differences(own, paid)[0].text.startswith("It may be decided now: ")
    assert (own.body, own.stages, own.requirements) == ("", (), ())
