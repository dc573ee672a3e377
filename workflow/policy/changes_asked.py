"""Which requests does a new version answer otherwise, and how?

Both versions are asked about every request that any of their conditions tells apart: who decides, by which clause and
assumption, on which way, with what to show, and by which rules it is evaluated. Requests that change alike are told
together, so that what is said here is exact however the tables are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflow.errors import PolicyGap
from workflow.policy.change import NOBODY, REFUSED, RESPONSIBLE, UNKNOWN, Change
from workflow.policy.competence import who_decides
from workflow.policy.domain import ASKED, acts_of, conditions, mentioned, requests_apart
from workflow.policy.requirements import required
from workflow.policy.summing_up import summed_up
from workflow.policy.values import Answer, Condition, EvaluationRule, Policy, Request, Requirement
from workflow.policy.ways import StepChange, concerns, step_changes
from workflow.procedure import Procedure, procedure_for


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what each version answers."""

    request: Request
    #: None where a version gives no answer, or more than one.
    was: Answer | None
    now: Answer | None
    #: Whether each version knows such a body as the one whose matter it is.
    was_known: bool = True
    now_known: bool = True

    @property
    def is_decided_in_both(self) -> bool:
        """Whether somebody may decide it under either version."""
        return self.was is not None and self.now is not None and self.was.is_decided and self.now.is_decided


def asked(old: Policy, new: Policy) -> tuple[Asked, ...]:
    """Every request that one of the two versions can meet and that one of its tables tells apart, with both answers."""
    return _all(old, new, (*_tables(old), *_tables(new)))


def _all(old: Policy, new: Policy, apart: tuple[Condition, ...]) -> tuple[Asked, ...]:
    kinds = tuple(dict.fromkeys((*old.responsible_kinds(), *new.responsible_kinds())))
    was, now = _Answers(old), _Answers(new)
    return tuple(
        Asked(request, was.to(request), now.to(request), was.knows(request), now.knows(request))
        for request in requests_apart(kinds, apart)
    )


def _tables(policy: Policy) -> tuple[Condition, ...]:
    """Every condition on which it depends who decides."""
    rows = (*policy.prohibitions, *policy.competence, *policy.law.rows)
    return (*(row.when for row in rows), *(also.when for also in policy.law.also))


class _Answers:
    """What a policy answers, asked once for all requests that its tables do not tell apart."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._names = sorted({*ASKED, *mentioned(_tables(policy))} - {"otherwise"})
        self._known: dict[tuple[object, ...], Answer | None] = {}

    def knows(self, request: Request) -> bool:
        """Whether the policy has a body of the kind whose matter it is."""
        return bool(self._policy.bodies_of(request.responsible))

    def to(self, request: Request) -> Answer | None:
        """The answer; None where there is none, or more than one, or no such body."""
        key = tuple(getattr(request, name) for name in self._names)
        if key not in self._known:
            self._known[key] = answer_to(self._policy, request) if self.knows(request) else None
        return self._known[key]


def answer_to(policy: Policy, request: Request) -> Answer | None:
    """The one answer; None where there is none or more than one."""
    try:
        return who_decides(policy, request)
    except PolicyGap:
        return None


Said = dict[Request, list[Any]]


def competence(all_asked: tuple[Asked, ...]) -> Iterator[Change]:
    """Who decides otherwise, by which clause; and where the same body decides, what that rests on now."""
    deciding: Said = {}
    citing: Said = {}
    resting: Said = {}
    for one in all_asked:
        if differently := _deciders(one):
            deciding[one.request] = differently
        elif one.was is not None and one.now is not None:
            if set(one.was.clauses) != set(one.now.clauses):
                citing[one.request] = [_apart(one.was.clauses, one.now.clauses)]
            if set(one.was.assumptions) != set(one.now.assumptions):
                resting[one.request] = [_apart(one.was.assumptions, one.now.assumptions)]
    domain = [one.request for one in all_asked]
    for (was, now, clauses, assumptions), when in summed_up(domain, deciding).items():
        yield Change("competence", "decides", "", was, now, when, clauses, assumptions)
    for (was, now), when in summed_up(domain, citing).items():
        yield Change("competence", "cites", "", was, now, when)
    for (was, now), when in summed_up(domain, resting).items():
        yield Change("competence", "rests", "", was, now, when)


def _apart(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is gone and what is new."""
    return tuple(one for one in was if one not in now), tuple(one for one in now if one not in was)


def _deciders(one: Asked) -> list[Any]:
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


