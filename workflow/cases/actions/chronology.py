"""Order of time in a case: what its actions record is held against the entries before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from models import Case, Decision, Meeting
from workflow.cases.actions.context import ActionContext
from workflow.cases.context import CaseContext
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.policy.state_machine import Stop
from workflow.trail.chronology import Chronology, normal_paragraph
from workflow.trail.entry import from_text

#: A body's meeting of a day, and the paragraphs of it that decide other cases.
_MEETING = (
    select(Meeting.id, Decision.paragraph, Case.number)
    .outerjoin(
        Decision,
        and_(
            Decision.municipality_id == Meeting.municipality_id,
            Decision.meeting_id == Meeting.id,
            Decision.case_id != bindparam("case"),
            Decision.state == "confirmed",
        ),
    )
    .outerjoin(Case, Case.id == Decision.case_id)
    .where(
        Meeting.municipality_id == bindparam("municipality"),
        Meeting.body_id == bindparam("body"),
        Meeting.held_on == bindparam("day"),
    )
)


def check_meeting(context: ActionContext, stop: Stop, met_on: date) -> None:
    """Raises `Malformed` for a meeting after today, before the matter was there, or before a body heard earlier."""
    found = chronology_of(context).meeting_reason(met_on, context.case_context.today)
    if found is not None:
        raise Malformed(_cited(context, stop, found))


def check_signatures(context: ActionContext, days: Mapping[str, date]) -> None:
    """Raises `Malformed` for signatures after today, or before the decision."""
    so_far, today = chronology_of(context), context.case_context.today
    reasons = (so_far.signature_reason(name, day, today) for name, day in days.items())
    if wrong := [found for found in reasons if found is not None]:
        raise Malformed(*wrong)


def check_after_decision(context: ActionContext, days: Mapping[str, date | None]) -> None:
    """Raises `Malformed` for days of what follows from the decision that lie before it; days that are None pass."""
    decided_on = chronology_of(context).decided_on
    early = [name for name, day in days.items() if day is not None and decided_on is not None and day < decided_on]
    if early and decided_on is not None:
        raise Malformed(*(reason("signed-before-decision", field=name, day=decided_on.isoformat()) for name in early))


def meeting_with_free_paragraph(context: ActionContext, body: str, met_on: date, paragraph: str) -> int | None:
    """The body's meeting of a day, None where none is known; raises `Malformed`, naming the case, for a paragraph that
    decides another case.
    """
    given: dict[str, Any] = {"municipality": context.municipality_id, "case": context.case.id}
    given |= {"body": context.tenant.body_ids[body], "day": met_on}
    found = context.connection.execute(_MEETING, given).all()
    for _id, taken, number in found:
        if number is not None and normal_paragraph(taken) == normal_paragraph(paragraph):
            names = context.policy.body(body).names
            values: dict[str, Any] = {"body": body, "body_names": names, "paragraph": paragraph, "case": number}
            raise Malformed(reason("paragraph-taken", field="paragraph", **values))
    return found[0][0] if found else None


def chronology_of(context: ActionContext) -> Chronology:
    """The days of a case's entries before an action."""
    return chronology(context.case_context, context.tenant.timezone)


def chronology(s: CaseContext, timezone: str) -> Chronology:
    """The days of a case's entries, in its municipality's time zone."""
    found = Chronology()
    for done in s.history:
        day = local_day(datetime.fromisoformat(done.at), timezone)
        found.take(done.action, day, from_text(done.data) if done.data else {})
    return found


def _cited(context: ActionContext, stop: Stop, found: Reason) -> Reason:
    """A reason about a body heard earlier names it, and cites the clauses by which it is heard or decided after it."""
    body = str(found.values.get("body", ""))
    if not body:
        return found
    stops = context.case_context.procedure.stops
    earlier = [one for one in stops[: stops.index(stop)] if one.is_collegial]
    clauses = (clause for one in (*earlier, stop) for clause in one.source.clauses)
    names = context.policy.body(body).names if context.policy.has_body(body) else {}
    return replace(found, values={**found.values, "body_names": names}, clauses=tuple(dict.fromkeys(clauses)))
