"""P10, of requests: what a claim promises, and why the tables, routes and rules do not keep it.

Given the request's one answer, each kind of promise is looked up where it is kept: in the row, on the route, among
the requirements or the evaluations; and there it must cite the clause and be marked as assumed where it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow.core.messages import Message
from workflow.policy.claims import Claim
from workflow.policy.clauses import Clause
from workflow.policy.competence import Answer
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule, Step
from workflow.policy.request_domain import Request
from workflow.policy.requirements import required
from workflow.policy.state_machine import Procedure, Stop, procedure_for
from workflow.policy.verification.messages import message
from workflow.policy.vocabulary import STEPS

#: Kinds of clause that a step rests on for whom it asks; what other kinds promise of one may rest on the row.
FOR_STEPS = ("competence", "law", "representation")


def promise(claim: Claim) -> Message:
    """What a claim promises; it lacks the clause, the request and why it fails."""
    if claim.refused:
        return message("promised-refused")
    if claim.evaluated or claim.evaluated_not:
        return message("promised-evaluated" if claim.evaluated else "promised-not-evaluated")
    if claim.heard:
        return message("promised-heard", body=claim.heard)
    if claim.cited_not:
        return message("promised-not-cited")
    if claim.decided_by is not None:
        return message("promised-decided", body=claim.decided_by)
    if claim.signed_by is not None:
        return message("promised-signed", seat=claim.signed_by)
    demand: object = claim.requires or claim.requires_not
    if claim.group:
        demand = message("demand-of-group", demand=demand, group=claim.group)
    return message("promised-required" if claim.requires else "promised-not-required", demand=demand)


def failure(policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer) -> Message | None:
    """Why a promise is not kept; None when it is."""
    if claim.refused:
        return _refusal_failure(clause, claim, answer)
    if not answer.is_decided:
        return message("refused-by-row", row=answer.row)
    if claim.cited_not:
        return message("cited-by-row", row=answer.row) if clause.id in answer.clauses else None
    if claim.evaluated or claim.evaluated_not:
        return _evaluation_failure(policy, clause, claim, request)
    if claim.requires is not None or claim.requires_not is not None:
        return _requirement_failure(policy, clause, claim, request, answer)
    assert answer.route is not None  # the request is decided
    procedure = procedure_for(policy, answer.route, request.responsible)
    if claim.decided_by is not None:
        return _decision_failure(procedure, clause, claim, request, answer)
    return _step_failure(procedure, clause, claim, answer.route)


def _refusal_failure(clause: Clause, claim: Claim, answer: Answer) -> Message | None:
    if answer.is_decided:
        return message("decided-by-row", row=answer.row, body=answer.body)
    if clause.id not in answer.clauses:
        return message("refused-uncited", row=answer.row)
    return _reading_failure(claim, answer.assumptions)


def _reading_failure(claim: Claim, reasons: Iterable[str | None]) -> Message | None:
    """What a document says outright is no assumption, and an assumption is never shown as a citation."""
    admitted = [reason for reason in reasons if reason]
    if claim.reading and not admitted:
        return message("not-assumed")
    return message("assumed", assumption=admitted[0]) if admitted and not claim.reading else None


def _decision_failure(
    procedure: Procedure, clause: Clause, claim: Claim, request: Request, answer: Answer
) -> Message | None:
    if answer.body != claim.decided_by:
        return message("decided-by-row", row=answer.row, body=answer.body)
    # a matter of principle goes by the law's row, whatever the policy's own clauses say
    rests = clause.kind == "law" or (clause.kind == "competence" and not (request.principal and answer.tier == "law"))
    if rests and clause.id not in answer.clauses:
        return message("row-uncited", row=answer.row)
    if procedure.deciding.kind != claim.decided_by:
        return message("route-decided-by", route=answer.route, body=procedure.deciding.kind)
    return _reading_failure(claim, answer.assumptions)


def _step_failure(procedure: Procedure, clause: Clause, claim: Claim, route: str) -> Message | None:
    """Who is heard, or who signs."""
    if claim.heard is not None:
        steps = [stop.source for stop in procedure.stops if _hears(stop, claim.heard)]
        missing = message("not-heard", route=route, body=claim.heard)
    else:
        steps = [stop.source for stop in procedure.stops if stop.step == "sign" and claim.signed_by in stop.by]
        missing = message("not-signed", route=route, seat=claim.signed_by)
    if not steps:
        return missing
    return _citation_failure(clause, claim, steps[0])


def _hears(stop: Stop, body: str) -> bool:
    return (stop.step == "recommend" and stop.kind == body) or (stop.step == "consult" and body in stop.by)


def _citation_failure(clause: Clause, claim: Claim, step: Step) -> Message | None:
    if clause.kind in FOR_STEPS and clause.id not in step.clauses:
        return message("step-uncited", step=step.step, by=step.by)
    return _reading_failure(claim, (step.assumed,))


def _requirement_failure(
    policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer
) -> Message | None:
    demand = claim.requires or claim.requires_not
    demanding = [rule for rule in required(policy, request) if rule.id == demand and claim.group in (None, rule.group)]
    if claim.requires_not is not None:
        if not demanding:
            return None
        clauses = demanding[0].clauses
        return message("required-by", clauses=clauses) if clauses else message("required-by-rule")
    if not demanding:
        return message("not-required")
    citing = [requirement for requirement in demanding if clause.id in requirement.clauses]
    if not citing:
        return message("requirement-uncited")
    assert answer.route is not None  # the request is decided
    stops = procedure_for(policy, answer.route, request.responsible).stops
    if STEPS.index(citing[0].before) > max(STEPS.index(stop.step) for stop in stops):
        return message("step-missing", route=answer.route, step=citing[0].before)
    return _reading_failure(claim, (citing[0].assumed, clause.assumed))


def _evaluation_failure(policy: Policy, clause: Clause, claim: Claim, request: Request) -> Message | None:
    citing = [rule for rule in policy.evaluations if clause.id in rule.clauses and rule.when.holds(request)]
    if claim.evaluated_not:
        return message("evaluation-made", rule=citing[0].id) if citing else None
    if not citing:
        return message("evaluation-not-made")
    against = [_differs(claim, rule) for rule in citing]
    return (
        against[0] if all(against) else _reading_failure(claim, (citing[against.index(None)].assumed, clause.assumed))
    )


def _differs(claim: Claim, rule: EvaluationRule) -> Message | None:
    for name, promised in claim.evaluated:
        if (found := getattr(rule, name)) != promised:
            return message("evaluation-differs", rule=rule.id, attribute=name, found=found, promised=promised)
    return None
