"""Queries of the list of cases a person may see, newest first.

Rows are read by key; the predicate that guards the case page decides whether the reader may see one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Select, or_, select, union
from sqlalchemy.orm import Session

from models import Case
from web.auth.session import User
from web.ui.pagination import Key, Keyset
from workflow.cases import predicates
from workflow.cases.actor import Actor
from workflow.cases.context import context_of
from workflow.cases.records import CaseRecord
from workflow.cases.services import Services
from workflow.policy.model import Policy
from workflow.policy.roles import preparing_seat

PAGE = 25
#: Which cases a list shows.
SHOWS = ("open", "mine", "closed", "all")
NEWEST_FIRST = Keyset("cases", (Key(Case.__table__.c.id, descending=True),))


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list, with the policy version it is under."""

    row: Any
    policy: Policy
    responsible: str
    #: Role and body key the case waits for; empty when it waits for a person or for nobody.
    waits_role: str
    waits_body: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the cursor of the next; empty on the last."""

    cases: tuple[Listed, ...]
    after: str


def cases(
    db: Session, services: Services, user: User, *, show: str, after: tuple[Any, ...], wanted: str, today: date
) -> Page:
    """One page of the cases a person may see, in one statement; `wanted` is a number here or elsewhere."""
    c = Case.__table__.c
    tenant = user.municipality
    query = select(Case.__table__).where(c.municipality_id == tenant.id)
    if show == "mine":
        query = query.where(c.id.in_(_own(user, after)))
    else:
        query = _narrowed(query, user, show, _managed(db, services, user, today))
    if wanted:
        query = query.where(or_(c.number == wanted.lower(), c.external_number == wanted))
    rows = db.connection().execute(NEWEST_FIRST.page(query, after, PAGE)).all()
    shown, following = NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.id,))
    found = (readable(db, services, user, row, today) for row in shown)
    return Page(tuple(case for case in found if case is not None), following)


def _narrowed(query: Select[Any], user: User, show: str, managed: list[int]) -> Select[Any]:
    """Leave out what nobody but the author and manager of a draft sees, and what the list does not show."""
    c = Case.__table__.c
    mine = or_(c.officer_id.in_(_officers(user)), c.opened_by_id == user.id)
    query = query.where(or_(c.submitted_by_id.is_not(None), mine, c.responsible_body_id.in_(managed)))
    if show in ("open", "closed"):
        return query.where(c.closed_at.is_(None) if show == "open" else c.closed_at.is_not(None))
    return query


def _own(user: User, after: tuple[Any, ...]) -> CompoundSelect[int]:
    """Ids of a page of a person's own cases: one short stretch of an index for each way to have one."""
    c = Case.__table__.c
    ways = [c.opened_by_id == user.id, *(c.officer_id == officer for officer in _officers(user))]
    parts = [
        select(c.id)
        .where(c.municipality_id == user.municipality.id, way, NEWEST_FIRST.where(after))
        .order_by(way.left.desc(), c.id.desc())
        .limit(PAGE + 1)
        for way in ways
    ]
    return union(*(select(part.subquery()) for part in parts))


def _officers(user: User) -> list[int]:
    """The person, and those whose cases they have as an officer's substitute."""
    return [user.id, *(absent.id for absent in user.stands_in if absent.seat[0] == "officer")]


def _managed(db: Session, services: Services, user: User, today: date) -> list[int]:
    """Bodies whose drafts the person sees as manager."""
    tenant = user.municipality
    _id, policy = services.policies.in_force(db.connection(), tenant.id, today)
    bodies = policy.responsible_bodies()
    return [tenant.body_ids[b.key] for b in bodies if user.holds(*preparing_seat(policy, "manager", b.key))]


def readable(db: Session, services: Services, user: User, row: Any, today: date) -> Listed | None:
    """A row for the list; None when the person may not see the case."""
    tenant = user.municipality
    policy = services.policies.by_id(db.connection(), tenant.id, row.policy_version_id)
    actor = Actor(user.id, user.public_id, user.name, user.username, user.seats, user.stands_in)
    context = context_of(tenant, actor, policy, CaseRecord.of(row), today)
    if not predicates.actor_may_see_the_case(context):
        return None
    return Listed(row, policy, context.responsible, row.waits_role or "", tenant.body_keys.get(row.waits_body_id, ""))
