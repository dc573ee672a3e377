"""Roles and bodies that may act at each stop of a route."""

from __future__ import annotations

from typing import Protocol

from workflow.core.errors import NotMandated
from workflow.core.messages import reason
from workflow.policy.model import Policy
from workflow.policy.state_machine import Procedure, Stop

#: (role, body key)
Seat = tuple[str, str]


def seat(policy: Policy, token: str, responsible: str) -> Seat:
    """The seat that ROLE@BODY names in a case; officers and managers sit in the body's administration."""
    role, _, where = token.partition("@")
    body = responsible if where == "responsible" else policy.only(where).key
    return (role, policy.administration_of(body).key) if role in ("officer", "manager") else (role, body)


def body_at(policy: Policy, stop: Stop, responsible: str) -> str:
    """Key of the body that recommends or decides at a stop."""
    return responsible if stop.by == ("responsible",) else policy.only(stop.kind).key


def preparing_seat(policy: Policy, role: str, responsible: str) -> Seat:
    """The officer's or manager's seat in the administration that prepares the case."""
    return role, policy.administration_of(responsible).key


def coordinator_seat(policy: Policy) -> Seat:
    """The international coordinator's seat, at the executive board."""
    return "coordinator", policy.only("executive-board").key


def consulted(policy: Policy, stop: Stop, responsible: str) -> tuple[str, ...]:
    """Keys of the bodies consulted; the responsible body is not consulted on its own matter."""
    return tuple(body.key for kind in stop.by for body in policy.bodies_of(kind) if body.key != responsible)


def seats_for(policy: Policy, stop: Stop, state: str, action: str, responsible: str) -> tuple[Seat, ...]:
    """Seats that may take an action at a stop; empty where only the case's own officer may."""
    if action == "reassign":
        return (preparing_seat(policy, "manager", responsible),)
    if stop.step == "draft" or action == "withdraw":
        return (preparing_seat(policy, "officer", responsible),)
    if stop.step in ("review", "sign"):
        named = (seat(policy, token, responsible) for token in stop.by)
        # an administration has no chair: alternatives that name one fall away
        return tuple((role, body) for role, body in named if role != "chair" or policy.body(body).is_collegial)
    if action == "give-opinion":
        return tuple(("secretary", key) for key in consulted(policy, stop, responsible))
    if action == "close-consultation":
        return (coordinator_seat(policy),)
    body = body_at(policy, stop, responsible)
    if not stop.is_collegial:
        return (("manager", body),)
    return (("chair" if action in ("confirm", "refer-back") else "secretary", body),)


def signing_seats(policy: Policy, procedure: Procedure, responsible: str) -> frozenset[Seat]:
    """Seats that sign at the end, of whatever body."""
    stops = (stop for stop in procedure.stops if stop.step == "sign")
    return frozenset(held for stop in stops for held in seats_for(policy, stop, stop.state, "sign", responsible))


def bodies_on_the_way(policy: Policy, procedure: Procedure, responsible: str) -> frozenset[str]:
    """Keys of the bodies that prepare, give an opinion on, recommend or decide a case."""
    bodies = {responsible, policy.administration_of(responsible).key}
    for stop in procedure.stops:
        if stop.step == "consult":
            bodies |= {*consulted(policy, stop, responsible), coordinator_seat(policy)[1]}
        elif stop.step in ("recommend", "decide"):
            bodies.add(body_at(policy, stop, responsible))
    return frozenset(bodies)


def turn_of(
    policy: Policy, procedure: Procedure, state: str, responsible: str, used: frozenset[Seat] = frozenset()
) -> Seat | None:
    """The seat a case waits for at a state; None for a draft (its officer has it) and for a final state.

    Where several may sign, the first seat from which nobody has acted on the case's present way (`used`).
    """
    stop = procedure.stop_at(state)
    if stop is None or stop.step == "draft":
        return None
    if stop.step == "consult":
        return coordinator_seat(policy)
    if stop.is_collegial:
        action = "confirm" if state == stop.confirm_state else "enter-decision"
    else:
        action = {"review": "endorse", "decide": "approve", "sign": "sign"}[stop.step]
    seats = seats_for(policy, stop, state, action, responsible)
    return next((seat for seat in seats if seat not in used), seats[0])


#: Actions that only the case's own officer may take.
OWN_OFFICER = ("amend", "submit", "withdraw")


class HasSeats(Protocol):
    """Somebody with seats in bodies."""

    def bodies_as(self, role: str) -> tuple[str, ...]:
        """Keys of the bodies in which they have a role today."""


def officers_seat(actor: HasSeats) -> Seat:
    """The seat an officer registers from, their own if they have one; raises `NotMandated` for who is none today."""
    bodies = actor.bodies_as("officer")
    if not bodies:
        raise NotMandated(reason("officers-only"))
    return "officer", bodies[0]
