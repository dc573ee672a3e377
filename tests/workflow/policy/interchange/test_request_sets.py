"""Set operations on requests lose and double none."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.policy.small_pack import small
from workflow.policy.conditions import Condition
from workflow.policy.interchange.request_sets import (
    RequestSet,
    domain_of,
    merged,
    possible,
    request_set_of,
    smallest_cover,
    without_all,
)
from workflow.policy.request_domain import Request, Span, acts_of
from workflow.policy.request_space import requests

DOMAIN = domain_of(small())
#: Requests enough to tell any two of the subsets below apart.
EVERY = tuple(requests(small(), {"scope", "principal"}))


@st.composite
def subsets(draw: st.DrawFn) -> RequestSet:
    """Boxes that look at a few attributes."""
    allowed = {name: frozenset(values) for name, values in DOMAIN.items()}
    for name in ("engagement", "act", "responsible", "scope", "principal"):
        allowed[name] = draw(st.frozensets(st.sampled_from(DOMAIN[name]), min_size=1))
    return RequestSet(allowed)


def held(some: tuple[RequestSet, ...]) -> list[Request]:
    """Every request as often as a subset holds it."""
    return [request for request in EVERY for subset in some if subset.holds(request)]


@settings(deadline=None, max_examples=40)
@given(subsets(), st.lists(subsets(), max_size=3))
def test_what_is_left_is_what_the_others_do_not_hold(subset: RequestSet, others: list[RequestSet]) -> None:
    left = without_all([subset], others)
    assert held(left) == [r for r in EVERY if subset.holds(r) and not any(other.holds(r) for other in others)]
    assert all(one.both(other) is None for one, other in combinations(left, 2))


@settings(deadline=None, max_examples=40)
@given(subsets(), subsets())
def test_what_two_share_is_what_both_hold(one: RequestSet, other: RequestSet) -> None:
    shared = one.both(other)
    assert held((shared,) if shared else ()) == [r for r in EVERY if one.holds(r) and other.holds(r)]


@settings(deadline=None, max_examples=40)
@given(subsets(), subsets())
def test_put_together_again_a_box_cut_apart_is_whole(subset: RequestSet, other: RequestSet) -> None:
    shared = subset.both(other)
    parts = (*subset.without(other), *([shared] if shared else []))
    assert merged(parts) == (subset,)
    assert smallest_cover(parts) == subset


@settings(deadline=None, max_examples=40)
@given(subsets())
def test_only_what_can_be_asked_is_kept(subset: RequestSet) -> None:
    kept = possible(subset)
    assert held(kept) == held((subset,))
    for part in kept:
        assert all(act in acts_of(str(kind)) for kind in part.allowed["engagement"] for act in part.allowed["act"])


def test_a_condition_is_a_box_of_the_requests_it_holds_for() -> None:
    for condition in (
        Condition(),
        Condition((("engagement", ("visit",)), ("act", ("enter", "renew")))),
        Condition((("external_funding", Span(0, 99)), ("principal", (True,)))),
        Condition((("initiative", (None, "own")),)),
    ):
        subset = request_set_of(condition, DOMAIN)
        assert subset is not None
        for request in requests(small()):
            assert subset.holds(request) == condition.holds(request)
    assert request_set_of(Condition((("responsible", ("company-board",)),)), DOMAIN) is None


def test_a_request_of_a_box_lies_in_it() -> None:
    subset = request_set_of(
        Condition((("engagement", ("visit", "exchange")), ("external_funding", Span(7, 9)))), DOMAIN
    )
    assert subset is not None
    found = subset.a_request(DOMAIN)
    assert (found.engagement, found.external_funding) == ("exchange", 7)
    assert subset.holds(found)
