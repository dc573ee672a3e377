"""Order of time in a case: what its actions record is held against the entries before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from workflow.cases.actions.context import ActionContext
from workflow.cases.context import CaseContext
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.policy.state_machine import Stop
from workflow.trail.chronology import Chronology
from workflow.trail.entry import from_text


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
