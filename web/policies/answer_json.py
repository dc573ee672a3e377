"""Who decides, on which way and with what to show for it: how is the engine's answer told to a program?

The command line, the API and whoever else asks get the same JSON. Names are the municipality's own; codes and keys
are stable. The answer itself is `workflow.policy.competence`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from web.ui import route_diagram
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.competence import deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, UNSET, Request, acts_of
from workflow.policy.requirements import missing, required
from workflow.policy.roles import seat
from workflow.policy.state_machine import Procedure, Stop, procedure_for

#: Attributes of a request that a question may give.
ASKABLE = tuple(name for name in ATTRIBUTES if name not in ("engagement", "act"))
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
Json = dict[str, Any]


def named(names: Mapping[str, str], language: str) -> str:
    """A name in a language, else in English."""
    return names.get(language) or names["en"]


def asked(policy: Policy, engagement: str, act: str, given: Mapping[str, str]) -> tuple[Request, str]:
    """The request that words ask about, and the key of its responsible body.

    `responsible` may be a kind of body or a body's key; a kind means the policy's first body of that kind. Raises
    `Malformed`, naming the field and the value, for what the policy cannot be asked.
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
    attribute = ATTRIBUTES[name]
    if span := attribute.span:
        if not text.isdecimal() or len(text) > len(str(span.high)) or not span.low <= int(text) <= span.high:
            raise _wrong(name, text, f"is no whole number from {span.low} to {span.high}")
        return int(text)
    if not attribute.is_yes_no:
        _one_of(name, text, (*attribute.words, UNSET) if attribute.may_be_unset else attribute.words)
        return None if text == UNSET else text
    if text.lower() not in _TRUTH:
        raise _wrong(name, text, "is neither true nor false")
    return _TRUTH[text.lower()]


def _one_of(field: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise _wrong(field, value, f"is none of {', '.join(known)}")


def _wrong(field: str, value: str, why: str) -> Malformed:
    return Malformed(reason("field-wrong", field=field, why=f"“{value}” {why}"))


def answer(policy: Policy, request: Request, responsible: str) -> Json:
    """Who decides a request of a responsible body, the way there and what it needs; or the clause that forbids it."""
    found = who_decides(policy, request)
    told: Json = {
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
        told |= {"body_key": body, "body_name": body_name(policy, body)}
        told["route"] = list(way(policy, procedure_for(policy, found.route, request.responsible), responsible))
        told["requirements"] = list(demands(policy, request))
    return told


def body_name(policy: Policy, key: str) -> str:
    """What the municipality itself calls a body."""
    return named(policy.body(key).names, policy.municipality.language)


def way(policy: Policy, procedure: Procedure, responsible: str) -> Iterator[Json]:
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
    """Who acts, as the policy writes it; where several may sign, whoever is asked first."""
    if stop.step == "sign":
        return next(token for token in stop.by if seat(policy, token, responsible) == (stage.role, stage.body))
    return ", ".join(stop.by)


def demands(
    policy: Policy, request: Request, fields: Mapping[str, object] | None = None, goals: tuple[str, ...] = ()
) -> Iterator[Json]:
    """What a policy demands of a request, one entry per field; with the fields of a case, whether it is met."""
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
