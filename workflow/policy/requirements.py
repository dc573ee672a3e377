"""What does a policy demand of a request, before which step, and what is still missing?"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.policy.model import Policy, Request, Requirement


def required(policy: Policy, request: Request) -> tuple[Requirement, ...]:
    """The requirements a policy puts to a request, in the pack's order."""
    return tuple(requirement for requirement in policy.requirements if requirement.when.holds(request))


def missing(
    policy: Policy, requirement: Requirement, request: Request, fields: Mapping[str, object], goals: tuple[str, ...]
) -> tuple[str, ...]:
    """Names of the fields that a requirement asks for and that are empty."""
    if requirement.id == "goal":
        group = next(group for group in policy.goals if group.group == requirement.group)
        served = {goal.key for goal in group.items} & set(goals)
        return () if served else ("goals",)
    if requirement.id == "initiative":
        return ("initiative",) if request.initiative is None else ()
    return tuple(name for name in requirement.fields if not fields.get(name))
