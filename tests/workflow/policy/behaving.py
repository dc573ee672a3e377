"""Behaviour of a policy, apart from how it is written.

Two packs that behave alike answer every request alike, send it along the same stops, demand the same of it, and
evaluate and meet by the same rules. A mutant that behaves as its original is no mutant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflow.core.errors import PolicyGap
from workflow.policy.assumptions import assumptions
from workflow.policy.competence import look_up
from workflow.policy.loading.loader import policy_from
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule, Requirement, Step
from workflow.policy.request_space import conditions, founding_alone, mentioned, requests, restricted_to
from workflow.policy.requirements import required
from workflow.policy.state_machine import procedure_for

#: Assumptions that show in answers, ways and demands, and are compared there.
DECIDED_BY = ("competence", "prohibition", "requirement", "route", "evaluation", "law row", "founding", "clause")


def behaviour(document: dict[str, Any]) -> object:
    """Everything by which two documents can be told apart in use; an assumption is one or none.

    Of citations it counts which there are, not in which order.
    """
    policy = policy_from(document, source="mutant")
    return (
        [_answered(one) for one in (policy, founding_alone(policy))],
        policy.default_responsible,
        [(replace(rule, assumed=None), _is_assumed(policy, rule)) for rule in policy.evaluations],
        policy.law.collegial,
        policy.ladders,
        [found.where for found in assumptions(policy) if not found.where.startswith(DECIDED_BY)],
    )


def _step(step: Step) -> object:
    return step.within, set(step.clauses), step.assumed is not None


def _is_assumed(policy: Policy, *rules: Requirement | EvaluationRule) -> bool:
    cited = (policy.clauses[clause].assumed for rule in rules for clause in rule.clauses)
    return any(rule.assumed for rule in rules) or any(cited)


def _answered(policy: Policy) -> object:
    varying = mentioned(conditions(policy))
    found: dict[object, object] = {}
    of_pair: dict[tuple[str, str], Policy] = {}
    for request in requests(policy, varying):
        pair = request.engagement, request.act
        tables = of_pair[pair] = of_pair.get(pair) or restricted_to(policy, *pair)
        try:
            answer = look_up(tables, request)
        except PolicyGap:
            found[request] = None
            continue
        way: object = None
        if answer.route is not None:
            stops = procedure_for(policy, answer.route, request.responsible).stops
            way = [(stop.state, stop.by, stop.kind, _step(stop.source)) for stop in stops]
        asked = required(tables, request) if answer.is_decided else ()
        demanded = tuple((one.id, one.group, one.before, set(one.clauses), _is_assumed(policy, one)) for one in asked)
        found[request] = (answer.outcome, answer.body, set(answer.clauses), bool(answer.assumptions), way, demanded)
    return found
