"""What must be known to judge an act: the case, the actor, the policy it is under and what has been done so far?

Loaded with a few plain statements, built once, and frozen; the judge works on these values alone, so that the same
answer serves a button on a screen, the API and the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, or_, select, true

from models import Appointment, Body, Case, Decision, Mandate, Person, Recusal, TrailEntry
from workflow.cases.acting_roles import (
    ACTOR,
    MUNICIPALITY,
    SEATS_TODAY,
    TODAY,
    Capacity,
    Substitution,
    holds_today,
    sorted_out,
)
from workflow.cases.acting_roles import bodies_as as bodies_to_act_in
from workflow.cases.acting_roles import capacities as ways_to_act
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request, facts_of
from workflow.policy.state_machine import Procedure


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the appointments that hold on the day of acting, their own and those they stand in for."""

    id: int
    public_id: str
    name: str
    username: str
    #: (role, body key) of their own appointments.
    seats: frozenset[tuple[str, str]]
    #: Who is away, and from which of their seats the actor may act.
    stands_in: tuple[Substitution, ...] = ()

    @property
    def all_seats(self) -> frozenset[tuple[str, str]]:
        """Every seat the actor may act from today."""
        return self.seats | {absent.seat for absent in self.stands_in}

    def holds(self, role: str, body: str) -> bool:
        """Whether the actor may act in a role in a body today, in their own right or for somebody away."""
        return (role, body) in self.seats or any(absent.seat == (role, body) for absent in self.stands_in)

    def capacities(self, seat: tuple[str, str]) -> tuple[Capacity, ...]:
        """In which ways the actor may act from a seat: in their own right first, then for each who is away."""
        return ways_to_act(self.seats, self.stands_in, seat)

    def on_behalf_at(self, seat: tuple[str, str]) -> str:
        """Whom an act from a seat is done for: an opaque id for the trail; empty where the seat is their own."""
        return next((one.on_behalf_of for one in self.capacities(seat)), "")

    def bodies_as(self, role: str) -> tuple[str, ...]:
        """Bodies in which the actor may act in a role, those of their own first."""
        return bodies_to_act_in(self.seats, self.stands_in, role)


@dataclass(frozen=True, slots=True)
class Done:
    """One earlier entry of the case's trail, as far as judging needs it."""

    number: int
    action: str
    actor: str
    role: str
    body: str
    from_state: str
    to_state: str
    #: Opaque id of the person stood in for; empty where the actor acted in their own right.
    on_behalf_of: str = ""

    def touches(self, people: frozenset[str]) -> bool:
        """Whether it was done by one of these people (opaque ids), or for one."""
        return self.actor in people or self.on_behalf_of in people


@dataclass(frozen=True, slots=True)
class GivenMandate:
    """A mandate that holds today."""

    id: int
    from_body: str
    to_body: str
    engagements: tuple[str, ...]
    acts: tuple[str, ...]
    reference: str

    def covers(self, request: Request) -> bool:
        """Whether the mandate covers a request; empty lists cover everything."""
        return (not self.engagements or request.engagement in self.engagements) and (
            not self.acts or request.act in self.acts
        )


@dataclass(frozen=True, slots=True)
class CaseContext:
    """Everything an act on a case is judged by."""

    case: Row[Any]
    responsible: str
    deciding: str
    actor: Actor
    policy: Policy
    procedure: Procedure
    request: Request
    history: tuple[Done, ...]
    recused: frozenset[int]
    mandates: tuple[GivenMandate, ...]
    #: The decision that waits to be confirmed, if any.
    pending: Row[Any] | None
    today: date

    @property
    def state(self) -> str:
        """Where the case is."""
        return str(self.case.state)

    @property
    def fields(self) -> Mapping[str, Any]:
        """What the case tells."""
        return dict(self.case.fields)


def request_of(case: Row[Any] | Case, responsible_kind: str) -> Request:
    """The request a case makes."""
    return Request(
        engagement=case.engagement,
        act=case.act,
        responsible=responsible_kind,
        **facts_of(case),
    )


_TODAY, _MUNICIPALITY = TODAY, MUNICIPALITY
_CASE_ID: BindParameter[int] = bindparam("case")
_NUMBER: BindParameter[str] = bindparam("number")

_people, _bodies = Person.__table__.c, Body.__table__.c
_cases, _entries, _mandates = Case.__table__.c, TrailEntry.__table__.c, Mandate.__table__.c
_recusals, _decisions = Recusal.__table__.c, Decision.__table__.c