def routes(old: Policy, new: Policy, all_asked: tuple[Asked, ...]) -> Iterator[Change]:
    """Steps that are new, gone, taken by others or in another time, on the ways that requests travel.

    What a step rests on is told where the same body decides. A step that a way has not is otherwise for nobody on it,
    so only the ways that have it are told apart.
    """
    travelled = _travelled(old, new, all_asked)
    said: dict[StepChange, Said] = {}
    for one, (before, after) in travelled.items():
        for change in step_changes(before, after):
            if change.alters_the_way or not _deciders(one):
                said.setdefault(change, {})[one.request] = [change]
    for change, of_it in said.items():
        domain = [one.request for one, ways in travelled.items() if concerns(change, *ways)]
        when = summed_up(domain, of_it)[change]
        yield Change("routes", change.what, change.stop, change.was, change.now, when, change.clauses)


def _travelled(old: Policy, new: Policy, all_asked: tuple[Asked, ...]) -> dict[Asked, tuple[Procedure, Procedure]]:
    """The ways of the requests that somebody may decide under either version."""
    return {
        one: (
            procedure_for(old, one.was.route, one.request.responsible),
            procedure_for(new, one.now.route, one.request.responsible),
        )
        for one in all_asked
        if one.was is not None and one.now is not None and one.was.route is not None and one.now.route is not None
    }


Demand = tuple[str, str | None]


def requirements(old: Policy, new: Policy) -> Iterator[Change]:
    """What must be shown that need not before, or need no longer, or at another step, where both let it be decided."""
    said: dict[Demand, Said] = {}
    apart = (*conditions(old), *conditions(new))
    decided = [one for one in _all(old, new, apart) if one.is_decided_in_both]
    for one in decided:
        was, now = demands(old, one.request), demands(new, one.request)
        for demand in dict.fromkeys((*was, *now)):
            if changed := _demanded(was.get(demand), now.get(demand), new):
                said.setdefault(demand, {})[one.request] = [changed]
    domain = [one.request for one in decided]
    for demand, of_it in said.items():
        for (what, was_, now_, clauses, assumptions), when in summed_up(domain, of_it).items():
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
        return "cites", *_apart(was.clauses, now.clauses), now.clauses, ()
    if was.assumed != now.assumed:
        return "rests", was.assumed, now.assumed, now.clauses, ()
    return None


#: An evaluation is planned for what has been entered.
_ENTERED = ("enter", "adopt")


def evaluations(old: Policy, new: Policy) -> Iterator[Change]:
    """Evaluation rules that begin, cease or ask otherwise, by their id; for which engagements is told exactly."""
    was, now = ({rule.id: rule for rule in policy.evaluations} for policy in (old, new))
    for key in dict.fromkeys((*was, *now)):
        before, after = was.get(key), now.get(key)
        yield from _begins(old, new, key, before, after)
        if before is not None and after is not None:
            rests = after.clauses, reasons_of(new, after)
            for what, one, other in _of_rule(before, after):
                if one != other:
                    yield Change("evaluations", what, key, one, other, _without_act([after.when]), *rests)


def _begins(
    old: Policy, new: Policy, key: str, before: EvaluationRule | None, after: EvaluationRule | None
) -> Iterator[Change]:
    rules = [rule for rule in (before, after) if rule is not None]
    kinds = dict.fromkeys((*old.responsible_kinds(), *new.responsible_kinds()))
    domain = [
        request
        for request in requests_apart(kinds, [rule.when for rule in rules])
        if request.act == acts_of(request.engagement)[0]
    ]
    said: Said = {}
    for request in domain:
        holds = before is not None and before.when.holds(request), after is not None and after.when.holds(request)
        if holds[0] != holds[1]:
            said[request] = ["begins" if holds[1] else "ceases"]
    for what, when in summed_up(domain, said).items():
        rests = (after.clauses, reasons_of(new, after)) if what == "begins" and after is not None else ((), ())
        yield Change("evaluations", what, key, before, after, _without_act(when), *rests)


def _without_act(when: Iterable[Condition]) -> tuple[Condition, ...]:
    """An engagement is asked for by no act."""
    return tuple(replace(one, terms=tuple(term for term in one.terms if term[0] != "act")) for one in when)


def _of_rule(before: EvaluationRule, after: EvaluationRule) -> Iterator[tuple[str, Any, Any]]:
    rhythms = [(rule.every, rule.before_expiry, rule.on) for rule in (before, after)]
    yield "rhythm", *((before, after) if rhythms[0] != rhythms[1] else (None, None))
    yield "reports", before.reports, after.reports
    yield "decides", before.decides, after.decides
    asks: list[Mapping[str, Any]] = [{one.key: one.names for one in rule.questions} for rule in (before, after)]
    yield "questions-removed", tuple(names for key, names in asks[0].items() if key not in asks[1]) or None, None
    yield "questions-added", None, tuple(names for key, names in asks[1].items() if key not in asks[0]) or None
    kept = [key for key in asks[0] if key in asks[1] and asks[0][key] != asks[1][key]]
    yield "questions-reworded", tuple(asks[0][key] for key in kept), tuple(asks[1][key] for key in kept)
    yield "weighs", before.weighs_value, after.weighs_value
    yield "cites", *_apart(before.clauses, after.clauses)
    yield "rests", before.assumed, after.assumed
