"""Labels of actions and of the events they leave in a case's history."""

from __future__ import annotations

from web.cases.actions import ACTION_SCREENS
from web.cases.presenter import Event
from web.i18n import labels, terms
from web.i18n.gettext import _
from web.i18n.tables import label_or_code
from workflow.policy.actions import COUNTERPART_AWAITED

#: Actions that stand in a case's trail, as messages in the past tense.
ACTIONS_DONE = {
    "open": terms.ACTIONS_DONE["open"],
    **{name: screen.done for name, screen in ACTION_SCREENS.items()},
    **terms.ACTIONS_DONE,
}
#: Actions as messages in the imperative, those on a case and those of every other subject.
ACTIONS = {name: screen.label for name, screen in ACTION_SCREENS.items()} | dict(terms.ACTIONS)


def action_label(action: str) -> str:
    """An action in the imperative; the trail may hold actions of an older version."""
    return label_or_code(ACTIONS, action)


def done_label(action: str) -> str:
    """An action on a case in the past tense."""
    return label_or_code(ACTIONS_DONE, action)


def doing_label(action: str, state: str) -> str:
    """The label of an action's button at a state."""
    message = ACTION_SCREENS[action].label_at.get(labels.phase(state))
    return _(message) if message else action_label(action)


def event_label(event: Event) -> str:
    """An action in the past tense, with its outcome where it had one."""
    done, data = done_label(event.action), event.data
    if event.action == "refer-back" and data.get("record") == "returned":
        return _("Record returned to the secretary")
    if event.action in ("enter-decision", "confirm") and data.get("outcome"):
        decided = f"{done}: {labels.outcome_label(str(data['outcome'])).lower()}"
        return f"{decided}. {labels.returned_text(data['returned'])}" if "returned" in data else decided
    if data.get("outcome") == COUNTERPART_AWAITED:
        return f"{done}. {labels.outcome_label(COUNTERPART_AWAITED)}"
    if event.action == "attach" and data.get("document"):
        return f"{done}: {data['document']}"
    if event.action == "move" and data.get("from_policy"):
        return _("Moved from %(version)s to the version then in force", version=data["from_policy"])
    return done
