"""What has happened that a person should know? Notices to every seat they hold, newest first.

Which they are is `web.notifications.queries`'s; here they get a page, and are marked as read.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import local_path, signed_in
from web.core.services import services
from web.i18n.gettext import _
from web.notifications.queries import NEWEST_FIRST, are_there_new, notices_for
from web.ui.pagination import BadCursor
from workflow.people.preferences import mark_as_read

bp = Blueprint("notices", __name__)

#: More digits than any number of a notice has.
TOO_LONG = 18


@bp.get("/notices")
def index() -> str:
    """A page of notices; `before` goes on with older ones."""
    here, user = services(), signed_in()
    try:
        after = NEWEST_FIRST.read(request.args.get("before", ""))
    except BadCursor:
        abort(404)
    with reading(here.engine, user.municipality.id) as db:
        rows, older = notices_for(db, user, after=after)
    return render_template(
        "notifications/index.html",
        notices=rows,
        are_new=are_there_new(rows) and not after,
        zone=user.municipality.timezone,
        more=url_for("notices.index", before=older) if older else None,
        first=url_for("notices.index") if after else None,
    )


@bp.post("/notices/read")
def read() -> Response:
    """The reader has seen every notice up to the newest that was shown; back to where they were."""
    here, user = services(), signed_in()
    mark_as_read(here.gate, user.id, user.municipality.key, _number(request.form.get("up_to", "0")))
    flash(_("The notices are marked as read."), "success")
    return redirect(local_path(request.form.get("next", "")), 303)


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < TOO_LONG):
        abort(404)
    return int(given)
