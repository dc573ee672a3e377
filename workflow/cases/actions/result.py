"""Result of an operation on a case: what callers need to answer without reading the case again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.cases.actions.context import ActionContext
from workflow.policy.roles import Seat


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The case after an operation."""

    number: str
    version: int
    state: str
    outcome: str | None
    #: The seat (role, body key) the case waits for; None where it waits for its officer or has ended.
    waits: Seat | None
    waits_person_id: int | None
    #: Last day of the present step, in the municipality's calendar.
    due_on: date | None

    @classmethod
    def of(cls, context: ActionContext, state: str, version: int) -> ActionResult:
        """The result of an operation whose changes have been written."""
        case, changes = context.case, context.changes
        role = changes.get("waits_role", case.waits_role)
        body_id = changes.get("waits_body_id", case.waits_body_id)
        return cls(
            number=case.number,
            version=version,
            state=state,
            outcome=changes.get("outcome", case.outcome),
            waits=(role, context.tenant.body_keys[body_id]) if role and body_id else None,
            waits_person_id=changes.get("waits_person_id", case.waits_person_id),
            due_on=changes.get("due_on", case.due_on),
        )
