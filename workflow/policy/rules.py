"""Every rule of a policy, with its place, its clauses and its assumption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement, Step
from workflow.policy.voting_rules import AbstentionRule, PreparerRule, TieRule


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack or its country's law."""

    #: prohibition, competence, requirement, route, evaluation, or of the law: law, founding, also, meeting.
    tier: str
    #: Its place, for people.
    where: str
    clauses: tuple[str, ...]
    assumed: str | None
    #: Whether it must rest on a clause or an admitted assumption of its own; a step that the row's answer implies need
    #: not: who prepares a matter, whose matter it is and who decides it follow from the row.
    needs_reason: bool = True
    #: What it is, as the policy has it: a row, a requirement, a step, …
    source: object = field(default=None, compare=False, repr=False)
    #: Which part of its source it is, or in which it stands: the route of a step, one of the rules for meetings.
    part: str = ""


def rules(policy: Policy) -> Iterator[Rule]:
    """Every rule, the pack's first."""
    yield from _rows(policy)
    for requirement in policy.requirements:
        where = _named(requirement)
        yield Rule("requirement", where, requirement.clauses, requirement.assumed, source=requirement)
    for name, steps in policy.routes.items():
        for number, step in enumerate(steps, 1):
            where = f"route {name}, step {number} {step.step} by {', '.join(step.by)}"
            yield Rule("route", where, step.clauses, step.assumed, _adds_somebody(step), step, name)
    for rule in policy.evaluations:
        yield Rule("evaluation", f"evaluation {rule.id}", rule.clauses, rule.assumed, source=rule)
    for number, also in enumerate(policy.law.also, 1):
        yield Rule("also", f"the law's citation {number}", also.clauses, also.assumed, source=also)
    yield from _meetings(policy)


def _adds_somebody(step: Step) -> bool:
    """Whether a step brings in somebody whom the row's answer does not: who is consulted, recommends, or signs."""
    return step.step in ("consult", "sign") or (step.step == "recommend" and step.by != ("responsible",))


def _rows(policy: Policy) -> Iterator[Rule]:
    tables = (
        ("prohibition", policy.prohibitions),
        ("competence", policy.competence),
        ("law", policy.law.rows),
        ("founding", policy.law.founding),
    )
    for tier, rows in tables:
        for row in rows:
            yield Rule(tier, f"{tier} row {row.id}", row.clauses, row.assumed, source=row)


def _named(requirement: Requirement) -> str:
    group = f" of {requirement.group}" if requirement.group else ""
    return f"requirement {requirement.id}{group}, {', '.join(requirement.clauses) or 'no clause'}"


def _meetings(policy: Policy) -> Iterator[Rule]:
    law = policy.law.collegial
    for quorum in law.quorum:
        where = f"quorum of {', '.join(quorum.bodies)}"
        yield Rule("meeting", where, quorum.clauses, quorum.assumed, source=quorum)
    for minority in law.minority:
        where = f"minority of {minority.numerator}/{minority.denominator} in {', '.join(minority.bodies)}"
        yield Rule("meeting", where, minority.clauses, minority.assumed, source=minority)
    parts: tuple[tuple[str, str, Iterable[TieRule | AbstentionRule | PreparerRule]], ...] = (
        ("tie", "rule for ties", law.tie),
        ("abstention", "rule for abstention", law.abstention),
        ("preparer", "rule for who prepared the matter", law.preparer),
    )
    for part, where, over_time in parts:
        for rule in over_time:
            yield Rule("meeting", where, rule.clauses, rule.assumed, source=law, part=part)
