"""Next step of a case: who acts next, by which day, and the deadline that follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow import deadlines
from workflow.cases import predicates
from workflow.cases.actions import consult
from workflow.cases.actions.context import ActionContext
from workflow.core.calendar import after
from workflow.deadlines import CONSULTATION, STEP, Due
from workflow.policy.actions import ACTIONS, AWAITING_COUNTERPART
from workflow.policy.roles import next_seat
from workflow.policy.state_machine import Procedure, Stop


def next_step_columns(context: ActionContext, procedure: Procedure, to: str) -> dict[str, Any]:
    """Case columns for the next actor and, where a step begins, its last day."""
    s, tenant = context.case_context, context.tenant
    used = {(done.role, done.body) for done in predicates.counted_actions_since_submission(s)}
    if ACTIONS[context.action].is_individual:
        used.add(context.seat)
    seat = next_seat(s.policy, procedure, to, s.responsible, frozenset(used))
    officer = context.changes.get("officer_id", s.case.officer_id)
    columns: dict[str, Any] = {
        "waits_role": seat[0] if seat else None,
        "waits_body_id": tenant.body_ids[seat[1]] if seat else None,
        "waits_person_id": None if seat else officer,
    }
    stop = procedure.stop_at(to)
    before = s.procedure.stop_at(s.state)
    begins = before is None or stop is None or stop.state != before.state
    if stop is not None and (begins or s.state != to == AWAITING_COUNTERPART):
        within = stop.source.within
        columns["due_on"] = None if within is None else after(s.today, within, tenant.country)
        if stop.step == "consult":
            columns["due_on"] = consult.last_day(context, stop)
    return columns


def update_deadline(context: ActionContext, stop: Stop | None, columns: Mapping[str, Any]) -> None:
    """Set the deadline of a new step; within a step, pass it to the next seat with the same last day."""
    case, tenant = context.case, context.tenant
    seat = (columns["waits_role"], tenant.body_keys[columns["waits_body_id"]]) if columns["waits_role"] else None
    if "due_on" not in columns:
        if (columns["waits_role"], columns["waits_body_id"]) != (case.waits_role, case.waits_body_id):
            deadlines.pass_to(context.connection, tenant, STEP, case.number, seat)
    elif columns["due_on"] is None:
        deadlines.close(context.connection, tenant, STEP, case.number)
    else:
        ladder = CONSULTATION if stop is not None and stop.step == "consult" else STEP
        responsible = context.case_context.responsible
        due = Due(STEP, case.number, ladder, columns["due_on"], responsible, seat, case_id=case.id)
        deadlines.set_deadlines(
            context.connection, tenant, context.policy, case.policy_version_id, [due], now=context.now
        )
