"""P5: do silence and time decide nothing, and change nobody's right to decide?

The one thing the clock may do to a case is to close a consultation, and that leads on to a body, which still decides.
Take every deadline and every evaluation out of a policy, and the same people may do the same things. A late evaluation
is told to seats that exist, above whoever is late with it, and is decided by the body the tables name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, restricted_to, unusual_count
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.reference_answers import Matter, meets, ruling, traversed
from workflow.policy.verification.result import Fault, Finding, shortest
from workflow.policy.verification.state_search import Compiled, Journeys, legs, way_to
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

#: The act by which a matter under evaluation is decided.
LOOKS_BACK = ("evaluate", "revise")
STAFF = ("officer", "manager")
ELECTED = ("secretary", "chair", "member")


def silence_decides_nothing(
    all_journeys: Iterable[Journeys], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether deadlines, silence and reminders leave every decision where it is."""
    matters = tuple(journeys.matter for journeys in all_journeys)
    tried = [
        *_on_the_way(matters, promises, compiled),
        *_without_time(matters),
        *_evaluations(matters),
    ]
    return shortest(len(tried), (fault for fault in tried if fault is not None))


def timeless(policy: Policy) -> Policy:
    """The policy without deadlines, evaluations and ladders."""
    routes = {name: tuple(replace(step, within=None) for step in steps) for name, steps in policy.routes.items()}
    return replace(policy, routes=routes, evaluations=())


def _on_the_way(matters: Iterable[Matter], promises: Promises, compiled: Compiled) -> Iterator[Fault | None]:
    without: dict[int, Policy] = {}
    for policy, route, responsible, request in traversed(matters):
        procedure = compiled(policy, route, responsible)
        yield from _by_the_clock(procedure, route, request, promises)
        if id(policy) not in without:
            without[id(policy)] = timeless(policy)
        bare = compiled(without[id(policy)], route, responsible)
        alike = _rights(bare) == _rights(procedure)
        yield None if alike else _said(request, f"goes by {route}, where others may act once nothing has a deadline")


def _by_the_clock(procedure: Procedure, route: str, request: Request, promises: Promises) -> Iterator[Fault | None]:
    for state, some in legs(procedure).items():
        for leg in some:
            if leg.action in promises.by_deadline:
                stop = procedure.stop_at(leg.to)
                waits = stop is not None and stop.step in ("recommend", "decide") and leg.to == stop.state
                way = way_to(procedure, route, request.responsible, state, leg)
                story = f"{request_text(request)} comes to {leg.to} by silence alone{way.told}"
                yield None if waits else Fault(len(way.deeds), story, way, unusual_count(request))


def _said(request: Request, what: str) -> Fault:
    return Fault(0, f"{request_text(request)} {what}", odd=unusual_count(request))


def _rights(procedure: Procedure) -> object:
    return procedure.moves, [(stop.state, stop.by, stop.kind) for stop in procedure.stops]


def _without_time(matters: Iterable[Matter]) -> Iterator[Fault | None]:
    without: dict[tuple[int, str, str], Policy] = {}
    for matter in matters:
        key = id(matter.policy), matter.requests[0].engagement, matter.requests[0].act
        bare = without[key] = without.get(key) or restricted_to(replace(matter.policy, evaluations=()), *key[1:])
        for request, said in zip(matter.requests, matter.rulings, strict=True):
            alike = ruling(bare, request) == said
            yield None if alike else _said(request, "is decided by others once evaluations end")


def _evaluations(matters: tuple[Matter, ...]) -> Iterator[Fault | None]:
    for policy in {id(matter.policy): matter.policy for matter in matters}.values():
        for rule in policy.evaluations:
            for found in _told(policy, rule):
                yield None if found is None else Fault(0, f"evaluation {rule.id}: {found}")
            for matter in matters:
                if matter.policy is policy and rule.decides != "as-entered":
                    yield from _decided_elsewhere(matter, rule)


def _told(policy: Policy, rule: EvaluationRule) -> Iterator[str | None]:
    """Seats that nobody can sit in, and a ladder that does not lead above who is late."""
    wanted = rule.when.values_of("responsible")
    kinds = wanted if isinstance(wanted, tuple) else RESPONSIBLE_KINDS
    for token in (rule.reports, *(rung.tell for rung in rule.ladder)):
        for body in policy.responsible_bodies():
            if body.kind in kinds:
                yield None if _exists(policy, token, body.key) else f"there is no {token} for {body.key}"
    last = rule.ladder[-1].tell if rule.ladder else ""
    yield None if last.startswith("chair@") else f"when it is late, no chair is told; it ends with {last or 'nobody'}"
    first = rule.ladder[0].tell if rule.ladder else ""
    reporter = (rule.reports, "officer@responsible")
    yield None if first in reporter else f"its ladder begins with {first or 'nobody'}, not with who has the work"


def _exists(policy: Policy, token: str, responsible: str) -> bool:
    role, _, where = token.partition("@")
    bodies = [policy.body(responsible)] if where == "responsible" else list(policy.bodies_of(where))
    if len(bodies) != 1:
        return False
    if role in STAFF:
        below = [body for body in policy.bodies if body.kind == "administration" and body.parent == bodies[0].key]
        return bool(below) or bodies[0].kind == "administration"
    return bodies[0].is_collegial if role in ELECTED else True


def _decided_elsewhere(matter: Matter, rule: EvaluationRule) -> Iterator[Fault | None]:
    for request, said in zip(matter.requests, matter.rulings, strict=True):
        values = {name: getattr(request, name) for name in Request.__slots__}
        if request.act not in LOOKS_BACK or said.is_refused or not meets(rule.when, values):
            continue
        decides = request.responsible if rule.decides == "responsible" else rule.decides
        other = f"evaluation {rule.id} lets {decides} decide what {said.own} decides: {request_text(request)}"
        yield None if decides == said.own else Fault(0, other, odd=unusual_count(request))
