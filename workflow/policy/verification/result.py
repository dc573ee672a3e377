"""Results of one obligation: how many cases were checked, and the shortest counterexample with its path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflow.core.messages import Message
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count


@dataclass(frozen=True, slots=True)
class PathStep:
    """One state on the path of a counterexample."""

    #: The route the case is pinned to there; an amendment or a matter of principle can change it on the way.
    route: str
    state: str
    #: What leads to the state; None where the path begins.
    event: Message | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """The states that a counterexample passes."""

    #: Kind of the responsible body; with a route it names one procedure.
    responsible: str
    steps: tuple[PathStep, ...]
    #: Whether one person takes every step.
    by_one_person: bool = False

    @property
    def route(self) -> str:
        """The route on which the path ends."""
        return self.steps[-1].route

    @property
    def states(self) -> tuple[str, ...]:
        """The states passed, the first one included."""
        return tuple(step.state for step in self.steps)

    @property
    def events(self) -> tuple[Message, ...]:
        """What leads from state to state; one fewer than the states."""
        return tuple(step.event for step in self.steps if step.event is not None)

    def __str__(self) -> str:
        """The events in English, as the end of a sentence; empty without events."""
        if not self.events:
            return ""
        events = ", ".join(map(str, self.events))
        if not self.by_one_person:
            return f": {events}"
        first = self.states[0]
        opened = "one person opens it and" if first == "draft" else f"others bring it to {first}, then one"
        return f": {opened} does all of {events}"

    def as_json(self) -> dict[str, Any]:
        """The path as the report prints it."""
        steps = [
            {"route": step.route, "state": step.state, "deed": "" if step.event is None else str(step.event)}
            for step in self.steps
        ]
        return {"responsible": self.responsible, "passed": steps}


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One case in which an obligation does not hold."""

    what: Message
    #: The request of which it is said; None where the statement names one itself or is about a rule.
    request: Request | None = None
    #: None where no case has to travel for it.
    path: Path | None = None
    #: First day of the period of the law in which it happens; None in the first period.
    since: date | None = None

    @property
    def length(self) -> int:
        """How many events lead there."""
        return len(self.path.events) if self.path else 0

    @property
    def unusual_count(self) -> int:
        """How much of its request is not as usual: of two counterexamples of one length the plainer is reported."""
        request = self.request or self.what.values.get("request")
        return unusual_count(request) if isinstance(request, Request) else 0

    def __str__(self) -> str:
        """The counterexample in one English sentence."""
        since = f"from {self.since}: " if self.since else ""
        subject = f"{request_text(self.request)} " if self.request else ""
        return f"{since}{subject}{self.what}{self.path or ''}"


@dataclass(frozen=True, slots=True)
class Finding:
    """How many cases were checked, and the shortest counterexample."""

    checked: int
    counterexample: Counterexample | None = None


def shortest(checked: int, found: Iterable[Counterexample]) -> Finding:
    """The finding with the counterexample of fewest events and plainest request."""
    return Finding(checked, min(found, key=lambda one: (one.length, one.unusual_count), default=None))


def combined(one: Finding, other: Finding) -> Finding:
    """The finding of two halves of one obligation: the shorter counterexample of the two."""
    found = [half.counterexample for half in (one, other) if half.counterexample is not None]
    return Finding(one.checked + other.checked, min(found, key=lambda one: one.length, default=None))


def over_periods(findings: Iterable[tuple[date, Finding]]) -> Finding:
    """The finding over the periods of a law, by their first days: the counterexample of the earliest that has one."""
    checked, found = 0, None
    for first, finding in findings:
        checked += finding.checked
        if found is None and finding.counterexample is not None:
            found = replace(finding.counterexample, since=None if first == date.min else first)
    return Finding(checked, found)


def first_failure(checks: Iterable[Message | None]) -> Finding:
    """The finding of checks of which none is longer than another: each None where it holds, else what is wrong."""
    outcomes = list(checks)
    wrong = next((outcome for outcome in outcomes if outcome is not None), None)
    return Finding(len(outcomes), None if wrong is None else Counterexample(wrong))
