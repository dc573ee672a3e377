"""Order of time in a case: what its actions record is held against the entries before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from models import Case, Decision, TrailEntry
from workflow.cases.actions.context import ActionContext
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.policy.state_machine import Stop
from workflow.trail.chronology import Chronology, normal_paragraph
from workflow.trail.entry import from_text

_entries = TrailEntry.__table__.c
_DATED = (
    select(_entries.action, _entries.at, _entries.data)
    .where(
        _entries.municipality_id == bindparam("municipality"),
        _entries.stream == bindparam("number"),
        _entries.action.in_(("submit", "endorse", "approve", "confirm")),
    )
    .order_by(_entries.number)
)
#: Paragraphs of a body's confirmed decisions of a day, in other cases.
_TAKEN = (
    select(Decision.paragraph, Case.number)
    .join(Case, Case.id == Decision.case_id)
    .where(
        Decision.municipality_id == bindparam("municipality"),
        Decision.meeting_id == bindparam("meeting"),
        Decision.case_id != bindparam("case"),
        Decision.state == "confirmed",
    )
)


def check_meeting(context: ActionContext, stop: Stop, met_on: date) -> None:
    """Raises `Malformed` for a meeting after today, before the matter was there, or before a body heard earlier."""
    found = _chronology(context).meeting_reason(met_on, context.case_context.today)
    if found is not None:
        raise Malformed(_cited(context, stop, found))


def check_signatures(context: ActionContext, days: Mapping[str, date]) -> None:
    """Raises `Malformed` for signatures after today, or before the decision."""
    chronology, today = _chronology(context), context.case_context.today
    reasons = (chronology.signature_reason(name, day, today) for name, day in days.items())
    if wrong := [found for found in reasons if found is not None]:
        raise Malformed(*wrong)


def check_paragraph(context: ActionContext, body: str, meeting_id: int, paragraph: str) -> None:
    """Raises `Malformed` where another case has the same paragraph of the meeting, and names that case."""
    given = {"municipality": context.municipality_id, "meeting": meeting_id, "case": context.case.id}
    for taken, number in context.connection.execute(_TAKEN, given):
        if normal_paragraph(taken) == normal_paragraph(paragraph):
            names = context.policy.body(body).names
            values: dict[str, Any] = {"body": body, "body_names": names, "paragraph": paragraph, "case": number}
            raise Malformed(reason("paragraph-taken", field="paragraph", **values))


def _chronology(context: ActionContext) -> Chronology:
    found, timezone = Chronology(), context.tenant.timezone
    given = {"municipality": context.municipality_id, "number": context.case.number}
    for action, at, data in context.connection.execute(_DATED, given):
        found.take(action, local_day(datetime.fromisoformat(at), timezone), from_text(data))
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
