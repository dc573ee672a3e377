"""Queries for the calendar of evaluations and for the history of one.

Every section of the calendar reads a short range of an index for each state, so that a page costs the same among ten
evaluations and among a million. Sections are paged by key, in the order of the due date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select, union_all
from sqlalchemy.orm import Session

from models import Disclosure, Engagement, Evaluation, Person, TrailEntry
from web.auth.session import User
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.calendar import ONE_DAY, months_later
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.trail.entry import from_text

#: Rows of a section on the page of all sections, and on a page of its own.
FEW, PAGE = 8, 25
#: Trail entries in the history of an evaluation; the trail has them all.
MOST_EVENTS = 100
#: Sections of open evaluations by due date, then reported ones that wait for a body.
SECTIONS = ("late", "month", "next", "later", "reported")
#: The section of decided evaluations, shown on its own page, the latest first.
DECIDED = "decided"
#: The states of a section; else those of `_TO_REPORT`.
_STATES: Mapping[str, tuple[str, ...]] = {"reported": ("reported",), DECIDED: (DECIDED,)}
_TO_REPORT = ("pending", "under-way")

_V, _E = Evaluation, Engagement


@dataclass(frozen=True, slots=True)
class CalendarFilter:
    """Section, body and page of the calendar."""

    #: The name of one section; empty for all.
    show: str = ""
    #: Key of the responsible body; empty for every body.
    body: str = ""
    #: Last day and id of the last row of the page before.
    after: tuple[Any, ...] = ()


def filter_from_args(args: Mapping[str, str], tenant: Tenant) -> CalendarFilter:
    """The filter in a URL's parameters; invalid values are ignored."""
    show, body = args.get("show", ""), args.get("body", "")
    show = show if show in (*SECTIONS, DECIDED) else ""
    after = _order(show).read_or_first(args.get("after", "")) if show else ()
    return CalendarFilter(show, body if body in tenant.body_ids else "", after)


def _order(section: str) -> Keyset:
    """The order of a section: by due date, the latest first among decided evaluations."""
    is_latest_first = section == DECIDED
    keys = (Key(_V.due_on, date, is_latest_first), Key(_V.id, descending=is_latest_first))
    return Keyset(f"evaluations-{section}", keys)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One evaluation in the calendar."""

    id: int
    number: str
    state: str
    due_on: date
    outcome: str
    title: str
    kind: str
    #: Key of the responsible body.
    responsible: str
    #: None where the policy version has no such rule.
    rule: EvaluationRule | None
    policy: Policy
    is_example: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the calendar."""

    name: str
    rows: tuple[CalendarRow, ...]
    #: Cursor of the next page; empty on the last.
    next: str


def sections_of(
    db: Session, services: Services, user: User, filters: CalendarFilter, today: date
) -> tuple[Section, ...]:
    """The filtered sections that the reader may see, in two statements however many there are."""
    tenant = user.municipality
    readable = reader_of(db, services.policies, tenant, user).may_read_engagement()
    names = (filters.show,) if filters.show else SECTIONS
    most = PAGE if filters.show else FEW
    parts = [part for name in names for part in _parts(name, filters, readable, tenant, today, most)]
    keys = union_all(*(select(part.subquery()) for part in parts)).subquery("keys")
    columns = (_V.id, _V.number, _V.state, _V.due_on, _V.outcome, _V.rule, _V.policy_version_id)
    about = (_E.title, _E.kind, _E.responsible_body_id, _E.is_example)
    query = select(keys.c.section, *columns, *about).select_from(keys).join(_V, _V.id == keys.c.id)
    rows = db.execute(query.join(_E, _E.id == _V.engagement_id)).all()
    versions = {row.policy_version_id for row in rows}
    known = {id_: services.policies.by_id(db.connection(), tenant.id, id_) for id_ in versions}
    return tuple(_section(name, rows, known, tenant, most) for name in names)


def _parts(
    name: str, filters: CalendarFilter, readable: ColumnElement[bool], tenant: Tenant, today: date, most: int
) -> Iterator[Select[*tuple[Any, ...]]]:
    """One limited query for each state in a section."""
    for state in _STATES.get(name, _TO_REPORT):
        part = select(literal(name).label("section"), _V.id.label("id")).where(
            _V.state == state, _V.engagement_id.is_not(None), *_within(name, today)
        )
        part = part.join(_E, _E.id == _V.engagement_id).where(readable)
        if filters.body:
            part = part.where(_E.responsible_body_id == tenant.body_ids[filters.body])
        yield _order(name).page(part, filters.after, most)


def _within(name: str, today: date) -> tuple[ColumnElement[bool], ...]:
    """Bounds of a section's due dates; this month begins today, because earlier dates are late."""
    next_month = months_later(today.replace(day=1), 1)
    after_next = months_later(next_month, 1)
    return {
        "late": (_V.due_on < today,),
        "month": (_V.due_on >= today, _V.due_on < next_month),
        "next": (_V.due_on >= next_month, _V.due_on < after_next),
        "later": (_V.due_on > after_next - ONE_DAY,),
    }.get(name, ())


def _section(name: str, rows: Any, policies: Mapping[int, Policy], tenant: Tenant, most: int) -> Section:
    own = sorted((row for row in rows if row.section == name), key=lambda row: (row.due_on, row.id))
    if name == DECIDED:
        own.reverse()
    shown, following = _order(name).cut(own, most, lambda row: (row.due_on, row.id))
    return Section(name, tuple(_row(row, policies[row.policy_version_id], tenant) for row in shown), following)


def _row(row: Any, policy: Policy, tenant: Tenant) -> CalendarRow:
    return CalendarRow(
        row.id,
        row.number,
        row.state,
        row.due_on,
        row.outcome,
        row.title,
        row.kind,
        tenant.body_keys[row.responsible_body_id],
        next((rule for rule in policy.evaluations if rule.id == row.rule), None),
        policy,
        row.is_example,
    )


# -- the history of an evaluation


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One trail entry of an evaluation or of its deadline."""

    stream: str
    number: int
    at: datetime
    #: Name of the person; empty for the system.
    actor: str
    role: str
    body: str
    action: str
    data: Mapping[str, Any]
    #: The reason of an extension; empty for every other entry.
    reason: str


def events_of(db: Session, streams: Iterable[str]) -> tuple[StreamEvent, ...]:
    """The latest entries of some trails, newest first, in two statements."""
    e = TrailEntry
    columns = (e.stream, e.number, e.at, e.actor, e.actor_role, e.actor_body, e.action, e.data, Disclosure.value)
    reason = and_(Disclosure.stream == e.stream, Disclosure.number == e.number, Disclosure.field == "reason")
    query = select(*columns).outerjoin(Disclosure, reason).where(e.stream.in_(list(streams)))
    rows = db.execute(query.order_by(e.at.desc(), e.stream.desc(), e.number.desc()).limit(MOST_EVENTS)).all()
    names = _names_of(db, {row.actor for row in rows})
    return tuple(
        StreamEvent(
            row.stream,
            row.number,
            datetime.fromisoformat(row.at),
            names.get(row.actor, ""),
            row.actor_role,
            row.actor_body,
            row.action,
            from_text(row.data),
            row.value or "",
        )
        for row in rows
    )


def _names_of(db: Session, public_ids: set[str]) -> dict[str, str]:
    """Names of people by their opaque ids in the trail."""
    people = sorted(public_ids - {"system"})
    if not people:
        return {}
    found = db.execute(select(Person.public_id, Person.name).where(Person.public_id.in_(people)))
    return {row.public_id: row.name for row in found}
