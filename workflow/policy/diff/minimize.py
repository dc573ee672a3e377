"""In how few conditions can a set of requests be told, exactly?

Changes are found request by request; people read conditions. Each condition found here holds for requests of the set
alone, and together they hold for all of them. Where a request may be told in several ways (the committee whose matter
it is is also the responsible body), the way that tells most at once is taken. What is told is the caller's.
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
Saying = TypeVar("Saying")
#: A request by the attributes that matter: one value each.
_Cell = tuple[object, ...]
#: The values that a condition admits, per attribute that matters.
_Box = tuple[tuple[object, ...], ...]


def summed_up(
    domain: Sequence[Request], said: Mapping[Request, Sequence[Saying]]
) -> dict[Saying, tuple[Condition, ...]]:
    """Conditions under which each saying holds, so that of every request something is said that may be said of it.

    `domain`: every request there is, at one representative per class of external funding; `said`: what may be said of
    some of them, any one being enough. Of the others nothing is said.
    """
    if not said:
        return {}
    space = _Space.over(domain, said)
    allowed: dict[Saying, set[_Cell]] = {}
    for request, sayings in said.items():
        for saying in sayings:
            allowed.setdefault(saying, set()).add(space.cell(request))
    found: dict[Saying, list[Condition]] = {}
    for saying, box in _cover(space, allowed):
        found.setdefault(saying, []).append(space.condition(box))
    return {saying: tuple(conditions) for saying, conditions in found.items()}


def _cover(space: _Space, allowed: Mapping[Saying, set[_Cell]]) -> Iterator[tuple[Saying, _Box]]:
    """Boxes that together hold every cell something is said of; each time the one that tells most that is not told."""
    left = set().union(*allowed.values())
    for cell in space.cells:
        if cell not in left:
            continue
        boxes = [
            (saying, space.widened(cell, cells, order))
            for saying, cells in allowed.items()
            if cell in cells
            for order in space.orders()
        ]
        told = [set(space.cells_of(box)) for _saying, box in boxes]
        best = max(range(len(boxes)), key=lambda index: (len(told[index] & left), len(told[index]), -index))
        left -= told[best]
        yield boxes[best]


@dataclass(frozen=True, slots=True)
class _Space:
    """All requests, by the attributes on which it depends what is said."""

    names: tuple[str, ...]
    values: tuple[tuple[object, ...], ...]
    #: In the domain's order.
    cells: dict[_Cell, None]

    @classmethod
    def over(cls, domain: Sequence[Request], said: Mapping[Request, object]) -> _Space:
        """Kind and act always matter: not every act can be asked for every kind."""
        spoken = [(tuple(getattr(one, name) for name in NAMES), said.get(one)) for one in domain]
        indices = [index for index in range(len(NAMES)) if index < len(ASKED_TOGETHER) or _matters(index, spoken)]
        values = tuple(tuple(dict.fromkeys(cell[index] for cell, _said in spoken)) for index in indices)
        cells = dict.fromkeys(tuple(cell[index] for index in indices) for cell, _said in spoken)
        return cls(tuple(NAMES[index] for index in indices), values, cells)

    def cell(self, request: Request) -> _Cell:
        """Where a request lies."""
        return tuple(getattr(request, name) for name in self.names)

    def cells_of(self, box: _Box) -> Iterator[_Cell]:
        """The requests in a box; a kind and an act that do not go together are none."""
        return (cell for cell in product(*box) if cell in self.cells)

    def orders(self) -> Iterator[Sequence[int]]:
        """In which order to widen one attribute after the other: every order where they are few."""
        indices = range(len(self.names))
        if len(indices) <= FEW:
            return iter(tuple(permutations(indices)))
        return ((*indices[start:], *indices[:start]) for start in indices)

    def widened(self, cell: _Cell, allowed: set[_Cell], order: Sequence[int]) -> _Box:
        """The widest box around a cell that holds no request but those allowed."""
        box: _Box = tuple((value,) for value in cell)
        for index in order:
            for run in self._runs(index, cell[index]):
                for value in run:
                    more = list(self.cells_of((*box[:index], (value,), *box[index + 1 :])))
                    if not more or any(one not in allowed for one in more):
                        break
                    box = (*box[:index], (*box[index], value), *box[index + 1 :])
        return box

    def _runs(self, index: int, start: object) -> Iterator[Sequence[object]]:
        """Values to add, one by one; a share only next to those there are, so that a span comes of it."""
        values = self.values[index]
        if ATTRIBUTES[self.names[index]].span is None:
            return ((value,) for value in values if value != start)
        at = values.index(start)
        return iter((values[at + 1 :], values[:at][::-1]))

    def condition(self, box: _Box) -> Condition:
        """A box as a condition; an attribute that may have any value is not named."""
        named: dict[str, tuple[object, ...] | Span] = {}
        for index in (1, 0, *range(2, len(box))):  # rather the kinds are named than the acts
            wider = (*box[:index], self.values[index], *box[index + 1 :])
            if sum(1 for _ in self.cells_of(wider)) == sum(1 for _ in self.cells_of(box)):
                box = wider
            else:
                named[self.names[index]] = self._wanted(index, box[index])
        return Condition(tuple((name, named[name]) for name in NAMES if name in named))

    def _wanted(self, index: int, chosen: tuple[object, ...]) -> tuple[object, ...] | Span:
        values = self.values[index]
        ordered = tuple(value for value in values if value in chosen)
        if (span := ATTRIBUTES[self.names[index]].span) is None:
            return ordered
        above = [int(str(value)) for value in values if int(str(value)) > int(str(ordered[-1]))]
        return Span(int(str(ordered[0])), above[0] - 1 if above else span.high)


def _matters(index: int, spoken: Sequence[tuple[_Cell, object]]) -> bool:
    """Whether two requests that differ in one attribute alone are spoken of differently."""
    if len({cell[index] for cell, _said in spoken}) == 1:
        return False
    known: dict[_Cell, object] = {}
    return any(known.setdefault((*cell[:index], *cell[index + 1 :]), said) != said for cell, said in spoken)
