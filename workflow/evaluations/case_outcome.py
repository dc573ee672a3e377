"""What does the end of a case mean for the evaluation it was to decide?

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
from workflow.cases.opening import Concluding, begin
from workflow.deadlines import EVALUATION, Due
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.evaluations.trail_entries import tell, write
from workflow.policy.model import Policy
from workflow.policy.roles import coordinator_seat, preparing_seat


def settle(turn: ActionContext, to: str) -> None:
    """What the end of a case means for the evaluation it was to decide, in the case's own transaction.

    Decided as the competent body concluded it; a case that ended without an answer gives the evaluation back.
    """
    row = turn.connection.execute(
        select(Evaluation.__table__)
        .where(Evaluation.municipality_id == turn.municipality_id, Evaluation.id == turn.standing.case.evaluation_id)
        .with_for_update()
    ).one()
    if row.state != "reported" or row.decided_in != turn.standing.case.number:
        return
    policy = turn.policies.by_id(turn.connection, turn.municipality_id, row.policy_version_id)
    outcome = _outcome(turn, to)
    if outcome:
        _decided(turn, row, policy, outcome)
    else:
        _returned(turn, row, policy)


def _outcome(turn: ActionContext, to: str) -> str:
    """What the body concluded; empty where it gave no answer. To keep what was to be ended is to continue it."""
    act = turn.standing.request.act
    if to == "concluded":
        fields = turn.changes.get("fields", turn.standing.fields)
        ends = act in ("terminate", "repeal")
        return "terminate" if ends else str(fields.get("evaluation_outcome", "continue"))
    return "continue" if to == "rejected" and act in ("terminate", "repeal") else ""


def _decided(turn: ActionContext, row: Row[Any], policy: Policy, outcome: str) -> None:
    s = turn.standing
    values: dict[str, Any] = {"outcome": outcome, "decided_on": s.today}
    data: dict[str, Any] = {"outcome": outcome, "case": s.case.number}
    number = turn.connection.execute(
        select(Engagement.number).where(
            Engagement.municipality_id == turn.municipality_id, Engagement.id == row.engagement_id
        )
    ).scalar_one()
    if outcome != "terminate":
        data |= _planned_anew(turn, row, number)
    elif s.request.act not in ("terminate", "repeal"):
        data["opens"] = _open_termination(turn, row.number, number)
    _write_turn(turn, row, policy, "decide-evaluation", values, data)
    _told_of(turn, row, policy, "renegotiate" if outcome == "renegotiate" else "evaluation-decided")


def _planned_anew(turn: ActionContext, row: Row[Any], number: str) -> dict[str, Any]:
    """When it is looked at again is for the version in force: by the same rule, or by whatever it asks for instead."""
    s = turn.standing
    version_id, policy = turn.policies.in_force(turn.connection, turn.municipality_id, s.today)
    asked = schedule.rules_for(policy, s.request)
    rules = [rule for rule in asked if rule.id == row.rule] or asked
    planned = Planned(row.engagement_id, number, s.responsible, version_id)
    return schedule.plan_next(turn.connection, turn.tenant, policy, planned, rules, since=s.today, now=turn.now)


def _open_termination(turn: ActionContext, evaluation: str, engagement: str) -> str:
    """The body concluded that it should end, in a case that only evaluates: the case to end it is opened."""
    s = turn.standing
    draft = {
        "municipality": turn.tenant.key,
        "engagement": s.request.engagement,
        "act": "repeal" if s.request.engagement == "policy" else "terminate",
        "title": s.case.title,
        "origin": "own",
        "engagement_number": engagement,
        "attributes": {"initiative": "own"},
    }
    seat_ = turn.verdict.seat
    assert seat_ is not None  # an allowed verdict names the seat acted from
    concluding = Concluding(s.case.evaluation_id, evaluation, seat_, turn.changes.get("officer_id", s.case.officer_id))
    return begin(
        turn.connection,
        turn.tenant,
        turn.policies,
        s.actor,
        payloads.read("open", draft),
        now=turn.now,
        evaluation=concluding,
        is_example=s.case.is_example,
    )


def _returned(turn: ActionContext, row: Row[Any], policy: Policy) -> None:
    """No answer came: the evaluation is under way again, due at once if its day is past."""
    s = turn.standing
    _write_turn(turn, row, policy, "return-evaluation", {"decided_in": ""}, {"case": s.case.number})
    due = Due(
        EVALUATION,
        row.number,
        f"{EVALUATION}:{row.rule}",
        max(row.due_on, s.today),
        s.responsible,
        engagement_id=row.engagement_id,
    )
    deadlines.set_anew(turn.connection, turn.tenant, policy, row.policy_version_id, [due], now=turn.now)


def _told_of(turn: ActionContext, row: Row[Any], policy: Policy, what: str) -> None:
    clauses = policy.evaluation(row.rule).clauses
    for held in (coordinator_seat(policy), preparing_seat(policy, "officer", turn.standing.responsible)):
        tell(turn.connection, turn.tenant, row.engagement_id, held, what, clauses, turn.now, turn.standing.case.id)


def _write_turn(
    turn: ActionContext, row: Row[Any], policy: Policy, action: str, values: dict[str, Any], data: dict[str, Any]
) -> None:
    acted_from = turn.verdict.seat
    assert acted_from is not None  # an allowed verdict names the seat acted from
    s = turn.standing
    write(turn.connection, turn.tenant, row, policy, action, s.actor, acted_from, values, data, {}, now=turn.now)
