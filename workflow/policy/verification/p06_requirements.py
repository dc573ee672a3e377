"""P6: everything the policy demands is there before a yes binds, on every path, and somebody can fill it in.

Follows each demand by itself: on every path of every request, filled and empty, through drafts that come back, matters
raised in review and decisions with changes. A no needs nothing filled in: it binds nobody to what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from workflow.core.messages import Message
from workflow.policy.actions import AWAITING_COUNTERPART
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import unusual_count
from workflow.policy.requirement_kinds import CASE_FIELDS, REQUIREMENT_KINDS, Answered
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import Matter, meets
from workflow.policy.verification.result import Counterexample, Finding, Path, PathStep, shortest
from workflow.policy.verification.state_search import Compiled, StateSpace, Transition, transitions
from workflow.policy.vocabulary import STEPS

#: States in which a yes binds.
YES = ("sign", AWAITING_COUNTERPART, "concluded")
#: A demand: a requirement's id and, of a goal, its group.
Demand = tuple[str, str | None]
_Ordered = TypeVar("_Ordered")


class RequestClass(NamedTuple):
    """Requests that are alike as far as one demand goes."""

    route: str
    body: str
    #: The step it stands before, as a position in `STEPS`; None where it is not made.
    before: int | None


class DemandState(NamedTuple):
    """Where a case is, and whether what is demanded is there."""

    of: RequestClass
    state: str
    filled: bool


class Arrival(NamedTuple):
    """How a case comes to a state: from which, by what, and whether its request and fields were changed by it."""

    before: DemandState | None = None
    event: Message | None = None
    changes: bool = False


#: State to how a case comes there, the nearest first.
Reached = Mapping[DemandState, Arrival]


class Violation(NamedTuple):
    """What is wrong with a demand, whichever it is, and the states passed to come there."""

    what: Message
    passed: tuple[tuple[DemandState, Arrival], ...]


@dataclass(frozen=True, slots=True)
class DemandModel:
    """One demand in one matter: the classes of its requests, and which becomes which when raised in review."""

    policy: Policy
    responsible: str
    classes: tuple[RequestClass, ...]
    raised: tuple[tuple[RequestClass, RequestClass], ...]
    can_be_filled: bool


def demands_are_met(
    spaces: Iterable[StateSpace], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether no yes binds without what the policy demands, and every demand can be met."""
    checked, found = 0, []
    done: dict[tuple[object, ...], tuple[int, list[Violation]]] = {}
    for space in spaces:
        for demand, model, examples in _models(space.matter):
            key = (id(model.policy), model.responsible, model.classes, model.raised, model.can_be_filled)
            if key not in done:
                reached = _reached(model, promises, compiled)
                done[key] = len(reached), list(_violations(model, reached))
            count, violations = done[key]
            checked += count
            found += [_counterexample(one, demand, model.responsible, examples) for one in violations]
    return shortest(checked, found)


def _counterexample(
    violation: Violation, demand: Demand, responsible: str, examples: dict[RequestClass, Request]
) -> Counterexample:
    """What is wrong, shown by the plainest requests of the classes it passes."""
    steps, before = [], violation.passed[0][0].of
    for (now, state, filled), arrival in violation.passed:
        event = arrival.event
        if arrival.changes and now != before:
            event = message("changed", deed=event, request=examples[now])
        if arrival.changes:
            event = message("field-filled" if filled else "field-empty", deed=event)
        steps.append(PathStep(now.route, state, event))
        before = now
    id_, group = demand
    named = id_ if group is None else message("demand-of-group", demand=id_, group=group)
    what = violation.what.with_values(demand=named)
    return Counterexample(what, examples[violation.passed[0][0].of], Path(responsible, tuple(steps)))


