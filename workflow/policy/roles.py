"""Roles and bodies that may act at each stop of a route."""

from __future__ import annotations

from workflow.policy.actions import ANYWHERE, AWAITING_COUNTERPART, ONWARD_ACTION, TRANSITIONS, UP_TO_FIRST_BODY, Seats
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


def seats_rule(stop: Stop, action: str) -> Seats | None:
    """The rule by which an action is taken at a stop; None where it never is."""
    rows = (*TRANSITIONS[stop.form], *ANYWHERE, *UP_TO_FIRST_BODY)
    return next((row.seats for row in rows if row.action == action), None)


def seats_for(policy: Policy, stop: Stop, action: str, responsible: str) -> tuple[Seat, ...]:
    """Seats that may take an action at a stop where it is open; raises `LookupError` where it never is."""
    rule = seats_rule(stop, action)
    if rule is None:
        raise LookupError(f"{action} is not open at a stop of the kind {stop.form}")
    if rule is Seats.NAMED:
        named = (seat(policy, token, responsible) for token in stop.by)
        # an administration has no chair: alternatives that name one fall away
        return tuple((role, body) for role, body in named if role != "chair" or policy.body(body).is_collegial)
    if rule in (Seats.OFFICER, Seats.MANAGER):
        return (preparing_seat(policy, rule.role, responsible),)
    if rule is Seats.CONSULTED:
        return tuple(("secretary", key) for key in consulted(policy, stop, responsible))
    if rule is Seats.COORDINATOR:
        return (coordinator_seat(policy),)
    return ((rule.role, body_at(policy, stop, responsible)),)


def signing_seats(policy: Policy, procedure: Procedure, responsible: str) -> frozenset[Seat]:
    """Seats that sign at the end, of whatever body."""
    stops = (stop for stop in procedure.stops if stop.step == "sign")
    return frozenset(held for stop in stops for held in seats_for(policy, stop, "sign", responsible))


def bodies_on_the_way(policy: Policy, procedure: Procedure, responsible: str) -> frozenset[str]:
    """Keys of the bodies that prepare, give an opinion on, recommend or decide a case."""
    bodies = {responsible, policy.administration_of(responsible).key}
    for stop in procedure.stops:
        if stop.step == "consult":
            bodies |= {*consulted(policy, stop, responsible), coordinator_seat(policy)[1]}
        elif stop.step in ("recommend", "decide"):
            bodies.add(body_at(policy, stop, responsible))
    return frozenset(bodies)


def next_seat(
    policy: Policy, procedure: Procedure, state: str, responsible: str, used: frozenset[Seat] = frozenset()
) -> Seat | None:
    """The seat a case waits for at a state; None where its officer has it (a draft, and what awaits the other party's
    signature) and for a final state.

    Where several may sign, the first seat from which nobody has acted on the case's present way (`used`).
    """
    stop = procedure.stop_at(state)
    if stop is None or stop.step == "draft" or state == AWAITING_COUNTERPART:
        return None
    if stop.step == "consult":
        return coordinator_seat(policy)
    action = "confirm" if stop.is_collegial and state == stop.confirm_state else ONWARD_ACTION[stop.form]
    seats = seats_for(policy, stop, action, responsible)
    return next((seat for seat in seats if seat not in used), seats[0])
