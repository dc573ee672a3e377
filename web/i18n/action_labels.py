"""How is an action called before it is taken, and after?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal

from web.cases.presenter import Event
from web.i18n import labels
from web.i18n.gettext import _
from workflow.core.messages import N_
from workflow.policy.model import Policy

#: What was done, told afterwards.
DONE: Mapping[str, str] = {
    "open": N_("Opened"),
    "amend": N_("Changed"),
    "reassign": N_("Given to another officer"),
    "submit": N_("Submitted"),
    "endorse": N_("Endorsed"),
    "refer-back": N_("Referred back"),
    "give-opinion": N_("Opinion given"),
    "close-consultation": N_("Consultation closed"),
    "enter-decision": N_("Decision entered"),
    "confirm": N_("Decision confirmed"),
    "approve": N_("Approved"),
    "reject": N_("Rejected"),
    "sign": N_("Signature recorded"),
    "withdraw": N_("Withdrawn"),
    "attach": N_("Document added"),
    "move": N_("Moved to another version of the policy"),
}
#: What a file is, by the type its content shows.
TYPES: Mapping[str, str] = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
}


def doing_label(action: str, state: str) -> str:
    """What a button says: the action, as it is meant at a state."""
    if state.startswith("confirm-"):
        if action == "enter-decision":
            return _("Correct the record")
        if action == "refer-back":
            return _("Return the record to the secretary")
        if action == "confirm":
            return _("Confirm the record")
    if action == "enter-decision" and state.startswith("recommend"):
        return _("Enter the recommendation")
    return labels.action_label(action)


def event_label(event: Event) -> str:
    """What was done, with its outcome where it had one."""
    done = _(DONE[event.action]) if event.action in DONE else event.action
    data: Mapping[str, Any] = event.data
    if event.action == "refer-back" and data.get("record") == "returned":
        return _("Record returned to the secretary")
    if event.action in ("enter-decision", "confirm") and data.get("outcome"):
        return f"{done}: {labels.outcome_label(str(data['outcome'])).lower()}"
    if event.action == "attach" and data.get("document"):
        return f"{done}: {data['document']}"
    if event.action == "move" and data.get("from_policy"):
        return _("Moved from %(version)s to the version then in force", version=data["from_policy"])
    return done


def goal_group_label(policy: Policy, group: str) -> str:
    """A goal of a group, as the thing asked for."""
    found = next((found for found in policy.goals if found.group == group), None)
    return _("A goal of: %(group)s", group=labels.words(found.names)) if found else labels.field_label("goals")


def file_type(media_type: str) -> str:
    """What a file is."""
    return TYPES.get(media_type, media_type)


def file_size(size: int) -> str:
    """How large a file is, in kilobytes or megabytes."""
    if size < 1_000_000:
        return _("%(size)s kB", size=format_decimal(max(1, round(size / 1000))))
    return _("%(size)s MB", size=format_decimal(round(size / 1_000_000, 1)))
