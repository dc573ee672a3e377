"""Sets of requests, with intersection, difference and merging.

A set has for each attribute the values it allows; a condition is one such set, and a difference is a few of them.
Everything is finite, so that disjoint, equal and covered can be decided.
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
class RequestSet:
    """A set of requests: every combination of the values of its allowed."""

    allowed: Mapping[str, frozenset[object]]

    def both(self, other: RequestSet) -> RequestSet | None:
        """What two subsets share; None when they share nothing."""
        shared = {name: values & other.allowed[name] for name, values in self.allowed.items()}
        return RequestSet(shared) if all(shared.values()) else None

    def without(self, other: RequestSet) -> tuple[RequestSet, ...]:
        """What is left when another subset is taken away, as subsets that share nothing."""
        if self.both(other) is None:
            return (self,)
        left, rest = [], dict(self.allowed)
        for name, values in other.allowed.items():
            if outside := rest[name] - values:
                left.append(RequestSet({**rest, name: outside}))
                rest[name] &= values
        return tuple(left)

    def holds(self, request: Request) -> bool:
        """Whether a request lies in it."""
        return all(getattr(request, name) in values for name, values in self.allowed.items())

    def joined(self, other: RequestSet) -> RequestSet | None:
        """Both subsets as one, where they differ on one side alone."""
        differing = [name for name, values in self.allowed.items() if values != other.allowed[name]]
        if len(differing) > 1:
            return None
        return RequestSet({name: values | other.allowed[name] for name, values in self.allowed.items()})

    def a_request(self, domain: Domain) -> Request:
        """A request that lies in it, the first in the domain's order."""
        return Request(**{name: next(v for v in domain[name] if v in values) for name, values in self.allowed.items()})  # type: ignore[arg-type]


def request_set_of(condition: Condition, domain: Domain) -> RequestSet | None:
    """The requests that a condition covers; None when it covers none. A term that is no attribute is left aside."""
    allowed = {name: frozenset(values) for name, values in domain.items()}
    for name, wanted in condition.terms:
        if name in allowed:
            some = range(wanted.low, wanted.high + 1) if isinstance(wanted, Span) else wanted
            allowed[name] &= frozenset(some)
    return RequestSet(allowed) if all(allowed.values()) else None


def without_all(subsets: Iterable[RequestSet], others: Iterable[RequestSet]) -> tuple[RequestSet, ...]:
    """What is left of subsets when others are taken away."""
    left = tuple(subsets)
    for other in others:
        left = tuple(part for subset in left for part in subset.without(other))
    return left


def merged(subsets: Sequence[RequestSet]) -> tuple[RequestSet, ...]:
    """The same requests in fewer subsets, where neighbours make one."""
    found = list(subsets)
    while pair := next(((a, b, one) for a, b in combinations(found, 2) if (one := a.joined(b))), None):
        first, second, joined = pair
        found[found.index(first)] = joined
        found.remove(second)
    return tuple(found)


def smallest_cover(subsets: Sequence[RequestSet]) -> RequestSet:
    """The smallest subset that covers all of some."""
    return RequestSet(
        {name: frozenset().union(*(subset.allowed[name] for subset in subsets)) for name in subsets[0].allowed}
    )


def possible(subset: RequestSet) -> tuple[RequestSet, ...]:
    """The requests of a set that exist: engagement kinds with acts of theirs, in at most two sets."""
    by_acts: dict[frozenset[object], set[object]] = {}
    for kind in subset.allowed["engagement"]:
        if acts := subset.allowed["act"] & frozenset(acts_of(str(kind))):
            by_acts.setdefault(acts, set()).add(kind)
    return tuple(
        RequestSet({**subset.allowed, "engagement": frozenset(kinds), "act": acts}) for acts, kinds in by_acts.items()
    )
