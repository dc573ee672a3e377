"""The acting person: their seats today, and the queries that load people by seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, true

from models import Appointment, Body, Person
from workflow.cases.acting_roles import (
    ACTOR,
    MUNICIPALITY,
    SEATS_TODAY,
    Capacity,
    Substitution,
    holds_today,
    seats_of,
)
from workflow.cases.acting_roles import bodies_as as bodies_in_role
from workflow.cases.acting_roles import capacities as capacities_at
from workflow.core.errors import NotFound, NotMandated
from workflow.core.messages import reason
from workflow.policy.roles import Seat


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the appointments that hold on the day of acting, their own and those they stand in for."""

    id: int
    public_id: str
    name: str
    username: str
    #: (role, body key) of their own appointments.
    seats: frozenset[tuple[str, str]]
    #: Absent people, and the seats of theirs from which the actor may act.
    stands_in: tuple[Substitution, ...] = ()

    @property
    def all_seats(self) -> frozenset[tuple[str, str]]:
        """Every seat the actor may act from today."""
        return self.seats | {absent.seat for absent in self.stands_in}

    def holds(self, role: str, body: str) -> bool:
        """Whether the actor may act in a role in a body today, in their own right or for somebody away."""
        return (role, body) in self.seats or any(absent.seat == (role, body) for absent in self.stands_in)

    def capacities(self, seat: tuple[str, str]) -> tuple[Capacity, ...]:
        """Capacities in which the actor may act from a seat: their own first, then for each absent person."""
        return capacities_at(self.seats, self.stands_in, seat)

    def on_behalf_at(self, seat: tuple[str, str]) -> str:
        """Opaque id of the person acted for from a seat, for the trail; empty where the seat is their own."""
        return next((one.on_behalf_of for one in self.capacities(seat)), "")

    def bodies_as(self, role: str) -> tuple[str, ...]:
        """Bodies in which the actor may act in a role, those of their own first."""
        return bodies_in_role(self.seats, self.stands_in, role)


#: The scheduler. It closes consultations whose last day is over, and takes no other action on a case.
SYSTEM = Actor(0, "system", "", "system", frozenset())

_people, _bodies = Person.__table__.c, Body.__table__.c
_ACTOR = (
    select(_people.id, _people.public_id, _people.name, _people.username, *SEATS_TODAY.c, _bodies.key.label("body"))
    .select_from(Person.__table__)
    .outerjoin(SEATS_TODAY, true())
    .outerjoin(Body.__table__, _bodies.id == SEATS_TODAY.c.body_id)
    .where(_people.id == ACTOR, _people.municipality_id == MUNICIPALITY, _people.is_active)
)


def load_actor(connection: Connection, municipality_id: int, actor_id: int, today: date) -> Actor:
    """An active person with the seats they may act from today; raises `NotFound` for anybody else."""
    given = {"municipality": municipality_id, "actor": actor_id, "today": today}
    rows = connection.execute(_ACTOR, given).all()
    if not rows:
        raise NotFound(reason("no-actor"))
    return Actor(rows[0].id, rows[0].public_id, rows[0].name, rows[0].username, *seats_of(rows))


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


def officers_seat(actor: Actor) -> Seat:
    """The seat an officer registers from, their own if they have one; raises `NotMandated` for who is none today."""
    bodies = actor.bodies_as("officer")
    if not bodies:
        raise NotMandated(reason("officers-only"))
    return "officer", bodies[0]
