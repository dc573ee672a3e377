"""Views of a person's notices: the list, and marking them as read."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.core.headers import local_path
from web.core.services import services
from web.i18n.gettext import _
from web.notifications.queries import NEWEST_FIRST, has_new, notices_for
from web.ui.pagination import BadCursor
from workflow.people.preferences import mark_as_read

bp = Blueprint("notices", __name__)

#: Most digits of a notice's id.
MOST_DIGITS = 17


@bp.get("/notices")
def index() -> str:
    """A page of notices; `before` is the cursor of a page."""
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
        has_new=has_new(rows) and not after,
        zone=user.municipality.timezone,
        more=url_for("notices.index", before=older) if older else None,
        first=url_for("notices.index") if after else None,
    )


@bp.post("/notices/read")
def read() -> Response:
    """Mark every notice up to `up_to` as read, and return to `next`."""
    here, user = services(), signed_in()
    mark_as_read(here.workflow, user.id, user.municipality.key, _number(request.form.get("up_to", "0")))
    flash(_("The notices are marked as read."), "success")
    return redirect(local_path(request.form.get("next", "")), 303)


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS):
        abort(404)
    return int(given)
