"""Substitutes of absent people, from a seat and for a period.

A person who is away from a day to a day names somebody who acts from their seat, a role in a body. That takes no law
beyond the appointments there are, and may not make new ones; so, as a city's lawyer would have it:

- The person away names their substitute, for a seat they hold of their own on every day of that time. An administrator
  may do it for others, but never for their own seats and never so that they stand in themselves.
- The substitute is an active person with an appointment of their own in the same body on every day of that time: a
  seat in the body above, or in the administration below, is not enough. An appointment as auditor or administrator
  makes nobody one of the body's own people. For a chair, who is elected, it is an elected member of the same body.
- Nobody stands in for a member (elected members have deputies, who are called to the meeting), nor for an auditor or
  an administrator (whoever watches, or opens doors, is appointed). A substitute takes no member's place: quorum and
  votes are counted by appointments alone.
- What one only stands in for cannot be passed on, and whoever is away does not stand in for another.
- One seat of one person has one substitute on a day. It begins today or later: nothing is made right afterwards.
- It may be ended earlier, at the earliest with yesterday, and never made longer. What was done in the meantime stands.

Whether the right holds is judged anew at every act (`workflow.cases.acting_roles`): it ends with the appointment of
either. Each act stands in the municipality's journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy import Connection, Row, insert, or_, select, update

from models import Appointment, Municipality, Person, Substitute
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.acting_roles import APART, ELECTED, NEVER_SUBSTITUTED
from workflow.cases.actor import Actor, load_actor
from workflow.cases.payloads import field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import ONE_DAY, local_day
from workflow.core.errors import Malformed, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.people.payloads import NewSubstitute, SubstitutionEnd
from workflow.people.seats import TAKES_TWO
from workflow.policy.roles import Seat
from workflow.trail.journal import Act, record


def name_substitute(
    services: Services, actor_id: int, key: str, given: Mapping[str, Any], *, now: datetime, is_example: bool = False
) -> int:
    """Let somebody stand in at a seat while its holder is away; returns the row's id.

    Raises `Malformed` for what does not fit and `NotMandated` for whoever may not name a substitute for that seat.
    """
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "name-substitute", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        _one_at_a_time(connection, tenant)
        today = local_day(now, tenant.timezone)
        actor = load_actor(connection, tenant.id, actor_id, today)
        return _name(connection, tenant, actor, _read(NewSubstitute(), given), today, now, is_example)


def end_substitution(services: Services, actor_id: int, key: str, given: Mapping[str, Any], *, now: datetime) -> None:
    """End a substitution earlier than it was meant to; by the person away, or an administrator who is neither of them.

    Raises `Malformed` for another day than from yesterday to the present last day, `NotMandated` for anybody else.
    """
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "end-substitution", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        _one_at_a_time(connection, tenant)
        today = local_day(now, tenant.timezone)
        actor = load_actor(connection, tenant.id, actor_id, today)
        _end(connection, tenant, actor, _read(SubstitutionEnd(), given), today, now)


def _one_at_a_time(connection: Connection, tenant: Tenant) -> None:
    """Take the journal's lock before anything is read: what two would name at once must see each other."""
    connection.execute(select(Municipality.id).where(Municipality.id == tenant.id).with_for_update())


