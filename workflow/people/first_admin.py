"""First administrator of a municipality, seated from the command line.

Administrators appoint everybody else and nobody appoints themselves, so the operator of the installation seats the
first one, once, with an entry in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from models import Appointment, Municipality, Person
from models.database import writing
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.administration import carry_out

#: What a person known already keeps.
_KEPT = ("name", "language")


def seat_first_administrator(
    engine: Engine, tenant: Tenant, person: Mapping[str, Any], body: str, *, now: datetime, reference: str = ""
) -> None:
    """Seat a person (name, user name, language, hash of a password) as administrator in a body, as the installation.

    Whoever is known here already keeps their name and gets the password. Raises `ActionNotOpen` while an administrator
    holds, `Malformed` for bad input.
    """
    today = local_day(now, tenant.timezone)
    with writing(engine, tenant.id) as connection:
        _alone(connection, tenant)
        if _has_administrator(connection, tenant, today):
            raise ActionNotOpen(reason("has-administrator"))
        if _is_known(connection, tenant, str(person["username"])):
            known = {name: value for name, value in person.items() if name not in _KEPT}
            carry_out(connection, tenant, None, "change-person", known | {"is_active": True}, now=now)
        else:
            carry_out(connection, tenant, None, "add-person", person, now=now)
        seat = {"username": person["username"], "body": body, "role": "admin", "starts_on": today.isoformat()}
        carry_out(connection, tenant, None, "appoint", seat | {"reference": reference}, now=now)


def _alone(connection: Connection, tenant: Tenant) -> None:
    """Lock the municipality: of two who want to be first, the second finds the other there."""
    connection.execute(select(Municipality.id).where(Municipality.id == tenant.id).with_for_update())


def _has_administrator(connection: Connection, tenant: Tenant, today: date) -> bool:
    a = Appointment
    holds = (a.role == "admin", a.starts_on <= today, or_(a.ends_on.is_(None), a.ends_on >= today))
    query = select(a.id).join(Person, Person.id == a.person_id)
    found = query.where(a.municipality_id == tenant.id, *holds, Person.is_active, Person.password_hash.is_not(None))
    return connection.execute(found.limit(1)).first() is not None


def _is_known(connection: Connection, tenant: Tenant, username: str) -> bool:
    known = select(Person.id).where(Person.municipality_id == tenant.id, Person.username == username)
    return connection.execute(known).first() is not None
