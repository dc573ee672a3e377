"""Minimal conditions: exact and few."""

from __future__ import annotations

from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.policy.conditions import Condition
from workflow.policy.diff.minimize import minimal_conditions
from workflow.policy.request_domain import Request, Span
from workflow.policy.request_space import requests_apart

APART = (
    Condition((("scope", ("own-area",)), ("principal", (True,)))),
    Condition((("external_funding", Span(30, 60)), ("initiative", (None,)))),
)
DOMAIN = tuple(requests_apart(("committee", "executive-board"), APART))


def holding(when: tuple[Condition, ...]) -> set[Request]:
    return {request for request in DOMAIN if any(one.holds(request) for one in when)}


def test_nothing_is_said_of_nothing() -> None:
    assert minimal_conditions(DOMAIN, {}) == {}


def test_what_holds_for_everything_needs_no_condition_but_that_a_policy_has_acts_of_its_own() -> None:
    found = minimal_conditions(DOMAIN, {request: ["x"] for request in DOMAIN})["x"]
    assert holding(found) == set(DOMAIN)
    assert len(found) == 2


def test_one_row_of_a_table_is_found_again_as_it_was_written() -> None:
    row = Condition(
        (
            ("engagement", ("partnership", "project")),
            ("act", ("enter", "renew")),
            ("scope", ("municipality",)),
            ("external_funding", Span(30, 60)),
        )
    )
    said = {request: ["x"] for request in DOMAIN if row.holds(request)}
    assert minimal_conditions(DOMAIN, said) == {"x": (row,)}


def test_shares_that_do_not_lie_together_are_two_spans() -> None:
    said = {one: ["x"] for one in DOMAIN if one.engagement == "visit" and one.external_funding != 30}
    found = minimal_conditions(DOMAIN, said)["x"]
    assert {one.values_of("external_funding") for one in found} == {Span(0, 29), Span(61, 100)}


def test_of_two_ways_to_say_it_the_one_that_says_most_is_taken() -> None:
    visits = [request for request in DOMAIN if request.engagement == "visit"]
    said = {one: ["board", "own"] if one.responsible == "executive-board" else ["own"] for one in visits}
    assert minimal_conditions(DOMAIN, said) == {"own": (Condition((("engagement", ("visit",)),)),)}


def test_what_nobody_can_ask_is_not_told_apart() -> None:
    twins = [request for request in DOMAIN if request.engagement == "twin-agreement"]
    said = {request: ["x"] for request in twins if request.scope == "own-area"}
    assert minimal_conditions([one for one in twins if one.scope == "own-area"], said) == {"x": (Condition(()),)}


cells = st.sampled_from(tuple(islice(DOMAIN, 0, None, 7)))
boxes = st.builds(
    lambda engagement, act, scope, principal: Condition(
        (("engagement", engagement), ("act", act), ("scope", scope), ("principal", principal))
    ),
    st.lists(st.sampled_from(("visit", "project", "policy", "membership")), min_size=1, unique=True).map(tuple),
    st.lists(st.sampled_from(("enter", "renew", "adopt")), min_size=1, unique=True).map(tuple),
    st.lists(st.sampled_from(("own-area", "municipality")), min_size=1, unique=True).map(tuple),
    st.lists(st.booleans(), min_size=1, unique=True).map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(boxes, max_size=3), st.sets(cells, max_size=4))
def test_the_conditions_hold_for_all_of_the_set_and_for_nothing_else(some: list[Condition], odd: set[Request]) -> None:
    wanted = {one for one in DOMAIN if any(box.holds(one) for box in some)} | odd
    found = minimal_conditions(DOMAIN, {request: ["x"] for request in wanted})
    assert holding(found.get("x", ())) == wanted
    assert len(found.get("x", ())) <= len(some) * 2 + len(odd) * 2 + 1