def _read(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(schema.load(clean(given)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None


# -- naming


def _name(
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    values: Mapping[str, Any],
    today: date,
    now: datetime,
    is_example: bool,
) -> int:
    away = _person(connection, tenant, values["username"] or actor.username, "username")
    seat: Seat = (values["role"], values["body"])
    acted_from = _seat_to_say_it_from(actor, away.id, seat)
    if away.id != actor.id and values["substitute"] == actor.username:
        raise NotMandated(reason("own-appointment", field="substitute"))
    data = write(connection, tenant, {**values, "username": away.username}, today, is_example)
    if away.id != actor.id and values["role"] in TAKES_TWO:  # what does not fit is said first; nothing is left of it
        raise NotMandated(reason("takes-two"))
    record(connection, tenant.id, Act("name-substitute", actor.public_id, *acted_from, data=data), now=now)
    return int(data["substitution"])


def check(connection: Connection, tenant: Tenant, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The row of a substitute for somebody named; raises `Malformed` for what does not fit."""
    away = _person(connection, tenant, values["username"], "username")
    seat: Seat = (values["role"], values["body"])
    if seat[1] not in tenant.body_ids:
        raise Malformed(reason("field-wrong", field="body", why="no such body"))
    _days_fit(values["starts_on"], values["ends_on"], today)
    stands_in = _person(connection, tenant, values["substitute"], "substitute")
    row = {
        "municipality_id": tenant.id,
        "person_id": away.id,
        "substitute_id": stands_in.id,
        "body_id": tenant.body_ids[seat[1]],
        "role": seat[0],
        "starts_on": values["starts_on"],
        "ends_on": values["ends_on"],
    }
    _may_be_stood_in(connection, row)
    _may_stand_in(connection, row)
    return row


def write(
    connection: Connection, tenant: Tenant, values: Mapping[str, Any], today: date, is_example: bool = False
) -> dict[str, Any]:
    """Write the substitute of somebody named; returns what the journal tells of it."""
    row = check(connection, tenant, values, today)
    id_ = int(
        connection.execute(insert(Substitute).returning(Substitute.id), row | {"is_example": is_example}).scalar_one()
    )
    return {
        "substitution": id_,
        "person": _person(connection, tenant, values["username"], "username").public_id,
        "substitute": _person(connection, tenant, values["substitute"], "substitute").public_id,
        "body": values["body"],
        "role": values["role"],
        "starts_on": values["starts_on"].isoformat(),
        "ends_on": values["ends_on"].isoformat(),
    }


def _seat_to_say_it_from(actor: Actor, away_id: int, seat: Seat) -> Seat:
    """The seat the naming is done from: the absent person's own, or an administrator's; raises `NotMandated`."""
    if away_id == actor.id:
        return seat
    if not actor.bodies_as("admin"):
        raise NotMandated(reason("substitute-not-yours"))
    return "admin", actor.bodies_as("admin")[0]


def _days_fit(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise Malformed(reason("field-wrong", field="ends_on", why="before it starts"))
    if starts_on < today:
        raise Malformed(reason("field-wrong", field="starts_on", why="in the past"))


def _may_be_stood_in(connection: Connection, row: Mapping[str, Any]) -> None:
    """Whether a seat can have a substitute for these days; raises `Malformed`."""
    if row["role"] in NEVER_SUBSTITUTED:
        code = "substitute-member" if row["role"] == "member" else "substitute-appointed"
        raise Malformed(reason(code, field="role"))
    held = _appointments(connection, row, row["person_id"], Appointment.role == row["role"])
    if not _cover(held, row["starts_on"], row["ends_on"]):
        raise Malformed(reason("substitute-seat", field="role"))
    same_seat = (Substitute.body_id == row["body_id"], Substitute.role == row["role"])
    taken = _substitutions(connection, row, row["person_id"], *same_seat)
    if taken is not None:
        first, last = taken.starts_on.isoformat(), taken.ends_on.isoformat()
        raise Malformed(reason("substitute-taken", field="starts_on", first=first, last=last))


def _may_stand_in(connection: Connection, row: Mapping[str, Any]) -> None:
    """Whether a person can be the substitute for these days; raises `Malformed`."""
    if row["substitute_id"] == row["person_id"]:
        raise Malformed(reason("substitute-oneself", field="substitute"))
    is_elected = row["role"] == "chair"
    own = Appointment.role.in_(ELECTED) if is_elected else Appointment.role.not_in(APART)
    held = _appointments(connection, row, row["substitute_id"], own)
    if not _cover(held, row["starts_on"], row["ends_on"]):
        if is_elected:
            raise Malformed(reason("substitute-elected", field="substitute"))
        raise Malformed(reason("substitute-body", field="substitute"))
    if _substitutions(connection, row, row["substitute_id"]) is not None:
        raise Malformed(reason("substitute-away", field="substitute"))


def _appointments(
    connection: Connection, row: Mapping[str, Any], person_id: int, *which: Any
) -> Sequence[Row[date, date | None]]:
    """A person's own appointments in the row's body that hold on any of its days, in order of their first day."""
    return connection.execute(
        select(Appointment.starts_on, Appointment.ends_on)
        .where(
            Appointment.municipality_id == row["municipality_id"],
            Appointment.person_id == person_id,
            Appointment.body_id == row["body_id"],
            Appointment.deputy_for_id.is_(None),
            Appointment.starts_on <= row["ends_on"],
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= row["starts_on"]),
            *which,
        )
        .order_by(Appointment.starts_on)
    ).all()


def _cover(appointments: Sequence[Row[date, date | None]], first: date, last: date) -> bool:
    """Whether appointments, one after the other, hold on every day of a time."""
    next_day = first
    for starts_on, ends_on in appointments:
        if starts_on > next_day:
            return False
        if ends_on is None or ends_on >= last:
            return True
        next_day = max(next_day, ends_on + ONE_DAY)
    return False


def _substitutions(connection: Connection, row: Mapping[str, Any], away_id: int, *which: Any) -> Row[date, date] | None:
    """A time for which a person has a substitute and that shares a day with the row's; none of no days counts."""
    return connection.execute(
        select(Substitute.starts_on, Substitute.ends_on)
        .where(
            Substitute.municipality_id == row["municipality_id"],
            Substitute.person_id == away_id,
            Substitute.starts_on <= row["ends_on"],
            Substitute.ends_on >= row["starts_on"],
            Substitute.ends_on >= Substitute.starts_on,
            *which,
        )
        .order_by(Substitute.starts_on)
        .limit(1)
    ).one_or_none()


def _person(connection: Connection, tenant: Tenant, username: str, field: str) -> Row[int, str, str]:
    """An active person; raises `Malformed` for anybody else."""
    found = connection.execute(
        select(Person.id, Person.public_id, Person.username).where(
            Person.municipality_id == tenant.id, Person.username == username, Person.is_active
        )
    ).one_or_none()
    if found is None:
        raise Malformed(reason("unknown-person", username=username, field=field))
    return found


# -- ending


def _end(
    connection: Connection, tenant: Tenant, actor: Actor, values: Mapping[str, Any], today: date, now: datetime
) -> None:
    where = (Substitute.municipality_id == tenant.id, Substitute.id == values["id"])
    row = connection.execute(select(Substitute.__table__).where(*where)).one_or_none()
    if row is None:
        raise Malformed(reason("field-wrong", field="id", why="unknown"))
    acted_from = _seat_to_say_it_from(actor, row.person_id, (row.role, tenant.body_keys[row.body_id]))
    if row.substitute_id == actor.id and row.person_id != actor.id:
        raise NotMandated(reason("own-appointment"))
    if row.ends_on < today or row.ends_on < row.starts_on:
        raise Malformed(reason("substitute-over", field="ends_on"))
    if values["ends_on"] < max(row.starts_on, today) - ONE_DAY:
        raise Malformed(reason("field-wrong", field="ends_on", why="in the past"))
    if values["ends_on"] > row.ends_on:
        raise Malformed(reason("substitute-longer", field="ends_on"))
    connection.execute(update(Substitute).where(*where).values(ends_on=values["ends_on"]))
    data = {"substitution": row.id, "ends_on": values["ends_on"].isoformat()}
    record(connection, tenant.id, Act("end-substitution", actor.public_id, *acted_from, data=data), now=now)
