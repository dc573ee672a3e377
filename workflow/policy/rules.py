"""Which rules does a policy consist of, each with its place, its clauses and what is assumed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.policy.values import Policy, Requirement, Step


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack or its country's law."""

    #: prohibition, competence, requirement, route, evaluation, or of the law: law, founding, also, meeting.
    tier: str
    #: Where it stands, in words.
    where: str
    clauses: tuple[str, ...]
    assumed: str | None
    #: Whether it must rest on a clause or an admitted assumption of its own; a step that the row's answer implies need
    #: not: who prepares a matter, whose matter it is and who decides it follow from the row.
    needs_reason: bool = True


def rules(policy: Policy) -> Iterator[Rule]:
    """Every rule, the pack's first."""
    yield from _rows(policy)
    for requirement in policy.requirements:
        yield Rule("requirement", _named(requirement), requirement.clauses, requirement.assumed)
    for name, steps in policy.routes.items():
        for number, step in enumerate(steps, 1):
            where = f"route {name}, step {number} {step.step} by {', '.join(step.by)}"
            yield Rule("route", where, step.clauses, step.assumed, _adds_somebody(step))
    for rule in policy.evaluations:
        yield Rule("evaluation", f"evaluation {rule.id}", rule.clauses, rule.assumed)
    for number, also in enumerate(policy.law.also, 1):
        yield Rule("also", f"the law's citation {number}", also.clauses, also.assumed)
    yield from _meetings(policy)


def _adds_somebody(step: Step) -> bool:
    """Whether a step brings in somebody whom the row's answer does not: who is asked, heard besides, or signs."""
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
            yield Rule(tier, f"{tier} row {row.id}", row.clauses, row.assumed)


def _named(requirement: Requirement) -> str:
    group = f" of {requirement.group}" if requirement.group else ""
    return f"requirement {requirement.id}{group}, {', '.join(requirement.clauses) or 'no clause'}"


def _meetings(policy: Policy) -> Iterator[Rule]:
    law = policy.law.collegial
    for quorum in law.quorum:
        yield Rule("meeting", f"quorum of {', '.join(quorum.bodies)}", quorum.clauses, quorum.assumed)
    for minority in law.minority:
        where = f"minority of {minority.numerator}/{minority.denominator} in {', '.join(minority.bodies)}"
        yield Rule("meeting", where, minority.clauses, minority.assumed)
    yield Rule("meeting", "rule for ties", law.tie_clauses, law.tie_assumed)
    yield Rule("meeting", "rule for abstention", law.abstention_clauses, law.abstention_assumed)
    yield Rule("meeting", "rule for who prepared the matter", law.preparer_clauses, law.preparer_assumed)
