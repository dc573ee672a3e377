"""Request space: every request that a policy can meet.

A whole number, like the share that others pay, runs over the classes that the policy's own conditions tell apart, one
representative each, so that a check over every request is finite, complete and quick.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any, TypeVar

from workflow.policy.conditions import Condition, admits, pairs
from workflow.policy.model import Policy
from workflow.policy.pack_rules import AlsoCites, EvaluationRule, Requirement, Row
from workflow.policy.request_domain import (
    ATTRIBUTES,
    ENGAGEMENT_KINDS,
    FACTS,
    Request,
    Span,
    acts_of,
)
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

_Rule = TypeVar("_Rule", Row, AlsoCites, Requirement, EvaluationRule)


def restricted_to(policy: Policy, engagement: str, act: str) -> Policy:
    """The policy with only the rules that can hold for a kind and act: what is left out can change no answer to it."""

    def some(rules: tuple[_Rule, ...]) -> tuple[_Rule, ...]:
        return tuple(rule for rule in rules if (engagement, act) in pairs(rule.when))

    return replace(
        policy,
        prohibitions=some(policy.prohibitions),
        competence=some(policy.competence),
        requirements=some(policy.requirements),
        evaluations=some(policy.evaluations),
        law=replace(policy.law, rows=some(policy.law.rows), also=some(policy.law.also)),
    )


def founding_alone(policy: Policy) -> Policy:
    """The policy with the country's founding rows as its only table."""
    return replace(policy, prohibitions=(), competence=policy.law.founding, requirements=(), evaluations=())


def overlap(one: Condition, other: Condition) -> bool:
    """Whether some request meets both conditions."""
    both = Condition((*one.terms, *other.terms))
    if not any(admits(both, "engagement", kind) and admits(both, "act", act) for kind, act in pairs(one)):
        return False
    rest = (name for name in ATTRIBUTES if name not in ("engagement", "act"))
    return all(any(admits(both, name, value) for value in value_classes(name, (one, other))) for name in rest)


def value_classes(name: str, conditions: Iterable[Condition]) -> tuple[Any, ...]:
    """Values of an attribute; of a whole number, the lowest of each class that the conditions cut its span into."""
    span = ATTRIBUTES[name].span
    if span is None:
        return ATTRIBUTES[name].values
    cuts = {span.low}
    for condition in conditions:
        for term, wanted in condition.terms:
            if term != name:
                continue
            if isinstance(wanted, Span):
                cuts |= {wanted.low, wanted.high + 1}
            else:
                cuts |= {int(str(value)) + step for value in wanted for step in (0, 1)}
    return tuple(sorted(cut for cut in cuts if cut <= span.high))


def conditions(policy: Policy) -> Iterator[Condition]:
    """Every condition that an answer or a demand of the policy can depend on."""
    rows = (*policy.prohibitions, *policy.competence, *policy.law.rows, *policy.law.founding)
    yield from (row.when for row in rows)
    yield from (also.when for also in policy.law.also)
    yield from (requirement.when for requirement in policy.requirements)


def mentioned(some: Iterable[Condition]) -> frozenset[str]:
    """Attributes that at least one of the conditions looks at: no other can change what they answer."""
    return frozenset(name for condition in some for name, _wanted in condition.terms)


def requests(policy: Policy, varying: Collection[str] | None = None) -> Iterator[Request]:
    """Every request over the policy's domain, once per class of each whole number.

    `varying` names attributes to try all values of; the others but kind, act and responsible body have their default.
    """
    return _requests(policy.responsible_kinds(), FACTS if varying is None else varying, tuple(conditions(policy)))


def requests_apart(responsible: Collection[str], apart: Collection[Condition]) -> Iterator[Request]:
    """Every request of some kinds of responsible body, once per class that conditions tell apart."""
    kinds = [kind for kind in RESPONSIBLE_KINDS if kind in responsible]
    return _requests(kinds, mentioned(apart), apart)


def how_many(policy: Policy) -> int:
    """How many requests a policy's conditions tell apart, counted without making one."""
    known = tuple(conditions(policy))
    sizes = [len(value_classes(name, known)) for name in mentioned(known) if name in FACTS]
    return sum(len(kind.acts) for kind in ENGAGEMENT_KINDS) * len(policy.responsible_kinds()) * prod(sizes)


def _requests(
    responsible: Collection[str], varying: Collection[str], apart: Collection[Condition]
) -> Iterator[Request]:
    values = [value_classes(name, apart) if name in varying else (ATTRIBUTES[name].default,) for name in FACTS]
    for engagement in ENGAGEMENT_KINDS:
        for act, kind in product(acts_of(engagement.id), responsible):
            for chosen in product(*values):
                yield Request(engagement.id, act, kind, **dict(zip(FACTS, chosen, strict=True)))


def request_text(request: Request) -> str:
    """A request as one English line, naming every value that is not the default."""
    usual = f"{request.act} {request.engagement}, responsible {request.responsible}, scope {request.scope}"
    return ", ".join([usual, *_unusual(request)])


def unusual_count(request: Request) -> int:
    """How many values of a request are not the default, so that the plainest counterexample can be chosen."""
    return len(_unusual(request)) + (request.scope != ATTRIBUTES["scope"].default)


def _unusual(request: Request) -> list[str]:
    unusual = ((name, getattr(request, name)) for name in FACTS if name != "scope")
    return [
        _PHRASES.get(name, f"{name} {{}}").format(value) for name, value in unusual if value != ATTRIBUTES[name].default
    ]


_PHRASES = {
    "principal": "a matter of principle",
    "named_nordic_twin": "with one of the named Nordic twin towns",
    "eu_funded": "EU-funded",
    "external_funding": "{} % paid by others",
}
