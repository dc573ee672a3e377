"""Is anything skipped, forbidden or decided by another when cases are moved from one version to the next?

Every situation that a case can come into under the old version is moved, wherever the rule that is given lets it move,
and followed under the new one to the end. What it has behind it is counted here, act by act, and not taken from the
rule: no stop of its new way that stands before it may be one it has not passed, what binds must have been decided by
the body that the new version names, and nothing that the new version forbids may be under way. That whoever moves a
case counts among those who have acted on it, `workflow.policy.verification.p04_four_eyes` asks of every version.

Requests that both versions answer alike are walked once; that the rule moves them alike is held to it by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.policy.diff.migration import CasePosition, Destination, destination
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, request_text, restricted_to, unusual_count
from workflow.policy.state_machine import FINAL, Procedure, Stop, procedure_for
from workflow.policy.verification.gate_model import MOVED
from workflow.policy.verification.reference_answers import Ruling, matters, ruling
from workflow.policy.verification.result import Fault, Finding, Passed, Way, shortest
from workflow.policy.verification.state_search import BINDING, Compiled, Leg, legs

#: Says where a case would stand under another version, or why it cannot be moved.
Rule = Callable[[CasePosition, Policy], Destination]
#: A stop as something done: the step, and the kinds of body that did it.
Done = tuple[str, tuple[str, ...]]


class Place(NamedTuple):
    """Where a case is, under which of the two versions, and what it has behind it on its present way."""

    under: int
    route: str
    state: str
    #: Kind of the body whose decision was confirmed; empty before.
    decided: str
    done: frozenset[Done]


Reached = dict[Place, tuple[Place | None, str]]


def moves(
    old: Policy, new: Policy, rule: Rule = destination, compiled: Compiled = procedure_for, *, each: bool = False
) -> tuple[Finding, Finding]:
    """Whether no move leads past a step or the competent body, and whether none into what the new version forbids.

    It counts the situations under both versions. With `each`, requests answered alike are walked each for themselves.
    """
    checked = 0
    past: list[Fault] = []
    into: list[Fault] = []
    walked: dict[object, Reached] = {}
    for moving in _each(old, new, rule, compiled):
        shape = len(walked) if each else moving.shape
        if shape not in walked:
            walked[shape] = moving.walk()
        reached = walked[shape]
        checked += len(reached)
        past += list(moving.past(reached))
        into += list(moving.into(reached))
    return shortest(checked, past), shortest(checked, into)


def _each(old: Policy, new: Policy, rule: Rule, compiled: Compiled) -> Iterator[_Moving]:
    """Every request that can be opened under the old version."""
    of_pair: dict[tuple[str, str], Policy] = {}
    for matter in matters(old, besides=tuple(conditions(new))):
        for request, said in zip(matter.requests, matter.rulings, strict=True):
            pair = request.engagement, request.act
            tables = of_pair[pair] = of_pair.get(pair) or restricted_to(new, *pair)
            if not said.is_refused:
                yield _Moving(old, new, request, said, ruling(tables, request), rule, compiled)


@dataclass(frozen=True)
class _Moving:
    """Every way that the cases of one request can take under two versions."""

    old: Policy
    new: Policy
    request: Request
    before: Ruling
    #: None where the new version has not one answer.
    said: Ruling | None
    rule: Rule
    compiled: Compiled

    @property
    def shape(self) -> object:
        """What both versions answer, by which the walk and the rule go."""
        said = self.said and (self.said.is_refused, self.said.route, self.said.body)
        return self.request.responsible, self.before.route, self.before.body, said

    def _procedure(self, place: Place) -> Procedure:
        return self.compiled(self.new if place.under else self.old, place.route, self.request.responsible)

    def walk(self) -> Reached:
        """Every place, with the one before it and what was done between, the nearest first."""
        reached: Reached = {Place(0, self.before.route, "draft", "", frozenset()): (None, "")}
        queue = list(reached)
        for place in queue:
            for to, deed in self._onward(place):
                if to not in reached:
                    reached[to] = (place, deed)
                    queue.append(to)
        return reached

    def _onward(self, place: Place) -> Iterator[tuple[Place, str]]:
        procedure = self._procedure(place)
        for leg in legs(procedure).get(place.state, ()):
            yield _after(place, procedure, leg), leg.deed
        if not place.under and place.state not in FINAL:
            yield from self._moved(place)

    def _moved(self, place: Place) -> Iterator[tuple[Place, str]]:
        """Whoever's matter it is of the kind, the case moves where the rule lets it."""
        for body in self.old.bodies_of(self.request.responsible):
            try:
                to = self.rule(CasePosition(self.old, self.request, body.key, place.route, place.state), self.new)
            except (KeyError, ValueError):  # a body is not there, or not one alone: nobody can act there at all (P3)
                continue
            if to.is_open:
                route = "" if to.answer is None else to.answer.route or ""
                there = place._replace(under=1, route=route or place.route, state=to.state)
                yield there, MOVED

    def into(self, reached: Reached) -> Iterator[Fault]:
        """The nearest place under the new version of a request that it lets nobody decide."""
        for place in reached:
            if place.under and (self.said is None or self.said.is_refused):
                row = "no row answers" if self.said is None else f"{self.said.row} refuses"
                yield self._told(reached, place, f"is under way under {self.new.version}, where {row}")
                return

    def past(self, reached: Reached) -> Iterator[Fault]:
        """The nearest place under the new version that is come to past a step or the competent body."""
        for place in reached:
            if place.under and (what := self._past(place, reached[place][0])):
                yield self._told(reached, place, what)
                return

    def _past(self, place: Place, before: Place | None) -> str:
        said = self.said
        if said is None or said.is_refused:
            return ""
        if place.state in BINDING and place.decided != said.body:
            instead = f", on a decision of {place.decided}" if place.decided else ""
            return f"reaches {place.state} under {self.new.version} without a decision of {said.body}{instead}"
        if before is not None and not before.under:
            return self._skipped(place)
        return ""

    def _skipped(self, place: Place) -> str:
        procedure = self._procedure(place)
        here = procedure.stop_at(place.state)
        for stop in procedure.stops if here is None else procedure.stops[: procedure.stops.index(here)]:
            if stop.step != "draft" and _done(stop) not in place.done:
                by = ", ".join(_done(stop)[1])
                return f"comes to {place.state} under {self.new.version} past the step {stop.step} by {by}"
        return ""

    def _told(self, reached: Reached, end: Place, what: str) -> Fault:
        passed: list[Passed] = []
        place: Place | None = end
        while place is not None:
            here = place
            place, deed = reached[here]
            passed.insert(0, Passed(here.route, here.state, deed))
        way = Way(self.request.responsible, tuple(passed))
        return Fault(len(way.deeds), f"{request_text(self.request)} {what}{way.told}", way, unusual_count(self.request))


def _after(place: Place, procedure: Procedure, leg: Leg) -> Place:
    """Where an act leads, and what is then behind the case: a draft begins anew."""
    decided = leg.kind if leg.decides else place.decided
    here, there = procedure.stop_at(place.state), procedure.stop_at(leg.to)
    if leg.to == "draft":
        return place._replace(state=leg.to, decided=decided, done=frozenset())
    passed = here is not None and here is not there
    return place._replace(
        state=leg.to, decided=decided, done=place.done | {_done(here)} if passed and here is not None else place.done
    )


def _done(stop: Stop) -> Done:
    """What has been done when a stop is passed; whoever reviews prepares, whoever is asked is asked."""
    if stop.step in ("recommend", "decide"):
        return stop.step, (stop.kind,)
    return stop.step, tuple(sorted(stop.by))
