"""Breadth-first search of the states that cases of a policy can come into, each with its shortest path.

Walks the compiled procedures for every request a policy can meet: forward, back to the draft, postponed, withdrawn,
amended, raised to a matter of principle in review, approved with changes. It consults neither the gate nor
authorization: everything happens that a procedure has a move for and `Promises` do not rule out. What must never hold
in the states found is checked by the modules named after the obligations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from workflow.core.messages import Message
from workflow.policy.actions import AWAITING_COUNTERPART, Seats
from workflow.policy.model import Policy
from workflow.policy.roles import seats_rule
from workflow.policy.state_machine import Procedure, Stop, procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import Matter, matters
from workflow.policy.verification.result import Counterexample, Path, PathStep

#: Gives the compiled procedure of a policy's route for a kind of responsible body.
Compiled = Callable[[Policy, str, str], Procedure]
#: Outcomes by which a deciding body binds the municipality.
BINDING_OUTCOMES = ("approve", "approve-amended", "take-note", "reject")
#: States that bind: ends that say yes or no, and what follows a decision.
BINDING = ("concluded", "rejected", "sign", AWAITING_COUNTERPART)
#: The suffix of a seat in the responsible body, whose name the statement leaves out.
_OF_RESPONSIBLE = "@responsible"


class Transition(NamedTuple):
    """One thing that can happen in a state."""

    action: str
    outcome: str | None
    to: str
    #: The action and who takes it.
    event: Message
    #: Step and kind of body of the stop it happens at.
    step: str
    kind: str

    @property
    def decides(self) -> bool:
        """Whether it is the decision of the body at a `decide` stop."""
        own = self.action in ("approve", "reject") or self.outcome in BINDING_OUTCOMES
        return self.step == "decide" and self.action != "enter-decision" and own


class CaseState(NamedTuple):
    """One state of a case: its request, the route it is pinned to, where it is and which bodies have acted."""

    #: Position of the request among the matter's.
    request: int
    route: str
    state: str
    #: Kind of the body whose decision was confirmed; empty before.
    decided: str
    #: Kinds of body that have recommended since the draft, in their order.
    heard: tuple[str, ...]


#: State to the one before it and what happened between, the nearest first.
Reached = dict[CaseState, tuple[CaseState | None, Message | None]]


@cache
def transitions(procedure: Procedure) -> dict[str, tuple[Transition, ...]]:
    """What can happen in each state of a procedure."""
    found: dict[str, list[Transition]] = {}
    for action, source, to, outcome in procedure.moves:
        stop = procedure.stop_at(source)
        step, kind = ("", "") if stop is None else (stop.step, stop.kind)
        found.setdefault(source, []).append(Transition(action, outcome, to, _event(action, outcome, stop), step, kind))
    return {state: tuple(some) for state, some in found.items()}


def _event(action: str, outcome: str | None, stop: Stop | None) -> Message:
    if stop is None:
        return message("after-end", action=action)
    actor = _actor(action, stop)
    if action == "confirm":
        return message("confirm", action=action, outcome=str(outcome), actor=actor)
    return message("act", action=action, actor=actor)


def _actor(action: str, stop: Stop) -> Message:
    """Who takes an action at a stop."""
    rule = seats_rule(stop, action)
    if rule is Seats.COORDINATOR:
        return message("coordinator-or-deadline")
    if rule is Seats.CONSULTED:
        return message("consulted-body")
    if rule in (Seats.OFFICER, Seats.MANAGER):
        return message("role", role=rule.role)
    if rule is not None and rule.is_of_body:
        return message("role-of-body", role=rule.role, body=stop.kind)
    if stop.step in ("recommend", "decide"):
        return message("role-of-body", role="chair" if stop.is_collegial else "manager", body=stop.kind)
    if stop.step == "sign":
        return message("seats", seats=stop.by)
    if stop.by[0].endswith(_OF_RESPONSIBLE):
        return message("role", role=stop.by[0].removesuffix(_OF_RESPONSIBLE))
    return message("seats", seats=stop.by[:1])


@dataclass(frozen=True, slots=True)
class StateSpace:
    """Every state the cases of one matter can come into; matters that the tables answer alike share one `reached`."""

    matter: Matter
    reached: Mapping[CaseState, tuple[CaseState | None, Message | None]]

    def counterexample(self, end: CaseState, what: Message, *then: PathStep) -> Counterexample:
        """What is wrong in a state, with the shortest path there and the steps that follow."""
        steps: list[PathStep] = []
        here: CaseState | None = end
        while here is not None:
            first = here
            here, event = self.reached[first]
            if event is not None and event.code == "changed":
                event = event.with_values(request=self.matter.requests[first.request])
            steps.insert(0, PathStep(first.route, first.state, event))
        path = Path(self.matter.responsible, (*steps, *then))
        return Counterexample(what, self.matter.requests[first.request], path)


def state_spaces(
    policy: Policy, promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> tuple[StateSpace, ...]:
    """The states of every matter a policy can meet."""
    searched: dict[object, Reached] = {}
    found = []
    for matter in matters(policy):
        raised = _raised(matter)
        answers = tuple((said.is_refused, said.route, said.body) for said in matter.rulings)
        shape = (matter.responsible, answers, tuple(raised.items()))
        if shape not in searched:
            searched[shape] = _reached(_Search(matter, promises, compiled, raised, {}, set()))
        found.append(StateSpace(matter, searched[shape]))
    return tuple(found)


def _reached(search: _Search) -> Reached:
    reached: Reached = dict.fromkeys(search.drafts(), (None, None))
    queue = list(reached)
    for here in queue:
        for to, event in search.onward(here):
            if to not in reached:
                reached[to] = (here, event)
                queue.append(to)
    return reached


def sharing_states(spaces: Iterable[StateSpace]) -> Iterable[list[StateSpace]]:
    """The spaces in groups that share their states, so that those are looked through once."""
    groups: dict[int, list[StateSpace]] = {}
    for one in spaces:
        groups.setdefault(id(one.reached), []).append(one)
    return groups.values()


@dataclass(frozen=True, slots=True)
class _Search:
    """What can follow a state of one matter."""

    matter: Matter
    promises: Promises
    compiled: Compiled
    raised: dict[int, int]
    #: By route.
    procedures: dict[str, dict[str, tuple[Transition, ...]]]
    #: Routes, states and bodies heard where changes have been made: making them from one request is enough.
    changed: set[tuple[str, str, tuple[str, ...]]]

    def drafts(self) -> Iterator[CaseState]:
        """Every request that can be opened."""
        for index, said in enumerate(self.matter.rulings):
            if not said.is_refused or "open" not in self.promises.rejudges:
                yield CaseState(index, said.route or self._any_route(), "draft", "", ())

    def _any_route(self) -> str:
        return next((said.route for said in self.matter.rulings if said.route), next(iter(self.matter.policy.routes)))

    def transitions(self, here: CaseState, route: str) -> tuple[Transition, ...]:
        """What can happen in a case's state on a route."""
        if route not in self.procedures:
            self.procedures[route] = transitions(self.compiled(self.matter.policy, route, self.matter.responsible))
        return self.procedures[route].get(here.state, ())

    def onward(self, here: CaseState) -> Iterator[tuple[CaseState, Message]]:
        """Every state one act away."""
        for one in self.transitions(here, here.route):
            decided = one.kind if one.decides else here.decided
            if one.to == "draft":  # what was decided before counts no longer
                decided = ""
            to = CaseState(here.request, here.route, one.to, decided, _heard(here, one))
            yield to, one.event
            if one.action == "endorse" and here.request in self.raised:
                yield from self._raise(here, self.raised[here.request], one)
            elif one.action == "amend" or one.outcome == "approve-amended":
                yield from self._change(here, to, one)

    def _raise(self, here: CaseState, up: int, one: Transition) -> Iterator[tuple[CaseState, Message]]:
        """The manager passes it on as a matter of principle: it goes on behind the review of its new route."""
        said, event = self.matter.rulings[up], message("as-principle", deed=one.event)
        if "endorse" not in self.promises.rejudges:
            yield here._replace(request=up, state=one.to), event
        elif not said.is_refused:
            for other in self.transitions(here, said.route):
                if other.action == "endorse":
                    yield here._replace(request=up, route=said.route, state=other.to), event

    def _change(self, here: CaseState, to: CaseState, one: Transition) -> Iterator[tuple[CaseState, Message]]:
        """Its officer, or the body that approves it, makes another request of it, which the path then names."""
        key = (here.route, here.state, to.heard)
        if key in self.changed:
            return
        self.changed.add(key)
        act, before = one.outcome or one.action, self.matter.rulings[here.request]
        event = message("changed", deed=one.event)
        for index, said in enumerate(self.matter.rulings):
            if act not in self.promises.rejudges:
                yield to._replace(request=index), event
            elif not said.is_refused and act == "amend":
                yield to._replace(request=index, route=said.route), event
            elif not said.is_refused and (said.route, said.body) == (before.route, before.body):
                yield to._replace(request=index), event


def _raised(matter: Matter) -> dict[int, int]:
    """For each request that is none of principle, the same as one."""
    where = {request: index for index, request in enumerate(matter.requests)}
    up = {index: where.get(request.with_(principal=True)) for request, index in where.items() if not request.principal}
    return {index: to for index, to in up.items() if to is not None}


def _heard(here: CaseState, one: Transition) -> tuple[str, ...]:
    if one.to == "draft":
        return ()
    return (*here.heard, one.kind) if one.action == "confirm" and one.outcome == "recommend" else here.heard


def path_to(procedure: Procedure, route: str, responsible: str, state: str, *then: Transition) -> Path:
    """The shortest path from the draft to a state of one procedure, and what then happens."""
    before: dict[str, tuple[str, Message | None]] = {"draft": ("", None)}
    queue = ["draft"]
    for here in queue:
        for one in transitions(procedure).get(here, ()):
            if one.to not in before:
                before[one.to] = (here, one.event)
                queue.append(one.to)
    steps = [PathStep(route, one.to, one.event) for one in then]
    while state:
        came, event = before.get(state, ("", None))
        steps.insert(0, PathStep(route, state, event))
        state = came
    return Path(responsible, tuple(steps))
