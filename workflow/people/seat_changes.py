"""Changes of seats that take two people: appointments that bind, watch or seat others, mandates, substitutes.

What one administrator does alone (an officer's or coordinator's seat, the end of a mandate) is in `administration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import Connection, exists, select

from models import Appointment, Case, Person
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people import administration, substitutes
from workflow.people.account_notices import Change, notify
from workflow.people.changes import ChangeKind, Confirmation, Done
from workflow.people.payloads import LastDay, NewAppointment, NewMandate, NewSubstitute
from workflow.people.seats import (
    KnownPerson,
    check_apart,
    check_appointment,
    check_days,
    check_ending,
    check_last_day,
    check_mandate,
    known_person,
)
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS


class ProposedMandate(NewMandate):
    """A mandate whose kinds and acts are chosen, or all of them by a choice of its own."""

    all_engagements = fields.Boolean(load_default=False)
    all_acts = fields.Boolean(load_default=False)

    @validates_schema
    def _is_chosen(self, values: Mapping[str, Any], **_more: object) -> None:
        for name in ("engagements", "acts"):
            if bool(values.get(name)) == values[f"all_{name}"]:
                raise ValidationError("Missing data for required field.", name)


def _appointee(connection: Connection, tenant: Tenant, values: Mapping[str, Any]) -> KnownPerson:
    """The person of a user name; raises `Malformed`."""
    return known_person(connection, tenant, values["username"])


def _holder(connection: Connection, tenant: Tenant, values: Mapping[str, Any]) -> KnownPerson:
    """Whoever holds an appointment; raises `Malformed`."""
    row = connection.execute(
        select(Person.id, Person.public_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.municipality_id == tenant.id, Appointment.id == values["id"])
    ).one_or_none()
    if row is None:
        raise Malformed(reason("field-wrong", field="id", why="unknown"))
    return KnownPerson(*row)


def _nobody(_connection: Connection, _tenant: Tenant, _values: Mapping[str, Any]) -> None:
    """A mandate concerns a body and no single person."""


def _check_appointment(connection: Connection, tenant: Tenant, values: Mapping[str, Any], now: datetime) -> None:
    today = local_day(now, tenant.timezone)
    person = _appointee(connection, tenant, values)
    check_days(values["starts_on"], today)
    check_appointment(tenant, values)
    check_apart(connection, tenant, person.id, values["role"], values["starts_on"], values["ends_on"])


def _appoint(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    return _carried_out(confirmed, "appoint", values)


def _check_ending(connection: Connection, tenant: Tenant, values: Mapping[str, Any], now: datetime) -> None:
    _holder(connection, tenant, values)
    check_last_day(values["ends_on"], local_day(now, tenant.timezone))
    check_ending(connection, tenant, values)


def _end_appointment(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    return _carried_out(confirmed, "end-appointment", values)


def _check_mandate(connection: Connection, tenant: Tenant, values: Mapping[str, Any], now: datetime) -> None:
    check_days(values["starts_on"], local_day(now, tenant.timezone))
    check_mandate(connection, tenant, values)


def _give_mandate(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    """Everything is written out: an empty list means all kinds only in rows of 0.1.0."""
    given = dict(values)
    for name, every in (("engagements", ENGAGEMENTS), ("acts", ALL_ACTS)):
        if given.pop(f"all_{name}"):
            given[name] = list(every)
    return _carried_out(confirmed, "give-mandate", given)


def _check_substitute(connection: Connection, tenant: Tenant, values: Mapping[str, Any], now: datetime) -> None:
    substitutes.check(connection, tenant, values, local_day(now, tenant.timezone))


def _name_substitute(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    today = local_day(confirmed.now, confirmed.tenant.timezone)
    return Done(substitutes.write(confirmed.connection, confirmed.tenant, values, today))


def _carried_out(confirmed: Confirmation, action: str, values: Mapping[str, Any]) -> Done:
    """Carry out an administrative act, notify the person, and mark what happens before the first case as founding."""
    connection, tenant, now = confirmed.connection, confirmed.tenant, confirmed.now
    data, words = administration.perform(connection, tenant, action, values, now)
    if action in ("appoint", "end-appointment"):
        person = _appointee(connection, tenant, values) if action == "appoint" else _holder(connection, tenant, values)
        kind = "seat-given" if action == "appoint" else "seat-ended"
        notify(connection, tenant, Change(kind, person.id, confirmed.confirmer_id), now=now)
    is_founded = connection.execute(select(exists().where(Case.municipality_id == tenant.id))).scalar_one()
    return Done(data if is_founded else data | {"founding": True}, words)


def _body_of_appointment(connection: Connection, tenant: Tenant, values: Mapping[str, Any]) -> str:
    return tenant.body_keys[check_ending(connection, tenant, values).body_id]


SEAT_KINDS = (
    ChangeKind(
        "appoint", NewAppointment, _check_appointment, _appoint, _appointee, lambda _c, _t, values: str(values["body"])
    ),
    ChangeKind("end-appointment", LastDay, _check_ending, _end_appointment, _holder, _body_of_appointment),
    ChangeKind(
        "give-mandate", ProposedMandate, _check_mandate, _give_mandate, _nobody, lambda _c, _t, v: str(v["to_body"])
    ),
    ChangeKind(
        "name-substitute",
        NewSubstitute,
        _check_substitute,
        _name_substitute,
        _appointee,
        lambda _c, _t, values: str(values["body"]),
    ),
)
