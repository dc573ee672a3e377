"""Authorization of case actions. Returns a `Verdict` with reasons and clauses; reads only.

One verdict for the gate, every button and the API. The content of a payload is weighed by the action itself
(`workflow.cases.actions`) after the verdict. An action for somebody away is weighed for both people: what would keep
either of the two from it keeps both, so that nobody's own case comes past four eyes by a substitute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from models import Person
from workflow.cases import predicates
from workflow.cases.acting_roles import Capacity, Substitution
from workflow.cases.actor import load_actor
from workflow.cases.context import CaseContext, GivenMandate, load_context
from workflow.cases.engagement import engagement_changed
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, NotFound, NotMandated, RequirementMissing, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant
from workflow.policy.actions import (
    ACTED,
    ACTIONS,
    ENTERED,
    FOR_CHANGED_ENGAGEMENT,
    HANDLED,
    PREPARED,
    ActionRule,
    Requires,
    Seats,
)
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.requirements import missing, required
from workflow.policy.roles import Seat, seats_for, seats_rule
from workflow.policy.state_machine import Stop
from workflow.policy.store import Policies
from workflow.policy.vocabulary import STEPS


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed or not, with reasons, clauses, the seat acted from, whose it is, and the mandate used."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    clauses: tuple[str, ...] = ()
    seat: Seat | None = None
    mandate: GivenMandate | None = None
    #: The error a refusal becomes at the gate.
    error: type[WorkflowError] = NotMandated
    #: Who is away and acted for; none when the seat is the actor's own.
    absent: Substitution | None = None

    @property
    def on_behalf_of(self) -> str:
        """Opaque id of the person acted for; empty when the seat is the actor's own."""
        return self.absent.public_id if self.absent else ""

    def __post_init__(self) -> None:
        assert self.allowed or self.reasons, "a refusal explains itself"


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a person may take one action now, and if not, why."""

    action: str
    allowed: bool
    reasons: tuple[Reason, ...]
    clauses: tuple[str, ...]
    #: Who is away and would be acted for; none when the seat is the actor's own.
    absent: Substitution | None = None


def authorize(s: CaseContext, action: str, *, at: Seat | None = None) -> Verdict:
    """The verdict on one action of one person on one case: who may, then whether it is open, then what is missing.

    `at` is the one seat to act from, where what is done says which; else the first that is the actor's own, or then the
    first of somebody away from which nothing speaks against it.
    """
    stop = s.procedure.stop_at(s.state)
    is_open = action in open_actions(s)
    if stop is None or not is_open:
        return _not_open(s, action)
    rule = ACTIONS[action]
    capacities, refusal = _capacities(s, stop, rule, at)
    if refusal is not None:
        return Verdict(False, (refusal,), refusal.clauses)
    weighed = [(capacity, tuple(_personal_objections(s, stop, rule, capacity.absent))) for capacity in capacities]
    (seat, absent), against = next((found for found in weighed if not found[1]), weighed[0])
    if against:
        return Verdict(False, against, tuple(c for r in against for c in r.clauses), seat, absent=absent)
    return replace(_case_allows(s, stop, rule, seat), absent=absent)


def _case_allows(s: CaseContext, stop: Stop, rule: ActionRule, seat: Seat) -> Verdict:
    """Whether the mandate, the case's route so far and its content allow what the person may do."""
    mandate = None
    if stop.step == "decide" and not stop.is_collegial and rule.needs_mandate:
        mandate = next((given for given in s.mandates if given.covers(s.request)), None)
        if mandate is None:
            return _no_mandate(s, stop, seat)
    if rule.until_a_body_acts and predicates.a_body_has_acted(s):
        return Verdict(False, (reason("body-has-acted"),), (), seat, mandate, ActionNotOpen)
    if rule.needs_engagement_as_judged and (changed := engagement_changed(s.case, s.engagement)):
        return Verdict(False, (changed,), (), seat, mandate, ActionNotOpen)
    if lacking := missing_for(s, rule.name):
        return Verdict(False, lacking, tuple(c for r in lacking for c in r.clauses), seat, mandate, RequirementMissing)
    return Verdict(True, (), tuple(s.case.clauses), seat, mandate)


