"""What is late, since when, whom does it wait for, and who has been told?

Open deadlines whose last day is over, the longest late first, page by key. Of cases only those that the reader may see;
an appointment or a mandate that has ended is late only while a case waits for its seat.
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
from web.cases.list_query import readable
from web.ui.pagination import Key, Keyset
from workflow.cases.gate import Gate
from workflow.core.tenants import Tenant
from workflow.deadlines import APPOINTMENT, EVALUATION, EXPIRY, MANDATE, OPEN, STEP
from workflow.policy.model import TURN, Policy
from workflow.policy.roles import Seat, preparing_seat, seat

PAGE = 25
#: What may be late, in the order of the filter.
KINDS = (STEP, EVALUATION, EXPIRY, APPOINTMENT, MANDATE)

_D = Deadline
SOONEST_FIRST = Keyset("overdue", (Key(_D.due_on, date), Key(_D.id)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for on the board."""

    #: Key of the body whose matter it is; empty for every body.
    body: str = ""
    kind: str = ""
    after: tuple[Any, ...] = ()


def wanted_of(args: Mapping[str, str], tenant: Tenant) -> Wanted:
    """What an address asks for; what it cannot ask for is ignored."""
    body, kind = args.get("body", ""), args.get("kind", "")
    after = SOONEST_FIRST.read_or_first(args.get("after", ""))
    return Wanted(body if body in tenant.body_ids else "", kind if kind in KINDS else "", after)


@dataclass(frozen=True, slots=True)
class Told:
    """A rung: whom it tells, and when it was or is to be raised."""

    seat: Seat
    at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """One thing that is late."""

    kind: str
    subject: str
    #: What it concerns; empty for an appointment or a mandate.
    title: str
    due_on: date
    #: Key of the body whose matter it is.
    body: str
    #: Whom it waits for; for a draft its officer's seat.
    waits: Seat
    is_draft: bool
    is_policy: bool
    #: The state of the case; empty for the other kinds.
    state: str
    policy: Policy
    #: Who has been told of this last day, the latest first.
    told: tuple[Told, ...]
    #: Who is told next; None when nobody is left.
    next: Told | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the board."""

    lines: tuple[Late, ...]
    #: The place after it, as it stands in an address; empty on the last page.
    next: str


def page_of(db: Session, gate: Gate, user: User, wanted: Wanted, today: date) -> Page:
    """A page of what is late, in a constant number of statements."""
    tenant = user.municipality
    columns = (_D.id, _D.kind, _D.subject, _D.case_id, _D.due_on, _D.body_id, _D.waits_body_id, _D.waits_role)
    ladder = (_D.policy_version_id, _D.ladder, _D.cycle, _D.next_rung, _D.next_at)
    query = select(*columns, *ladder, Engagement.title, Engagement.kind.label("engagement"))
    query = query.outerjoin(Engagement, Engagement.id == _D.engagement_id).where(*_matching(wanted, tenant, today))
    rows = db.execute(SOONEST_FIRST.page(query, wanted.after, PAGE)).all()
    shown, following = SOONEST_FIRST.cut(rows, PAGE, lambda row: (row.due_on, row.id))
    cases = _cases(db, gate, user, [row.case_id for row in shown if row.case_id], today)
    told = _told(db, tenant, shown)
    lines = tuple(
        _late(db, gate, tenant, row, cases.get(row.case_id), told[row.id])
        for row in shown
        if row.kind != STEP or row.case_id in cases
    )
    return Page(lines, following)


def _matching(wanted: Wanted, tenant: Tenant, today: date) -> list[ColumnElement[bool]]:
    waits = exists().where(
        Case.municipality_id == _D.municipality_id,
        Case.waits_body_id == _D.waits_body_id,
        Case.waits_role == _D.waits_role,
    )
    found = [_D.state == OPEN, _D.due_on < today, or_(_D.kind.not_in((APPOINTMENT, MANDATE)), waits)]
    if wanted.body:
        found.append(_D.body_id == tenant.body_ids[wanted.body])
    if wanted.kind:
        found.append(_D.kind == wanted.kind)
    return found


def _cases(db: Session, gate: Gate, user: User, ids: list[int], today: date) -> dict[int, Any]:
    """Those cases of a page that the reader may see, by id."""
    if not ids:
        return {}
    c = Case.__table__.c
    query = select(Case.__table__).where(c.municipality_id == user.municipality.id, c.id.in_(ids))
    return {row.id: row for row in db.connection().execute(query) if readable(db, gate, user, row, today)}


def _told(db: Session, tenant: Tenant, rows: Any) -> Mapping[int, tuple[Told, ...]]:
    """By deadline, who has been told of its present last day, the latest first."""
    cycles = {row.id: row.cycle for row in rows}
    found: dict[int, tuple[Told, ...]] = defaultdict(tuple)
    if not cycles:
        return found
    columns = (Notice.deadline_id, Notice.cycle, Notice.role, Notice.body_id, Notice.created_at)
    query = select(*columns).where(Notice.deadline_id.in_(list(cycles))).order_by(Notice.id.desc())
    for row in db.execute(query):
        if row.deadline_id is not None and cycles[row.deadline_id] == row.cycle:
            found[row.deadline_id] += (Told((row.role, tenant.body_keys[row.body_id]), row.created_at),)
    return found


def _late(db: Session, gate: Gate, tenant: Tenant, row: Any, case: Any, told: tuple[Told, ...]) -> Late:
    policy = gate.policies.by_id(db.connection(), tenant.id, row.policy_version_id)
    body = tenant.body_keys[row.body_id]
    waits = waits_of(policy, tenant, row, body)
    return Late(
        row.kind,
        row.subject,
        case.title if case else row.title or "",
        row.due_on,
        body,
        waits,
        row.kind == STEP and row.waits_role is None,
        row.engagement == "policy",
        case.state if case else "",
        policy,
        told,
        _next(policy, row, body, waits),
    )


def waits_of(policy: Policy, tenant: Tenant, row: Any, body: str) -> Seat:
    """The seat a deadline waits for; an evaluation waits for whoever reports it, a draft for its officer."""
    if row.waits_role is not None:
        return row.waits_role, tenant.body_keys[row.waits_body_id]
    if row.kind == EVALUATION:
        rule = row.ladder.partition(":")[2]
        return seat(policy, policy.evaluation(rule).reports, body)
    return preparing_seat(policy, "officer", body)


def _next(policy: Policy, row: Any, body: str, waits: Seat) -> Told | None:
    rungs = policy.ladder(row.ladder)
    if row.next_at is None or row.next_rung >= len(rungs):
        return None
    token = rungs[row.next_rung].tell
    return Told(waits if token == TURN else seat(policy, token, body), row.next_at)
