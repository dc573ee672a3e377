"""Which rules, of which never two apply, say the whole answer of a policy?

Prohibitions, the country's law and the pack's table are three tiers, and a law row may ask what the pack's own table
would have said. Here they are cut apart into rules that share no request, so that one table says what
`workflow.policy.competence` says: each row of the pack, less what is prohibited and less what the law takes over, and
beside it what the law makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from workflow.core.errors import PolicyGap
from workflow.policy.interchange.request_sets import Box, Domain, askable, box_of, domain_of, put_together, without_all
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import Span


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One rule of the whole table."""

    #: The requests it answers.
    box: Box
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
        if shared := one.box.both(other.box):
            raise PolicyGap(policy.version, shared.a_request(domain), (one.row.id, other.row.id))
    return found


def _prohibited(policy: Policy, domain: Domain) -> Iterator[AnswerRule]:
    for row in policy.prohibitions:
        if box := box_of(row.when, domain):
            yield from _rules([box], "prohibition", row, None)


def _decided(policy: Policy, domain: Domain) -> Iterator[AnswerRule]:
    tier = "founding" if policy.document.status == "law" else "pack"
    prohibited = [box for row in policy.prohibitions if (box := box_of(row.when, domain))]
    owned: list[Box] = []
    for own in policy.competence:
        boxes = without_all(filter(None, [box_of(own.when, domain)]), prohibited)
        owned += boxes
        taken = [(law, box) for law in policy.law.rows if (box := _taken(law, own, domain))]
        yield from _rules(without_all(boxes, [box for _law, box in taken]), tier, own, own.id)
        for law, box in taken:
            yield from _rules([part for one in boxes if (part := one.both(box))], "law", law, own.id)
    for law in policy.law.rows:
        if law.when.values_of("otherwise") is None and (alone := box_of(law.when, domain)):
            yield from _rules(without_all([alone], [*prohibited, *owned]), "law", law, None)


def _taken(law: Row, own: Row, domain: Domain) -> Box | None:
    """What a law row takes over where the pack's own table answers with a row."""
    box, kinds = box_of(law.when, domain), law.when.values_of("otherwise")
    if box is None or kinds is None:
        return box
    assert not isinstance(kinds, Span)  # kinds of body
    if own.decides != "responsible":
        return box if own.decides in kinds else None
    return box.both(Box({**box.sides, "responsible": box.sides["responsible"] & frozenset(kinds)}))


def _rules(boxes: Sequence[Box], tier: str, row: Row, policy_row: str | None) -> Iterator[AnswerRule]:
    """Rules for the part of boxes that can be asked at all."""
    for part in put_together([part for box in boxes for part in askable(box)]):
        yield AnswerRule(part, tier, row, policy_row)
