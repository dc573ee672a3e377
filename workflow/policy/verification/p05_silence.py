"""P5: silence and time decide nothing and change nobody's right to decide.

The one thing the clock may do to a case is to close a consultation, and that leads on to a body, which still decides.
Take every deadline and every evaluation out of a policy, and the same people may do the same things. Whom a late
evaluation is reported to exists and stands above whoever is late with it; it is decided by the body the tables name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from workflow.core.messages import Message
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import Request
from workflow.policy.request_space import restricted_to
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import Matter, meets, ruling, traversed
from workflow.policy.verification.result import Counterexample, Finding, shortest
from workflow.policy.verification.state_search import Compiled, StateSpace, path_to, transitions
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

#: The act by which a matter under evaluation is decided.
REVIEWING_ACTS = ("evaluate", "revise")
STAFF = ("officer", "manager")
ELECTED = ("secretary", "chair", "member")
#: What each check finds; None where it holds.
Checks = Iterator[Counterexample | None]


def silence_decides_nothing(
    spaces: Iterable[StateSpace], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether deadlines, silence and reminders leave every decision where it is."""
    matters = tuple(space.matter for space in spaces)
    checks = [*_on_routes(matters, promises, compiled), *_without_time(matters), *_evaluations(matters)]
    return shortest(len(checks), (found for found in checks if found is not None))


def timeless(policy: Policy) -> Policy:
    """The policy without deadlines, evaluations and ladders."""
    routes = {name: tuple(replace(step, within=None) for step in steps) for name, steps in policy.routes.items()}
    return replace(policy, routes=routes, evaluations=())


def _on_routes(matters: Iterable[Matter], promises: Promises, compiled: Compiled) -> Checks:
    without: dict[int, Policy] = {}
    for policy, route, responsible, request in traversed(matters):
        procedure = compiled(policy, route, responsible)
        yield from _moves_by_deadline(procedure, route, request, promises)
        if id(policy) not in without:
            without[id(policy)] = timeless(policy)
        bare = compiled(without[id(policy)], route, responsible)
        same = _rights(bare) == _rights(procedure)
        yield None if same else Counterexample(message("deadlines-decide", route=route), request)


def _moves_by_deadline(procedure: Procedure, route: str, request: Request, promises: Promises) -> Checks:
    for state, some in transitions(procedure).items():
        for one in some:
            if one.action in promises.by_deadline:
                stop = procedure.stop_at(one.to)
                if stop is not None and stop.step in ("recommend", "decide") and one.to == stop.state:
                    yield None
                    continue
                path = path_to(procedure, route, request.responsible, state, one)
                yield Counterexample(message("reached-by-silence", state=one.to), request, path)


def _rights(procedure: Procedure) -> object:
    return procedure.moves, [(stop.state, stop.by, stop.kind) for stop in procedure.stops]


def _without_time(matters: Iterable[Matter]) -> Checks:
    without: dict[tuple[int, str, str], Policy] = {}
    for matter in matters:
        key = id(matter.policy), matter.requests[0].engagement, matter.requests[0].act
        bare = without[key] = without.get(key) or restricted_to(replace(matter.policy, evaluations=()), *key[1:])
        for request, said in zip(matter.requests, matter.rulings, strict=True):
            same = ruling(bare, request) == said
            yield None if same else Counterexample(message("evaluations-decide"), request)


def _evaluations(matters: tuple[Matter, ...]) -> Checks:
    for policy in {id(matter.policy): matter.policy for matter in matters}.values():
        for rule in policy.evaluations:
            for what in _reported_to(policy, rule):
                yield None if what is None else Counterexample(what.with_values(rule=rule.id))
            for matter in matters:
                if matter.policy is policy and rule.decides != "as-entered":
                    yield from _decided_by_other(matter, rule)


def _reported_to(policy: Policy, rule: EvaluationRule) -> Iterator[Message | None]:
    """Seats that nobody can hold, and a ladder that does not lead above whoever is late."""
    admitted = rule.when.values_of("responsible")
    kinds = admitted if isinstance(admitted, tuple) else RESPONSIBLE_KINDS
    for token in (rule.reports, *(rung.tell for rung in rule.ladder)):
        for body in policy.responsible_bodies():
            if body.kind in kinds:
                exists = _exists(policy, token, body.key)
                yield None if exists else message("evaluation-no-seat", seat=token, key=body.key)
    last = rule.ladder[-1].tell if rule.ladder else None
    yield None if last and last.startswith("chair@") else message("evaluation-no-chair", last=last)
    first = rule.ladder[0].tell if rule.ladder else None
    reporter = (rule.reports, "officer@responsible")
    yield None if first in reporter else message("evaluation-wrong-start", first=first)


def _exists(policy: Policy, token: str, responsible: str) -> bool:
    role, _, where = token.partition("@")
    bodies = [policy.body(responsible)] if where == "responsible" else list(policy.bodies_of(where))
    if len(bodies) != 1:
        return False
    if role in STAFF:
        below = [body for body in policy.bodies if body.kind == "administration" and body.parent == bodies[0].key]
        return bool(below) or bodies[0].kind == "administration"
    return bodies[0].is_collegial if role in ELECTED else True


def _decided_by_other(matter: Matter, rule: EvaluationRule) -> Checks:
    for request, said in zip(matter.requests, matter.rulings, strict=True):
        values = {name: getattr(request, name) for name in Request.__slots__}
        if request.act not in REVIEWING_ACTS or said.is_refused or not meets(rule.when, values):
            continue
        decides = request.responsible if rule.decides == "responsible" else rule.decides
        if decides == said.own:
            yield None
            continue
        found = {"rule": rule.id, "body": decides, "other": said.own, "request": request}
        yield Counterexample(message("evaluation-decided-by-other", **found))
