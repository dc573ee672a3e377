"""What does the check of one obligation come to, and how is its shortest counterexample told and drawn?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Passed:
    """One place that a counterexample passes."""

    #: The route that the case is pinned to there; an amendment or a matter of principle can change it on the way.
    route: str
    state: str
    #: In words, what was done to come there; empty where the story begins.
    deed: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The places that a counterexample passes, so that it can be drawn on its route."""

    #: Kind of the body whose matter it is; with a route it names one procedure.
    responsible: str
    passed: tuple[Passed, ...]

    @property
    def route(self) -> str:
        """The route on which the story ends."""
        return self.passed[-1].route

    @property
    def states(self) -> tuple[str, ...]:
        """The states passed, the first one included."""
        return tuple(place.state for place in self.passed)

    @property
    def deeds(self) -> tuple[str, ...]:
        """What was done, in words and in order; one fewer than the states."""
        return tuple(place.deed for place in self.passed[1:])

    @property
    def told(self) -> str:
        """What was done, as the end of a sentence; empty where nothing was."""
        return f": {', '.join(self.deeds)}" if self.deeds else ""


class Fault(NamedTuple):
    """One case in which an obligation does not hold."""

    #: How many acts lead there.
    acts: int
    #: In words.
    story: str
    #: None where no case has to travel for it.
    path: Way | None = None
    #: How much of the request is not as usual: of two stories with as many acts the plainer is told.
    odd: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """How many cases were tried, and the shortest story of one in which the obligation does not hold."""

    checked: int
    counterexample: str | None
    #: Where that story passes; None where no case has to travel for it.
    path: Way | None = None


def shortest(checked: int, faults: Iterable[Fault]) -> Finding:
    """What the check comes to: the counterexample with the fewest acts and the plainest request."""
    found = min(faults, key=lambda fault: (fault.acts, fault.odd), default=None)
    return Finding(checked, None) if found is None else Finding(checked, found.story, found.path)


def both(one: Finding, other: Finding) -> Finding:
    """What two halves of one obligation come to: the shorter story of the two."""
    broken = [found for found in (one, other) if found.counterexample is not None]
    told = min(broken, key=lambda found: len(found.path.deeds) if found.path else 0, default=one)
    return Finding(one.checked + other.checked, told.counterexample, told.path)


def first_of(tried: Iterable[str | None]) -> Finding:
    """Try every case, each None when it holds and else a sentence; for cases of which none is longer than another."""
    outcomes = list(tried)
    return Finding(len(outcomes), next((outcome for outcome in outcomes if outcome is not None), None))
