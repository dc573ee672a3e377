"""The request space: every request once, and one for each class that the tables tell apart."""

from __future__ import annotations

import random
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import changed, small
from workflow.policy.competence import look_up
from workflow.policy.conditions import Condition, pairs
from workflow.policy.request_domain import (
    ALWAYS_GIVEN,
    ATTRIBUTES,
    ENGAGEMENTS,
    Request,
    Span,
    acts_of,
    is_signed,
)
from workflow.policy.request_space import (
    conditions,
    how_many,
    mentioned,
    overlap,
    request_text,
    requests,
    value_classes,
)
from workflow.policy.requirements import required


def condition(**terms: tuple[object, ...] | Span) -> Condition:
    return Condition(tuple(terms.items()))


def test_no_act_of_a_policy_is_asked_of_an_engagement_nor_the_other_way() -> None:
    of_policies = ("adopt", "revise", "repeal")
    assert acts_of("policy") == of_policies
    assert all(acts_of(kind) == ("enter", "renew", "evaluate", "terminate") for kind in ENGAGEMENTS if kind != "policy")
    assert {(r.engagement == "policy") == (r.act in of_policies) for r in requests(small())} == {True}


def test_a_municipality_without_a_company_is_never_asked_about_one() -> None:
    assert {request.responsible for request in requests(small())} == {"executive-board", "committee", "administration"}


@pytest.mark.parametrize("key", KEYS)
def test_requests_are_counted_without_being_made(key: str) -> None:
    policy = pack(key)
    assert how_many(policy) == sum(1 for _ in requests(policy, mentioned(conditions(policy))))


def test_every_request_comes_once() -> None:
    every = list(requests(small()))
    kinds_and_acts = 10 * 4 + 3
    responsible, scope, initiative, booleans, funding = 3, 2, 3, 2**3, 2
    assert len(every) == len(set(every)) == kinds_and_acts * responsible * scope * initiative * booleans * funding


def test_funding_is_cut_where_the_conditions_cut_it() -> None:
    assert value_classes("external_funding", []) == (0,)
    assert value_classes("external_funding", [condition(external_funding=Span(0, 99))]) == (0, 100)
    assert value_classes(
        "external_funding", [condition(external_funding=(50,)), condition(external_funding=Span(80, 100))]
    ) == (
        0,
        50,
        51,
        80,
    )


@given(
    st.integers(0, 100), st.integers(0, 100), st.sets(st.integers(0, 100), min_size=1, max_size=3), st.integers(0, 100)
)
def test_a_class_of_funding_behaves_as_its_lowest_percentage(low: int, high: int, some: set[int], percent: int) -> None:
    both = (condition(external_funding=Span(min(low, high), max(low, high))), condition(external_funding=tuple(some)))
    lowest = max(cut for cut in value_classes("external_funding", both) if cut <= percent)
    for one in both:
        request = Request("visit", "enter", "committee")
        assert one.holds(request.with_(external_funding=percent)) == one.holds(request.with_(external_funding=lowest))


def test_attributes_no_condition_looks_at_keep_their_usual_value() -> None:
    policy = small()
    assert mentioned(policy_row.when for policy_row in policy.competence) == {"engagement", "act", "scope"}
    few = set(requests(policy, {"scope"}))
    assert {(r.principal, r.initiative, r.external_funding) for r in few} == {(False, None, 0)}
    assert {r.scope for r in few} == {"own-area", "municipality"}


@pytest.mark.parametrize("key", KEYS)
def test_an_attribute_nothing_mentions_changes_no_answer_and_no_demand(key: str) -> None:
    policy = pack(key)
    looked_at = {*mentioned(conditions(policy)), *ALWAYS_GIVEN}
    usual = Request("", "", "")
    every = list(requests(policy))
    for request in random.Random(7).sample(every, 2_000):  # noqa: S311
        ignored = {name: getattr(usual, name) for name in ATTRIBUTES if name not in looked_at}
        plain = request.with_(**ignored)
        assert look_up(policy, request) == look_up(policy, plain)
        assert required(policy, request) == required(policy, plain)


def test_every_request_is_told_apart_in_words() -> None:
    some = list(islice(requests(small()), 5_000))
    assert len({request_text(request) for request in some}) == len(some)


def test_a_request_is_told_with_what_is_unusual() -> None:
    request = Request("project", "renew", "committee", "municipality", "external", True, True, True, 40)
    assert request_text(request) == (
        "renew project, responsible committee, scope municipality, initiative external, a matter of principle, "
        "with one of the named Nordic twin towns, EU-funded, 40 % paid by others"
    )


def test_nothing_is_signed_for_visits_memberships_policies_and_evaluations() -> None:
    unsigned = {pair for pair in pairs(Condition()) if not is_signed(*pair)}
    assert unsigned == {
        (kind, act)
        for kind in ENGAGEMENTS
        for act in acts_of(kind)
        if kind in ("visit", "membership", "policy") or act == "evaluate"
    }


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        (condition(scope=("own-area",)), condition(scope=("municipality",)), False),
        (condition(scope=("own-area",)), condition(engagement=("visit",)), True),
        (condition(engagement=("policy",)), condition(act=("enter",)), False),
        (condition(external_funding=Span(0, 49)), condition(external_funding=Span(50, 100)), False),
        (condition(external_funding=Span(0, 50)), condition(external_funding=(50, 100)), True),
        (condition(initiative=(None,)), condition(initiative=("own", "external")), False),
        (condition(principal=(True,)), condition(principal=(False,)), False),
        (Condition(), Condition(), True),
    ],
)
def test_two_conditions_overlap_when_some_request_meets_both(one: Condition, other: Condition, met: bool) -> None:
    assert overlap(one, other) == overlap(other, one) == met


def test_the_whole_domain_is_walked_in_a_moment(tmp_path: Path) -> None:
    policy = changed(tmp_path)
    started = time.perf_counter()
    assert sum(1 for _ in requests(policy)) > 10_000
    assert time.perf_counter() - started < 2
