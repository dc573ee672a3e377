"""Queries for absences and substitutes.

`workflow.people.substitutes` rules who may name whom; the choices here only leave out what it would surely refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models import Appointment, Person, Substitute
from web.admin.queries import validity_on
from workflow.cases.acting_roles import APART, NEVER_SUBSTITUTED
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant

#: Absences on a page, and people to choose from.
MOST, CHOICES = 100, 300
#: How long a past absence is still shown.
SHOWN_FOR = timedelta(days=365)


def person_named(db: Session, username: str) -> tuple[int, str]:
    """Id and name of a person by user name; raises `NotFound`."""
    row = db.execute(select(Person.id, Person.name).where(Person.username == username)).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return row.id, row.name


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A person's substitute for one acting role during an absence."""

    id: int
    away_id: int
    away: str
    away_username: str
    substitute_id: int
    substitute: str
    role: str
    #: Key of the body.
    body: str
    starts_on: date
    ends_on: date
    is_example: bool
    #: ahead, now or over.
    validity: str


@dataclass(frozen=True, slots=True)
class SubstituteChoices:
    """Seats and people that an absent person can choose from."""

    #: Role and body key.
    seats: tuple[tuple[str, str], ...]
    #: User name, name and seats.
    people: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


def absences(db: Session, tenant: Tenant, person_id: int, today: date) -> tuple[AbsenceRow, ...]:
    """Absences of a person and absences they substitute in, the latest first; one statement."""
    concerns = or_(Substitute.person_id == person_id, Substitute.substitute_id == person_id)
    return _read(db, tenant, (concerns, Substitute.ends_on >= today - SHOWN_FOR), today)


def absence(db: Session, tenant: Tenant, id_: int, today: date) -> AbsenceRow:
    """One absence; raises `NotFound`."""
    found = _read(db, tenant, (Substitute.id == id_,), today)
    if not found:
        raise NotFound(reason("not-found"))
    return found[0]


def _read(db: Session, tenant: Tenant, where: tuple[Any, ...], today: date) -> tuple[AbsenceRow, ...]:
    away, substitute, s = aliased(Person), aliased(Person), Substitute
    query = (
        select(
            *(s.id, s.person_id, away.name.label("away"), away.username, s.substitute_id),
            *(substitute.name.label("substitute"), s.role, s.body_id, s.starts_on, s.ends_on, s.is_example),
        )
        .join(away, away.id == s.person_id)
        .join(substitute, substitute.id == s.substitute_id)
        .where(*where, s.ends_on >= s.starts_on)  # without those called off before they began
        .order_by(s.starts_on.desc(), s.id.desc())
        .limit(MOST)
    )
    return tuple(
        AbsenceRow(
            *(row.id, row.person_id, row.away, row.username, row.substitute_id, row.substitute, row.role),
            *(tenant.body_keys[row.body_id], row.starts_on, row.ends_on, row.is_example),
            validity_on(row.starts_on, row.ends_on, today),
        )
        for row in db.execute(query)
    )


def substitute_choices(db: Session, tenant: Tenant, person_id: int, today: date) -> SubstituteChoices:
    """A person's seats that allow a substitute, and the people of the same bodies; two statements."""
    current = (or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today), Appointment.deputy_for_id.is_(None))
    mine = (Appointment.person_id == person_id, Appointment.role.not_in(NEVER_SUBSTITUTED))
    held = db.execute(select(Appointment.role, Appointment.body_id).where(*mine, *current).distinct()).all()
    seats = tuple(sorted((row.role, tenant.body_keys[row.body_id]) for row in held))
    if not seats:
        return SubstituteChoices((), ())
    query = (
        select(Person.username, Person.name, Appointment.role, Appointment.body_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.body_id.in_(sorted({row.body_id for row in held})),
            Appointment.role.not_in(APART),
            *current,
            Person.id != person_id,
            Person.is_active,
        )
        .distinct()
        .order_by(Person.name, Person.username, Appointment.role)
        .limit(CHOICES)
    )
    people: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for username, name, role, body_id in db.execute(query):
        people.setdefault((username, name), []).append((role, tenant.body_keys[body_id]))
    return SubstituteChoices(seats, tuple((username, name, tuple(held)) for (username, name), held in people.items()))
