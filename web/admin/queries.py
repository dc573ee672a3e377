"""Queries for people, appointments and mandates, for administrators; lists are paged by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from models import Appointment, Mandate, Person
from web.core.text_search import contains_text
from web.ui.pagination import Key, Keyset
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.vocabulary import ROLES

#: Rows on one page.
PAGE = 25
#: Appointments on a person's page.
MOST = 100
#: Which rows a list shows.
SHOWS = ("now", "all")


def validity_on(starts_on: date, ends_on: date | None, today: date) -> str:
    """Whether a period, both ends included, is `ahead`, holds `now`, or is `over` on a day."""
    if starts_on > today:
        return "ahead"
    return "over" if ends_on is not None and ends_on < today else "now"


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One appointment."""

    id: int
    person_id: int
    name: str
    username: str
    role: str
    #: Key of the body.
    body: str
    starts_on: date
    ends_on: date | None
    reference: str
    #: Name of the member whom a deputy replaces; empty for an ordinary appointment.
    deputy_for: str
    is_example: bool
    #: ahead, now or over.
    validity: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in the list, with today's appointments."""

    id: int
    username: str
    name: str
    language: str
    is_active: bool
    #: Whether there is a password to log in with.
    can_log_in: bool
    is_example: bool
    email: str
    is_erased: bool
    seats: tuple[AppointmentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MandateRow:
    """One mandate."""

    id: int
    #: Keys of the delegating body and of the administration.
    from_body: str
    to_body: str
    engagements: tuple[str, ...]
    acts: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    reference: str
    is_example: bool
    validity: str


PEOPLE = Keyset("people", (Key(Person.username, str),))
APPOINTMENTS = Keyset("appointments", (Key(Appointment.id, descending=True),))
MANDATES = Keyset("mandates", (Key(Mandate.id, descending=True),))


@dataclass(frozen=True, slots=True)
class AdminFilter:
    """Filter and page of a list."""

    text: str = ""
    role: str = ""
    body: str = ""
    show: str = "now"
    #: Cursor of the page, as in the URL.
    after: str = ""


def filter_from_args(args: Mapping[str, str]) -> AdminFilter:
    """The filter in a URL's parameters; invalid values are ignored."""
    role, show = args.get("role", ""), args.get("show", "")
    return AdminFilter(
        args.get("q", "").strip()[:200],
        role if role in ROLES else "",
        args.get("body", ""),
        show if show in SHOWS else "now",
        args.get("after", ""),
    )


# -- people


def people_page(db: Session, tenant: Tenant, filters: AdminFilter, today: date) -> tuple[tuple[PersonRow, ...], str]:
    """People by user name, in two statements, and the key of the next page."""
    query = select(*_person())
    if filters.text:
        query = query.where(contains_text(filters.text, Person.name, Person.username))
    rows = db.execute(PEOPLE.page(query, PEOPLE.read_or_first(filters.after), PAGE)).all()
    shown, following = PEOPLE.cut(rows, PAGE, lambda row: (row.username,))
    ids = [row.id for row in shown]
    seats: dict[int, list[AppointmentRow]] = {id_: [] for id_ in ids}
    for seat in _appointments(
        db, tenant, (Appointment.person_id.in_(ids), *_current(Appointment, today)), today, PAGE * MOST
    ):
        seats[seat.person_id].append(seat)
    return tuple(_person_row(row, tuple(seats[row.id])) for row in shown), following


def _person() -> tuple[Any, ...]:
    p = Person
    own = (p.id, p.username, p.name, p.language, p.is_active, p.password_hash.is_not(None), p.is_example)
    return *own, p.email, p.erased_at.is_not(None)


def _person_row(row: Any, seats: tuple[AppointmentRow, ...]) -> PersonRow:
    id_, username, name, language, is_active, can_log_in, is_example, email, is_erased = row
    return PersonRow(id_, username, name, language, is_active, can_log_in, is_example, email, is_erased, seats)


def person(db: Session, tenant: Tenant, username: str, today: date) -> PersonRow:
    """A person with every appointment, the newest first; raises `NotFound`."""
    row = db.execute(select(*_person()).where(Person.username == username)).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return _person_row(row, _appointments(db, tenant, (Appointment.person_id == row.id,), today, MOST))


# -- appointments


def appointments_page(
    db: Session, tenant: Tenant, filters: AdminFilter, today: date
) -> tuple[Sequence[AppointmentRow], str]:
    """Appointments, newest first, in one statement, and the key of the next page."""
    where = list(_current(Appointment, today)) if filters.show == "now" else []
    if filters.role:
        where.append(Appointment.role == filters.role)
    if filters.body in tenant.body_ids:
        where.append(Appointment.body_id == tenant.body_ids[filters.body])
    if filters.text:
        where.append(contains_text(filters.text, Person.name, Person.username))
    where.append(APPOINTMENTS.where(APPOINTMENTS.read_or_first(filters.after)))
    found = _appointments(db, tenant, tuple(where), today, PAGE + 1)
    return APPOINTMENTS.cut(found, PAGE, lambda row: (row.id,))


def appointment(db: Session, tenant: Tenant, id_: int, today: date) -> AppointmentRow:
    """One appointment; raises `NotFound`."""
    found = _appointments(db, tenant, (Appointment.id == id_,), today, 1)
    if not found:
        raise NotFound(reason("not-found"))
    return found[0]


def _current(table: type[Appointment] | type[Mandate], today: date) -> tuple[ColumnElement[bool], ...]:
    return table.starts_on <= today, or_(table.ends_on.is_(None), table.ends_on >= today)


def _appointments(
    db: Session, tenant: Tenant, where: tuple[Any, ...], today: date, limit: int
) -> tuple[AppointmentRow, ...]:
    member, a = aliased(Person), Appointment
    who = (a.id, a.person_id, Person.name, Person.username, a.role, a.body_id)
    query = (
        select(*who, a.starts_on, a.ends_on, a.reference, member.name.label("deputy_for"), a.is_example)
        .join(Person, Person.id == a.person_id)
        .outerjoin(member, member.id == a.deputy_for_id)
        .where(*where)
        .order_by(a.id.desc())
        .limit(limit)
    )
    return tuple(
        AppointmentRow(
            row.id,
            row.person_id,
            row.name,
            row.username,
            row.role,
            tenant.body_keys[row.body_id],
            row.starts_on,
            row.ends_on,
            row.reference,
            row.deputy_for or "",
            row.is_example,
            validity_on(row.starts_on, row.ends_on, today),
        )
        for row in db.execute(query)
    )


# -- mandates


def mandates_page(db: Session, tenant: Tenant, filters: AdminFilter, today: date) -> tuple[Sequence[MandateRow], str]:
    """Mandates, newest first, in one statement, and the key of the next page."""
    where = list(_current(Mandate, today)) if filters.show == "now" else []
    if filters.body in tenant.body_ids:
        where.append(Mandate.to_body_id == tenant.body_ids[filters.body])
    where.append(MANDATES.where(MANDATES.read_or_first(filters.after)))
    return MANDATES.cut(_mandates(db, tenant, tuple(where), today, PAGE + 1), PAGE, lambda row: (row.id,))


def mandate(db: Session, tenant: Tenant, id_: int, today: date) -> MandateRow:
    """One mandate; raises `NotFound`."""
    found = _mandates(db, tenant, (Mandate.id == id_,), today, 1)
    if not found:
        raise NotFound(reason("not-found"))
    return found[0]


def _mandates(db: Session, tenant: Tenant, where: tuple[Any, ...], today: date, limit: int) -> tuple[MandateRow, ...]:
    m = Mandate
    columns = (m.id, m.from_body_id, m.to_body_id, m.engagements, m.acts, m.starts_on, m.ends_on, m.reference)
    query = select(*columns, m.is_example).where(*where).order_by(m.id.desc()).limit(limit)
    return tuple(
        MandateRow(
            row.id,
            tenant.body_keys[row.from_body_id],
            tenant.body_keys[row.to_body_id],
            tuple(row.engagements),
            tuple(row.acts),
            row.starts_on,
            row.ends_on,
            row.reference,
            row.is_example,
            validity_on(row.starts_on, row.ends_on, today),
        )
        for row in db.execute(query)
    )
