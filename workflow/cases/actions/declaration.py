"""Declaration of an action's effect: its payload, what it does, and the case columns it may change.

Where it is open, who takes it and what authorization it needs is its rule in `workflow.policy.actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marshmallow import Schema

from workflow.cases.actions.context import ActionContext
from workflow.policy.actions import ACTIONS, ActionRule
from workflow.policy.request_domain import GIVEN


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """One action of the state machine."""

    name: str
    #: Of the payload; the web's API and forms are made from it.
    schema: type[Schema]
    perform: Callable[[ActionContext], None]
    #: Columns of the case that `perform` may change; the gate refuses to write others.
    changes: frozenset[str] = frozenset()

    @property
    def rule(self) -> ActionRule:
        """Where the action is open and what authorization it needs."""
        return ACTIONS[self.name]


#: Columns that a changed request may change: its attributes, fields and goals.
REQUEST_CHANGES = frozenset({*GIVEN, "fields", "principal_reason", "goals"})
#: Columns that an answer decides, changed when a request is judged again.
ANSWER_CHANGES = frozenset({"route", "decides", "deciding_body_id", "clauses"})
