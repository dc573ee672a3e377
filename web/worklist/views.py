"""The view of the worklist, the first page after log-in: cases and opinions that wait for the reader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from models.database import reading
from web.auth.session import User, signed_in
from web.core.services import services
from web.notifications import account_labels
from web.notifications.account_queries import changes_by_others
from web.notifications.queries import LATEST, has_new, notices_for
from web.ui.layout import may_open
from web.ui.pagination import BadCursor
from web.worklist.deadline_queries import evaluations_to_report
from web.worklist.labels import ELSEWHERE, next_action
from web.worklist.queries import SOONEST_FIRST, worklist_page

bp = Blueprint("worklist", __name__)

#: How long before its last day an evaluation appears in its reporter's worklist.
SOON = timedelta(days=30)
#: For how long the start page shows what others have changed of an account.
RECENT = timedelta(days=14)


@bp.get("/")
def index() -> str:
    """The worklist, by last day; `after` is the cursor of a page."""
    here, user = services(), signed_in()
    after, policy = cursor_from_request(), here.policy(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        rows, onward = worklist_page(db, user, policy, after)
        notices, older = notices_for(db, user, page=LATEST) if not after else ([], "")
        since = here.now() - RECENT
        changes = changes_by_others(db, user.id, since) if not after else []
        to_report = (
            list(evaluations_to_report(db, here.workflow, user, here.today(user.municipality) + SOON))
            if not after
            else []
        )
    return render_template(
        "worklist/index.html",
        rows=rows,
        to_report=to_report,
        notices=notices,
        account_changes=account_labels.shown(changes),
        has_new=has_new(notices),
        older=url_for("notices.index", before=older) if older else None,
        zone=user.municipality.timezone,
        policy=policy,
        today=here.today(user.municipality),
        next_action=next_action,
        more=url_for("worklist.index", after=onward) if onward else None,
        first=url_for("worklist.index") if after else None,
        elsewhere=_elsewhere(user),
    )


def cursor_from_request() -> tuple[Any, ...]:
    """Key values of the cursor in the URL; 404 for an invalid one."""
    try:
        return SOONEST_FIRST.read(request.args.get("after", ""))
    except BadCursor:
        abort(404)


def _elsewhere(user: User) -> tuple[str, str] | None:
    """Path and label of the next useful page."""
    for role, path, label in ELSEWHERE:
        if (not role or user.is_any(role)) and may_open(path):
            return path, _(label)
    return None
