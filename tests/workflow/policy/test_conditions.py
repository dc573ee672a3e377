"""Conditions of rules, and how a pack writes them."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from workflow.policy.conditions import Condition, admits, condition_over, pairs
from workflow.policy.request_domain import ENGAGEMENT_KINDS, Request, Span

READ = condition_over()
VISIT = Request("visit", "enter", "committee")


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ({}, True),
        ({"engagement": "visit"}, True),
        ({"engagement": ["membership", "visit"], "act": "enter"}, True),
        ({"engagement": "visit", "act": "renew"}, False),
        ({"initiative": "unset"}, True),
        ({"initiative": ["own", "external"]}, False),
        ({"external_funding": 0}, True),
        ({"external_funding": {"from": 1, "to": 100}}, False),
        ({"principal": False}, True),
    ],
)
def test_every_term_must_be_met(written: dict[str, object], holds: bool) -> None:
    assert READ(written).holds(VISIT) is holds


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("visit", "should be a map of attributes"),
        ({"colour": "red"}, "unknown attribute 'colour'"),
        ({"otherwise": "council"}, "unknown attribute 'otherwise'"),
        ({"engagement": "visti"}, "unknown engagement 'visti'; did you mean visit?"),
        ({"engagement": {"from": 1, "to": 2}}, "should be a list"),
        ({"external_funding": {"from": 1}}, "should be a value, a list or {from: …, to: …}"),
        ({"external_funding": {"from": 9, "to": 1}}, "from 9 to 1 is empty"),
        ({"external_funding": 101}, "should be a whole number from 0 to 100"),
        ({"principal": "yes"}, "should be true or false"),
        ({"engagement": "policy", "act": "renew"}, "no request has this act for this engagement"),
    ],
)
def test_what_is_no_condition_is_refused(written: object, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        READ(written)
    assert says in said(refused.value.messages)


def said(messages: object) -> str:
    if isinstance(messages, dict):
        return " ".join(said(inner) for inner in messages.values())
    return " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)


def test_a_row_of_the_law_looks_at_what_the_pack_answers() -> None:
    law = condition_over("otherwise")({"otherwise": ["committee", "administration"]})
    assert law.holds(VISIT, "committee")
    assert not law.holds(VISIT, "council")
    assert not law.holds(VISIT)


def test_a_condition_admits_the_pairs_that_exist() -> None:
    assert pairs(READ({"engagement": "policy"})) == (("policy", "adopt"), ("policy", "revise"), ("policy", "repeal"))
    assert len(pairs(Condition())) == sum(len(kind.acts) for kind in ENGAGEMENT_KINDS)


def test_a_span_admits_whole_numbers_alone() -> None:
    some = Condition((("external_funding", Span(10, 20)),))
    assert admits(some, "external_funding", 10)
    assert not admits(some, "external_funding", 21)
    assert not admits(some, "external_funding", "10")
    assert admits(some, "act", "enter")
    assert some.values_of("act") is None
