"""Which requests can a policy meet?

The declared attributes and their values, and all requests over them. The share that others pay runs over the classes
that the policy's own conditions tell apart, one representative each, so that a check over every request is finite,
complete and quick. Which answer a request gets is `workflow.policy.competence`'s question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from math import prod
from typing import TypeVar

from workflow.policy.model import (
    ACTS,
    ENGAGEMENTS,
    INITIATIVES,
    POLICY_ACTS,
    RESPONSIBLE_KINDS,
    SCOPES,
    AlsoCites,
    Condition,
    EvaluationRule,
    Policy,
    Request,
    Requirement,
    Row,
    Span,
)

#: Attributes with few values; `external_funding` is a whole number of percent.
ATTRIBUTES: Mapping[str, tuple[object, ...]] = {
    "engagement": ENGAGEMENTS,
    "act": (*ACTS, *POLICY_ACTS),
    "responsible": RESPONSIBLE_KINDS,
    "scope": SCOPES,
    "initiative": (None, *INITIATIVES),
    "principal": (False, True),
    "named_nordic_twin": (False, True),
    "eu_funded": (False, True),
}
FUNDING = "external_funding"
PERCENT = Span(0, 100)
#: How a pack writes that nobody said.
UNSET = "unset"
#: Attributes a request always has a value of its own for.
ASKED = ("engagement", "act", "responsible")
_Rule = TypeVar("_Rule", Row, AlsoCites, Requirement, EvaluationRule)


def acts_of(engagement: str) -> tuple[str, ...]:
    """Acts that can be asked for an engagement kind."""
    return POLICY_ACTS if engagement == "policy" else ACTS


@cache
def pairs(condition: Condition) -> tuple[tuple[str, str], ...]:
    """Engagement kinds and acts that a condition admits together; none when it can never hold."""
    return tuple(
        (engagement, act)
        for engagement in ENGAGEMENTS
        if _admits(condition, "engagement", engagement)
        for act in acts_of(engagement)
        if _admits(condition, "act", act)
    )


def looking_at(policy: Policy, engagement: str, act: str) -> Policy:
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


def is_signed(engagement: str, act: str) -> bool:
    """Whether a request of this kind and act is signed when it is approved."""
    return Request(engagement, act, "").is_signed


def overlap(one: Condition, other: Condition) -> bool:
    """Whether some request meets both conditions."""
    both = Condition((*one.terms, *other.terms))
    if not any(_admits(both, "engagement", kind) and _admits(both, "act", act) for kind, act in pairs(one)):
        return False
    rest = (name for name in ATTRIBUTES if name not in ("engagement", "act"))
    if not all(any(_admits(both, name, value) for value in ATTRIBUTES[name]) for name in rest):
        return False
    return any(_admits(both, FUNDING, percent) for percent in funding_classes((one, other)))


def _admits(condition: Condition, name: str, value: object) -> bool:
    for term, wanted in condition.terms:
        if term == name:
            if isinstance(wanted, Span):
                if not (isinstance(value, int) and wanted.low <= value <= wanted.high):
                    return False
            elif value not in wanted:
                return False
    return True


def funding_classes(conditions: Iterable[Condition]) -> tuple[int, ...]:
    """The lowest percentage of each class that the conditions cut the range from 0 to 100 into."""
    cuts = {PERCENT.low}
    for condition in conditions:
        for name, wanted in condition.terms:
            if name != FUNDING:
                continue
            if isinstance(wanted, Span):
                cuts |= {wanted.low, wanted.high + 1}
            else:
                cuts |= {int(str(value)) + step for value in wanted for step in (0, 1)}
    return tuple(sorted(cut for cut in cuts if cut <= PERCENT.high))


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
    """Every request over the policy's domain, once per class of external funding.

    `varying` names attributes to try all values of; the others but kind, act and responsible body keep their default.
    """
    free = {*ATTRIBUTES, FUNDING} if varying is None else set(varying)
    return _requests(policy.responsible_kinds(), free, funding_classes(conditions(policy)))


def requests_apart(responsible: Collection[str], apart: Collection[Condition]) -> Iterator[Request]:
    """Every request of some kinds of responsible body, once per class that conditions tell apart."""
    kinds = [kind for kind in RESPONSIBLE_KINDS if kind in responsible]
    return _requests(kinds, mentioned(apart), funding_classes(apart))


def how_many(policy: Policy) -> int:
    """How many requests a policy's conditions tell apart, counted without making one."""
    known = tuple(conditions(policy))
    sizes = [len(ATTRIBUTES[name]) for name in mentioned(known) if name in ATTRIBUTES and name not in ASKED]
    sizes.append(len(funding_classes(known)))
    return sum(len(acts_of(kind)) for kind in ENGAGEMENTS) * len(policy.responsible_kinds()) * prod(sizes)


def _requests(responsible: Collection[str], free: Collection[str], funding: tuple[int, ...]) -> Iterator[Request]:
    usual = Request("", "", "")
    values = {
        name: ATTRIBUTES[name] if name in free else (getattr(usual, name),) for name in ATTRIBUTES if name not in ASKED
    }
    values[FUNDING] = funding if FUNDING in free else (usual.external_funding,)
    for engagement in ENGAGEMENTS:
        for act, kind in product(acts_of(engagement), responsible):
            for chosen in product(*values.values()):
                yield Request(engagement, act, kind, **dict(zip(values, chosen, strict=True)))


def told(request: Request) -> str:
    """A request in words, everything that is not as usual named."""
    words = [f"{request.act} {request.engagement}, responsible {request.responsible}, scope {request.scope}"]
    return ", ".join([*words, *_unusual(request)])


def oddity(request: Request) -> int:
    """How much of a request is not as usual: the plainest makes the shortest story."""
    return len(_unusual(request)) + (request.scope != SCOPES[0])


def _unusual(request: Request) -> list[str]:
    words = [f"initiative {request.initiative}"] if request.initiative else []
    words += ["a matter of principle"] if request.principal else []
    words += ["with one of the named Nordic twin towns"] if request.named_nordic_twin else []
    words += ["EU-funded"] if request.eu_funded else []
    words += [f"{request.external_funding} % paid by others"] if request.external_funding else []
    return words
