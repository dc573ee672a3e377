"""Changes that one person proposes and another confirms.

A kind of change is declared once: what it takes, what is checked when it is proposed, and what it does when it is
confirmed. An administrator proposes. Another administrator confirms; where there is no other, the chair of the body
whose seat it is, else of the council. Nobody confirms a change of their own proposing or of their own seat, and an
auditor confirms none. A confirmed change is judged again
before it is carried out. Proposing, withdrawing and declining stand in the journal; the act itself stands there as an
act of whoever confirmed it, with the proposer's name beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy import Connection, Row, insert, or_, select, update

from models import Appointment, Body, Person, ProposedChange
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.acting_roles import holds_today
from workflow.cases.actor import Actor, load_actor
from workflow.cases.payloads import field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.people.account_notices import Change, notify_each
from workflow.people.seats import KnownPerson
from workflow.policy.roles import Seat
from workflow.trail.journal import Act, record

#: How long a proposal can be confirmed.
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Done:
    """What the journal tells of a change, and what only whoever confirmed it is shown."""

    data: Mapping[str, Any]
    words: Mapping[str, str] = field(default_factory=dict)
    #: Token of an invitation's link, where no mail carries it.
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Where a confirmed change is carried out: one transaction, by whom, and whether mail can be sent."""

    connection: Connection
    tenant: Tenant
    confirmer_id: int
    by_mail: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """One kind of change."""

    name: str
    schema: type[Schema]
    #: Raises what speaks against it; asked when it is proposed, and again when it is confirmed.
    check: Callable[[Connection, Tenant, Mapping[str, Any], datetime], None]
    carry_out: Callable[[Confirmation, Mapping[str, Any]], Done]
    #: Whom it concerns, if anybody.
    concerned: Callable[[Connection, Tenant, Mapping[str, Any]], KnownPerson | None]
    #: For a change of seats, the key of the body: its chair confirms, and nobody confirms their own.
    body: Callable[[Connection, Tenant, Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class Kinds:
    """The declared kinds by name."""

    by_name: Mapping[str, ChangeKind]

    def named(self, name: str) -> ChangeKind:
        """A kind; raises `Malformed` for none."""
        if name not in self.by_name:
            raise Malformed(reason("unknown-action", action=name, field="action"))
        return self.by_name[name]


def propose(
    services: Services, kinds: Kinds, actor_id: int, key: str, name: str, given: Mapping[str, Any], *, now: datetime
) -> int:
    """Propose a change as an administrator; returns its id. Whoever can confirm it is notified."""
    tenant, kind = services.tenants.tenant(key), kinds.named(name)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, name, now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        if not actor.bodies_as("admin"):
            raise NotMandated(reason("admins-only"))
        values = _read(kind, given)
        person = kind.concerned(connection, tenant, values)
        if kind.body is not None and person is not None and person.id == actor_id:
            raise NotMandated(reason("own-appointment"))
        kind.check(connection, tenant, values, now)
        row = {
            "municipality_id": tenant.id,
            "kind": name,
            "payload": dict(given),
            "person_id": person.id if person else None,
            "proposed_by_id": actor_id,
            "proposed_at": now,
            "expires_at": now + LIFE,
            "state": "open",
        }
        id_ = int(connection.execute(insert(ProposedChange).returning(ProposedChange.id), row).scalar_one())
        data = {"change": id_, "proposed_change": name, **({"person": person.public_id} if person else {})}
        seat = ("admin", actor.bodies_as("admin")[0])
        record(connection, tenant.id, Act("propose-change", actor.public_id, *seat, data=data), now=now)
        told = Change("change-proposed", person.id if person else actor_id, actor_id)
        confirmers = _confirmers(connection, tenant, kinds, {**row, "payload": given}, now)
        notify_each(connection, tenant, told, confirmers, now=now)
        return id_


def confirm(
    services: Services, kinds: Kinds, actor_id: int, key: str, change_id: int, *, by_mail: bool, now: datetime
) -> Done:
    """Confirm a change of another's proposing, which is carried out at once.

    Raises `NotMandated` for whoever may not confirm it, `ActionNotOpen` for one that is settled or too old, and what
    speaks against it by now.
    """
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "confirm-change", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        row = _open(connection, tenant, change_id, now)
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        seat = _confirming_seat(connection, tenant, kinds, actor, row._asdict(), now)
        kind = kinds.named(row.kind)
        values = _read(kind, row.payload)
        kind.check(connection, tenant, values, now)
        _settle(connection, tenant, change_id, "confirmed", actor_id, now)
        done = kind.carry_out(Confirmation(connection, tenant, actor_id, by_mail, now), values)
        proposer = select(Person.public_id).where(Person.municipality_id == tenant.id, Person.id == row.proposed_by_id)
        data = {**done.data, "change": change_id, "proposed_by": connection.execute(proposer).scalar_one()}
        record(connection, tenant.id, Act(kind.name, actor.public_id, *seat, data=data, words=done.words), now=now)
        return done


def decline(services: Services, kinds: Kinds, actor_id: int, key: str, change_id: int, *, now: datetime) -> None:
    """Withdraw a change of one's own proposing, or decline another's; raises `NotMandated` for anybody else."""
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "decline-change", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        row = _open(connection, tenant, change_id, now)
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        is_own = row.proposed_by_id == actor_id
        seat = ("admin", next(iter(actor.bodies_as("admin")), "")) if is_own else None
        seat = seat or _confirming_seat(connection, tenant, kinds, actor, row._asdict(), now)
        state, action = ("withdrawn", "withdraw-change") if is_own else ("declined", "decline-change")
        _settle(connection, tenant, change_id, state, actor_id, now)
        data = {"change": change_id, "proposed_change": row.kind}
        record(connection, tenant.id, Act(action, actor.public_id, *seat, data=data), now=now)


def may_confirm(
    connection: Connection, tenant: Tenant, kinds: Kinds, person_id: int, row: Mapping[str, Any], now: datetime
) -> bool:
    """Whether somebody can confirm what another has proposed; `row` has the columns of `ProposedChange`."""
    return person_id in _confirmers(connection, tenant, kinds, row, now)


def _confirming_seat(
    connection: Connection, tenant: Tenant, kinds: Kinds, actor: Actor, row: Mapping[str, Any], now: datetime
) -> Seat:
    """The seat a change is confirmed from; raises `NotMandated`."""
    if actor.id == row["proposed_by_id"]:
        raise NotMandated(reason("own-proposal"))
    seat = _confirmers(connection, tenant, kinds, row, now).get(actor.id)
    if seat is None:
        raise NotMandated(reason("confirms-not"))
    return seat


def _confirmers(
    connection: Connection, tenant: Tenant, kinds: Kinds, row: Mapping[str, Any], now: datetime
) -> dict[int, Seat]:
    """Who can confirm, and from which seat: other administrators who can log in; else the chair of the body whose seat
    it is, or of the body above an administration; else the council's.
    """
    kind, today = kinds.named(row["kind"]), local_day(now, tenant.timezone)
    besides = {row["proposed_by_id"]}
    if kind.body is not None and row["person_id"] is not None:
        besides.add(row["person_id"])
    found = holders(connection, tenant, besides, today, Appointment.role == "admin")
    if not found and kind.body is not None:
        key = kind.body(connection, tenant, _read(kind, row["payload"]))
        above = select(Body.parent_id).where(Body.municipality_id == tenant.id, Body.key == key)
        is_it = or_(Body.key == key, Body.id.in_(above))
        found = holders(connection, tenant, besides, today, Appointment.role == "chair", is_it)
    return found or holders(connection, tenant, besides, today, Appointment.role == "chair", Body.kind == "council")


def holders(connection: Connection, tenant: Tenant, besides: set[int], today: date, *which: Any) -> dict[int, Seat]:
    """Active people with a password who hold a seat of their own today, but for some of them and every auditor."""
    watches = select(Appointment.person_id).where(
        Appointment.municipality_id == tenant.id, Appointment.role == "auditor", *holds_today(Appointment)
    )
    query = (
        select(Person.id, Appointment.role, Body.key)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Body, Body.id == Appointment.body_id)
        .where(
            Person.municipality_id == tenant.id,
            Person.id.not_in(besides),
            Person.is_active,
            Person.password_hash.is_not(None),
            Person.id.not_in(watches),
            *holds_today(Appointment),
            *which,
        )
        .order_by(Appointment.id.desc())
    )
    return {id_: (role, body) for id_, role, body in connection.execute(query, {"today": today})}


def _open(connection: Connection, tenant: Tenant, change_id: int, now: datetime) -> Row[Any]:
    """An open proposal, locked; raises `NotFound`, and `ActionNotOpen` for one that is settled or too old."""
    row = connection.execute(
        select(ProposedChange.__table__)
        .where(ProposedChange.municipality_id == tenant.id, ProposedChange.id == change_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    if row.state != "open" or row.expires_at <= now:
        raise ActionNotOpen(reason("change-settled"))
    return row


def _settle(connection: Connection, tenant: Tenant, change_id: int, state: str, actor_id: int, now: datetime) -> None:
    this = (ProposedChange.municipality_id == tenant.id, ProposedChange.id == change_id)
    values = {"state": state, "settled_by_id": actor_id, "settled_at": now}
    connection.execute(update(ProposedChange).where(*this).values(**values))


def _read(kind: ChangeKind, given: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return dict(kind.schema().load(clean(given)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None
