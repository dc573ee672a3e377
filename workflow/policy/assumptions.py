"""Where does a policy go further than its words, and why?

Every assumption with its reason, until the municipality confirms it. None of them is ever shown as a citation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.policy.rules import rules
from workflow.policy.values import Policy


@dataclass(frozen=True, slots=True)
class Assumption:
    """One place where a document is silent or our reading goes further."""

    where: str
    reason: str


def assumptions(policy: Policy) -> Iterator[Assumption]:
    """All assumptions of a policy and of its country's law, the document's own first."""
    found = [("document", policy.document.assumed)]
    found += [(f"body {body.key}", body.assumed) for body in policy.bodies]
    found += [(rule.where, rule.assumed) for rule in rules(policy)]
    found += [(f"ladder {name}", ladder.assumed) for name, ladder in policy.ladders.items()]
    found += [(f"clause {clause.id}", clause.assumed) for clause in policy.clauses.values()]
    return (Assumption(where, reason) for where, reason in found if reason)
