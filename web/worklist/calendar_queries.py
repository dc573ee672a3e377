"""Queries for a person's calendar: cases, opinions and evaluations with a last day, at most `MOST` of each.

Of a case under secrecy only the number is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, case, or_, select, union_all
from sqlalchemy.orm import Session

from models import Body, Case, Consultation, Deadline, Engagement, Person
from web.auth.session import User
from workflow.cases.secrecy import engagement_is_secret

#: Entries of each kind in a calendar.
MOST = 300


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something to be done by a day."""

    #: case, opinion or evaluation.
    what: str
    #: Identifier among entries of its kind; stable as long as the entry lasts.
    subject: str
    due_on: date
    #: Increased whenever the last day is set anew.
    cycle: int
    number: str
    #: None under secrecy.
    title: str | None
    path: str


def calendar_owner(db: Session, digest: str) -> Row[int, str | None, date | None, date | None] | None:
    """The active person whose calendar address has a digest."""
    columns = (Person.id, Person.calendar_hash, Person.calendar_expires_on, Person.calendar_used_on)
    return db.execute(select(*columns).where(Person.calendar_hash == digest, Person.is_active)).one_or_none()


def calendar_entries(db: Session, user: User) -> list[CalendarEntry]:
    """The entries of a person's calendar; three statements."""
    return [*_cases(db, user), *_opinions(db, user), *_evaluations(db, user)]


def _cases(db: Session, user: User) -> Iterator[CalendarEntry]:
    body_ids = user.municipality.body_ids
    parts = [_due(Case.waits_person_id == user.id)]
    parts += [
        _due(and_(Case.waits_body_id == body_ids[body], Case.waits_role == role))
        for role, body in sorted(user.all_seats)
    ]
    keys = union_all(*(select(part.subquery()) for part in parts)).subquery("keys")
    query = (
        select(Case.number, Case.due_on, Deadline.cycle, case((Case.secrecy_law == "", Case.title)))
        .select_from(keys)
        .join(Case, Case.id == keys.c.id)
        .outerjoin(Deadline, and_(Deadline.kind == "step", Deadline.subject == Case.number))
        .order_by(Case.due_on, Case.id)
        .limit(MOST)
    )
    for number, due_on, cycle, title in db.execute(query):
        yield CalendarEntry("case", number, due_on, cycle or 0, number, title, f"/cases/{number}")


def _due(whose: Any) -> Select[int]:
    return select(Case.id).where(whose, Case.due_on.is_not(None)).order_by(Case.due_on, Case.id).limit(MOST)


def _opinions(db: Session, user: User) -> Iterator[CalendarEntry]:
    bodies = [user.municipality.body_ids[body] for body in user.bodies_as("secretary")]
    if not bodies:
        return
    query = (
        select(Consultation.id, Consultation.due_on, Case.number, case((Case.secrecy_law == "", Case.title)))
        .join(Case, Case.id == Consultation.case_id)
        .where(
            Consultation.body_id.in_(bodies),
            Consultation.state == "asked",
            Case.state == "consult",
            Consultation.due_on.is_not(None),
        )
        .order_by(Consultation.due_on, Consultation.id)
        .limit(MOST)
    )
    for id_, due_on, number, title in db.execute(query):
        yield CalendarEntry("opinion", str(id_), due_on, 0, number, title, f"/cases/{number}")


def _evaluations(db: Session, user: User) -> Iterator[CalendarEntry]:
    """Evaluations of the person's bodies, and of the bodies above their administrations."""
    ids = sorted({user.municipality.body_ids[body] for _role, body in user.all_seats})
    if not ids:
        return
    above = select(Body.parent_id).where(Body.id.in_(ids), Body.kind.in_(("administration", "office")))
    query = (
        select(
            Deadline.subject,
            Deadline.due_on,
            Deadline.cycle,
            Engagement.number,
            case((~engagement_is_secret(), Engagement.title)),
        )
        .outerjoin(Engagement, Engagement.id == Deadline.engagement_id)
        .where(
            or_(Deadline.body_id.in_(ids), Deadline.body_id.in_(above)),
            Deadline.state == "open",
            Deadline.kind == "evaluation",
        )
        .order_by(Deadline.due_on, Deadline.id)
        .limit(MOST)
    )
    for subject, due_on, cycle, engagement, title in db.execute(query):
        yield CalendarEntry(
            "evaluation", subject, due_on, cycle, engagement or subject, title, f"/evaluations/{subject}"
        )
