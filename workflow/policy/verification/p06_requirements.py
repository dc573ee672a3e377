"""P6: is everything the policy demands there before a yes binds, on every way, and can somebody fill it in?

Follows each demand by itself: on every way of every request, filled and empty, through drafts that come back, matters
raised in review and decisions with changes. A no needs nothing filled in: it binds nobody to what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.requirement_kinds import CASE_FIELDS, REQUIREMENT_KINDS, Answered
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.reference_answers import Matter, meets
from workflow.policy.verification.result import Fault, Finding, Passed, Way, shortest
from workflow.policy.verification.state_search import Compiled, Journeys, Leg, legs
from workflow.policy.vocabulary import STEPS

#: States in which a yes binds.
YES = ("sign", "concluded")
#: A demand: a requirement's id and, of a goal, its group.
Demand = tuple[str, str | None]


class Kind(NamedTuple):
    """Requests that are alike as far as one demand goes."""

    route: str
    body: str
    #: The step it stands before, as a position in `STEPS`; None where it is not made.
    before: int | None


class Place(NamedTuple):
    """Where a case is, and whether what is demanded is there."""

    kind: Kind
    state: str
    filled: bool


class Wrong(NamedTuple):
    """What is wrong with a demand, whichever it is, and the places passed to come there, each with the deed before."""

    what: str
    passed: tuple[tuple[Place, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One demand in one matter: the kinds of request, and which becomes which when raised in review."""

    policy: Policy
    responsible: str
    kinds: frozenset[Kind]
    raised: frozenset[tuple[Kind, Kind]]
    can_be_filled: bool


def demands_are_met(
    all_journeys: Iterable[Journeys], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether no yes binds without what the policy demands, and every demand can be met."""
    checked, faults = 0, []
    done: dict[tuple[object, ...], tuple[int, list[Wrong]]] = {}
    for journeys in all_journeys:
        for demand, asked, examples in _asked(journeys.matter):
            key = (id(asked.policy), asked.responsible, asked.kinds, asked.raised, asked.can_be_filled)
            if key not in done:
                reached = _walk(asked, promises, compiled)
                done[key] = len(reached), list(_wrong(asked, reached))
            count, wrong = done[key]
            checked += count
            faults += [_fault(one, " of ".join(filter(None, demand)), asked.responsible, examples) for one in wrong]
    return shortest(checked, faults)


def _fault(wrong: Wrong, demand: str, responsible: str, examples: dict[Kind, Request]) -> Fault:
    """What is wrong, told of the plainest requests that are of the kinds it passes."""
    passed, before = [], wrong.passed[0][0].kind
    for (kind, state, _filled), deed in wrong.passed:
        changed = "" if kind == before else f" to {request_text(examples[kind])}"
        passed.append(Passed(kind.route, state, deed.format(changed)))
        before = kind
    way, first = Way(responsible, tuple(passed)), examples[wrong.passed[0][0].kind]
    return Fault(
        len(way.deeds), f"{request_text(first)} {wrong.what.format(demand)}{way.told}", way, unusual_count(first)
    )


def _asked(matter: Matter) -> Iterator[tuple[Demand, Asked, dict[Kind, Request]]]:
    """Every demand that some request of a matter meets, with the plainest request of each kind."""
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
        kinds = {
            index: Kind(said.route, said.body, before.get(index))
            for index, said in enumerate(matter.rulings)
            if not said.is_refused
        }
        up = ((index, where.get(matter.requests[index].with_(principal=True))) for index in kinds)
        raised = frozenset((kinds[low], kinds[high]) for low, high in up if high in kinds and low != high)
        asked = Asked(policy, matter.responsible, frozenset(kinds.values()), raised, _offered(policy, demand))
        examples: dict[Kind, Request] = {}
        for index in sorted(kinds, key=lambda index: unusual_count(matter.requests[index])):
            examples.setdefault(kinds[index], matter.requests[index])
        yield demand, asked, examples


def _offered(policy: Policy, demand: Demand) -> bool:
    """Whether the form of a case has what the demand asks for."""
    id_, group = demand
    kind = REQUIREMENT_KINDS[id_]
    if kind.has_groups:
        return any(known.group == group and known.items for known in policy.goals)
    return kind.answered is Answered.ATTRIBUTE or all(name in CASE_FIELDS for name in kind.fields)


Reached = dict[Place, tuple[Place | None, str]]


def _walk(asked: Asked, promises: Promises, compiled: Compiled) -> Reached:
    reached: Reached = {Place(kind, "draft", False): (None, "") for kind in sorted(asked.kinds, key=str)}
    queue = list(reached)
    for place in queue:
        procedure = compiled(asked.policy, place.kind.route, asked.responsible)
        for leg in legs(procedure).get(place.state, ()):
            following = procedure.stop_at(leg.to)
            into = following.step if following is not None else leg.step
            for to, deed in _onward(asked, place, leg, into, promises, compiled):
                if to not in reached:
                    reached[to] = (place, deed)
                    queue.append(to)
    return reached


def _onward(
    asked: Asked, place: Place, leg: Leg, into: str, promises: Promises, compiled: Compiled
) -> Iterator[tuple[Place, str]]:
    if leg.action == "amend" or leg.outcome == "approve-amended":
        for kind in asked.kinds:
            same_way = leg.action == "amend" or kind[:2] == place.kind[:2]
            for filled in (False, True) if asked.can_be_filled else (False,):
                to = Place(kind, leg.to, filled)
                if same_way and not _refused(kind, filled, leg, into, promises):
                    yield to, f"{leg.deed}{{}}, the field {'filled' if filled else 'empty'}"
    elif not _refused(place.kind, place.filled, leg, into, promises):
        yield place._replace(state=leg.to), leg.deed
        for low, high in asked.raised:
            if leg.action == "endorse" and low == place.kind:
                for other in legs(compiled(asked.policy, high.route, asked.responsible)).get(place.state, ()):
                    if other.action == "endorse":
                        yield Place(high, other.to, place.filled), f"{leg.deed} as a matter of principle"


def _refused(kind: Kind, filled: bool, leg: Leg, into: str, promises: Promises) -> bool:
    """Whether the gate refuses the act because what is demanded is missing."""
    if filled or kind.before is None:
        return False
    act = leg.outcome or leg.action
    own = act in promises.asks_for_own and kind.before <= STEPS.index(leg.step)
    return own or (act in promises.asks_for_next and kind.before <= STEPS.index(into))


def _wrong(asked: Asked, reached: Reached) -> Iterator[Wrong]:
    for place in reached:
        if place.state in YES and place.kind.before is not None and not place.filled:
            yield Wrong(f"reaches {place.state} without the demand {{}} met", _passed(reached, place))
            break
    for kind in sorted(asked.kinds, key=str):
        if kind.before is not None and Place(kind, "concluded", True) not in reached:
            what = "can never be concluded: nobody on its way can fill in what {} asks for"
            yield Wrong(what, ((Place(kind, "draft", False), ""),))
            break


def _passed(reached: Reached, end: Place) -> tuple[tuple[Place, str], ...]:
    passed: list[tuple[Place, str]] = []
    place: Place | None = end
    while place is not None:
        before, deed = reached[place]
        passed.insert(0, (place, deed))
        place = before
    return tuple(passed)
