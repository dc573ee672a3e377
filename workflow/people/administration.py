"""Administrative acts: people, appointments and mandates.

Each act is recorded in the municipality's journal. An administrator decides no case, and nobody appoints themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy import Connection, insert, select, update

from models import Appointment, Mandate, Person
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor
from workflow.cases.payloads import field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.deadlines import APPOINTMENT, MANDATE
from workflow.notifications.failed_mail import MailRetry, retry
from workflow.people import expiring_seats
from workflow.people.account_notices import Change, notify
from workflow.people.erasure import rename
from workflow.people.passwords import end_credentials
from workflow.people.payloads import LastDay, NewAppointment, NewMandate, NewPerson, PersonChange, PersonName
from workflow.people.preferences import is_address
from workflow.people.seats import (
    TAKES_TWO,
    check_appointment,
    check_days,
    check_ending,
    check_last_day,
    check_mandate,
    known_person,
)
from workflow.trail.journal import Act, record


def administer(
    services: Services,
    actor_id: int,
    key: str,
    action: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    is_example: bool = False,
) -> None:
    """Take one administrative act in a municipality: `add-person`, `change-person`, `rename-person`, `appoint`,
    `end-appointment`, `give-mandate`, `end-mandate` or `retry-mail`. Raises `NotMandated` for whoever is no
    administrator, `Malformed` for bad input.
    """
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, action, now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        today = local_day(now, tenant.timezone)
        admin = load_actor(connection, tenant.id, actor_id, today)
        if not admin.bodies_as("admin"):
            raise NotMandated(reason("admins-only"))
        carry_out(connection, tenant, admin, action, given, now=now, is_example=is_example)
        if takes_two(connection, tenant, action, given):  # what cannot be at all is said first; nothing is left of it
            raise NotMandated(reason("takes-two"))


def takes_two(connection: Connection, tenant: Tenant, action: str, given: Mapping[str, Any]) -> bool:
    """Whether an act is proposed by one and confirmed by another (`workflow.people.seat_changes`)."""
    if action == "give-mandate":
        return True
    if action == "appoint":
        return given.get("role") in TAKES_TWO
    if action != "end-appointment":
        return False
    role = select(Appointment.role).where(Appointment.municipality_id == tenant.id, Appointment.id == given.get("id"))
    return connection.execute(role).scalar_one_or_none() in TAKES_TWO


def perform(
    connection: Connection, tenant: Tenant, action: str, values: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """Write what a confirmed change does; returns what its entry in the journal has in clear, and its words."""
    _schema, write = _ACTS[action]
    return write(connection, tenant, None, dict(values), False, now)


def carry_out(
    connection: Connection,
    tenant: Tenant,
    admin: Actor | None,
    action: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    is_example: bool = False,
) -> None:
    """Write one administrative act and its journal entry; without an administrator it is the installation's own act."""
    if action not in _ACTS:
        raise Malformed(reason("unknown-action", action=action, field="action"))
    schema, perform = _ACTS[action]
    try:
        values = dict(schema().load(clean(given)))
        if admin is not None and values.get("password_hash"):
            raise ValidationError({"password_hash": ["Unknown field."]})
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None
    data, words = perform(connection, tenant, admin, values, is_example, now)
    seat = ("admin", admin.bodies_as("admin")[0]) if admin else ("system", "")
    actor = admin.public_id if admin else "system"
    record(connection, tenant.id, Act(action, actor, *seat, data=data, words=words), now=now)


#: Data in clear and words to commit to.
_Told = tuple[dict[str, Any], dict[str, str]]


def _add_person(
    connection: Connection,
    tenant: Tenant,
    _admin: Actor | None,
    values: dict[str, Any],
    is_example: bool,
    _now: datetime,
) -> _Told:
    if values["username"].rpartition("@")[2] != tenant.key:
        raise Malformed(reason("field-wrong", field="username", why=f"ends in @{tenant.key}"))
    taken = select(Person.id).where(Person.municipality_id == tenant.id, Person.username == values["username"])
    if connection.execute(taken).first():
        raise Malformed(reason("field-wrong", field="username", why="already taken"))
    if values["email"] and not is_address(values["email"]):
        raise Malformed(reason("field-wrong", field="email", why="not an e-mail address"))
    public_id = uuid.uuid4().hex
    row = {**values, "municipality_id": tenant.id, "public_id": public_id, "is_example": is_example}
    connection.execute(insert(Person), row)
    return {"person": public_id}, {"name": values["name"], "username": values["username"]}


def _change_person(
    connection: Connection,
    tenant: Tenant,
    admin: Actor | None,
    values: dict[str, Any],
    _is_example: bool,
    now: datetime,
) -> _Told:
    """Close or open an account, or set a password; sessions, tokens, calendar address and invitations end with it."""
    person, public_id = known_person(connection, tenant, values.pop("username"))
    this = (Person.municipality_id == tenant.id, Person.id == person)
    if connection.execute(select(Person.erased_at).where(*this)).scalar_one() is not None:
        raise Malformed(reason("erased-already", field="username"))
    end_credentials(connection, tenant, person, now)
    if values:
        connection.execute(update(Person).where(*this).values(**values))
    kinds = {"password_hash": "password-changed"} | (
        {"is_active": "account-opened" if values["is_active"] else "account-closed"} if "is_active" in values else {}
    )
    for kind in (kinds[name] for name in values):
        notify(connection, tenant, Change(kind, person, admin.id if admin else None), now=now)
    told_of: dict[str, Any] = {"person": public_id, "password": "password_hash" in values}
    return told_of | {name: values[name] for name in ("is_active",) if name in values}, {}