def open_actions(s: CaseContext) -> tuple[str, ...]:
    """Actions open at the case's state, whoever may take them."""
    stop = s.procedure.stop_at(s.state)
    if stop is None:
        return ()
    found = s.procedure.open_at(s.state)
    if engagement_changed(s.case, s.engagement):
        return found
    return tuple(action for action in found if (stop.form, action) not in FOR_CHANGED_ENGAGEMENT)


def available_actions(s: CaseContext) -> tuple[Availability, ...]:
    """Every action that is open at the case's state, with the verdict for this person."""
    verdicts = ((action, authorize(s, action)) for action in open_actions(s))
    return tuple(Availability(action, v.allowed, v.reasons, v.clauses, v.absent) for action, v in verdicts)


def naming_officer(why: Reason, officer: str) -> Reason:
    """The same reason with the officer's name where it speaks of the case's officer; a verdict knows the id only."""
    return replace(why, values={**why.values, "officer": officer}) if why.code == "not-yours" else why


def _not_open(s: CaseContext, action: str) -> Verdict:
    """The verdict on an action that is not open: for whoever never may take it, that comes first."""
    if action not in ACTIONS:
        return Verdict(False, (reason("unknown-action", action=action),), error=ActionNotOpen)
    stops = [stop for state in s.procedure.states_for(action) if (stop := s.procedure.stop_at(state))]
    stops = [stop for stop in stops if (stop.form, action) not in FOR_CHANGED_ENGAGEMENT]
    seats = {seat for stop in stops for seat in seats_for(s.policy, stop, action, s.responsible)}
    if seats and not any(s.actor.holds(*seat) for seat in seats):
        return Verdict(False, (_not_appointed(s, sorted(seats)[0]),))
    return Verdict(False, (reason("not-open", state=s.state),), error=ActionNotOpen)


def _not_appointed(s: CaseContext, seat: Seat) -> Reason:
    role, body = seat
    return reason("not-appointed", role=role, body=body, body_names=s.policy.body(body).names)


def _capacities(
    s: CaseContext, stop: Stop, rule: ActionRule, at: Seat | None
) -> tuple[tuple[Capacity, ...], Reason | None]:
    """Capacities in which the actor could take the action, their own first; or why there is none."""
    seats = seats_for(s.policy, stop, rule.name, s.responsible)
    found = [capacity for seat in seats if at in (None, seat) for capacity in s.actor.capacities(seat)]
    if s.pending is not None and seats_rule(stop, rule.name) is Seats.BODY_CHAIR:
        presiding = predicates.capacities_of_presiding(s, seats[0])
        if found and not presiding:
            return (), reason("not-presiding", day=s.pending.decided_on.isoformat())
        found = list(presiding)
    if not found:
        return (), _not_appointed(s, at or seats[0])
    if rule.own_officer_only and not predicates.actor_is_the_officer(s):
        away = predicates.officer_stood_in_for(s)
        if away is None:
            return (), reason("not-yours", officer_id=s.case.officer_id, officer="")
        return (Capacity(away.seat, away),), None
    return tuple(sorted(found, key=lambda capacity: capacity.absent is not None)), None


def _personal_objections(s: CaseContext, stop: Stop, rule: ActionRule, absent: Substitution | None) -> Iterator[Reason]:
    """Four eyes, conflict of interest, and the country's rule on those who prepared the matter.

    Each counts against a substitute when it counts against the person who is away, and the other way round.
    """
    found = list(_against(s, stop, rule, None))
    yield from found
    if absent is not None:
        known = {why.code for why in found}
        for why in _against(s, stop, rule, absent):
            if why.code not in known:
                yield reason(f"away-{why.code}", clauses=why.clauses, absent=absent.name)


