"""Which situations can a case of a policy come into, and by what shortest story?

Walks the compiled procedures breadth first, for every request a policy can meet: forward, back to the draft, postponed,
withdrawn, amended, raised to a matter of principle in review, approved with changes. It asks neither the gate nor the
judge what is allowed; it lets everything happen that a procedure has a move for and `Promises` do not rule out. What
must never happen in the situations found is asked by the other `prove_` modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from workflow.policy.model import Policy
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.state_machine import Procedure, Stop, procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.reference_answers import Matter, matters
from workflow.policy.verification.result import Fault, Passed, Way

#: Gives the compiled procedure of a policy's route for a kind of responsible body.
Compiled = Callable[[Policy, str, str], Procedure]
#: Outcomes by which a deciding body binds the municipality.
BINDING_OUTCOMES = ("approve", "approve-amended", "take-note", "reject")
#: States that bind: ends that say yes or no, and what follows a decision.
BINDING = ("concluded", "rejected", "sign")


class Leg(NamedTuple):
    """One thing that can happen at a state."""

    action: str
    outcome: str | None
    to: str
    #: In words: the act and whose it is.
    deed: str
    #: Step and kind of body of the stop it happens at.
    step: str
    kind: str

    @property
    def decides(self) -> bool:
        """Whether it is the decision of the body at a `decide` stop."""
        own = self.action in ("approve", "reject") or self.outcome in BINDING_OUTCOMES
        return self.step == "decide" and self.action != "enter-decision" and own


class Spot(NamedTuple):
    """One situation of a case: its request, the way it is pinned to, where it is and who has acted."""

    #: Position of the request among the matter's.
    request: int
    route: str
    state: str
    #: Kind of the body whose decision was confirmed; empty before.
    decided: str
    #: Kinds of body that have recommended since the draft, in their order.
    heard: tuple[str, ...]


@cache
def legs(procedure: Procedure) -> dict[str, tuple[Leg, ...]]:
    """What can happen at each state of a procedure."""
    found: dict[str, list[Leg]] = {}
    for action, source, to, outcome in procedure.moves:
        stop = procedure.stop_at(source)
        step, kind = ("", "") if stop is None else (stop.step, stop.kind)
        leg = Leg(action, outcome, to, _deed(action, outcome, stop), step, kind)
        found.setdefault(source, []).append(leg)
    return {state: tuple(some) for state, some in found.items()}


def _deed(action: str, outcome: str | None, stop: Stop | None) -> str:
    if stop is None:
        return f"{action} after the end"
    if action == "confirm":
        return f"confirm {outcome} by chair of {stop.kind}"
    if action == "enter-decision":
        return f"enter-decision by secretary of {stop.kind}"
    if action == "close-consultation":
        return "close-consultation by coordinator or deadline"
    if action == "give-opinion":
        return "give-opinion by a body asked"
    if action == "withdraw":
        return "withdraw by officer"
    if stop.step in ("recommend", "decide"):
        return f"{action} by {'chair' if stop.is_collegial else 'manager'} of {stop.kind}"
    role = "manager" if action == "reassign" else " or ".join(stop.by) if stop.step == "sign" else stop.by[0]
    return f"{action} by {role.removesuffix('@responsible') if stop.step != 'sign' else role}"


@dataclass(frozen=True, slots=True)
class Journeys:
    """Every situation the cases of one matter can come into, with the way there."""

    matter: Matter
    #: Situation to the one before it and what happened between, shortest first; `{}` stands for the request it then is.
    #: Matters that the tables answer in the same way share one.
    reached: Mapping[Spot, tuple[Spot | None, str]]

    def fault(self, spot: Spot, what: str, *then: Passed) -> Fault:
        """The shortest way to a situation, told and to be drawn; `what` is wrong with it, `then` is what follows."""
        passed: list[Passed] = []
        here: Spot | None = spot
        while here is not None:
            first = here
            here, deed = self.reached[first]
            passed.insert(
                0, Passed(first.route, first.state, deed.format(request_text(self.matter.requests[first.request])))
            )
        way = Way(self.matter.responsible, (*passed, *then))
        request = self.matter.requests[first.request]
        return Fault(len(way.deeds), f"{request_text(request)} {what}{way.told}", way, unusual_count(request))


def journeys(policy: Policy, promises: Promises = PROMISES, compiled: Compiled = procedure_for) -> tuple[Journeys, ...]:
    """The situations of every matter a policy can meet."""
    walked: dict[object, dict[Spot, tuple[Spot | None, str]]] = {}
    found = []
    for matter in matters(policy):
        raised = _raised(matter)
        answers = tuple((said.is_refused, said.route, said.body) for said in matter.rulings)
        shape = (matter.responsible, answers, tuple(raised.items()))
        if shape not in walked:
            walked[shape] = _walked(_Walk(matter, promises, compiled, raised, {}, set()))
        found.append(Journeys(matter, walked[shape]))
    return tuple(found)


def _walked(walk: _Walk) -> dict[Spot, tuple[Spot | None, str]]:
    reached: dict[Spot, tuple[Spot | None, str]] = dict.fromkeys(walk.drafts(), (None, ""))
    queue = list(reached)
    for spot in queue:
        for to, deed in walk.onward(spot):
            if to not in reached:
                reached[to] = (spot, deed)
                queue.append(to)
    return reached


def alike(all_journeys: Iterable[Journeys]) -> Iterable[list[Journeys]]:
    """The journeys in lots that share their situations, so that those are looked through once."""
    lots: dict[int, list[Journeys]] = {}
    for one in all_journeys:
        lots.setdefault(id(one.reached), []).append(one)
    return lots.values()


@dataclass(frozen=True, slots=True)
class _Walk:
    """What can follow a situation of one matter."""

    matter: Matter
    promises: Promises
    compiled: Compiled
    raised: dict[int, int]
    #: By route.
    procedures: dict[str, dict[str, tuple[Leg, ...]]]
    #: Ways, states and what was heard where changes have been tried: trying them from one request is enough.
    tried: set[tuple[str, str, tuple[str, ...]]]

    def drafts(self) -> Iterator[Spot]:
        """Every request that can be opened."""
        for index, said in enumerate(self.matter.rulings):
            if not said.is_refused or "open" not in self.promises.rejudges:
                yield Spot(index, said.route or self._any_route(), "draft", "", ())

    def _any_route(self) -> str:
        return next((said.route for said in self.matter.rulings if said.route), next(iter(self.matter.policy.routes)))

    def legs(self, spot: Spot, route: str) -> tuple[Leg, ...]:
        """What can happen at a situation's state on a route."""
        if route not in self.procedures:
            self.procedures[route] = legs(self.compiled(self.matter.policy, route, self.matter.responsible))
        return self.procedures[route].get(spot.state, ())

    def onward(self, spot: Spot) -> Iterator[tuple[Spot, str]]:
        """Every situation one act away."""
        for leg in self.legs(spot, spot.route):
            decided = leg.kind if leg.decides else spot.decided
            to = Spot(spot.request, spot.route, leg.to, decided, _heard(spot, leg))
            yield to, leg.deed
            if leg.action == "endorse" and spot.request in self.raised:
                yield from self._raise(spot, self.raised[spot.request], leg)
            elif leg.action == "amend" or leg.outcome == "approve-amended":
                yield from self._change(spot, to, leg)

    def _raise(self, spot: Spot, up: int, leg: Leg) -> Iterator[tuple[Spot, str]]:
        """The manager passes it on as a matter of principle: it goes on behind the review of its new way."""
        said, deed = self.matter.rulings[up], f"{leg.deed} as a matter of principle"
        if "endorse" not in self.promises.rejudges:
            yield spot._replace(request=up, state=leg.to), deed
        elif not said.is_refused:
            for other in self.legs(spot, said.route):
                if other.action == "endorse":
                    yield spot._replace(request=up, route=said.route, state=other.to), deed

    def _change(self, spot: Spot, to: Spot, leg: Leg) -> Iterator[tuple[Spot, str]]:
        """Its officer, or the body that approves it, makes another request of it."""
        key = (spot.route, spot.state, to.heard)
        if key in self.tried:
            return
        self.tried.add(key)
        act, here = leg.outcome or leg.action, self.matter.rulings[spot.request]
        deed = f"{leg.deed} to {{}}"
        for index, said in enumerate(self.matter.rulings):
            if act not in self.promises.rejudges:
                yield to._replace(request=index), deed
            elif not said.is_refused and act == "amend":
                yield to._replace(request=index, route=said.route), deed
            elif not said.is_refused and (said.route, said.body) == (here.route, here.body):
                yield to._replace(request=index), deed


def _raised(matter: Matter) -> dict[int, int]:
    """For each request that is none of principle, the same as one."""
    where = {request: index for index, request in enumerate(matter.requests)}
    up = {index: where.get(request.with_(principal=True)) for request, index in where.items() if not request.principal}
    return {index: to for index, to in up.items() if to is not None}


def _heard(spot: Spot, leg: Leg) -> tuple[str, ...]:
    if leg.to == "draft":
        return ()
    return (*spot.heard, leg.kind) if leg.action == "confirm" and leg.outcome == "recommend" else spot.heard


def way_to(procedure: Procedure, route: str, responsible: str, state: str, *then: Leg) -> Way:
    """The shortest way from the draft to a state of one procedure, and what then happens."""
    before: dict[str, Passed] = {"draft": Passed(route, "")}
    queue = ["draft"]
    for here in queue:
        for leg in legs(procedure).get(here, ()):
            if leg.to not in before:
                before[leg.to] = Passed(route, here, leg.deed)
                queue.append(leg.to)
    passed = [Passed(route, leg.to, leg.deed) for leg in then]
    while state:
        came = before.get(state, Passed(route, ""))
        passed.insert(0, Passed(route, state, came.deed))
        state = came.state
    return Way(responsible, tuple(passed))
