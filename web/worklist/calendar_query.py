"""What stands in somebody's calendar?

The cases and opinions that wait for a seat of theirs and the evaluations of their bodies, each on its last day; so many
and no more. Of a case under secrecy only the number is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from models import Body, Case, Consultation, Deadline, Engagement
from web.auth.session import User

#: Entries of each kind that a calendar holds.
MOST = 300


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to be done by a day."""

    #: case, opinion or evaluation.
    what: str
    #: Its own name among those of its kind; the same for as long as it lasts.
    subject: str
    due_on: date
    #: Raised whenever the last day is set anew.
    cycle: int
    number: str
    #: None under secrecy.
    title: str | None
    path: str


def agenda(db: Session, user: User) -> list[Duty]:
    """What a person has to do by which day; three statements."""
    return [*_cases(db, user), *_opinions(db, user), *_evaluations(db, user)]


def _cases(db: Session, user: User) -> Iterator[Duty]:
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
        yield Duty("case", number, due_on, cycle or 0, number, title, f"/cases/{number}")


def _due(whose: Any) -> Select[int]:
    return select(Case.id).where(whose, Case.due_on.is_not(None)).order_by(Case.due_on, Case.id).limit(MOST)


def _opinions(db: Session, user: User) -> Iterator[Duty]:
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
        yield Duty("opinion", str(id_), due_on, 0, number, title, f"/cases/{number}")


def _evaluations(db: Session, user: User) -> Iterator[Duty]:
    """Those of the bodies one sits in, and of the bodies above one's administrations."""
    ids = sorted({user.municipality.body_ids[body] for _role, body in user.all_seats})
    if not ids:
        return
    entering = aliased(Case)
    above = select(Body.parent_id).where(Body.id.in_(ids), Body.kind.in_(("administration", "office")))
    query = (
        select(
            Deadline.subject,
            Deadline.due_on,
            Deadline.cycle,
            Engagement.number,
            case((or_(entering.id.is_(None), entering.secrecy_law == ""), Engagement.title), else_=literal(None)),
        )
        .outerjoin(Engagement, Engagement.id == Deadline.engagement_id)
        .outerjoin(entering, entering.number == Engagement.entered_by)
        .where(
            or_(Deadline.body_id.in_(ids), Deadline.body_id.in_(above)),
            Deadline.state == "open",
            Deadline.kind == "evaluation",
        )
        .order_by(Deadline.due_on, Deadline.id)
        .limit(MOST)
    )
    for subject, due_on, cycle, engagement, title in db.execute(query):
        yield Duty("evaluation", subject, due_on, cycle, engagement or subject, title, f"/evaluations/{subject}")
