"""What do the files that leave for other programs call things?

A command writes English with the municipality's own names; a page writes the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.terms import ACTIONS, BODY_STATES, FIELDS, OUTCOMES, STATES
from web.policies.request_query import body_name
from workflow.core.messages import N_
from workflow.policy.interchange.bpmn import CONSULTED
from workflow.policy.model import Policy

#: Columns of a decision table that are no field of anything else.
COLUMNS: Mapping[str, str] = {
    "route": N_("Route"),
    "row": N_("Row that answers"),
    "tier": N_("Where that row stands"),
    "policy_row": N_("The policy’s own row"),
}


@dataclass(frozen=True, slots=True)
class PlainWords:
    """English, without a reader."""

    policy: Policy
    #: Key of the responsible body.
    responsible: str

    def lane(self, key: str) -> str:
        """A body by its own name."""
        return "Bodies asked for an opinion" if key == CONSULTED else body_name(self.policy, key)

    def state(self, state: str) -> str:
        """Where a case waits, or how it is over."""
        step, colon, by = state.partition(":")
        if not colon:
            return STATES[step]
        body = self.responsible if by == "responsible" else self.policy.only(by).key
        return BODY_STATES[step] % {"body": self.lane(body)}

    def action(self, action: str) -> str:
        """What can be done."""
        return ACTIONS[action]

    def outcome(self, outcome: str) -> str:
        """What a body decides."""
        return OUTCOMES[outcome]


@dataclass(frozen=True, slots=True)
class ReadersWords:
    """The reader's language."""

    policy: Policy
    #: Key of the responsible body.
    responsible: str

    def lane(self, key: str) -> str:
        """A body as the reader calls it."""
        return _("Bodies asked for an opinion") if key == CONSULTED else labels.body_name(self.policy, key)

    def state(self, state: str) -> str:
        """Where a case waits, or how it is over."""
        return labels.state_label(state, self.policy, self.responsible)

    def action(self, action: str) -> str:
        """What can be done."""
        return labels.action_label(action)

    def outcome(self, outcome: str) -> str:
        """What a body decides."""
        return labels.outcome_label(outcome)


def plain_column(name: str) -> str:
    """A column of a decision table in English."""
    return COLUMNS[name] if name in COLUMNS else FIELDS[name]


def readers_column(name: str) -> str:
    """A column of a decision table as the reader calls it."""
    return _(plain_column(name))
