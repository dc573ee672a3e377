"""Which requests does a condition cover, and how are sets of requests cut apart and put together?

A box has for each attribute the values that it covers; a condition is one box, and what is left of a box when another
is taken away is a few boxes more. Everything is finite, so that disjoint, equal and covered are facts and not opinions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.request_domain import ATTRIBUTES, Request, Span, acts_of

#: Attribute to its values, in the order they are written.
Domain = Mapping[str, tuple[object, ...]]


def domain_of(policy: Policy) -> Domain:
    """The values that a request of a municipality can have, attribute by attribute."""
    values = {name: attribute.values for name, attribute in ATTRIBUTES.items()}
    return values | {"responsible": policy.responsible_kinds()}


@dataclass(frozen=True, slots=True)
class Box:
    """A set of requests: every combination of the values of its sides."""

    sides: Mapping[str, frozenset[object]]

    def both(self, other: Box) -> Box | None:
        """What two boxes share; None when they share nothing."""
        shared = {name: values & other.sides[name] for name, values in self.sides.items()}
        return Box(shared) if all(shared.values()) else None

    def without(self, other: Box) -> tuple[Box, ...]:
        """What is left when another box is taken away, as boxes that share nothing."""
        if self.both(other) is None:
            return (self,)
        left, rest = [], dict(self.sides)
        for name, values in other.sides.items():
            if outside := rest[name] - values:
                left.append(Box({**rest, name: outside}))
                rest[name] &= values
        return tuple(left)

    def holds(self, request: Request) -> bool:
        """Whether a request lies in it."""
        return all(getattr(request, name) in values for name, values in self.sides.items())

    def joined(self, other: Box) -> Box | None:
        """Both boxes as one, where they differ on one side alone."""
        differing = [name for name, values in self.sides.items() if values != other.sides[name]]
        if len(differing) > 1:
            return None
        return Box({name: values | other.sides[name] for name, values in self.sides.items()})

    def a_request(self, domain: Domain) -> Request:
        """A request that lies in it, the first in the domain's order."""
        return Request(**{name: next(v for v in domain[name] if v in values) for name, values in self.sides.items()})  # type: ignore[arg-type]


def box_of(condition: Condition, domain: Domain) -> Box | None:
    """The requests that a condition covers; None when it covers none. What no attribute is called by is left aside."""
    sides = {name: frozenset(values) for name, values in domain.items()}
    for name, wanted in condition.terms:
        if name in sides:
            some = range(wanted.low, wanted.high + 1) if isinstance(wanted, Span) else wanted
            sides[name] &= frozenset(some)
    return Box(sides) if all(sides.values()) else None


def without_all(boxes: Iterable[Box], others: Iterable[Box]) -> tuple[Box, ...]:
    """What is left of boxes when others are taken away."""
    left = tuple(boxes)
    for other in others:
        left = tuple(part for box in left for part in box.without(other))
    return left


def put_together(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """The same requests in fewer boxes, where neighbours make one."""
    found = list(boxes)
    while pair := next(((a, b, one) for a, b in combinations(found, 2) if (one := a.joined(b))), None):
        first, second, joined = pair
        found[found.index(first)] = joined
        found.remove(second)
    return tuple(found)


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box that covers all of some."""
    return Box({name: frozenset().union(*(box.sides[name] for box in boxes)) for name in boxes[0].sides})


def askable(box: Box) -> tuple[Box, ...]:
    """The part of a box that can be asked: engagement kinds with acts of theirs; at most two boxes."""
    by_acts: dict[frozenset[object], set[object]] = {}
    for kind in box.sides["engagement"]:
        if acts := box.sides["act"] & frozenset(acts_of(str(kind))):
            by_acts.setdefault(acts, set()).add(kind)
    return tuple(Box({**box.sides, "engagement": frozenset(kinds), "act": acts}) for acts, kinds in by_acts.items())
