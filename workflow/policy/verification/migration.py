"""Moves of cases to another version: none skips a step or the competent body, none leads into what is forbidden.

Every state that a case can come into under the old version is moved, wherever the given rule lets it move, and
followed under the new one to the end. What it has behind it is counted here, act by act, and not taken from the rule:
no stop of its new route before it may be one it has not passed, what binds must have been decided by the body that the
new version names, and nothing that the new version forbids may be under way. That whoever moves a case counts among
those who have acted on it, `workflow.policy.verification.p04_four_eyes` checks for every version.

Requests that both versions answer alike are walked once; that the rule moves them alike is checked by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.core.messages import Message
from workflow.policy.diff.migration import CasePosition, Destination, destination
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, restricted_to
from workflow.policy.state_machine import FINAL, Procedure, Stop, procedure_for
from workflow.policy.verification.gate_model import MOVED
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import Ruling, matters, ruling
from workflow.policy.verification.result import Counterexample, Finding, Path, PathStep, shortest
from workflow.policy.verification.state_search import BINDING, Compiled, Transition, transitions

#: Says where a case would stand under another version, or why it cannot be moved.
Rule = Callable[[CasePosition, Policy], Destination]
#: A stop as something done: the step, and the kinds of body that did it.
Done = tuple[str, tuple[str, ...]]


class MovedState(NamedTuple):
    """Where a case is, under which of the two versions, and what it has behind it since its draft."""

    under: int
    route: str
    state: str
    #: Kind of the body whose decision was confirmed; empty before.
    decided: str
    done: frozenset[Done]


#: State to the one before it and what happened between, the nearest first.
Reached = dict[MovedState, tuple[MovedState | None, Message | None]]


def moves(
    old: Policy, new: Policy, rule: Rule = destination, compiled: Compiled = procedure_for, *, each: bool = False
) -> tuple[Finding, Finding]:
    """Whether no move leads past a step or the competent body, and whether none into what the new version forbids.

    It counts the states under both versions. With `each`, requests answered alike are walked each for themselves.
    """
    checked = 0
    past: list[Counterexample] = []
    into: list[Counterexample] = []
    searched: dict[object, Reached] = {}
    for moving in _each(old, new, rule, compiled):
        shape = len(searched) if each else moving.shape
        if shape not in searched:
            searched[shape] = moving.search()
        reached = searched[shape]
        checked += len(reached)
        past += list(moving.past(reached))
        into += list(moving.into(reached))
    return shortest(checked, past), shortest(checked, into)


def _each(old: Policy, new: Policy, rule: Rule, compiled: Compiled) -> Iterator[_Moving]:
    """Every request that can be opened under the old version."""
    of_pair: dict[tuple[str, str], Policy] = {}
    for matter in matters(old, also=tuple(conditions(new))):
        for request, said in zip(matter.requests, matter.rulings, strict=True):
            pair = request.engagement, request.act
            tables = of_pair[pair] = of_pair.get(pair) or restricted_to(new, *pair)
            if not said.is_refused:
                yield _Moving(old, new, request, said, ruling(tables, request), rule, compiled)


@dataclass(frozen=True)
class _Moving:
    """Every path that the cases of one request can take under two versions."""

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
        """What both versions answer, on which the search and the rule depend."""
        said = self.said and (self.said.is_refused, self.said.route, self.said.body)
        return self.request.responsible, self.before.route, self.before.body, said

    def _procedure(self, here: MovedState) -> Procedure:
        return self.compiled(self.new if here.under else self.old, here.route, self.request.responsible)

    def search(self) -> Reached:
        """Every state, with the one before it and what happened between, the nearest first."""
        reached: Reached = {MovedState(0, self.before.route, "draft", "", frozenset()): (None, None)}
        queue = list(reached)
        for here in queue:
            for to, event in self._onward(here):
                if to not in reached:
                    reached[to] = (here, event)
                    queue.append(to)
        return reached

    def _onward(self, here: MovedState) -> Iterator[tuple[MovedState, Message]]:
        procedure = self._procedure(here)
        for one in transitions(procedure).get(here.state, ()):
            yield _after(here, procedure, one), one.event
        if not here.under and here.state not in FINAL:
            yield from self._moved(here)

    def _moved(self, here: MovedState) -> Iterator[tuple[MovedState, Message]]:
        """Whoever's matter it is of the kind, the case moves where the rule lets it."""
        for body in self.old.bodies_of(self.request.responsible):
            try:
                to = self.rule(CasePosition(self.old, self.request, body.key, here.route, here.state), self.new)
            except (KeyError, ValueError):  # a body is not there, or not one alone: nobody can act there at all (P3)
                continue
            if to.is_open:
                route = "" if to.answer is None else to.answer.route or ""
                there = here._replace(under=1, route=route or here.route, state=to.state)
                yield there, MOVED

    def into(self, reached: Reached) -> Iterator[Counterexample]:
        """The nearest state under the new version of a request that it lets nobody decide."""
        for here in reached:
            if here.under and (self.said is None or self.said.is_refused):
                if self.said is None:
                    what = message("moved-unanswered", version=self.new.version)
                else:
                    what = message("moved-refused", version=self.new.version, row=self.said.row)
                yield self._counterexample(reached, here, what)
                return

    def past(self, reached: Reached) -> Iterator[Counterexample]:
        """The nearest state under the new version that is reached past a step or the competent body."""
        for here in reached:
            if here.under and (what := self._past(here, reached[here][0])):
                yield self._counterexample(reached, here, what)
                return

    def _past(self, here: MovedState, before: MovedState | None) -> Message | None:
        said = self.said
        if said is None or said.is_refused:
            return None
        if here.state in BINDING and here.decided != said.body:
            values = {"state": here.state, "version": self.new.version, "body": said.body}
            if here.decided:
                return message("moved-decided-by-other", **values, other=here.decided)
            return message("moved-undecided", **values)
        if before is not None and not before.under:
            return self._skipped(here)
        return None

    def _skipped(self, here: MovedState) -> Message | None:
        procedure = self._procedure(here)
        stands = procedure.stop_at(here.state)
        for stop in procedure.stops if stands is None else procedure.stops[: procedure.stops.index(stands)]:
            if stop.step != "draft" and _done(stop) not in here.done:
                by = _done(stop)[1]
                return message("moved-past-step", state=here.state, version=self.new.version, step=stop.step, by=by)
        return None

    def _counterexample(self, reached: Reached, end: MovedState, what: Message) -> Counterexample:
        steps: list[PathStep] = []
        here: MovedState | None = end
        while here is not None:
            route, state = here.route, here.state
            here, event = reached[here]
            steps.insert(0, PathStep(route, state, event))
        return Counterexample(what, self.request, Path(self.request.responsible, tuple(steps)))


def _after(here: MovedState, procedure: Procedure, one: Transition) -> MovedState:
    """Where an act leads, and what is then behind the case: a draft begins anew."""
    decided = one.kind if one.decides else here.decided
    if one.to == "draft":
        return here._replace(state=one.to, decided=decided, done=frozenset())
    left, entered = procedure.stop_at(here.state), procedure.stop_at(one.to)
    passed = {_done(left)} if left is not None and left is not entered else set()
    return here._replace(state=one.to, decided=decided, done=here.done | passed)


def _done(stop: Stop) -> Done:
    """What has been done when a stop is passed; of other steps than a body's, every seat or kind counts."""
    if stop.step in ("recommend", "decide"):
        return stop.step, (stop.kind,)
    return stop.step, tuple(sorted(stop.by))
