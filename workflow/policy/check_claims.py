"""P10: is what each clause promises by example kept by the table, the routes and the requirements?

A claim is judged for the one request it describes: what it does not mention has its usual value (scope own-area, no
initiative said, not of principle, no named Nordic twin, not EU-funded, nothing paid by others) and the pack's default
kind of responsible body. Being right by accident is not enough: a refusal, a demand, or a decision that a clause of
competence promises must rest on that clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow.errors import PolicyGap
from workflow.policy.check_meetings import meetings_kept
from workflow.policy.competence import who_decides
from workflow.policy.domain import told
from workflow.policy.finding import Finding, first_of
from workflow.policy.requirements import required
from workflow.policy.values import STEPS, Answer, Claim, Clause, Policy, Request
from workflow.procedure import Procedure, procedure_for


def claims_kept(policy: Policy) -> Finding:
    """Whether every claim of every clause holds."""
    return first_of([*(_broken(policy, clause, claim) for clause, claim in _claims(policy)), *meetings_kept(policy)])


def _claims(policy: Policy) -> Iterator[tuple[Clause, Claim]]:
    for clause in policy.clauses.values():
        for claim in clause.claims:
            yield clause, claim


def request_of(policy: Policy, claim: Claim) -> Request:
    """The request a claim describes, with the usual value of what it does not mention."""
    given: dict[str, Any] = {"responsible": policy.default_responsible, **dict(claim.given)}
    return Request(**given)


def _broken(policy: Policy, clause: Clause, claim: Claim) -> str | None:
    request = request_of(policy, claim)
    try:
        answer = who_decides(policy, request)
    except PolicyGap:
        why: str | None = "it has not one answer"
    else:
        if claim.refused:
            why = _not_refused(clause, answer)
        elif not answer.is_decided:
            why = f"it is refused by {answer.row}"
        elif claim.heard is not None:
            why = _unheard(policy, claim.heard, request, answer)
        elif claim.decided_by is not None:
            why = _decided_otherwise(policy, clause, claim, request, answer)
        else:
            why = _demanded_otherwise(policy, clause, claim, request, answer)
    return None if why is None else f"{clause.id} promises of {told(request)}: {_promised(claim)}; but {why}"


def _promised(claim: Claim) -> str:
    if claim.refused:
        return "refused"
    if claim.decided_by:
        return f"decided by {claim.decided_by}"
    if claim.heard:
        return f"{claim.heard} heard"
    return f"requires {claim.requires}" if claim.requires else f"does not require {claim.requires_not}"


def _not_refused(clause: Clause, answer: Answer) -> str | None:
    if answer.is_decided:
        return f"row {answer.row} lets {answer.body} decide it"
    return None if clause.id in answer.clauses else f"row {answer.row} refuses it without citing the clause"


def _unheard(policy: Policy, body: str, request: Request, answer: Answer) -> str | None:
    stops = _procedure(policy, request, answer).stops
    recommends = any(stop.step == "recommend" and stop.kind == body for stop in stops)
    consulted = any(stop.step == "consult" and body in stop.by for stop in stops)
    return None if recommends or consulted else f"on its route {answer.route} nobody asks {body}"


def _read_otherwise(claim: Claim, reasons: tuple[str, ...]) -> str | None:
    """What a document says outright is no assumption, and an assumption is never shown as a citation."""
    if claim.reading and not reasons:
        return "nothing marks it as assumed"
    return f"it is marked as assumed ({reasons[0]})" if reasons and not claim.reading else None


def _decided_otherwise(policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer) -> str | None:
    body = claim.decided_by
    if answer.body != body:
        return f"row {answer.row} lets {answer.body} decide it"
    if clause.kind == "competence" and answer.tier == "pack" and clause.id not in answer.clauses:
        return f"row {answer.row} does not cite the clause"
    deciding = _procedure(policy, request, answer).deciding.kind
    if deciding != body:
        return f"on its route {answer.route} {deciding} decides"
    return _read_otherwise(claim, answer.assumptions)


def _demanded_otherwise(policy: Policy, clause: Clause, claim: Claim, request: Request, answer: Answer) -> str | None:
    demanded = required(policy, request)
    if claim.requires_not is not None:
        asking = [requirement for requirement in demanded if requirement.id == claim.requires_not]
        return f"{', '.join(asking[0].clauses) or 'a rule'} requires it" if asking else None
    asking = [requirement for requirement in demanded if requirement.id == claim.requires]
    if not asking:
        return "nothing requires it"
    citing = [requirement for requirement in asking if clause.id in requirement.clauses]
    if not citing:
        return "the requirement does not cite the clause"
    last = max(STEPS.index(stop.step) for stop in _procedure(policy, request, answer).stops)
    if STEPS.index(citing[0].before) > last:
        return f"its route {answer.route} never comes to the step {citing[0].before}"
    reasons = (citing[0].assumed, clause.assumed)
    return _read_otherwise(claim, tuple(why for why in reasons if why))


def _procedure(policy: Policy, request: Request, answer: Answer) -> Procedure:
    assert answer.route is not None  # the request is decided
    return procedure_for(policy, answer.route, request.responsible)
