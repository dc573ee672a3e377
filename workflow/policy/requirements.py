"""Requirements a policy puts to a request, and what of them is still missing."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import Request


def required(policy: Policy, request: Request) -> tuple[Requirement, ...]:
    """The requirements a policy puts to a request, in the pack's order."""
    return tuple(requirement for requirement in policy.requirements if requirement.when.holds(request))


def missing(
    policy: Policy, requirement: Requirement, request: Request, fields: Mapping[str, object], goals: tuple[str, ...]
) -> tuple[str, ...]:
    """Names of the fields that a requirement asks for and that are empty."""
    group = [goal.key for group in policy.goals if group.group == requirement.group for goal in group.items]
    return requirement.kind.missing(request, fields, goals, group)