def _against(s: CaseContext, stop: Stop, rule: ActionRule, absent: Substitution | None) -> Iterator[Reason]:
    """Objections to the actor's own person; with whoever is away, to either of the two."""
    yield from four_eyes_objections(s, rule, absent)
    collegial = s.policy.law.collegial.on(s.today)
    excluded = stop.is_collegial and rule.barred_by_preparing_as_employee and collegial.preparer.excluded
    if excluded and predicates.actor_handled_it_as_employee(s, absent):
        yield reason("prepared-it", clauses=collegial.preparer.clauses)
    elif HANDLED in rule.barred_by and predicates.actor_prepared_or_endorsed(s, absent):
        yield reason("prepared-it")


def four_eyes_objections(s: CaseContext, rule: ActionRule, absent: Substitution | None = None) -> Iterator[Reason]:
    """A conflict of interest, and what the person has done with the case that bars them from an action."""
    if rule.barred_by_recusal and predicates.actor_is_recused(s, absent):
        yield reason("recused")
    if PREPARED in rule.barred_by and predicates.actor_prepared_the_case(s, absent):
        yield reason("four-eyes-submitted")
    elif ACTED in rule.barred_by and predicates.actor_has_acted_since_submission(s, absent):
        yield reason("four-eyes-acted")
    if ENTERED in rule.barred_by and predicates.actor_entered_the_decision(s, absent):
        yield reason("four-eyes-entered")


def _no_mandate(s: CaseContext, stop: Stop, seat: Seat) -> Verdict:
    body = s.policy.body(seat[1])
    parent = s.policy.body(body.parent) if body.parent else body
    why = reason(
        "no-mandate",
        clauses=tuple(c for c in s.case.clauses if s.policy.clauses[c].kind == "law"),
        body=body.key,
        body_names=body.names,
        parent=parent.key,
        parent_names=parent.names,
    )
    return Verdict(False, (why,), why.clauses, seat)


def missing_for(s: CaseContext, action: str) -> tuple[Reason, ...]:
    """What the policy demands before the step an action leads into, or takes, and that is missing.

    A body's recommendation is a fact and is never refused for what a later step needs.
    """
    stop = s.procedure.stop_at(s.state)
    requires = ACTIONS[action].requires
    if stop is None or requires is Requires.NOTHING:
        return ()
    to = stop if requires is Requires.OWN_STEP else s.procedure.stop_at(s.procedure.after(stop))
    return () if to is None else missing_before(s.policy, s.request, to.step, s.fields, tuple(s.case.goals))


def missing_before(
    policy: Policy, request: Request, step: str, fields: object, goals: tuple[str, ...]
) -> tuple[Reason, ...]:
    """What must be there before a step, or any step earlier on the way, and is not; each with its clauses."""
    assert isinstance(fields, dict)
    found = (
        reason("missing", clauses=requirement.clauses, field=name)
        for requirement in required(policy, request)
        if STEPS.index(requirement.before) <= STEPS.index(step)
        for name in missing(policy, requirement, request, fields, goals)
    )
    return tuple({(why.values["field"], why.clauses): why for why in found}.values())


def visible_context(
    connection: Connection,
    tenant: Tenant,
    policies: Policies,
    actor_id: int,
    number: str,
    *,
    now: datetime,
    lock: bool = False,
) -> CaseContext:
    """The context of a case that the actor may see; raises `NotFound` for others."""
    actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
    s = load_context(connection, tenant, policies, actor, number, now=now, lock=lock)
    if not predicates.actor_may_see_the_case(s):
        raise NotFound(reason("not-found"))
    return s


def with_officer_name(connection: Connection, s: CaseContext, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Fill in the officer's name in reasons that mention the officer."""
    if all(why.code != "not-yours" for why in reasons):
        return reasons
    officer = connection.execute(
        select(Person.name).where(Person.municipality_id == s.case.municipality_id, Person.id == s.case.officer_id)
    ).scalar_one()
    return tuple(naming_officer(why, officer) for why in reasons)
