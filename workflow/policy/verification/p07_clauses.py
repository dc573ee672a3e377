"""P7: every rule rests on a clause or says that it is assumed, and every binding clause is carried out.

That a cited clause exists is already known when a pack is loaded. Clause coverage is counted like test coverage: a
clause is enforced when a rule of its own kind cites it, or when the system itself does what it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from workflow.core.messages import Message
from workflow.policy.clauses import CLAUSE_KINDS, Clause
from workflow.policy.conditions import pairs
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import SCOPES
from workflow.policy.rules import Rule, rules
from workflow.policy.verification.messages import message
from workflow.policy.verification.result import Finding, first_failure

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
    return first_failure(chain(_rules_rest(policy), _clauses_are_carried_out(policy), _silence_is_read_alike(policy)))


def _rules_rest(policy: Policy) -> Iterator[Message | None]:
    for rule in rules(policy):
        if rule.tier == "route" and not rule.needs_reason:  # its row has one
            continue
        if not rule.clauses and rule.assumed is None:
            yield message("rule-without-clause", where=rule)
        elif rule.tier == "evaluation" and rule.assumed is None and not _asks_for_evaluation(policy, rule):
            yield message("evaluation-without-clause", where=rule)
        elif rule.clauses and rule.assumed is None and all(_is_guidance(policy, clause) for clause in rule.clauses):
            yield message("rule-rests-on-guidance", where=rule, clause=rule.clauses[0])
        else:
            yield None


def _silence_is_read_alike(policy: Policy) -> Iterator[Message | None]:
    """A row that cites nothing gives a matter to the body that silence means everywhere."""
    own = () if policy.document.status == "law" else policy.competence
    for row in (*own, *policy.law.founding):
        if row.clauses or row.decides is None:
            continue
        for usual in dict.fromkeys(_usual(kind, scope) for kind, _ in pairs(row.when) for scope in _scopes(row)):
            other = message("silence-read-otherwise", row=row.id, body=row.decides, other=usual)
            yield None if row.decides == usual else other


def _scopes(row: Row) -> tuple[object, ...]:
    scopes = row.when.values_of("scope")
    return scopes if isinstance(scopes, tuple) else SCOPES


def _usual(engagement: str, scope: object) -> str:
    if engagement in ("policy", "twin-agreement"):
        return "council"
    return "executive-board" if scope == "municipality" else "responsible"


def _asks_for_evaluation(policy: Policy, rule: Rule) -> bool:
    return any(policy.clauses[clause].kind == "evaluation" for clause in rule.clauses)


def _is_guidance(policy: Policy, clause: str) -> bool:
    return policy.clauses[clause].kind == "guidance"


def _clauses_are_carried_out(policy: Policy) -> Iterator[Message | None]:
    cited = _cited(policy)
    for clause in policy.clauses.values():
        if clause.kind in MAY_BE_IDLE:
            continue
        idle = message("clause-not-carried-out", clause=clause.id, clause_kind=clause.kind)
        yield None if _is_carried_out(clause, cited) else idle


def _cited(policy: Policy) -> frozenset[tuple[str, str]]:
    """Pairs of rule tier and clause."""
    return frozenset((rule.tier, clause) for rule in rules(policy) for clause in rule.clauses)


def _is_carried_out(clause: Clause, cited: frozenset[tuple[str, str]]) -> bool:
    return bool(clause.enforced_by) or any((tier, clause.id) in cited for tier in CARRIED_BY[clause.kind])
