"""Changed evaluation rules of a new version, compared by their id.

For which engagements a rule begins or ceases is found by asking both versions about every engagement that the rule's
conditions tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from workflow.policy.conditions import Condition
from workflow.policy.diff.change import Change, gone_and_new
from workflow.policy.diff.diff_answers import Said, reasons_of
from workflow.policy.diff.minimize import minimal_conditions
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import acts_of
from workflow.policy.request_space import requests_apart


def evaluations(old: Policy, new: Policy) -> Iterator[Change]:
    """Evaluation rules that begin, cease or ask otherwise, by their id; with the exact engagements."""
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
    for what, when in minimal_conditions(domain, said).items():
        rests = (after.clauses, reasons_of(new, after)) if what == "begins" and after is not None else ((), ())
        yield Change("evaluations", what, key, before, after, _without_act(when), *rests)


def _without_act(when: Iterable[Condition]) -> tuple[Condition, ...]:
    """Conditions without the act: an engagement has none."""
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
    yield "cites", *gone_and_new(before.clauses, after.clauses)
    yield "rests", before.assumed, after.assumed