_ACTOR = (
    select(_people.id, _people.public_id, _people.name, _people.username, *SEATS_TODAY.c, _bodies.key.label("body"))
    .select_from(Person.__table__)
    .outerjoin(SEATS_TODAY, true())
    .outerjoin(Body.__table__, _bodies.id == SEATS_TODAY.c.body_id)
    .where(_people.id == ACTOR, _people.municipality_id == _MUNICIPALITY, _people.is_active)
)
_CASE = select(Case.__table__).where(_cases.municipality_id == _MUNICIPALITY, _cases.number == _NUMBER)
_LOCKED_CASE = _CASE.with_for_update()
_HISTORY = (
    select(
        _entries.number,
        _entries.action,
        _entries.actor,
        _entries.actor_role,
        _entries.actor_body,
        _entries.from_state,
        _entries.to_state,
        _entries.on_behalf_of,
    )
    .where(_entries.municipality_id == _MUNICIPALITY, _entries.stream == _NUMBER)
    .order_by(_entries.number)
)
_RECUSED = select(_recusals.person_id).where(_recusals.municipality_id == _MUNICIPALITY, _recusals.case_id == _CASE_ID)
_PENDING = select(Decision.__table__).where(
    _decisions.municipality_id == _MUNICIPALITY, _decisions.case_id == _CASE_ID, _decisions.state == "entered"
)
_giver, _holder = Body.__table__.alias("giver"), Body.__table__.alias("holder")
_HELD_MANDATES = (
    select(
        _mandates.id,
        _giver.c.key.label("giver"),
        _holder.c.key.label("holder"),
        _mandates.engagements,
        _mandates.acts,
        _mandates.reference,
    )
    .join(_giver, _giver.c.id == _mandates.from_body_id)
    .join(_holder, _holder.c.id == _mandates.to_body_id)
    .where(
        _mandates.municipality_id == _MUNICIPALITY,
        _mandates.to_body_id == bindparam("holder_id"),
        _mandates.starts_on <= _TODAY,
        or_(_mandates.ends_on.is_(None), _mandates.ends_on >= _TODAY),
    )
    .order_by(_mandates.id)
)


def load_actor(connection: Connection, municipality_id: int, actor_id: int, today: date) -> Actor:
    """An active person with the seats they may act from today; raises `NotFound` for anybody else."""
    given = {"municipality": municipality_id, "actor": actor_id, "today": today}
    rows = connection.execute(_ACTOR, given).all()
    if not rows:
        raise NotFound(reason("no-actor"))
    return Actor(rows[0].id, rows[0].public_id, rows[0].name, rows[0].username, *sorted_out(rows))


def load_case(connection: Connection, municipality_id: int, number: str, *, lock: bool = False) -> Row[Any]:
    """A case's row; raises `NotFound`. `lock` keeps other writers away until the transaction ends (PostgreSQL)."""
    given = {"municipality": municipality_id, "number": number}
    row = connection.execute(_LOCKED_CASE if lock else _CASE, given).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return row


def load_history(connection: Connection, municipality_id: int, number: str) -> tuple[Done, ...]:
    """What has been done on a case, oldest first."""
    rows = connection.execute(_HISTORY, {"municipality": municipality_id, "number": number})
    return tuple(Done(*row) for row in rows)


def load_recused(connection: Connection, municipality_id: int, case_id: int) -> frozenset[int]:
    """Ids of the people recorded as having a conflict of interest in a case."""
    return frozenset(connection.execute(_RECUSED, {"municipality": municipality_id, "case": case_id}).scalars())


def load_pending(connection: Connection, municipality_id: int, case_id: int) -> Row[Any] | None:
    """The decision that has been entered and not yet confirmed."""
    return connection.execute(_PENDING, {"municipality": municipality_id, "case": case_id}).one_or_none()


def load_mandates(
    connection: Connection, municipality_id: int, to_body_id: int, today: date
) -> tuple[GivenMandate, ...]:
    """Mandates of a body that hold today."""
    given = {"municipality": municipality_id, "holder_id": to_body_id, "today": today}
    return tuple(
        GivenMandate(row.id, row.giver, row.holder, tuple(row.engagements), tuple(row.acts), row.reference)
        for row in connection.execute(_HELD_MANDATES, given)
    )


def people_in(connection: Connection, municipality_id: int, seat: tuple[str, str], today: date) -> list[Row[Any]]:
    """Active people appointed to a seat (role, body key) today: id, public id, user name and name, by name."""
    role, body = seat
    query = (
        select(_people.id, _people.public_id, _people.username, _people.name)
        .join(Appointment.__table__, Appointment.person_id == _people.id)
        .join(Body.__table__, _bodies.id == Appointment.body_id)
        .where(
            _people.municipality_id == municipality_id,
            _people.is_active,
            Appointment.role == role,
            *holds_today(Appointment),
            _bodies.key == body,
        )
        .order_by(_people.name, _people.id)
        .distinct()
    )
    return list(connection.execute(query, {"today": today}))
