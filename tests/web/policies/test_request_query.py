"""Requests read from text: the questions of screens, commands and programs."""

from __future__ import annotations

import pytest

from tests.worlds import policy_of
from web.policies.request_query import body_name, name_in, read_request
from workflow.core.errors import Malformed
from workflow.policy.request_domain import Request

NAMED = "Nordic twin town A (example)"


def test_what_is_not_given_has_its_usual_value() -> None:
    policy = policy_of("orebro")
    assert read_request(policy, "visit", "enter", {}) == (
        Request("visit", "enter", "committee"),
        policy.bodies_of("committee")[0].key,
    )


def test_values_are_read_by_their_attribute() -> None:
    given = {
        "responsible": "kommunstyrelsen",
        "scope": "municipality",
        "initiative": "unset",
        "principal": "Yes",
        "eu_funded": "0",
        "external_funding": "40",
    }
    request, key = read_request(policy_of("orebro"), "project", "renew", given)
    assert key == "kommunstyrelsen"
    assert request == Request(
        "project", "renew", "executive-board", scope="municipality", principal=True, external_funding=40
    )


@pytest.mark.parametrize(("partner", "named"), [(NAMED, True), (NAMED.upper(), True), ("A fifth town", False)])
def test_the_other_party_says_whether_the_policy_names_it(partner: str, named: bool) -> None:
    request, _key = read_request(policy_of("orebro"), "twin-agreement", "renew", {"partner": partner})
    assert request.named_nordic_twin is named


@pytest.mark.parametrize("written", ["true", "false"])
def test_where_the_policy_names_towns_nobody_claims_the_exception(written: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_request(policy_of("orebro"), "twin-agreement", "renew", {"named_nordic_twin": written})
    assert [why.code for why in refused.value.reasons] == ["partner-instead"]


def test_where_it_names_none_it_is_said_as_before() -> None:
    request, _key = read_request(policy_of("oslo"), "twin-agreement", "renew", {"named_nordic_twin": "true"})
    assert request.named_nordic_twin is True


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"scope": "world"}, "scope", "world"),
        ({"external_funding": "101"}, "external_funding", "101"),
        ({"external_funding": "²"}, "external_funding", "²"),
        ({"principal": "perhaps"}, "principal", "perhaps"),
        ({"responsible": "council"}, "responsible", "council"),
        ({"initiative": "mine"}, "initiative", "mine"),
    ],
)
def test_what_cannot_be_asked_names_field_and_value(given: dict[str, str], field: str, value: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_request(policy_of("orebro"), "visit", "enter", given)
    (why,) = refused.value.reasons
    assert why.values["field"] == field
    assert value in str(why)


def test_names_are_in_a_language_or_in_english() -> None:
    assert name_in({"sv": "Fullmäktige", "en": "Council"}, "da") == "Council"
    assert body_name(policy_of("orebro"), "kommunstyrelsen") == "Kommunstyrelsen"
