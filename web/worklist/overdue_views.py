"""The view of overdue deadlines, open to everybody; it gives nobody the right to decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from models.database import reading
from web.auth.session import signed_in
from web.core.services import services
from web.register.labels import seat_label
from web.worklist import overdue_labels
from web.worklist.overdue_queries import KINDS, filter_from_args, overdue_page

bp = Blueprint("overdue", __name__)


@bp.get("/deadlines")
def index() -> str:
    """Overdue deadlines, the longest overdue first, by body and by kind."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    filters = filter_from_args(request.args, tenant)
    with reading(here.engine, tenant.id) as db:
        page = overdue_page(db, here.workflow, user, filters, today)
    given = (("body", filters.body), ("kind", filters.kind))
    parameters: dict[str, Any] = {name: value for name, value in given if value}
    return render_template(
        "worklist/overdue.html",
        page=page,
        filters=filters,
        kinds=KINDS,
        tenant=tenant,
        policy=here.policy(tenant),
        today=today,
        labels=overdue_labels,
        seat_label=seat_label,
        next_url=url_for("overdue.index", **parameters, after=page.next) if page.next else None,
        first_url=url_for("overdue.index", **parameters) if filters.after else None,
    )
