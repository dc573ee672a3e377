"""The demo's one-click log-in.

It exists only where the database is marked as a demo and the server is bound to loopback and reached over it, under a
loopback host name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy import select

from config.settings import LOOPBACK
from models import Appointment, Body, Person
from models.database import reading
from web.core.services import Services


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One button of the demo's log-in page."""

    username: str
    name: str
    role: str
    #: The body's name in every language.
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoMunicipality:
    """The buttons of one municipality."""

    names: Mapping[str, str]
    people: tuple[DemoPerson, ...]


def is_enabled(here: Services) -> bool:
    """Whether people may log in with one click: a marked demo database, bound to and reached over loopback."""
    if not here.settings.is_demo or not here.settings.is_loopback:
        return False
    host = (request.host.rpartition(":")[0] or request.host).strip("[]")
    reached = request.remote_addr in ("127.0.0.1", "::1") and host in LOOPBACK
    return reached and here.database_is_demo()


def demo_people(here: Services) -> list[DemoMunicipality]:
    """The demo's people who can log in, by municipality, in the order of their creation."""
    found: list[DemoMunicipality] = []
    query = (
        select(Person.username, Person.name, Appointment.role, Body.names)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Body, Body.id == Appointment.body_id)
        .where(Person.is_example, Person.is_active, Person.password_hash.is_not(None))
        .order_by(Person.id, Appointment.id)
    )
    for key in here.workflow.tenants.keys():  # noqa: SIM118 - a directory is no mapping
        tenant = here.workflow.tenants.tenant(key)
        with reading(here.engine, tenant.id) as db:
            rows = db.execute(query).all()
        first: dict[str, DemoPerson] = {}
        for row in rows:
            first.setdefault(row.username, DemoPerson(row.username, row.name, row.role, row.names))
        found.append(DemoMunicipality(tenant.names, tuple(first.values())))
    return found
