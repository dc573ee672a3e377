"""Predicates over a case context: the facts that decide who may act.

Where somebody acts for a person who is away, what keeps either of them from an action keeps both: a fact that counts
against a person takes the `absent` one too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from workflow.cases.acting_roles import Capacity, Substitution
from workflow.cases.context import CaseContext, Done
from workflow.cases.secrecy import seats_see_it
from workflow.policy.actions import ACTED, HANDLED, PREPARED, names_where
from workflow.policy.roles import Seat, preparing_seat

#: Actions of which a person takes one only on the present route of a case.
COUNTED_ACTIONS = names_where(lambda rule: ACTED in rule.marks)
#: Actions by which a person makes the case their own.
PREPARING_ACTIONS = names_where(lambda rule: PREPARED in rule.marks)
#: Actions by which an employee prepares a body's decision.
HANDLING_ACTIONS = names_where(lambda rule: HANDLED in rule.marks)


def people_acting(s: CaseContext, absent: Substitution | None = None) -> frozenset[str]:
    """Opaque ids of the people an action counts for: who takes it, and who is away and acted for."""
    return frozenset({s.actor.public_id, absent.public_id} if absent else {s.actor.public_id})


def actor_prepared_the_case(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The actor opened, changed or submitted it, at any time; or it was done by or for the person acted for."""
    people = people_acting(s, absent)
    return any(done.touches(people) and done.action in PREPARING_ACTIONS for done in s.history)


def actor_handled_it_as_employee(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The actor has done anything on it as officer or manager."""
    people = people_acting(s, absent)
    return any(done.touches(people) and done.role in ("officer", "manager") for done in s.history)


def actor_prepared_or_endorsed(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The actor opened, changed, submitted or endorsed it, at any time; or it was done by or for who is acted for."""
    people = people_acting(s, absent)
    return any(done.touches(people) and done.action in HANDLING_ACTIONS for done in s.history)


def counted_actions_since_submission(s: CaseContext) -> Iterator[Done]:
    """Counted actions since the case was last submitted, newest first."""
    since_submit = takewhile(lambda done: done.action != "submit", reversed(s.history))
    return (done for done in since_submit if done.action in COUNTED_ACTIONS)


def actor_has_acted_since_submission(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The actor has taken a counted action since the case was last submitted, or somebody has for them."""
    people = people_acting(s, absent)
    return any(done.touches(people) for done in counted_actions_since_submission(s))


def actor_is_recused(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The actor is recorded as having a conflict of interest, here or in the decision that waits."""
    people = (s.actor, absent) if absent else (s.actor,)
    conflicts = s.pending.conflicts if s.pending is not None else ()
    return any(person.id in s.recused or person.username in conflicts for person in people)


def actor_is_the_officer(s: CaseContext) -> bool:
    """The case is the actor's."""
    return s.case.officer_id == s.actor.id


def officer_stood_in_for(s: CaseContext) -> Substitution | None:
    """The case's officer, when they are away and the actor stands in at the seat that prepares the case."""
    seat = preparing_seat(s.policy, "officer", s.responsible)
    away = (one for one in s.actor.stands_in if one.seat == seat and one.id == s.case.officer_id)
    return next(away, None)


def actor_entered_the_decision(s: CaseContext, absent: Substitution | None = None) -> bool:
    """The decision that waits was entered by the actor, or by or for the person acted for."""
    if s.pending is None:
        return False
    entered = next((done for done in reversed(s.history) if done.action == "enter-decision"), None)
    by_hand = s.pending.entered_by_id in (s.actor.id, absent.id if absent else None)
    return bool(by_hand or (entered is not None and entered.touches(people_acting(s, absent))))


def capacities_of_presiding(s: CaseContext, seat: Seat) -> tuple[Capacity, ...]:
    """Capacities in which the actor may take the chair's place over the decision that waits.

    Whoever chaired the meeting, also after the term; whoever substitutes for them; and who chairs the body today and
    sat in it that day. Where nobody who chaired the meeting is left, whoever chairs the body today.
    """
    if s.actor.id in s.seated.chairs:
        return (Capacity(seat),)
    today = s.actor.capacities(seat)
    if not s.seated.chairs:
        return today
    there = s.seated.everybody
    return tuple(one for one in today if (one.absent.id if one.absent else s.actor.id) in there)


def chair_is_gone(s: CaseContext) -> bool:
    """Whether who sat at the meeting is known, and nobody who chaired it is left."""
    return bool(s.seated.everybody) and not s.seated.chairs


def a_body_has_acted(s: CaseContext) -> bool:
    """Some body's decision has been entered in the case."""
    return any(done.action == "enter-decision" for done in s.history)


def matter_must_be_answered(s: CaseContext) -> bool:
    """It is a motion, a citizen's proposal, another body's matter or a request from outside."""
    return s.case.origin != "own" or s.case.initiative == "external"


def case_was_submitted(s: CaseContext) -> bool:
    """The case has been submitted at least once."""
    return s.case.submitted_by_id is not None


def actor_may_see_the_case(s: CaseContext) -> bool:
    """Drafts are their author's, officer's and manager's; a secret case is seen by those on its way and auditors."""
    mine = s.actor.id in (s.case.officer_id, s.case.opened_by_id) or officer_stood_in_for(s) is not None
    preparing = s.policy.administration_of(s.responsible).key
    if not case_was_submitted(s):
        return mine or s.actor.holds("manager", preparing)
    if not s.case.secrecy_law:
        return bool(s.actor.all_seats)
    return mine or seats_see_it(s.policy, s.procedure, s.responsible, s.actor.all_seats)
