"""Names in files for other programs: of the bodies and steps of a BPMN file, and of the columns of a DMN table."""

from __future__ import annotations

from dataclasses import dataclass

from web.cases import action_labels
from web.i18n import labels, terms
from web.i18n.fields import FIELDS
from web.i18n.gettext import _
from web.i18n.tables import Table
from web.policies.request_query import body_name
from workflow.core.messages import N_
from workflow.policy.interchange.bpmn import CONSULTED
from workflow.policy.model import Policy

#: Columns of a decision table that are not fields of a form.
_COLUMNS: Table = {
    "route": N_("Route"),
    "row": N_("Row that answers"),
    "tier": N_("Where that row stands"),
    "policy_row": N_("The policy’s own row"),
}


@dataclass(frozen=True, slots=True)
class EnglishNames:
    """Names in a BPMN file that a command writes: English, and the municipality's own names of bodies."""

    policy: Policy
    #: Key of the responsible body.
    responsible: str

    def lane(self, key: str) -> str:
        """A body."""
        return "Bodies asked for an opinion" if key == CONSULTED else body_name(self.policy, key)

    def state(self, state: str) -> str:
        """A state of a case."""
        step, colon, by = state.partition(":")
        if not colon:
            return terms.STATES[step]
        body = self.responsible if by == "responsible" else self.policy.only(by).key
        return terms.BODY_STATES[step] % {"body": self.lane(body)}

    def action(self, action: str) -> str:
        """An action."""
        return action_labels.ACTIONS[action]

    def outcome(self, outcome: str) -> str:
        """An outcome of a decision."""
        return terms.OUTCOMES[outcome]


@dataclass(frozen=True, slots=True)
class ReaderNames:
    """Names in a BPMN file that a page offers: those of the reader's language."""

    policy: Policy
    #: Key of the responsible body.
    responsible: str

    def lane(self, key: str) -> str:
        """A body."""
        return _("Bodies asked for an opinion") if key == CONSULTED else labels.body_name(self.policy, key)

    def state(self, state: str) -> str:
        """A state of a case."""
        return labels.state_label(state, self.policy, self.responsible)

    def action(self, action: str) -> str:
        """An action."""
        return action_labels.action_label(action)

    def outcome(self, outcome: str) -> str:
        """An outcome of a decision."""
        return labels.outcome_label(outcome)


def english_column(name: str) -> str:
    """A column of a decision table in English."""
    return _COLUMNS[name] if name in _COLUMNS else FIELDS[name]


def column_label(name: str) -> str:
    """A column of a decision table in the reader's language."""
    return _(english_column(name))
