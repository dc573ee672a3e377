"""Founding: the first administrators of a municipality, seated from the command line.

Administrators seat everybody else, two of them at a time, and nobody seats themselves. So whoever runs the installation
seats the first two, each with a link to choose a password by; the journal says that they were seated at the founding.
From the first case on, the command seats somebody only where no administrator is left, or where one is left and no
chair of a council could confirm another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, or_, select

from models import Appointment, Body, Case, Municipality, Person
from models.database import writing
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.administration import carry_out
from workflow.people.changes import holders
from workflow.people.invitations import SHOWN, invite
from workflow.people.seats import check_apart
from workflow.trail.journal import Act, record

#: Administrators whom the command line seats.
FOUNDERS = 2


class _Administrator(NamedTuple):
    """An administrator of today."""

    id: int
    has_password: bool


def seat_first_administrator(
    engine: Engine, tenant: Tenant, person: Mapping[str, Any], body: str, *, now: datetime, reference: str = ""
) -> str:
    """Seat a person (name, user name, language) as administrator in a body; returns the token of their invitation.

    Whoever is known here already keeps their name. A first administrator who has not chosen a password yet gets another
    invitation. Raises `ActionNotOpen` where the municipality has its administrators, `Malformed` for bad input.
    """
    today = local_day(now, tenant.timezone)
    with writing(engine, tenant.id) as connection:
        _alone(connection, tenant)
        seated = _administrators(connection, tenant, today)
        username = str(person["username"])
        waits = username in seated and not seated[username].has_password
        if not waits:
            _check_founding(connection, tenant, seated, today)
            known_id = _id_of(connection, tenant, username)
            if known_id is not None:
                check_apart(connection, tenant, known_id[0], "admin", today, None)
            if known_id is None:
                carry_out(connection, tenant, None, "add-person", person, now=now)
            else:
                known = {"username": username, "is_active": True}
                carry_out(connection, tenant, None, "change-person", known, now=now)
            seat = {"username": username, "body": body, "role": "admin", "starts_on": today.isoformat()}
            carry_out(connection, tenant, None, "appoint", seat | {"reference": reference}, now=now)
        person_id, public_id = _id_of(connection, tenant, username) or (0, "")
        data = {"person": public_id, "body": body, "again": waits}
        record(connection, tenant.id, Act("found-administrator", data=data), now=now)
        return invite(connection, tenant, person_id, None, SHOWN, now=now) or ""


def _alone(connection: Connection, tenant: Tenant) -> None:
    """Lock the municipality: of two who want to be first, the second finds the other there."""
    connection.execute(select(Municipality.id).where(Municipality.id == tenant.id).with_for_update())


def _check_founding(connection: Connection, tenant: Tenant, seated: Mapping[str, _Administrator], today: date) -> None:
    """Whether another administrator is seated from here; raises `ActionNotOpen`."""
    has_case = connection.execute(select(Case.id).where(Case.municipality_id == tenant.id).limit(1)).first() is not None
    goes_on = has_case and _has_chair(connection, tenant, {one.id for one in seated.values()}, today)
    if len(seated) >= (1 if goes_on else FOUNDERS):
        raise ActionNotOpen(reason("has-administrator"))


def _has_chair(connection: Connection, tenant: Tenant, administrators: set[int], today: date) -> bool:
    """Whether a chair of a council can log in today, and so confirm what a single administrator proposes."""
    chairs = (Appointment.role == "chair", Body.kind == "council")
    return bool(holders(connection, tenant, administrators, today, *chairs))


def _administrators(connection: Connection, tenant: Tenant, today: date) -> dict[str, _Administrator]:
    """Active administrators of today by user name."""
    a = Appointment
    holds = (a.role == "admin", a.starts_on <= today, or_(a.ends_on.is_(None), a.ends_on >= today))
    query = (
        select(Person.username, Person.id, Person.password_hash.is_not(None))
        .join(a, Person.id == a.person_id)
        .where(a.municipality_id == tenant.id, *holds, Person.is_active)
    )
    return {username: _Administrator(id_, bool(has)) for username, id_, has in connection.execute(query)}


def _id_of(connection: Connection, tenant: Tenant, username: str) -> tuple[int, str] | None:
    known = select(Person.id, Person.public_id).where(Person.municipality_id == tenant.id, Person.username == username)
    row = connection.execute(known).one_or_none()
    return None if row is None else (row.id, row.public_id)
