"""Queries for overdue deadlines, the longest overdue first, paged by key.

Of cases they read those that the reader may see. An appointment or a mandate that has ended is overdue only while a
case waits for its seat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models import Case, Deadline, Engagement, Notice
from web.auth.session import User
from web.cases.list_queries import readable
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.deadlines import APPOINTMENT, EVALUATION, EXPIRY, MANDATE, OPEN, STEP
from workflow.policy.model import Policy
from workflow.policy.roles import Seat, preparing_seat, seat
from workflow.policy.vocabulary import TURN

PAGE = 25
#: Kinds of deadline, in the order of the filter.
KINDS = (STEP, EVALUATION, EXPIRY, APPOINTMENT, MANDATE)

_D = Deadline
SOONEST_FIRST = Keyset("overdue", (Key(_D.due_on, date), Key(_D.id)))


@dataclass(frozen=True, slots=True)
class OverdueFilter:
    """Body, kind and page of the list."""

    #: Key of the responsible body; empty for every body.
    body: str = ""
    kind: str = ""
    after: tuple[Any, ...] = ()


def filter_from_args(args: Mapping[str, str], tenant: Tenant) -> OverdueFilter:
    """The filter in a URL's parameters; invalid values are ignored."""
    body, kind = args.get("body", ""), args.get("kind", "")
    after = SOONEST_FIRST.read_or_first(args.get("after", ""))
    return OverdueFilter(body if body in tenant.body_ids else "", kind if kind in KINDS else "", after)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder: its receiving seat, and when it was or will be raised."""

    seat: Seat
    at: datetime


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """One overdue deadline."""

    kind: str
    subject: str
    #: What it concerns; empty for an appointment or a mandate.
    title: str
    due_on: date
    #: Key of the responsible body.
    body: str
    #: The seat it waits for; for a draft its officer's.
    waits_for: Seat
    is_draft: bool
    is_policy: bool
    #: The state of the case; empty for the other kinds.
    state: str
    policy: Policy
    #: Reminders of this last day, the latest first.
    reminders: tuple[Reminder, ...]
    #: None after the last.
    next_reminder: Reminder | None


@dataclass(frozen=True, slots=True)
class OverduePage:
    """One page of the list."""

    rows: tuple[OverdueRow, ...]
    #: Cursor of the next page; empty on the last.
    next: str


def overdue_page(db: Session, services: Services, user: User, filters: OverdueFilter, today: date) -> OverduePage:
    """A page of overdue deadlines, in a constant number of statements."""
    tenant = user.municipality
    columns = (_D.id, _D.kind, _D.subject, _D.case_id, _D.due_on, _D.body_id, _D.waits_body_id, _D.waits_role)
    ladder = (_D.policy_version_id, _D.ladder, _D.cycle, _D.next_rung, _D.next_at)
    query = select(*columns, *ladder, Engagement.title, Engagement.kind.label("engagement"))
    readable = reader_of(db, services.policies, tenant, user).may_read_engagement()
    query = query.outerjoin(Engagement, Engagement.id == _D.engagement_id)
    query = query.where(*_matching(filters, tenant, today), readable)
    rows = db.execute(SOONEST_FIRST.page(query, filters.after, PAGE)).all()
    shown, following = SOONEST_FIRST.cut(rows, PAGE, lambda row: (row.due_on, row.id))
    cases = _cases(db, services, user, [row.case_id for row in shown if row.case_id], today)
    reminders = _reminders(db, tenant, shown)
    overdue = tuple(
        _overdue_row(db, services, tenant, row, cases.get(row.case_id), reminders[row.id])
        for row in shown
        if row.kind != STEP or row.case_id in cases
    )
    return OverduePage(overdue, following)


def _matching(filters: OverdueFilter, tenant: Tenant, today: date) -> list[ColumnElement[bool]]:
    waits = exists().where(
        Case.municipality_id == _D.municipality_id,
        Case.waits_body_id == _D.waits_body_id,
        Case.waits_role == _D.waits_role,
    )
    found = [_D.state == OPEN, _D.due_on < today, or_(_D.kind.not_in((APPOINTMENT, MANDATE)), waits)]
    if filters.body:
        found.append(_D.body_id == tenant.body_ids[filters.body])
    if filters.kind:
        found.append(_D.kind == filters.kind)
    return found


def _cases(db: Session, services: Services, user: User, ids: list[int], today: date) -> dict[int, Any]:
    """The cases of a page that the reader may see, by id."""
    if not ids:
        return {}
    c = Case.__table__.c
    query = select(Case.__table__).where(c.municipality_id == user.municipality.id, c.id.in_(ids))
    return {row.id: row for row in db.connection().execute(query) if readable(db, services, user, row, today)}


def _reminders(db: Session, tenant: Tenant, rows: Any) -> Mapping[int, tuple[Reminder, ...]]:
    """Reminders of the present last day by deadline, the latest first."""
    cycles = {row.id: row.cycle for row in rows}
    found: dict[int, tuple[Reminder, ...]] = defaultdict(tuple)
    if not cycles:
        return found
    columns = (Notice.deadline_id, Notice.cycle, Notice.role, Notice.body_id, Notice.created_at)
    query = select(*columns).where(Notice.deadline_id.in_(list(cycles))).order_by(Notice.id.desc())
    for row in db.execute(query):
        if row.deadline_id is not None and cycles[row.deadline_id] == row.cycle:
            found[row.deadline_id] += (Reminder((row.role, tenant.body_keys[row.body_id]), row.created_at),)
    return found


def _overdue_row(
    db: Session, services: Services, tenant: Tenant, row: Any, case: Any, reminders: tuple[Reminder, ...]
) -> OverdueRow:
    policy = services.policies.by_id(db.connection(), tenant.id, row.policy_version_id)
    body = tenant.body_keys[row.body_id]
    waits_for = waiting_seat(policy, tenant, row, body)
    return OverdueRow(
        row.kind,
        row.subject,
        case.title if case else row.title or "",
        row.due_on,
        body,
        waits_for,
        row.kind == STEP and row.waits_role is None,
        row.engagement == "policy",
        case.state if case else "",
        policy,
        reminders,
        _next_reminder(policy, row, body, waits_for),
    )


def waiting_seat(policy: Policy, tenant: Tenant, row: Any, body: str) -> Seat:
    """The seat a deadline waits for: the reporter for an evaluation, the officer for a draft."""
    if row.waits_role is not None:
        return row.waits_role, tenant.body_keys[row.waits_body_id]
    if row.kind == EVALUATION:
        rule = row.ladder.partition(":")[2]
        return seat(policy, policy.evaluation(rule).reports, body)
    return preparing_seat(policy, "officer", body)


def _next_reminder(policy: Policy, row: Any, body: str, waits_for: Seat) -> Reminder | None:
    rungs = policy.ladder(row.ladder)
    if row.next_at is None or row.next_rung >= len(rungs):
        return None
    token = rungs[row.next_rung].tell
    return Reminder(waits_for if token == TURN else seat(policy, token, body), row.next_at)
