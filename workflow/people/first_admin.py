"""Founding: the first administrators of a municipality, seated from the command line.

Administrators seat everybody else, two of them at a time, and nobody seats themselves. So whoever runs the installation
seats the first two, each with a link to choose a password by; the journal says that they were seated at the founding.
From the first case on, the command seats somebody only where no administrator is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from models import Appointment, Case, Municipality, Person
from models.database import writing
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.administration import carry_out
from workflow.people.invitations import SHOWN, invite
from workflow.trail.journal import Act, record

#: Administrators whom the command line seats.
FOUNDERS = 2


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
        waits = username in seated and not seated[username]
        if not waits:
            _check_founding(connection, tenant, seated)
            if _id_of(connection, tenant, username) is None:
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


def _check_founding(connection: Connection, tenant: Tenant, seated: Mapping[str, bool]) -> None:
    """Whether another administrator is seated from here; raises `ActionNotOpen`."""
    has_case = connection.execute(select(Case.id).where(Case.municipality_id == tenant.id).limit(1)).first() is not None
    if len(seated) >= (1 if has_case else FOUNDERS):
        raise ActionNotOpen(reason("has-administrator"))


def _administrators(connection: Connection, tenant: Tenant, today: date) -> dict[str, bool]:
    """Active administrators of today by user name, and whether each has a password."""
    a = Appointment
    holds = (a.role == "admin", a.starts_on <= today, or_(a.ends_on.is_(None), a.ends_on >= today))
    query = (
        select(Person.username, Person.password_hash.is_not(None))
        .join(a, Person.id == a.person_id)
        .where(a.municipality_id == tenant.id, *holds, Person.is_active)
    )
    return {username: bool(has_password) for username, has_password in connection.execute(query)}


def _id_of(connection: Connection, tenant: Tenant, username: str) -> tuple[int, str] | None:
    known = select(Person.id, Person.public_id).where(Person.municipality_id == tenant.id, Person.username == username)
    row = connection.execute(known).one_or_none()
    return None if row is None else (row.id, row.public_id)
