"""Disjoint rules for the whole answer of a policy.

Prohibitions, the country's law and the pack's table are three tiers, and a law row may look at what the pack's own
table would answer. Here they are split into rules that share no request, so that one table answers as
`workflow.policy.competence` does: each row of the pack, less what is prohibited and what the law takes over, and
the rows of the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from workflow.core.errors import PolicyGap
from workflow.policy.interchange.request_sets import (
    Domain,
    RequestSet,
    domain_of,
    merged,
    possible,
    request_set_of,
    without_all,
)
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import Span


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One rule of the whole table."""

    #: The requests it answers.
    subset: RequestSet
    #: prohibition, law, pack or founding.
    tier: str
    #: The row that answers.
    row: Row
    #: Id of the row with which the pack's own table answers; None for a prohibition and where no row does.
    policy_row: str | None


def answer_rules(policy: Policy) -> tuple[AnswerRule, ...]:
    """The whole answer of a policy as disjoint rules, in the pack's order; what has no answer has no rule.

    Raises `PolicyGap` where two rows answer one request: then there is no such table.
    """
    domain = domain_of(policy)
    found = (*_prohibited(policy, domain), *_decided(policy, domain))
    for one, other in combinations(found, 2):
        if shared := one.subset.both(other.subset):
            raise PolicyGap(policy.version, shared.a_request(domain), (one.row.id, other.row.id))
    return found


def _prohibited(policy: Policy, domain: Domain) -> Iterator[AnswerRule]:
    for row in policy.prohibitions:
        if subset := request_set_of(row.when, domain):
            yield from _rules([subset], "prohibition", row, None)


def _decided(policy: Policy, domain: Domain) -> Iterator[AnswerRule]:
    tier = "founding" if policy.document.status == "law" else "pack"
    prohibited = [subset for row in policy.prohibitions if (subset := request_set_of(row.when, domain))]
    owned: list[RequestSet] = []
    for own in policy.competence:
        subsets = without_all(filter(None, [request_set_of(own.when, domain)]), prohibited)
        owned += subsets
        taken = [(law, subset) for law in policy.law.rows if (subset := _taken(law, own, domain))]
        yield from _rules(without_all(subsets, [subset for _law, subset in taken]), tier, own, own.id)
        for law, subset in taken:
            yield from _rules([part for one in subsets if (part := one.both(subset))], "law", law, own.id)
    for law in policy.law.rows:
        if law.when.values_of("otherwise") is None and (alone := request_set_of(law.when, domain)):
            yield from _rules(without_all([alone], [*prohibited, *owned]), "law", law, None)


def _taken(law: Row, own: Row, domain: Domain) -> RequestSet | None:
    """What a law row takes over where the pack's own table answers with a row."""
    subset, kinds = request_set_of(law.when, domain), law.when.values_of("otherwise")
    if subset is None or kinds is None:
        return subset
    assert not isinstance(kinds, Span)  # kinds of body
    if own.decides != "responsible":
        return subset if own.decides in kinds else None
    return subset.both(RequestSet({**subset.allowed, "responsible": subset.allowed["responsible"] & frozenset(kinds)}))


def _rules(subsets: Sequence[RequestSet], tier: str, row: Row, policy_row: str | None) -> Iterator[AnswerRule]:
    """Rules for the requests of subsets that exist: kinds with acts of theirs."""
    for part in merged([part for subset in subsets for part in possible(subset)]):
        yield AnswerRule(part, tier, row, policy_row)
