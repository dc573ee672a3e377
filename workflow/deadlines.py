"""Deadlines: the last day of a step, an evaluation, an agreement, an appointment or a mandate, and its ladder.

A deadline is set, met and set again in the transaction of the action that does so; `workflow.scheduling.escalation`
climbs its ladder. Days are the municipality's, instants UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from models import Deadline
from workflow.core.calendar import after, end_of, morning_of
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Rung
from workflow.policy.roles import Seat
from workflow.policy.vocabulary import ENDS_BY_ITSELF

STEP, EVALUATION, EXPIRY, APPOINTMENT, MANDATE = "step", "evaluation", "expiry", "appointment", "mandate"
CONSULTATION = "consultation"
OPEN, CLOSED = "open", "closed"


def stream_of(key: str, deadline_id: int | str) -> str:
    """Name of a deadline's own stream in the trail."""
    return f"{key}-d-{deadline_id}"


@dataclass(frozen=True, slots=True)
class Due:
    """What waits, for whom, and its last day."""

    kind: str
    #: Number of the case, evaluation or engagement, or the appointment's or mandate's id.
    subject: str
    #: Name of the ladder in the policy.
    ladder: str
    due_on: date
    #: Key of the body whose matter it is.
    body: str
    #: The seat it waits for; None for the case's officer or nobody.
    waits: Seat | None = None
    case_id: int | None = None
    engagement_id: int | None = None


_CONFLICT = ("municipality_id", "kind", "subject")
#: Columns that stay when a deadline is set again; its cycle counts on, so that the ladder begins again.
_UNCHANGED = ("id", "version", "head_hash", "cycle", *_CONFLICT)


def _upsert(dialect: Any) -> Any:
    new = dialect.insert(Deadline)
    columns = [column.name for column in Deadline.__table__.columns if column.name not in _UNCHANGED]
    anew = {name: new.excluded[name] for name in columns} | {"cycle": Deadline.cycle + 1}
    return new.on_conflict_do_update(index_elements=_CONFLICT, set_=anew)


_SET = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}
_OF_SUBJECT = (
    Deadline.municipality_id == bindparam("of_municipality"),
    Deadline.kind == bindparam("of_kind"),
    Deadline.subject == bindparam("of_subject"),
    Deadline.state == OPEN,
)
_CLOSE = update(Deadline).where(*_OF_SUBJECT).values(state=CLOSED, next_at=None)
_PASS = update(Deadline).where(*_OF_SUBJECT)
_LOOK_AGAIN = _PASS.values(next_at=bindparam("at")).returning(Deadline.id, Deadline.cycle)


def set_deadlines(
    connection: Connection,
    tenant: Tenant,
    policy: Policy,
    policy_version_id: int,
    dues: Iterable[Due],
    *,
    now: datetime,
) -> None:
    """Set last days, in place of earlier ones of the same subjects; their ladders begin at the first rung."""
    rows = [_row(tenant, policy, policy_version_id, due, now) for due in dues]
    if rows:
        connection.execute(_SET[connection.dialect.name], rows)


def close(connection: Connection, tenant: Tenant, kind: str, *subjects: str) -> None:
    """Close deadlines of subjects that wait no longer; nobody is reminded again."""
    if subjects:
        given = {"of_municipality": tenant.id, "of_kind": kind}
        connection.execute(_CLOSE, [{**given, "of_subject": subject} for subject in subjects])


def pass_to(connection: Connection, tenant: Tenant, kind: str, subject: str, waits: Seat | None) -> None:
    """Pass an open deadline to another seat, with the same last day."""
    role, body = waits or (None, None)
    given = {"of_municipality": tenant.id, "of_kind": kind, "of_subject": subject}
    values = {"waits_role": role, "waits_body_id": tenant.body_ids[body] if body else None}
    connection.execute(_PASS, {**given, **values})


def look_again(connection: Connection, tenant: Tenant, kind: str, subject: str, at: datetime) -> tuple[int, int] | None:
    """Leave an open deadline as it is and take it up again at an instant; returns its id and cycle."""
    given = {"of_municipality": tenant.id, "of_kind": kind, "of_subject": subject}
    found = connection.execute(_LOOK_AGAIN, {**given, "at": at}).one_or_none()
    return None if found is None else (found.id, found.cycle)


def _row(tenant: Tenant, policy: Policy, policy_version_id: int, due: Due, now: datetime) -> dict[str, Any]:
    rungs = policy.ladder(due.ladder)
    first = first_rung(rungs, due.due_on, tenant, now)
    role, body = due.waits or (None, None)
    return {
        "municipality_id": tenant.id,
        "kind": due.kind,
        "subject": due.subject,
        "case_id": due.case_id,
        "engagement_id": due.engagement_id,
        "body_id": tenant.body_ids[due.body],
        "waits_body_id": tenant.body_ids[body] if body else None,
        "waits_role": role,
        "policy_version_id": policy_version_id,
        "ladder": due.ladder,
        "state": OPEN,
        "cycle": 1,
        "due_on": due.due_on,
        "due_at": end_of(due.due_on, tenant.timezone),
        "next_rung": first,
        "next_at": next_at(rungs, first, due.ladder, due.due_on, tenant),
        "version": 0,
        "head_hash": "",
    }


def first_rung(rungs: tuple[Rung, ...], due_on: date, tenant: Tenant, now: datetime) -> int:
    """Index of the first rung to raise: reminders before the last day that are already past are left out."""
    early = (rung.after.amount < 0 and _at(rung, due_on, tenant) <= now for rung in rungs)
    return next((index for index, is_past in enumerate(early) if not is_past), len(rungs))


def _at(rung: Rung, due_on: date, tenant: Tenant) -> datetime:
    return morning_of(after(due_on, rung.after, tenant.country), tenant.timezone)


def ladder_end(rungs: tuple[Rung, ...], due_on: date, country: str) -> date:
    """The day of the last rung; of a ladder that ends by the last day itself, as long after that day as it is."""
    if not rungs:
        return due_on
    last, first = rungs[-1].after, rungs[0].after
    span = last if last.amount > 0 else replace(first, amount=-first.amount)
    return after(due_on, span, country)


def next_at(rungs: tuple[Rung, ...], index: int, ladder: str, due_on: date, tenant: Tenant) -> datetime | None:
    """When a rung is raised, in the morning of its day; beyond the last, when the scheduler acts, else None."""
    if index < len(rungs):
        return _at(rungs[index], due_on, tenant)
    return end_of(due_on, tenant.timezone) if ladder in ENDS_BY_ITSELF else None
