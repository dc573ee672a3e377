"""How does what a clause promises of a request come out otherwise?

Given the request's one answer, each kind of promise is looked for where it is kept: in the row, on the route, among
the requirements or the evaluations; and there it must cite the clause and admit what is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow.policy.claims import Claim
from workflow.policy.clauses import Clause
from workflow.policy.competence import Answer
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule, Step
from workflow.policy.request_domain import Request
from workflow.policy.requirements import required
from workflow.policy.state_machine import Procedure, Stop, procedure_for
from workflow.policy.vocabulary import STEPS

#: Kinds of clause that a step rests on for whom it asks; what other kinds promise of one may rest on the row.
FOR_STEPS = ("competence", "law", "representation")


def promised(claim: Claim) -> str:
    """What a claim promises, in words."""
    if claim.refused:
        return "refused"
    if claim.evaluated or claim.evaluated_not:
        return "evaluated" if claim.evaluated else "not evaluated for it"
    of_group = f" of {claim.group}" if claim.group else ""
    if claim.heard or claim.cited_not:
        return f"{claim.heard} heard" if claim.heard else "not by this clause"
    for what, value in (
        ("decided by", claim.decided_by),
        ("signed by", claim.signed_by),
        ("requires", claim.requires),
        ("does not require", claim.requires_not),
    ):
        if value is not None:
            return f"{what} {value}{of_group}"
    raise AssertionError("a claim promises something")


def otherwise(policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer) -> str | None:
    """Why a promise is not kept; None when it is."""
    if claim.refused:
        return _not_refused(clause, answer)
    if not answer.is_decided:
        return f"it is refused by {answer.row}"
    if claim.cited_not:
        return f"row {answer.row} cites it" if clause.id in answer.clauses else None
    if claim.evaluated or claim.evaluated_not:
        return _looked_back_on_otherwise(policy, clause, claim, request)
    if claim.requires is not None or claim.requires_not is not None:
        return _demanded_otherwise(policy, clause, claim, request, answer)
    assert answer.route is not None  # the request is decided
    procedure = procedure_for(policy, answer.route, request.responsible)
    if claim.decided_by is not None:
        return _decided_otherwise(procedure, clause, claim, request, answer)
    return _asked_otherwise(procedure, clause, claim, answer.route)


def _not_refused(clause: Clause, answer: Answer) -> str | None:
    if answer.is_decided:
        return f"row {answer.row} lets {answer.body} decide it"
    return None if clause.id in answer.clauses else f"row {answer.row} refuses it without citing the clause"


def _read_otherwise(claim: Claim, reasons: Iterable[str | None]) -> str | None:
    """What a document says outright is no assumption, and an assumption is never shown as a citation."""
    admitted = [reason for reason in reasons if reason]
    if claim.reading and not admitted:
        return "nothing marks it as assumed"
    return f"it is marked as assumed ({admitted[0]})" if admitted and not claim.reading else None


def _decided_otherwise(
    procedure: Procedure, clause: Clause, claim: Claim, request: Request, answer: Answer
) -> str | None:
    if answer.body != claim.decided_by:
        return f"row {answer.row} lets {answer.body} decide it"
    # a matter of principle goes by the law's row, whatever the policy's own clauses say
    rests = clause.kind == "law" or (clause.kind == "competence" and not (request.principal and answer.tier == "law"))
    if rests and clause.id not in answer.clauses:
        return f"row {answer.row} does not cite the clause"
    if procedure.deciding.kind != claim.decided_by:
        return f"on its route {answer.route} {procedure.deciding.kind} decides"
    return _read_otherwise(claim, answer.assumptions)


def _asked_otherwise(procedure: Procedure, clause: Clause, claim: Claim, route: str) -> str | None:
    """Who is heard, or who signs."""
    if claim.heard is not None:
        steps = [stop.source for stop in procedure.stops if _hears(stop, claim.heard)]
        nobody = f"on its route {route} nobody asks {claim.heard}"
    else:
        steps = [stop.source for stop in procedure.stops if stop.step == "sign" and claim.signed_by in stop.by]
        nobody = f"on its route {route} {claim.signed_by} does not sign"
    if not steps:
        return nobody
    return _rested_otherwise(clause, claim, steps[0])


def _hears(stop: Stop, body: str) -> bool:
    return (stop.step == "recommend" and stop.kind == body) or (stop.step == "consult" and body in stop.by)


def _rested_otherwise(clause: Clause, claim: Claim, step: Step) -> str | None:
    if clause.kind in FOR_STEPS and clause.id not in step.clauses:
        return f"the step {step.step} by {', '.join(step.by)} does not cite the clause"
    return _read_otherwise(claim, (step.assumed,))


def _demanded_otherwise(policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer) -> str | None:
    wanted = claim.requires or claim.requires_not
    asking = [rule for rule in required(policy, request) if rule.id == wanted and claim.group in (None, rule.group)]
    if claim.requires_not is not None:
        return f"{', '.join(asking[0].clauses) or 'a rule'} requires it" if asking else None
    if not asking:
        return "nothing requires it"
    citing = [requirement for requirement in asking if clause.id in requirement.clauses]
    if not citing:
        return "the requirement does not cite the clause"
    assert answer.route is not None  # the request is decided
    stops = procedure_for(policy, answer.route, request.responsible).stops
    if STEPS.index(citing[0].before) > max(STEPS.index(stop.step) for stop in stops):
        return f"its route {answer.route} never comes to the step {citing[0].before}"
    return _read_otherwise(claim, (citing[0].assumed, clause.assumed))


def _looked_back_on_otherwise(policy: Policy, clause: Clause, claim: Claim, request: Request) -> str | None:
    citing = [rule for rule in policy.evaluations if clause.id in rule.clauses and rule.when.holds(request)]
    if claim.evaluated_not:
        return f"evaluation {citing[0].id} is made of it" if citing else None
    if not citing:
        return "no evaluation that cites the clause is made of it"
    against = [_differs(claim, rule) for rule in citing]
    return against[0] if all(against) else _read_otherwise(claim, (citing[against.index("")].assumed, clause.assumed))


def _differs(claim: Claim, rule: EvaluationRule) -> str:
    for name, wanted in claim.evaluated:
        if (found := getattr(rule, name)) != wanted:
            return f"evaluation {rule.id} has {name} {found}, not {wanted}"
    return ""
