"""Which facts about a standing decide who may act?

Each fact is one small function over a `Standing`, named as a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from workflow.seats import bodies_on_the_way, signing_seats
from workflow.standing import Done, Standing

#: Acts of individuals: one person, one act on the present way of a case.
INDIVIDUAL_ACTS = ("endorse", "approve", "reject", "sign")
#: Acts by which a person makes the case their own.
PREPARING_ACTS = ("open", "amend", "submit")


def actor_prepared_the_case(s: Standing) -> bool:
    """The actor opened, changed or submitted it, at any time."""
    return any(done.actor == s.actor.public_id and done.action in PREPARING_ACTS for done in s.history)


def actor_handled_it_as_employee(s: Standing) -> bool:
    """The actor has acted on it as officer or manager."""
    return any(done.actor == s.actor.public_id and done.role in ("officer", "manager") for done in s.history)


def acts_on_this_way(s: Standing) -> Iterator[Done]:
    """Individual acts since the case was last submitted, newest first."""
    since_submit = takewhile(lambda done: done.action != "submit", reversed(s.history))
    return (done for done in since_submit if done.action in INDIVIDUAL_ACTS)


def actor_has_acted_on_this_way(s: Standing) -> bool:
    """The actor has already taken an individual act since the case was last submitted."""
    return any(done.actor == s.actor.public_id for done in acts_on_this_way(s))


def actor_is_recused(s: Standing) -> bool:
    """The actor is recorded as having a conflict of interest, here or in the decision that waits."""
    return s.actor.id in s.recused or (s.pending is not None and s.actor.username in s.pending.conflicts)


def actor_is_the_officer(s: Standing) -> bool:
    """The case is the actor's."""
    return bool(s.case.officer_id == s.actor.id)


def actor_entered_the_decision(s: Standing) -> bool:
    """The decision that waits was entered by the actor."""
    return s.pending is not None and bool(s.pending.entered_by_id == s.actor.id)


def a_body_has_acted(s: Standing) -> bool:
    """Some body's decision has been entered in the case."""
    return any(done.action == "enter-decision" for done in s.history)


def matter_must_be_answered(s: Standing) -> bool:
    """It is a motion, a citizen's proposal, another body's matter or a request from outside."""
    return bool(s.case.origin != "own" or s.case.initiative == "external")


def case_was_submitted(s: Standing) -> bool:
    """The case has left its author's desk at least once."""
    return s.case.submitted_by_id is not None


def actor_may_see_the_case(s: Standing) -> bool:
    """Drafts are their author's, officer's and manager's; a secret case is seen by those on its way and auditors."""
    mine = s.actor.id in (s.case.officer_id, s.case.opened_by_id)
    preparing = s.policy.administration_of(s.responsible).key
    if not case_was_submitted(s):
        return mine or s.actor.holds("manager", preparing)
    if not s.case.secrecy_law:
        return bool(s.actor.seats)
    bodies = bodies_on_the_way(s.policy, s.procedure, s.responsible)
    signing = signing_seats(s.policy, s.procedure, s.responsible)
    return mine or any(body in bodies or role == "auditor" or (role, body) in signing for role, body in s.actor.seats)
