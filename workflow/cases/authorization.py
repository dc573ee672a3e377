"""May this person do this now, and by which clause; or why not?

One answer, a `Verdict`, for the gate, every button and the API. It changes nothing. The content of a payload is
weighed by the action itself (`workflow.cases.actions`) after the verdict. Who acts for somebody away is weighed
twice: what
would keep either of the two from the act keeps both, so that nobody's own case comes past four eyes by a substitute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.cases import predicates
from workflow.cases.acting_roles import Capacity, Seat, Substitution
from workflow.cases.context import CaseContext, GivenMandate
from workflow.core.errors import ActionNotOpen, NotMandated, RequirementMissing, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.requirements import missing, required
from workflow.policy.roles import OWN_OFFICER, seats_for
from workflow.policy.state_machine import ACTIONS, Stop
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
    """What a person can be told of one action: may they take it now, and if not, why."""

    action: str
    allowed: bool
    reasons: tuple[Reason, ...]
    clauses: tuple[str, ...]
    #: Who is away and would be acted for; none when the seat is the actor's own.
    absent: Substitution | None = None


def authorize(s: CaseContext, action: str, *, at: Seat | None = None) -> Verdict:
    """Judge one action of one person on one case: who may, then whether it is open, then what is missing.

    `at` is the one seat to act from, where what is done says which; else the first that is the actor's own, or then the
    first of somebody away from which nothing speaks against it.
    """
    stop = s.procedure.stop_at(s.state)
    is_open = action in s.procedure.open_at(s.state)
    if stop is None or not is_open:
        return _not_open(s, action)
    ways, refusal = _capacities(s, stop, action, at)
    if refusal is not None:
        return Verdict(False, (refusal,), refusal.clauses)
    weighed = [(way, tuple(_personal_objections(s, stop, action, way.absent))) for way in ways]
    (seat, absent), against = next((found for found in weighed if not found[1]), weighed[0])
    if against:
        return Verdict(False, against, tuple(c for r in against for c in r.clauses), seat, absent=absent)
    return replace(_case_allows(s, stop, action, seat), absent=absent)


def _case_allows(s: CaseContext, stop: Stop, action: str, seat: Seat) -> Verdict:
    """Whether the mandate, the case's way so far and what it tells allow what the person may do."""
    mandate = None
    if stop.step == "decide" and not stop.is_collegial and action in ("approve", "reject"):
        mandate = next((given for given in s.mandates if given.covers(s.request)), None)
        if mandate is None:
            return _no_mandate(s, stop, seat)
    if against := tuple(_what_stands_in_the_way(s, action)):
        return Verdict(False, against, tuple(c for r in against for c in r.clauses), seat, mandate, ActionNotOpen)
    if lacking := missing_for(s, action):
        return Verdict(False, lacking, tuple(c for r in lacking for c in r.clauses), seat, mandate, RequirementMissing)
    return Verdict(True, (), tuple(s.case.clauses), seat, mandate)


def available_actions(s: CaseContext) -> tuple[Availability, ...]:
    """Every action that is open at the case's state, with the verdict for this person."""
    verdicts = ((action, authorize(s, action)) for action in s.procedure.open_at(s.state))
    return tuple(Availability(action, v.allowed, v.reasons, v.clauses, v.absent) for action, v in verdicts)


def naming_officer(why: Reason, officer: str) -> Reason:
    """The same reason with the officer's name where it speaks of the case's officer; the judge knows but the id."""
    return replace(why, values={**why.values, "officer": officer}) if why.code == "not-yours" else why


def _not_open(s: CaseContext, action: str) -> Verdict:
    """Not open here: a stranger to the action is told that first, as the API's order of precedence asks."""
    if action not in ACTIONS:
        return Verdict(False, (reason("unknown-action", action=action),), error=ActionNotOpen)
    stops = [(stop, state) for state in s.procedure.states_for(action) if (stop := s.procedure.stop_at(state))]
    seats = {seat for stop, state in stops for seat in seats_for(s.policy, stop, state, action, s.responsible)}
    if seats and not any(s.actor.holds(*seat) for seat in seats):
        return Verdict(False, (_not_appointed(s, sorted(seats)[0]),))
    return Verdict(False, (reason("not-open", state=s.state),), error=ActionNotOpen)


def _not_appointed(s: CaseContext, seat: Seat) -> Reason:
    role, body = seat
    return reason("not-appointed", role=role, body=body, body_names=s.policy.body(body).names)


def _capacities(s: CaseContext, stop: Stop, action: str, at: Seat | None) -> tuple[tuple[Capacity, ...], Reason | None]:
    """In which ways the actor could take the action, in their own right first; or why in none."""
    seats = seats_for(s.policy, stop, s.state, action, s.responsible)
    ways = [way for seat in seats if at in (None, seat) for way in s.actor.capacities(seat)]
    if not ways:
        return (), _not_appointed(s, at or seats[0])
    if action in OWN_OFFICER and not predicates.actor_is_the_officer(s):
        away = predicates.officer_stood_in_for(s)
        if away is None:
            return (), reason("not-yours", officer_id=s.case.officer_id, officer="")
        return (Capacity(away.seat, away),), None
    return tuple(sorted(ways, key=lambda way: way.absent is not None)), None


def _personal_objections(s: CaseContext, stop: Stop, action: str, absent: Substitution | None) -> Iterator[Reason]:
    """Four eyes, conflict of interest, and the country's rule on those who prepared the matter.

    Each counts against a substitute when it counts against the person who is away, and the other way round.
    """
    found = list(_against(s, stop, action, None))
    yield from found
    if absent is not None:
        known = {why.code for why in found}
        for why in _against(s, stop, action, absent):
            if why.code not in known:
                yield reason(f"away-{why.code}", clauses=why.clauses, absent=absent.name)


def _against(s: CaseContext, stop: Stop, action: str, absent: Substitution | None) -> Iterator[Reason]:
    """What speaks against the actor's own person; with whoever is away, against either of the two."""
    if predicates.actor_is_recused(s, absent) and action not in ("reassign", "withdraw"):
        yield reason("recused")
    if action in ("endorse", "approve", "reject") and predicates.actor_prepared_the_case(s, absent):
        yield reason("four-eyes-submitted")
    elif action in predicates.INDIVIDUAL_ACTS and predicates.actor_has_acted_on_this_way(s, absent):
        yield reason("four-eyes-acted")
    if action == "confirm" and predicates.actor_entered_the_decision(s, absent):
        yield reason("four-eyes-entered")
    rules = s.policy.law.collegial
    excluded = stop.is_collegial and action == "confirm" and rules.preparer.excluded
    if excluded and predicates.actor_handled_it_as_employee(s, absent):
        yield reason("prepared-it", clauses=rules.preparer.clauses)


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


def _what_stands_in_the_way(s: CaseContext, action: str) -> Iterator[Reason]:
    if action == "withdraw" and predicates.a_body_has_acted(s):
        yield reason("body-has-acted")


def missing_for(s: CaseContext, action: str) -> tuple[Reason, ...]:
    """What the policy demands before the step an action leads into, or takes, and that is missing.

    A body's recommendation is a fact and is never refused for what a later step needs.
    """
    stop = s.procedure.stop_at(s.state)
    if stop is None or action not in ("submit", "endorse", "approve", "sign"):
        return ()
    to = stop if action in ("approve", "sign") else s.procedure.stop_at(s.procedure.after(stop))
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
