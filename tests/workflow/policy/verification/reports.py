"""Packs with a fault, and what the check says of them."""

from __future__ import annotations

from dataclasses import replace

from workflow.policy.model import Policy
from workflow.policy.verification.runner import Obligation, Report, check


def broken(report: Report) -> dict[str, str]:
    """Counterexamples by obligation."""
    return {found.id: str(found.counterexample) for found in report.obligations if found.counterexample is not None}


def obligation(report: Report, id_: str) -> Obligation:
    """One obligation of a report."""
    return next(found for found in report.obligations if found.id == id_)


def only_broken(policy: Policy, obligation: str) -> str:
    """The counterexample to the one obligation that a policy breaks."""
    report = check(policy)
    found = broken(report)
    assert list(found) == [obligation]
    assert not report.ok
    return found[obligation]


def row(policy: Policy, id_: str) -> int:
    """Where a row stands in the table."""
    return next(position for position, one in enumerate(policy.competence) if one.id == id_)


def without(policy: Policy, id_: str) -> Policy:
    """The policy without a row."""
    position = row(policy, id_)
    return replace(policy, competence=policy.competence[:position] + policy.competence[position + 1 :])
