"""Outcome hooks: what the end of a case changes in other subjects, in the transaction that ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflow.cases.actions.context import ActionContext

#: Called with the action that ends a case and the final state it leads to, before the trail entry is written: a hook
#: may add to the entry's data and to the case's columns.
OutcomeHook = Callable[[ActionContext, str], None]


@dataclass(frozen=True, slots=True)
class OutcomeHooks:
    """The hooks of every subject, called in this order; none has a default, so that none can be forgotten."""

    #: The register of engagements takes over what was concluded.
    register: OutcomeHook
    #: The evaluation that the case was to decide is settled.
    evaluations: OutcomeHook

    def run(self, context: ActionContext, to_state: str) -> None:
        """Call every hook for a case that reaches a final state."""
        self.register(context, to_state)
        self.evaluations(context, to_state)
