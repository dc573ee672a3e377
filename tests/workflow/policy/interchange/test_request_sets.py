"""Are sets of requests cut apart and put together without losing or doubling any?"""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.policy.small_pack import small
from workflow.policy.conditions import Condition
from workflow.policy.interchange.request_sets import Box, askable, box_of, domain_of, hull, put_together, without_all
from workflow.policy.request_domain import Request, Span, acts_of
from workflow.policy.request_space import requests

DOMAIN = domain_of(small())
#: Requests enough to tell any two of the boxes below apart.
EVERY = tuple(requests(small(), {"scope", "principal"}))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Boxes that look at a few attributes."""
    sides = {name: frozenset(values) for name, values in DOMAIN.items()}
    for name in ("engagement", "act", "responsible", "scope", "principal"):
        sides[name] = draw(st.frozensets(st.sampled_from(DOMAIN[name]), min_size=1))
    return Box(sides)


def held(some: tuple[Box, ...]) -> list[Request]:
    """Every request as often as a box holds it."""
    return [request for request in EVERY for box in some if box.holds(request)]


@settings(deadline=None, max_examples=40)
@given(boxes(), st.lists(boxes(), max_size=3))
def test_what_is_left_is_what_the_others_do_not_hold(box: Box, others: list[Box]) -> None:
    left = without_all([box], others)
    assert held(left) == [r for r in EVERY if box.holds(r) and not any(other.holds(r) for other in others)]
    assert all(one.both(other) is None for one, other in combinations(left, 2))


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes())
def test_what_two_share_is_what_both_hold(one: Box, other: Box) -> None:
    shared = one.both(other)
    assert held((shared,) if shared else ()) == [r for r in EVERY if one.holds(r) and other.holds(r)]


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes())
def test_put_together_again_a_box_cut_apart_is_whole(box: Box, other: Box) -> None:
    shared = box.both(other)
    parts = (*box.without(other), *([shared] if shared else []))
    assert put_together(parts) == (box,)
    assert hull(parts) == box


@settings(deadline=None, max_examples=40)
@given(boxes())
def test_only_what_can_be_asked_is_kept(box: Box) -> None:
    kept = askable(box)
    assert held(kept) == held((box,))
    for part in kept:
        assert all(act in acts_of(str(kind)) for kind in part.sides["engagement"] for act in part.sides["act"])


def test_a_condition_is_a_box_of_the_requests_it_holds_for() -> None:
    for condition in (
        Condition(),
        Condition((("engagement", ("visit",)), ("act", ("enter", "renew")))),
        Condition((("external_funding", Span(0, 99)), ("principal", (True,)))),
        Condition((("initiative", (None, "own")),)),
    ):
        box = box_of(condition, DOMAIN)
        assert box is not None
        for request in requests(small()):
            assert box.holds(request) == condition.holds(request)
    assert box_of(Condition((("responsible", ("company-board",)),)), DOMAIN) is None


def test_a_request_of_a_box_lies_in_it() -> None:
    box = box_of(Condition((("engagement", ("visit", "exchange")), ("external_funding", Span(7, 9)))), DOMAIN)
    assert box is not None
    found = box.a_request(DOMAIN)
    assert (found.engagement, found.external_funding) == ("exchange", 7)
    assert box.holds(found)
