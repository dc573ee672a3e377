"""P7: does every rule rest on a clause or say that it is assumed, and is every binding clause carried out?

That a cited clause exists is already known when a pack is loaded. Clause coverage is counted like test coverage: a
clause is enforced when a rule of its own kind cites it, or when the system itself does what it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from workflow.policy.clauses import CLAUSE_KINDS, Clause
from workflow.policy.conditions import pairs
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import SCOPES
from workflow.policy.rules import Rule, rules
from workflow.policy.verification.result import Finding, first_of

#: Kinds of clause and the rules that carry them out; `duty` is carried out by the system alone.
CARRIED_BY = {
    "competence": ("competence", "law"),
    "representation": ("route",),
    "requirement": ("requirement",),
    "prohibition": ("prohibition",),
    "evaluation": ("evaluation",),
    "duty": (),
    "guidance": (),
    "law": ("competence", "route", "law", "founding", "also", "meeting"),
}
#: Nothing need carry these out: guidance binds nobody, and of the law only what concerns these matters is used.
MAY_BE_IDLE = ("guidance", "law")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many clauses of a kind something carries out."""

    enforced: int
    total: int
    unenforced: tuple[str, ...]


def coverage(policy: Policy) -> dict[str, Coverage]:
    """Clause coverage by kind; guidance enforces nothing by its nature, and each says why."""
    cited = _cited(policy)
    found = {}
    for kind in (*CLAUSE_KINDS, "law"):
        of_kind = [clause for clause in policy.clauses.values() if clause.kind == kind]
        idle = tuple(clause.id for clause in of_kind if not _is_carried_out(clause, cited))
        found[kind] = Coverage(len(of_kind) - len(idle), len(of_kind), idle)
    return found


def every_rule_rests(policy: Policy) -> Finding:
    """Whether every rule has a clause or an admitted assumption, and every binding clause a rule."""
    return first_of(chain(_rules_rest(policy), _clauses_are_carried_out(policy), _silence_is_read_alike(policy)))


def _rules_rest(policy: Policy) -> Iterator[str | None]:
    for rule in rules(policy):
        if rule.tier == "route" and not rule.needs_reason:  # its row has one
            continue
        if not rule.clauses and rule.assumed is None:
            yield f"{rule.where} cites no clause and does not say that it is assumed"
        elif rule.tier == "evaluation" and rule.assumed is None and not _asks_to_look_back(policy, rule):
            yield f"{rule.where} cites no clause that asks for one and does not say that it is assumed"
        elif rule.clauses and rule.assumed is None and all(_is_guidance(policy, clause) for clause in rule.clauses):
            yield f"{rule.where} rests on {rule.clauses[0]}, which is guidance and binds nobody"
        else:
            yield None


def _silence_is_read_alike(policy: Policy) -> Iterator[str | None]:
    """A row that cites nothing gives a matter to the body that silence means everywhere."""
    own = () if policy.document.status == "law" else policy.competence
    for row in (*own, *policy.law.founding):
        if row.clauses or row.decides is None:
            continue
        for usual in {_usual(engagement, scope) for engagement, _ in pairs(row.when) for scope in _scopes(row)}:
            why = f"row {row.id} cites no clause and names {row.decides}, where silence means {usual}"
            yield None if row.decides == usual else why


def _scopes(row: Row) -> tuple[object, ...]:
    wanted = row.when.values_of("scope")
    return wanted if isinstance(wanted, tuple) else SCOPES


def _usual(engagement: str, scope: object) -> str:
    if engagement in ("policy", "twin-agreement"):
        return "council"
    return "executive-board" if scope == "municipality" else "responsible"


def _asks_to_look_back(policy: Policy, rule: Rule) -> bool:
    return any(policy.clauses[clause].kind == "evaluation" for clause in rule.clauses)


def _is_guidance(policy: Policy, clause: str) -> bool:
    return policy.clauses[clause].kind == "guidance"


def _clauses_are_carried_out(policy: Policy) -> Iterator[str | None]:
    cited = _cited(policy)
    for clause in policy.clauses.values():
        if clause.kind in MAY_BE_IDLE:
            continue
        yield None if _is_carried_out(clause, cited) else f"nothing carries out {clause.id}, a {clause.kind}"


def _cited(policy: Policy) -> frozenset[tuple[str, str]]:
    """Pairs of rule tier and clause."""
    return frozenset((rule.tier, clause) for rule in rules(policy) for clause in rule.clauses)


def _is_carried_out(clause: Clause, cited: frozenset[tuple[str, str]]) -> bool:
    return bool(clause.enforced_by) or any((tier, clause.id) in cited for tier in CARRIED_BY[clause.kind])


__all__ = ["Coverage", "Rule", "coverage", "every_rule_rests"]
