"""Labels of the worklist: the next action, and where else to go."""

from __future__ import annotations

from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_

#: The action expected of the reader.
NEXT_ACTIONS: Table = {
    "submit": N_("Complete the draft and submit it"),
    "resubmit": N_("It was referred back: answer what was asked, and submit it again"),
    "endorse": N_("Endorse it or refer it back"),
    "close-consultation": N_("Close the consultation"),
    "give-opinion": N_("Give your body’s opinion"),
    "enter-decision": N_("Enter what the meeting decided"),
    "confirm": N_("Confirm what was entered"),
    "approve": N_("Approve or reject it under your mandate"),
    "sign": N_("Record the signature"),
    "record-counterpart": N_("Record when the other party signed"),
    "report-evaluation": N_("Report the evaluation"),
}
#: Where a person goes with an empty worklist: role, path and label; the first allowed one is shown.
ELSEWHERE = (
    ("auditor", "/audit", N_("Follow a decision’s trail")),
    ("admin", "/admin/people", N_("See people and appointments")),
    ("coordinator", "/engagements", N_("See the register of engagements")),
    ("officer", "/cases/new", N_("Start a request")),
    ("", "/cases", N_("See all cases")),
)


def next_action(action: str) -> str:
    """The action expected of the reader, as a sentence."""
    return label_or_code(NEXT_ACTIONS, action)
