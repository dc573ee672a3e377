"""Notices of changes of accounts: written in the transaction of the change, to whom it concerns.

A notice about a password, an address, a token or a calendar goes to its person, and to the auditors where the person
holds a seat that decides and somebody else made the change. It is shown on the screens and mailed whatever else the
person wants to be mailed; a mail goes to the address that was theirs before the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models import AccountNotice, Appointment, Person
from workflow.cases.acting_roles import holds_today
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenant

#: Roles whose holders bind the municipality, see everything or seat others: auditors are told of their accounts too.
WATCHED = ("secretary", "chair", "member", "manager", "auditor", "admin")
#: Kinds of notice.
KINDS = (
    *("password-changed", "invited", "email-changed", "renamed", "account-closed", "account-opened"),
    *("token-created", "tokens-revoked", "calendar-created", "change-proposed", "seat-given", "seat-ended"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to whose account."""

    kind: str
    person_id: int
    #: Who did it; None for the command line.
    actor_id: int | None = None
    #: Codes and days that the sentence needs.
    detail: Mapping[str, Any] = field(default_factory=dict)
    #: The address the mail goes to, where it is not the person's present one.
    address: str | None = None


def notify(connection: Connection, tenant: Tenant, change: Change, *, now: datetime) -> None:
    """Write the notices of a change: to its person, and to the auditors where others changed a watched account."""
    person = connection.execute(
        select(Person.email).where(Person.municipality_id == tenant.id, Person.id == change.person_id)
    ).one()
    told = {change.person_id: person.email if change.address is None else change.address}
    if change.actor_id != change.person_id and _is_watched(connection, tenant, change.person_id, now):
        told = _auditors(connection, tenant, now) | told
    _write(connection, tenant, change, told, now)


def notify_each(
    connection: Connection, tenant: Tenant, change: Change, people: Iterable[int], *, now: datetime
) -> None:
    """Write a notice to each of some people alone: of what they are to confirm."""
    query = select(Person.id, Person.email).where(Person.municipality_id == tenant.id, Person.id.in_(sorted(people)))
    _write(connection, tenant, change, {row.id: row.email for row in connection.execute(query)}, now)


def _write(connection: Connection, tenant: Tenant, change: Change, told: Mapping[int, str], now: datetime) -> None:
    if not told:
        return
    row = {
        "municipality_id": tenant.id,
        "about_id": change.person_id,
        "actor_id": change.actor_id,
        "kind": change.kind,
        "detail": dict(change.detail),
        "created_at": now,
        "is_dispatched": False,
    }
    connection.execute(insert(AccountNotice), [row | {"person_id": id_, "address": told[id_]} for id_ in sorted(told)])


def _is_watched(connection: Connection, tenant: Tenant, person_id: int, now: datetime) -> bool:
    held = select(Appointment.id).where(
        Appointment.municipality_id == tenant.id,
        Appointment.person_id == person_id,
        Appointment.role.in_(WATCHED),
        *holds_today(Appointment),
    )
    today = {"today": local_day(now, tenant.timezone)}
    return connection.execute(held.limit(1), today).first() is not None


def _auditors(connection: Connection, tenant: Tenant, now: datetime) -> dict[int, str]:
    """Addresses of today's auditors by id."""
    query = (
        select(Person.id, Person.email)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.municipality_id == tenant.id,
            Appointment.role == "auditor",
            Person.is_active,
            *holds_today(Appointment),
        )
    )
    rows = connection.execute(query, {"today": local_day(now, tenant.timezone)})
    return {row.id: row.email for row in rows}