def _rename_person(
    connection: Connection,
    tenant: Tenant,
    admin: Actor | None,
    values: dict[str, Any],
    _is_example: bool,
    now: datetime,
) -> _Told:
    person, public_id = known_person(connection, tenant, values["username"])
    rename(connection, tenant, person, values["name"], admin.id if admin else None, now=now)
    return {"person": public_id}, {"name": values["name"]}


def _appoint(
    connection: Connection, tenant: Tenant, admin: Actor | None, values: dict[str, Any], is_example: bool, now: datetime
) -> _Told:
    person, public_id = known_person(connection, tenant, values["username"])
    if admin is not None:
        if admin.id == person:
            raise NotMandated(reason("own-appointment"))
        check_days(values["starts_on"], local_day(now, tenant.timezone))
    check_appointment(tenant, values)
    row = {
        "municipality_id": tenant.id,
        "person_id": person,
        "body_id": tenant.body_ids[values["body"]],
        "role": values["role"],
        "starts_on": values["starts_on"],
        "ends_on": values["ends_on"],
        "reference": values["reference"],
        "is_example": is_example,
    }
    id_ = connection.execute(insert(Appointment).returning(Appointment.id), row).scalar_one()
    if values["ends_on"] is not None:
        seat = (values["role"], values["body"])
        expiring_seats.expect(connection, tenant, APPOINTMENT, id_, seat, values["ends_on"], now=now)
    return {"person": public_id, "body": values["body"], "role": values["role"], **_dates(values)}, {
        "reference": values["reference"]
    }


def _give_mandate(
    connection: Connection,
    tenant: Tenant,
    _admin: Actor | None,
    values: dict[str, Any],
    is_example: bool,
    now: datetime,
) -> _Told:
    parent_id, to_body = check_mandate(connection, tenant, values), tenant.body_ids[values["to_body"]]
    row = {
        "municipality_id": tenant.id,
        "from_body_id": parent_id,
        "to_body_id": to_body,
        "engagements": values["engagements"],
        "acts": values["acts"],
        "starts_on": values["starts_on"],
        "ends_on": values["ends_on"],
        "reference": values["reference"],
        "is_example": is_example,
    }
    id_ = connection.execute(insert(Mandate).returning(Mandate.id), row).scalar_one()
    if values["ends_on"] is not None:
        seat = ("manager", values["to_body"])
        expiring_seats.expect(connection, tenant, MANDATE, id_, seat, values["ends_on"], now=now)
    return {
        "from_body": tenant.body_keys[parent_id],
        "to_body": values["to_body"],
        "engagements": values["engagements"],
        "acts": values["acts"],
        "reference": values["reference"],
        **_dates(values),
    }, {}


def _end(table: type[Appointment] | type[Mandate], what: str) -> Callable[..., _Told]:
    def end(
        connection: Connection,
        tenant: Tenant,
        admin: Actor | None,
        values: dict[str, Any],
        _is_example: bool,
        now: datetime,
    ) -> _Told:
        where = (table.municipality_id == tenant.id, table.id == values["id"])
        row = check_ending(connection, tenant, values, table)
        if admin is not None:
            check_last_day(values["ends_on"], local_day(now, tenant.timezone))
        if admin is not None and what == "appointment" and row.person_id == admin.id:
            raise NotMandated(reason("own-appointment"))
        connection.execute(update(table).where(*where).values(ends_on=values["ends_on"]))
        seat = ("manager", row.to_body_id) if table is Mandate else (row.role, row.body_id)
        named = (seat[0], tenant.body_keys[seat[1]])
        expiring_seats.expect(connection, tenant, what, row.id, named, values["ends_on"], now=now)
        return {what: values["id"], "ends_on": values["ends_on"].isoformat()}, {}

    return end


def _retry_mail(
    connection: Connection,
    tenant: Tenant,
    _admin: Actor | None,
    values: dict[str, Any],
    _is_example: bool,
    now: datetime,
) -> _Told:
    return retry(connection, tenant, values, now=now), {}


def _dates(values: Mapping[str, Any]) -> dict[str, str | None]:
    ends = values["ends_on"]
    return {"starts_on": values["starts_on"].isoformat(), "ends_on": ends.isoformat() if ends else None}


_ACTS: Mapping[str, tuple[type[Schema], Callable[..., _Told]]] = {
    "add-person": (NewPerson, _add_person),
    "change-person": (PersonChange, _change_person),
    "rename-person": (PersonName, _rename_person),
    "appoint": (NewAppointment, _appoint),
    "end-appointment": (LastDay, _end(Appointment, "appointment")),
    "give-mandate": (NewMandate, _give_mandate),
    "end-mandate": (LastDay, _end(Mandate, "mandate")),
    "retry-mail": (MailRetry, _retry_mail),
}
