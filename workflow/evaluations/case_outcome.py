"""Outcome hook: a closed case settles the evaluation it was opened for.

In the case's own transaction: the evaluation is decided as the competent body concluded, or given back where the case
ended without an answer. A body that concludes in an evaluation that the engagement should end has not ended it yet: the
case to end it is opened.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from models import Engagement, Evaluation
from workflow import deadlines
from workflow.cases import payloads
from workflow.cases.actions.context import ActionContext
from workflow.cases.gate import open_in
from workflow.cases.opening import FromEvaluation
from workflow.deadlines import EVALUATION, Due
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.evaluations.trail_entries import notify, write
from workflow.policy.model import Policy
from workflow.policy.roles import coordinator_seat, preparing_seat


def settle_evaluation(context: ActionContext, to_state: str) -> None:
    """Decide the evaluation that a case was opened for, or give it back; cases opened for none change nothing."""
    if context.case.evaluation_id is None:
        return
    row = context.connection.execute(
        select(Evaluation.__table__)
        .where(Evaluation.municipality_id == context.municipality_id, Evaluation.id == context.case.evaluation_id)
        .with_for_update()
    ).one()
    if row.state != "reported" or row.decided_in != context.case.number:
        return
    policy = context.policies.by_id(context.connection, context.municipality_id, row.policy_version_id)
    outcome = _outcome(context, to_state)
    if outcome:
        _decided(context, row, policy, outcome)
    else:
        _returned(context, row, policy)


def _outcome(context: ActionContext, to_state: str) -> str:
    """What the body concluded; empty where it gave no answer. To keep what was to be ended is to continue it."""
    act = context.case_context.request.act
    if to_state == "concluded":
        fields = context.changes.get("fields", context.case_context.fields)
        ends = act in ("terminate", "repeal")
        return "terminate" if ends else str(fields.get("evaluation_outcome", "continue"))
    return "continue" if to_state == "rejected" and act in ("terminate", "repeal") else ""


def _decided(context: ActionContext, row: Row[Any], policy: Policy, outcome: str) -> None:
    s = context.case_context
    values: dict[str, Any] = {"outcome": outcome, "decided_on": s.today}
    data: dict[str, Any] = {"outcome": outcome, "case": s.case.number}
    number = context.connection.execute(
        select(Engagement.number).where(
            Engagement.municipality_id == context.municipality_id, Engagement.id == row.engagement_id
        )
    ).scalar_one()
    if outcome != "terminate":
        data |= _plan_next(context, row, number)
    elif s.request.act not in ("terminate", "repeal"):
        data["opens"] = _open_termination(context, row, number)
    _write(context, row, policy, "decide-evaluation", values, data)
    _notify(context, row, policy, "renegotiate" if outcome == "renegotiate" else "evaluation-decided")


def _plan_next(context: ActionContext, row: Row[Any], number: str) -> dict[str, Any]:
    """Plan the next evaluation under the version in force: by the same rule, or by those it has instead."""
    s = context.case_context
    version_id, policy = context.policies.in_force(context.connection, context.municipality_id, s.today)
    asked = schedule.rules_for(policy, s.request)
    rules = [rule for rule in asked if rule.id == row.rule] or asked
    planned = Planned(row.engagement_id, number, s.responsible, version_id)
    connection, tenant = context.connection, context.tenant
    return schedule.plan_next(connection, tenant, policy, planned, rules, since=s.today, now=context.now)


def _open_termination(context: ActionContext, evaluation: Row[Any], engagement: str) -> str:
    """The body concluded that it should end, in a case that only evaluates: the case to end it is opened."""
    s = context.case_context
    draft = {
        "municipality": context.tenant.key,
        "engagement": s.request.engagement,
        "act": "repeal" if s.request.engagement == "policy" else "terminate",
        "title": s.case.title,
        "origin": "own",
        "engagement_number": engagement,
        "attributes": {"initiative": "own"},
    }
    officer_id = context.changes.get("officer_id", s.case.officer_id)
    concluding = FromEvaluation(evaluation.id, evaluation.number, context.seat, officer_id)
    return open_in(
        context.connection,
        context.tenant,
        context.policies,
        s.actor,
        payloads.read(payloads.Opening, draft),
        now=context.now,
        evaluation=concluding,
        is_example=s.case.is_example,
    )


def _returned(context: ActionContext, row: Row[Any], policy: Policy) -> None:
    """No answer came: the evaluation is under way again, due at once if its day is past."""
    s = context.case_context
    _write(context, row, policy, "return-evaluation", {"decided_in": ""}, {"case": s.case.number})
    due = Due(
        EVALUATION,
        row.number,
        f"{EVALUATION}:{row.rule}",
        max(row.due_on, s.today),
        s.responsible,
        engagement_id=row.engagement_id,
    )
    deadlines.set_deadlines(context.connection, context.tenant, policy, row.policy_version_id, [due], now=context.now)


def _notify(context: ActionContext, row: Row[Any], policy: Policy, what: str) -> None:
    clauses = policy.evaluation(row.rule).clauses
    for held in (coordinator_seat(policy), preparing_seat(policy, "officer", context.case_context.responsible)):
        notify(context.connection, context.tenant, row.engagement_id, held, what, clauses, context.now, context.case.id)


def _write(
    context: ActionContext, row: Row[Any], policy: Policy, action: str, values: dict[str, Any], data: dict[str, Any]
) -> None:
    connection, tenant, actor = context.connection, context.tenant, context.case_context.actor
    write(connection, tenant, row, policy, action, actor, context.seat, values, data, {}, now=context.now)
