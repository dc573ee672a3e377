"""Rows of a pack from the rules of a decision table.

Rules of one row are merged into one condition, together with what the law took over from it. Where one condition would
cover more, the row becomes several. A row that the pack has already, and that answers the same requests the same way,
stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow.policy.conditions import Condition
from workflow.policy.interchange.dmn_reader import DecisionTable
from workflow.policy.interchange.dmn_rules import LAW, PROHIBITION, ReadRule
from workflow.policy.interchange.request_sets import (
    Domain,
    RequestSet,
    domain_of,
    merged,
    possible,
    request_set_of,
    smallest_cover,
    without_all,
)
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import ATTRIBUTES, Span, acts_of


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table puts into a pack."""

    prohibitions: tuple[Row, ...]
    competence: tuple[Row, ...]


def rows_of(table: DecisionTable, rules: Sequence[ReadRule], policy: Policy) -> Rows:
    """The rows for a pack; raises `PolicyInvalid` where rules of one row contradict each other."""
    domain = domain_of(policy)
    prohibited = [subset for rule in rules if rule.tier == PROHIBITION for subset in rule.subsets]
    forbidding = _grouped([(rule.row, rule) for rule in rules if rule.tier == PROHIBITION])
    owned = [(rule.policy_row if rule.tier == LAW else rule.row, rule) for rule in rules if rule.tier != PROHIBITION]
    deciding = _grouped([(id_, rule) for id_, rule in owned if id_ is not None])
    return Rows(
        tuple(
            row
            for id_, group in forbidding.items()
            for row in _rows(_only(table, id_, group, policy.prohibitions), group, policy.prohibitions, (), domain)
        ),
        tuple(
            row
            for id_, group in deciding.items()
            for row in _rows(_only(table, id_, group, policy.competence), group, policy.competence, prohibited, domain)
        ),
    )


def _grouped(pairs: Sequence[tuple[str, ReadRule]]) -> dict[str, list[ReadRule]]:
    found: dict[str, list[ReadRule]] = {}
    for id_, rule in pairs:
        found.setdefault(id_, []).append(rule)
    return found


def _only(table: DecisionTable, id_: str, group: Sequence[ReadRule], known: Sequence[Row]) -> Row:
    """The row that all rules of a group are of, without its condition."""
    own = [rule for rule in group if rule.tier != LAW]
    if not own:  # the law takes over all that the row would answer
        known_rows = [row for row in known if row.id == id_]
        if not known_rows:
            raise table.fault(group[0].source, "policy_row", f"no rule says what row '{id_}' itself answers")
        return known_rows[0]
    for rule in own:
        if rule.answer != own[0].answer:
            message = f"row '{id_}' has another answer, clause or assumption in rule {own[0].source.number}"
            raise table.fault(rule.source, "row", message)
    first = own[0]
    return Row(id_, Condition(), first.clauses, first.decides, first.route, first.assumed)


def _rows(
    row: Row, group: Sequence[ReadRule], known: Sequence[Row], ignored: Sequence[RequestSet], domain: Domain
) -> tuple[Row, ...]:
    """One row for a group of rules, or several; what is `ignored` is prohibited and may lie in it or not."""
    subsets = [subset for rule in group for subset in rule.subsets]
    for old in known:
        if (
            replace(old, when=row.when) == row
            and (subset := request_set_of(old.when, domain))
            and _same(subset, subsets, ignored)
        ):
            return (old,)
    whole = smallest_cover(subsets)
    parts = (whole,) if _same(whole, subsets, ignored) else merged(subsets)
    return tuple(
        replace(row, id=row.id if number == 1 else f"{row.id}-{number}", when=condition_of(part, domain))
        for number, part in enumerate(parts, 1)
    )


def _same(subset: RequestSet, subsets: Sequence[RequestSet], ignored: Sequence[RequestSet]) -> bool:
    """Whether a subset holds what others hold, and beyond that only what is ignored."""
    return not without_all(subsets, [subset]) and not without_all(possible(subset), [*subsets, *ignored])


def condition_of(subset: RequestSet, domain: Domain) -> Condition:
    """A subset as the condition of a row; an attribute with every value is left out."""
    terms: list[tuple[str, tuple[object, ...] | Span]] = []
    for name, values in domain.items():
        admitted = tuple(value for value in values if value in subset.allowed[name])
        if len(admitted) == len(values) or (name == "act" and _every_act(subset)):
            continue
        numbers = [int(str(value)) for value in admitted] if ATTRIBUTES[name].span else []
        if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
            terms.append((name, Span(numbers[0], numbers[-1])))
        else:
            terms.append((name, admitted))
    return Condition(tuple(terms))


def _every_act(subset: RequestSet) -> bool:
    kinds = subset.allowed["engagement"]
    return all(subset.allowed["act"] >= {*acts_of(str(kind))} for kind in kinds)
