"""What waits for me? The first page after log-in: every case and opinion that is this person's turn.

What is found, and at what cost, is `web.worklist.queries`'s; here it gets its words.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from models.database import reading
from web.auth.session import User, signed_in
from web.core.services import services
from web.notifications.queries import LATEST, are_there_new, notices_for
from web.ui.layout import may_open
from web.ui.pagination import BadCursor
from web.worklist.deadline_query import reports
from web.worklist.queries import SOONEST_FIRST, waiting_for
from workflow.core.messages import N_

bp = Blueprint("inbox", __name__)

#: What the reader can do next, as a sentence on the page.
NEXT = {
    "submit": N_("Complete the draft and submit it"),
    "endorse": N_("Endorse it or refer it back"),
    "close-consultation": N_("Close the consultation"),
    "give-opinion": N_("Give your body’s opinion"),
    "enter-decision": N_("Enter what the meeting decided"),
    "confirm": N_("Confirm what was entered"),
    "approve": N_("Approve or reject it under your mandate"),
    "sign": N_("Record the signature"),
}

#: Where a person goes with whom nothing waits: role, path and label, the first that may be opened.
ELSEWHERE = (
    ("auditor", "/audit", N_("Follow a decision’s trail")),
    ("admin", "/admin/people", N_("See people and appointments")),
    ("coordinator", "/engagements", N_("See the register of engagements")),
    ("officer", "/cases/new", N_("Start a request")),
    ("", "/cases", N_("See all cases")),
)


#: How long before its last day an evaluation stands on the first page of whoever reports it.
SOON = timedelta(days=30)


@bp.get("/")
def inbox() -> str:
    """What waits for the reader, what is due first on top; `after` goes on with the next page."""
    here, user = services(), signed_in()
    after, policy = _after(), here.policy(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        rows, onward = waiting_for(db, user, policy, after)
        notices, older = notices_for(db, user, page=LATEST) if not after else ([], 0)
        to_report = list(reports(db, here.gate, user, here.today(user.municipality) + SOON)) if not after else []
    return render_template(
        "worklist/inbox.html",
        rows=rows,
        to_report=to_report,
        notices=notices,
        are_new=are_there_new(notices),
        older=url_for("notices.index", before=older) if older else None,
        zone=user.municipality.timezone,
        policy=policy,
        today=here.today(user.municipality),
        next_step=lambda row: _(NEXT[row.next_action]) if row.next_action in NEXT else row.next_action,
        more=url_for("inbox.inbox", after=onward) if onward else None,
        first=url_for("inbox.inbox") if after else None,
        elsewhere=_elsewhere(user),
    )


def _after() -> tuple[Any, ...]:
    try:
        return SOONEST_FIRST.read(request.args.get("after", ""))
    except BadCursor:
        abort(404)


def _elsewhere(user: User) -> tuple[str, str] | None:
    """The next useful place, and what it is called."""
    for role, path, label in ELSEWHERE:
        if (not role or user.is_any(role)) and may_open(path):
            return path, _(label)
    return None
