"""JSON of the engine's answer: who decides a request, its route and its requirements.

The command line and the API return the same JSON. Names are the municipality's own; codes and keys are stable.
`workflow.policy.competence` computes the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from web.ui import route_diagram
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.competence import deciding_body_key, who_decides
from workflow.policy.domain import ATTRIBUTES, FUNDING, PERCENT, UNSET, acts_of
from workflow.policy.model import ENGAGEMENTS, Policy, Request, Requirement, Words
from workflow.policy.requirements import missing, required
from workflow.policy.roles import seat
from workflow.policy.state_machine import Procedure, Stop, procedure_for

#: Attributes of a request that the caller may give.
ASKABLE = (*(name for name in ATTRIBUTES if name not in ("engagement", "act")), FUNDING)
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
Json = dict[str, Any]


def named(names: Words, language: str) -> str:
    """A name in a language, else in English."""
    return names.get(language) or names["en"]


def parse_request(policy: Policy, engagement: str, act: str, given: Mapping[str, str]) -> tuple[Request, str]:
    """The request that strings describe, and the key of its responsible body.

    `responsible` may be a kind of body or a body's key; a kind means the policy's first body of that kind. Raises
    `Malformed`, naming the field and the value.
    """
    _one_of("engagement", engagement, ENGAGEMENTS)
    _one_of("act", act, acts_of(engagement))
    for name in given:
        if name not in ASKABLE:
            raise Malformed(reason("field-unknown", field=name))
    responsible = _responsible(policy, given.get("responsible", policy.default_responsible))
    values = {name: _value(name, text) for name, text in given.items() if name != "responsible"}
    return Request(engagement, act, policy.body(responsible).kind, **values), responsible


def _responsible(policy: Policy, given: str) -> str:
    if policy.has_body(given) and policy.body(given).kind in policy.responsible_kinds():
        return given
    _one_of("responsible", given, policy.responsible_kinds())
    return policy.bodies_of(given)[0].key


def _value(name: str, text: str) -> Any:
    if name == FUNDING:
        if not text.isdecimal() or len(text) > len(str(PERCENT.high)) or int(text) > PERCENT.high:
            raise _wrong(name, text, f"is no whole number from {PERCENT.low} to {PERCENT.high}")
        return int(text)
    if name == "initiative":
        _one_of(name, text, (*(str(value) for value in ATTRIBUTES[name] if value), UNSET))
        return None if text == UNSET else text
    if name == "scope":
        _one_of(name, text, tuple(str(value) for value in ATTRIBUTES[name]))
        return text
    if text.lower() not in _TRUTH:
        raise _wrong(name, text, "is neither true nor false")
    return _TRUTH[text.lower()]


def _one_of(field: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise _wrong(field, value, f"is none of {', '.join(known)}")


def _wrong(field: str, value: str, why: str) -> Malformed:
    return Malformed(reason("field-wrong", field=field, why=f"“{value}” {why}"))


def answer(policy: Policy, request: Request, responsible: str) -> Json:
    """The deciding body, route and requirements of a request, or the clause that forbids it."""
    found = who_decides(policy, request)
    document: Json = {
        "municipality": policy.municipality.key,
        "policy_version": policy.version,
        "engagement": request.engagement,
        "act": request.act,
        "responsible": responsible,
        "attributes": {name: getattr(request, name) for name in ASKABLE},
        "outcome": found.outcome,
        "body": found.body,
        "body_key": None,
        "body_name": None,
        "route": [],
        "requirements": [],
        "clauses": list(found.clauses),
        "assumed": bool(found.assumptions),
        "assumptions": list(found.assumptions),
    }
    if found.is_decided and found.route is not None:
        body = deciding_body_key(policy, found, responsible)
        document |= {"body_key": body, "body_name": body_name(policy, body)}
        procedure = procedure_for(policy, found.route, request.responsible)
        document["route"] = list(route_stops(policy, procedure, responsible))
        document["requirements"] = list(requirements(policy, request))
    return document


def body_name(policy: Policy, key: str) -> str:
    """The municipality's own name of a body."""
    return named(policy.body(key).names, policy.municipality.language)


def route_stops(policy: Policy, procedure: Procedure, responsible: str) -> Iterator[Json]:
    """The stops of a procedure for a responsible body, in order."""
    for stop, stage in zip(procedure.stops, route_diagram.planned(policy, procedure, responsible), strict=True):
        bodies = (stage.body,) if stage.body else stage.asked
        within = stop.source.within
        yield {
            "step": stop.step,
            "state": stop.state,
            "by": _by(policy, stop, stage, responsible),
            "body_key": stage.body or None,
            "body_name": ", ".join(body_name(policy, key) for key in bodies),
            "within": f"{within.amount} {within.unit}" if within else None,
            "clauses": list(stop.source.clauses),
            "assumed": stop.source.assumed,
        }


def _by(policy: Policy, stop: Stop, stage: route_diagram.Stage, responsible: str) -> str:
    """Who acts, as the policy writes it; where several may sign, the first of them."""
    if stop.step == "sign":
        return next(token for token in stop.by if seat(policy, token, responsible) == (stage.role, stage.body))
    return ", ".join(stop.by)


def requirements(
    policy: Policy, request: Request, fields: Mapping[str, object] | None = None, goals: tuple[str, ...] = ()
) -> Iterator[Json]:
    """Requirements of a request, one entry per field; with the fields of a case, whether each is met."""
    for requirement in required(policy, request):
        lacking = () if fields is None else missing(policy, requirement, request, fields, goals)
        for name in requirement.fields:
            entry: Json = {
                "id": requirement.id,
                "field": name,
                "before": requirement.before,
                "clauses": list(requirement.clauses),
                "assumed": _is_assumed(policy, requirement),
            }
            if requirement.group is not None:
                entry["options"] = _options(policy, requirement.group)
            if fields is not None:
                entry["met"] = name not in lacking
            yield entry


def _is_assumed(policy: Policy, requirement: Requirement) -> bool:
    cited = (policy.clauses[clause].assumed for clause in requirement.clauses)
    return bool(requirement.assumed or any(cited))


def _options(policy: Policy, group: str) -> list[str]:
    return [goal.key for found in policy.goals if found.group == group for goal in found.items]
