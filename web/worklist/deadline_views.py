"""The view of a person's own deadlines."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from models.database import reading
from web.auth.session import signed_in
from web.core.services import services
from web.ui.layout import may_open
from web.worklist.deadline_queries import REPORT, DeadlineRow, own_deadlines
from web.worklist.labels import next_action
from web.worklist.views import cursor_from_request

bp = Blueprint("deadlines", __name__)


@bp.get("/deadlines/mine")
def mine() -> str:
    """Rows of the reader's worklist and evaluations they report, by last day."""
    here, user = services(), signed_in()
    today, after = here.today(user.municipality), cursor_from_request()
    policy = here.policy(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        rows, onward = own_deadlines(db, here.workflow, user, policy, after, today)
    return render_template(
        "worklist/deadlines.html",
        rows=rows,
        tenant=user.municipality,
        today=today,
        href=_href,
        next_action=next_action,
        more=url_for("deadlines.mine", after=onward) if onward else None,
        first=url_for("deadlines.mine") if after else None,
        late_url="/deadlines" if may_open("/deadlines") else None,
    )


def _href(row: DeadlineRow) -> str:
    endpoint = "evaluations.page" if row.what == REPORT else "cases.page"
    return url_for(endpoint, number=row.number)
