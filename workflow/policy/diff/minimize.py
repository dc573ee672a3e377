"""Minimal conditions: the fewest conditions that hold for exactly a set of labelled requests.

Changes are found request by request; people read conditions. Each condition holds for requests of the set alone, and
together they hold for all of them. Where a request has several labels (the committee whose matter it is is also the
responsible body), the label that covers most requests at once is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import TypeVar

from workflow.policy.conditions import Condition
from workflow.policy.request_domain import ATTRIBUTES, Request, Span

#: Attributes in the order a condition names them.
NAMES = tuple(ATTRIBUTES)
#: Of these, the first: which act can be asked depends on the kind.
ASKED_TOGETHER = ("engagement", "act")
#: With more attributes than this that matter, not every order of widening is tried.
FEW = 4
Label = TypeVar("Label")
#: A request by the attributes that matter: one value each.
_Point = tuple[object, ...]
#: The values that a condition admits, per attribute that matters.
_Region = tuple[tuple[object, ...], ...]


def minimal_conditions(
    domain: Sequence[Request], labels_of: Mapping[Request, Sequence[Label]]
) -> dict[Label, tuple[Condition, ...]]:
    """Conditions for each label: every labelled request meets one of a label of its own, and no other request does.

    `domain`: every request, one representative per class of a whole number; `labels_of`: the labels of some of them,
    any one of which is enough.
    """
    if not labels_of:
        return {}
    space = _Space.over(domain, labels_of)
    allowed: dict[Label, set[_Point]] = {}
    for request, labels in labels_of.items():
        for label in labels:
            allowed.setdefault(label, set()).add(space.point(request))
    found: dict[Label, list[Condition]] = {}
    for label, region in _cover(space, allowed):
        found.setdefault(label, []).append(space.condition(region))
    return {label: tuple(conditions) for label, conditions in found.items()}


def _cover(space: _Space, allowed: Mapping[Label, set[_Point]]) -> Iterator[tuple[Label, _Region]]:
    """Regions that together cover every labelled point; each time the one that covers most of what is left."""
    left = set().union(*allowed.values())
    for point in space.points:
        if point not in left:
            continue
        regions = [
            (label, space.widened(point, points, order))
            for label, points in allowed.items()
            if point in points
            for order in space.orders()
        ]
        covered = [set(space.points_of(region)) for _label, region in regions]
        best = max(range(len(regions)), key=lambda index: (len(covered[index] & left), len(covered[index]), -index))
        left -= covered[best]
        yield regions[best]


@dataclass(frozen=True, slots=True)
class _Space:
    """All requests, by the attributes on which their labels depend."""

    names: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    #: In the domain's order.
    points: dict[_Point, None]

    @classmethod
    def over(cls, domain: Sequence[Request], labels_of: Mapping[Request, object]) -> _Space:
        """Kind and act always matter: not every act can be asked for every kind."""
        labelled = [(tuple(getattr(one, name) for name in NAMES), labels_of.get(one)) for one in domain]
        indices = [index for index in range(len(NAMES)) if index < len(ASKED_TOGETHER) or _matters(index, labelled)]
        values = tuple(tuple(dict.fromkeys(point[index] for point, _labels in labelled)) for index in indices)
        points = dict.fromkeys(tuple(point[index] for index in indices) for point, _labels in labelled)
        return cls(tuple(NAMES[index] for index in indices), values, points)

    def point(self, request: Request) -> _Point:
        """Where a request lies."""
        return tuple(getattr(request, name) for name in self.names)

    def points_of(self, region: _Region) -> Iterator[_Point]:
        """The requests in a region; a kind and an act that do not go together are none."""
        return (point for point in product(*region) if point in self.points)

    def orders(self) -> Iterator[Sequence[int]]:
        """In which order to widen one attribute after the other: every order where they are few."""
        indices = range(len(self.names))
        if len(indices) <= FEW:
            return iter(tuple(permutations(indices)))
        return ((*indices[start:], *indices[:start]) for start in indices)

    def widened(self, point: _Point, allowed: set[_Point], order: Sequence[int]) -> _Region:
        """The widest region around a point that holds no request but those allowed."""
        region: _Region = tuple((value,) for value in point)
        for index in order:
            for run in self._runs(index, point[index]):
                for value in run:
                    more = list(self.points_of((*region[:index], (value,), *region[index + 1 :])))
                    if not more or any(one not in allowed for one in more):
                        break
                    region = (*region[:index], (*region[index], value), *region[index + 1 :])
        return region

    def _runs(self, index: int, start: object) -> Iterator[Sequence[object]]:
        """Values to add, one by one; a share only next to those there are, so that a span comes of it."""
        values = self.values[index]
        if ATTRIBUTES[self.names[index]].span is None:
            return ((value,) for value in values if value != start)
        at = values.index(start)
        return iter((values[at + 1 :], values[:at][::-1]))

    def condition(self, region: _Region) -> Condition:
        """A region as a condition; an attribute that may have any value is not named."""
        named: dict[str, tuple[object, ...] | Span] = {}
        for index in (1, 0, *range(2, len(region))):  # rather the kinds are named than the acts
            wider = (*region[:index], self.values[index], *region[index + 1 :])
            if sum(1 for _ in self.points_of(wider)) == sum(1 for _ in self.points_of(region)):
                region = wider
            else:
                named[self.names[index]] = self._wanted(index, region[index])
        return Condition(tuple((name, named[name]) for name in NAMES if name in named))

    def _wanted(self, index: int, chosen: tuple[object, ...]) -> tuple[object, ...] | Span:
        values = self.values[index]
        ordered = tuple(value for value in values if value in chosen)
        if (span := ATTRIBUTES[self.names[index]].span) is None:
            return ordered
        above = [int(str(value)) for value in values if int(str(value)) > int(str(ordered[-1]))]
        return Span(int(str(ordered[0])), above[0] - 1 if above else span.high)


def _matters(index: int, labelled: Sequence[tuple[_Point, object]]) -> bool:
    """Whether two requests that differ in one attribute alone are labelled differently."""
    if len({point[index] for point, _labels in labelled}) == 1:
        return False
    known: dict[_Point, object] = {}
    return any(
        known.setdefault((*point[:index], *point[index + 1 :]), labels_of) != labels_of for point, labels_of in labelled
    )
