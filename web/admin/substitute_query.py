"""Who is away, who stands in, and whom could they name?

Read for a person's own page and for an administrator's page of a person. Who may name whom is the engine's to say
(`workflow.people.substitutes`); the choices here only leave out what it would surely refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models import Appointment, Person, Substitute
from web.admin.queries import standing_on
from web.auth.views import normal_username
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input, Typed
from workflow.cases.acting_roles import APART, NEVER_SUBSTITUTED
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant

#: Lines on a page, and people to choose from.
MOST, CHOICES = 100, 300
#: How long a time that is over is still shown.
SHOWN_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody stands in for somebody at a seat, from a day to a day."""

    id: int
    away_id: int
    away: str
    away_username: str
    stands_in_id: int
    stands_in: str
    role: str
    #: Key of the body.
    body: str
    starts_on: date
    ends_on: date
    is_example: bool
    #: ahead, now or over.
    standing: str


@dataclass(frozen=True, slots=True)
class Possible:
    """What a person away can choose from: seats (role, body key) and people (user name, name, where they sit)."""

    seats: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


def absences(db: Session, tenant: Tenant, person_id: int, today: date) -> tuple[Absence, ...]:
    """The times a person is away, and those they stand in for somebody, the latest first; in one statement."""
    concerns = or_(Substitute.person_id == person_id, Substitute.substitute_id == person_id)
    return _read(db, tenant, (concerns, Substitute.ends_on >= today - SHOWN_FOR), today)


def absence(db: Session, tenant: Tenant, id_: int, today: date) -> Absence:
    """One of them; raises `NotFound`."""
    found = _read(db, tenant, (Substitute.id == id_,), today)
    if not found:
        raise NotFound(reason("not-found"))
    return found[0]


def _read(db: Session, tenant: Tenant, where: tuple[Any, ...], today: date) -> tuple[Absence, ...]:
    away, stands_in, s = aliased(Person), aliased(Person), Substitute
    query = (
        select(
            *(s.id, s.person_id, away.name.label("away"), away.username, s.substitute_id),
            *(stands_in.name.label("stands_in"), s.role, s.body_id, s.starts_on, s.ends_on, s.is_example),
        )
        .join(away, away.id == s.person_id)
        .join(stands_in, stands_in.id == s.substitute_id)
        .where(*where, s.ends_on >= s.starts_on)  # one that was called off leaves nothing to see
        .order_by(s.starts_on.desc(), s.id.desc())
        .limit(MOST)
    )
    return tuple(
        Absence(
            *(row.id, row.person_id, row.away, row.username, row.substitute_id, row.stands_in, row.role),
            *(tenant.body_keys[row.body_id], row.starts_on, row.ends_on, row.is_example),
            standing_on(row.starts_on, row.ends_on, today),
        )
        for row in db.execute(query)
    )


def possible(db: Session, tenant: Tenant, person_id: int, today: date) -> Possible:
    """A person's seats that can be stood in, and the people of the same bodies; in two statements."""
    still = (or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today), Appointment.deputy_for_id.is_(None))
    mine = (Appointment.person_id == person_id, Appointment.role.not_in(NEVER_SUBSTITUTED))
    held = db.execute(select(Appointment.role, Appointment.body_id).where(*mine, *still).distinct()).all()
    seats = tuple(sorted((row.role, tenant.body_keys[row.body_id]) for row in held))
    if not seats:
        return Possible((), ())
    query = (
        select(Person.username, Person.name, Appointment.role, Appointment.body_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.body_id.in_(sorted({row.body_id for row in held})),
            Appointment.role.not_in(APART),
            *still,
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
    return Possible(seats, tuple((username, name, tuple(sits)) for (username, name), sits in people.items()))


# -- the form


def inputs(tenant: Tenant, found: Possible, today: date) -> tuple[Input, ...]:
    """From which seat, who stands in, from when to when."""
    seats = tuple(Choice(f"{role}@{body}", _seat_label(tenant, (role, body))) for role, body in found.seats)
    choose = () if len(seats) == 1 else (Choice("", _("Choose")),)
    people = tuple(Choice(username, f"{name}: {_sits(tenant, sits)}") for username, name, sits in found.people)
    return (
        Input("seat", "select", _("At which seat?"), choices=(*choose, *seats), is_needed=True),
        Input(
            "substitute",
            "select",
            _("Who stands in?"),
            choices=(Choice("", _("Choose")), *people),
            is_needed=True,
            hint=_("Somebody who is appointed to the same body during the whole time."),
        ),
        Input("starts_on", "day", _("First day away"), today.isoformat(), is_needed=True),
        Input("ends_on", "day", _("Last day away"), is_needed=True),
    )


def _seat_label(tenant: Tenant, seat: tuple[str, str]) -> str:
    return f"{labels.role_label(seat[0])}, {labels.body_name(tenant, seat[1])}"


def _sits(tenant: Tenant, sits: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(_seat_label(tenant, seat) for seat in sits)


def given(typed: Typed) -> dict[str, Any]:
    """What `workflow.people.substitutes` is given: the seat as role and body, nothing that nobody filled in."""
    role, _at, body = str(typed.get("seat", "")).partition("@")
    found: Mapping[str, Any] = {**typed, "role": role, "body": body}
    what = {name: value for name, value in found.items() if name != "seat" and value not in ("", None)}
    if username := normal_username(str(what.get("substitute", ""))):
        what["substitute"] = username
    return what
