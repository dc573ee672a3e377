"""Changed answers of a new version: who decides, by which clause, on which route and with which requirements.

Both versions answer every request that any of their conditions tells apart. Requests that change alike are described
together by exact conditions, however the tables are written. Evaluations are compared in
`workflow.policy.diff.diff_evaluations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow.policy.competence import Answer
from workflow.policy.diff.answers import AnswerPair, answer_pairs_over
from workflow.policy.diff.change import NOBODY, REFUSED, RESPONSIBLE, UNKNOWN, Change, gone_and_new
from workflow.policy.diff.diff_routes import StepChange, concerns, step_changes
from workflow.policy.diff.minimize import minimal_conditions
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule, Requirement
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions
from workflow.policy.requirements import required
from workflow.policy.state_machine import Procedure, procedure_for

#: What may be said of each request.
Said = dict[Request, list[Any]]


def competence(pairs: tuple[AnswerPair, ...]) -> Iterator[Change]:
    """Who decides otherwise, by which clause; and where the same body decides, what that rests on now."""
    deciding: Said = {}
    citing: Said = {}
    resting: Said = {}
    for one in pairs:
        if differently := _deciders(one):
            deciding[one.request] = differently
        elif one.was is not None and one.now is not None:
            if set(one.was.clauses) != set(one.now.clauses):
                citing[one.request] = [gone_and_new(one.was.clauses, one.now.clauses)]
            if set(one.was.assumptions) != set(one.now.assumptions):
                resting[one.request] = [gone_and_new(one.was.assumptions, one.now.assumptions)]
    domain = [one.request for one in pairs]
    for (was, now, clauses, assumptions), when in minimal_conditions(domain, deciding).items():
        yield Change("competence", "decides", "", was, now, when, clauses, assumptions)
    for (was, now), when in minimal_conditions(domain, citing).items():
        yield Change("competence", "cites", "", was, now, when)
    for (was, now), when in minimal_conditions(domain, resting).items():
        yield Change("competence", "rests", "", was, now, when)


def _deciders(one: AnswerPair) -> list[Any]:
    """Who decided and who decides, in every way in which that can be said; nothing where it is the same body."""
    was, now = _decider(one.was, one.was_known), _decider(one.now, one.now_known)
    if was == now:
        return []
    rests = (one.now.clauses, one.now.assumptions) if one.now is not None else ((), ())
    spoken = ((RESPONSIBLE, who) if who == one.request.responsible else (who,) for who in (was, now))
    befores, afters = tuple(spoken)
    return [(before, after, *rests) for before in befores for after in afters]


def _decider(answer: Answer | None, is_known: bool) -> str:
    if answer is None:
        return NOBODY if is_known else UNKNOWN
    return REFUSED if answer.body is None else answer.body


def routes(old: Policy, new: Policy, pairs: tuple[AnswerPair, ...]) -> Iterator[Change]:
    """Steps that are new, gone, taken by others or in another time, on the ways that requests travel.

    The grounds of a step are compared where the same body decides. Only routes that have a step differ by it.
    """
    travelled = _travelled(old, new, pairs)
    said: dict[StepChange, Said] = {}
    for one, (before, after) in travelled.items():
        for change in step_changes(before, after):
            if change.alters_the_way or not _deciders(one):
                said.setdefault(change, {})[one.request] = [change]
    for change, of_it in said.items():
        domain = [one.request for one, ways in travelled.items() if concerns(change, *ways)]
        when = minimal_conditions(domain, of_it)[change]
        yield Change("routes", change.what, change.stop, change.was, change.now, when, change.clauses)


def _travelled(
    old: Policy, new: Policy, pairs: tuple[AnswerPair, ...]
) -> dict[AnswerPair, tuple[Procedure, Procedure]]:
    """The ways of the requests that somebody may decide under either version."""
    return {
        one: (
            procedure_for(old, one.was.route, one.request.responsible),
            procedure_for(new, one.now.route, one.request.responsible),
        )
        for one in pairs
        if one.was is not None and one.now is not None and one.was.route is not None and one.now.route is not None
    }


Demand = tuple[str, str | None]


def requirements(old: Policy, new: Policy) -> Iterator[Change]:
    """What must be shown that need not before, or need no longer, or at another step, where both let it be decided."""
    said: dict[Demand, Said] = {}
    apart = (*conditions(old), *conditions(new))
    decided = [one for one in answer_pairs_over(old, new, apart) if one.is_decided_in_both]
    for one in decided:
        was, now = demands(old, one.request), demands(new, one.request)
        for demand in dict.fromkeys((*was, *now)):
            if changed := _demanded(was.get(demand), now.get(demand), new):
                said.setdefault(demand, {})[one.request] = [changed]
    domain = [one.request for one in decided]
    for demand, of_it in said.items():
        for (what, was_, now_, clauses, assumptions), when in minimal_conditions(domain, of_it).items():
            key = ":".join(part for part in demand if part)
            yield Change("requirements", what, key, was_, now_, when, clauses, assumptions)


def demands(policy: Policy, request: Request) -> dict[Demand, Requirement]:
    """What a policy demands of a request, each thing once."""
    found: dict[Demand, Requirement] = {}
    for requirement in required(policy, request):
        found.setdefault((requirement.id, requirement.group), requirement)
    return found


def reasons_of(policy: Policy, rule: Requirement | EvaluationRule) -> tuple[str, ...]:
    """Why a rule goes further than its words: its own reason, and those of the clauses it cites."""
    cited = (policy.clauses[clause].assumed for clause in rule.clauses)
    return tuple(dict.fromkeys(why for why in (rule.assumed, *cited) if why))


def _demanded(was: Requirement | None, now: Requirement | None, new: Policy) -> tuple[Any, ...] | None:
    """What has become of a demand; None where it stands as it stood."""
    if now is None:
        return "removed", was.before if was else None, None, (), ()
    if was is None:
        return "added", None, now.before, now.clauses, reasons_of(new, now)
    if was.before != now.before:
        return "moved", was.before, now.before, now.clauses, reasons_of(new, now)
    if set(was.clauses) != set(now.clauses):
        return "cites", *gone_and_new(was.clauses, now.clauses), now.clauses, ()
    if was.assumed != now.assumed:
        return "rests", was.assumed, now.assumed, now.clauses, ()
    return None
