"""Seats that two people give and end, and seats that one person cannot hold together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, or_, select

from models import Appointment, Body, Mandate, Person
from workflow.core.calendar import ONE_DAY
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant

#: Roles from which the municipality is bound.
DECIDING = ("secretary", "chair", "member", "manager")
#: Roles that nobody gives or ends alone: those that bind, that see everything and that seat others.
TAKES_TWO = (*DECIDING, "auditor", "admin")
#: Who decides, who watches and who seats others are different people.
_APART = (DECIDING, ("auditor",), ("admin",))


class KnownPerson(NamedTuple):
    """A person of the municipality."""

    id: int
    public_id: str


def check_days(starts_on: date, today: date) -> None:
    """Raises `Malformed` for a seat that would begin before today: nothing is made right afterwards."""
    if starts_on < today:
        raise Malformed(reason("field-wrong", field="starts_on", why="in the past"))


def check_last_day(ends_on: date, today: date) -> None:
    """Raises `Malformed` for a last day before yesterday: what was done from the seat stands."""
    if (today - ends_on).days > 1:
        raise Malformed(reason("field-wrong", field="ends_on", why="in the past"))


def check_apart(
    connection: Connection, tenant: Tenant, person_id: int, role: str, starts_on: date, ends_on: date | None
) -> None:
    """Raises `Malformed` where the person holds a seat on some of these days that nobody holds beside this one."""
    others = [name for group in _APART if role not in group for name in group]
    if role not in TAKES_TWO:
        return
    a = Appointment
    query = select(a.role, a.body_id).where(
        a.municipality_id == tenant.id,
        a.person_id == person_id,
        a.role.in_(others),
        or_(a.ends_on.is_(None), a.ends_on >= starts_on),
        *((a.starts_on <= ends_on,) if ends_on is not None else ()),
        or_(a.ends_on.is_(None), a.ends_on >= a.starts_on),
    )
    held = connection.execute(query.order_by(a.id).limit(1)).one_or_none()
    if held is not None:
        why = reason("seats-apart", field="role", role=held.role, body=tenant.body_keys[held.body_id])
        raise Malformed(why)


def check_appointment(tenant: Tenant, values: Mapping[str, Any]) -> None:
    """Raises `Malformed` for a body that is not there, and for days in the wrong order."""
    _in_order(values)
    body_id(tenant, values["body"], "body")


def check_mandate(connection: Connection, tenant: Tenant, values: Mapping[str, Any]) -> int:
    """The id of the body that delegates; raises `Malformed` for whatever is no administration below a body."""
    _in_order(values)
    to_body = body_id(tenant, values["to_body"], "to_body")
    parent = connection.execute(
        select(Body.parent_id, Body.kind).where(Body.municipality_id == tenant.id, Body.id == to_body)
    ).one()
    if parent.kind != "administration" or parent.parent_id is None:
        raise Malformed(reason("field-wrong", field="to_body", why="only an administration is given a mandate"))
    return int(parent.parent_id)


def check_ending(
    connection: Connection,
    tenant: Tenant,
    values: Mapping[str, Any],
    table: type[Appointment] | type[Mandate] = Appointment,
) -> Row[Any]:
    """The row to end; raises `Malformed` for an unknown one, for a last day before its first, and for a later one than
    it has: more time is given anew, by two and from today on.
    """
    where = (table.municipality_id == tenant.id, table.id == values["id"])
    row = connection.execute(select(table.__table__).where(*where)).one_or_none()
    if row is None:
        raise Malformed(reason("field-wrong", field="id", why="unknown"))
    if values["ends_on"] + ONE_DAY < row.starts_on:
        raise Malformed(reason("field-wrong", field="ends_on", why="before it starts"))
    if row.ends_on is not None and values["ends_on"] > row.ends_on:
        raise Malformed(reason("seat-longer", field="ends_on"))
    return row


def known_person(connection: Connection, tenant: Tenant, username: str) -> KnownPerson:
    """Id and public id of a person; raises `Malformed` for nobody."""
    row = connection.execute(
        select(Person.id, Person.public_id).where(Person.municipality_id == tenant.id, Person.username == username)
    ).one_or_none()
    if row is None:
        raise Malformed(reason("unknown-person", username=username, field="username"))
    return KnownPerson(*row)


def body_id(tenant: Tenant, key: str, field: str) -> int:
    """The id of a body; raises `Malformed` for a key that none has."""
    if key not in tenant.body_ids:
        raise Malformed(reason("field-wrong", field=field, why="no such body"))
    return tenant.body_ids[key]


def _in_order(values: Mapping[str, Any]) -> None:
    starts: date = values["starts_on"]
    if values["ends_on"] is not None and values["ends_on"] < starts:
        raise Malformed(reason("field-wrong", field="ends_on", why="before it starts"))