def _models(matter: Matter) -> Iterator[tuple[Demand, DemandModel, dict[RequestClass, Request]]]:
    """Every demand that some request of a matter meets, with the plainest request of each class."""
    policy = matter.policy
    values = [{name: getattr(request, name) for name in Request.__slots__} for request in matter.requests]
    found: dict[Demand, dict[int, int]] = {}
    for rule in policy.requirements:
        for index, one in enumerate(values):
            if not matter.rulings[index].is_refused and meets(rule.when, one):
                before = found.setdefault((rule.id, rule.group), {})
                before[index] = min(STEPS.index(rule.before), before.get(index, len(STEPS)))
    where = {request: index for index, request in enumerate(matter.requests)}
    for demand, before in found.items():
        classes = {
            index: RequestClass(said.route, said.body, before.get(index))
            for index, said in enumerate(matter.rulings)
            if not said.is_refused
        }
        up = ((index, where.get(matter.requests[index].with_(principal=True))) for index in classes)
        raised = _sorted((classes[low], classes[high]) for low, high in up if high in classes and low != high)
        offered = _offered(policy, demand)
        model = DemandModel(policy, matter.responsible, _sorted(classes.values()), raised, offered)
        examples: dict[RequestClass, Request] = {}
        for index in sorted(classes, key=lambda index: unusual_count(matter.requests[index])):
            examples.setdefault(classes[index], matter.requests[index])
        yield demand, model, examples


def _sorted(some: Iterable[_Ordered]) -> tuple[_Ordered, ...]:
    """Each once, in an order that does not depend on the process."""
    return tuple(sorted(set(some), key=str))


def _offered(policy: Policy, demand: Demand) -> bool:
    """Whether the form of a case has what the demand asks for."""
    id_, group = demand
    kind = REQUIREMENT_KINDS[id_]
    if kind.has_groups:
        return any(known.group == group and known.items for known in policy.goals)
    return kind.answered is Answered.ATTRIBUTE or all(name in CASE_FIELDS for name in kind.fields)


def _reached(model: DemandModel, promises: Promises, compiled: Compiled) -> Reached:
    reached = {DemandState(one, "draft", False): Arrival() for one in model.classes}
    queue = list(reached)
    for here in queue:
        procedure = compiled(model.policy, here.of.route, model.responsible)
        for one in transitions(procedure).get(here.state, ()):
            following = procedure.stop_at(one.to)
            into = following.step if following is not None else one.step
            for to, arrival in _onward(model, here, one, into, promises, compiled):
                if to not in reached:
                    reached[to] = arrival
                    queue.append(to)
    return reached


def _onward(
    model: DemandModel, here: DemandState, one: Transition, into: str, promises: Promises, compiled: Compiled
) -> Iterator[tuple[DemandState, Arrival]]:
    if one.action == "amend" or one.outcome == "approve-amended":
        for other in model.classes:
            same_route = one.action == "amend" or other[:2] == here.of[:2]
            for filled in (False, True) if model.can_be_filled else (False,):
                if same_route and not _refused(other, filled, one, into, promises):
                    yield DemandState(other, one.to, filled), Arrival(here, one.event, changes=True)
    elif not _refused(here.of, here.filled, one, into, promises):
        yield here._replace(state=one.to), Arrival(here, one.event)
        for low, high in model.raised:
            if one.action == "endorse" and low == here.of:
                on_new_route = transitions(compiled(model.policy, high.route, model.responsible))
                for again in on_new_route.get(here.state, ()):
                    if again.action == "endorse":
                        raised = message("as-principle", deed=one.event)
                        yield DemandState(high, again.to, here.filled), Arrival(here, raised)


def _refused(of: RequestClass, filled: bool, one: Transition, into: str, promises: Promises) -> bool:
    """Whether the gate refuses the act because what is demanded is missing."""
    if filled or of.before is None:
        return False
    own = not promises.asks_for_own.isdisjoint((one.action, one.outcome)) and of.before <= STEPS.index(one.step)
    return own or (one.action in promises.asks_for_next and of.before <= STEPS.index(into))


def _violations(model: DemandModel, reached: Reached) -> Iterator[Violation]:
    for here in reached:
        if here.state in YES and here.of.before is not None and not here.filled:
            yield Violation(message("demand-unmet", state=here.state), _passed(reached, here))
            break
    for one in model.classes:
        if one.before is not None and DemandState(one, "concluded", True) not in reached:
            yield Violation(message("demand-unfillable"), ((DemandState(one, "draft", False), Arrival()),))
            break


def _passed(reached: Reached, end: DemandState) -> tuple[tuple[DemandState, Arrival], ...]:
    passed: list[tuple[DemandState, Arrival]] = []
    here: DemandState | None = end
    while here is not None:
        arrival = reached[here]
        passed.insert(0, (here, arrival))
        here = arrival.before
    return tuple(passed)
