"""Views of the list of cases and of the page of one.

Everything is read before anything is rendered; what a reader may do is the engine's answer alone.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.cases import action_labels, route_labels
from web.cases import labels as cases_labels
from web.cases.facts import (
    changed_facts,
    content_facts,
    offers_extension,
    request_facts,
    signature_facts,
    waits_for,
)
from web.cases.list_queries import NEWEST_FIRST, SHOWS, cases
from web.cases.page_presenter import load
from web.cases.presenter import CaseView
from web.core.services import services
from web.i18n.countries import country_name
from workflow.cases.access_log import note_if_secret

bp = Blueprint("cases", __name__)

#: Functions that the templates of the case screens call.
TEMPLATE_GLOBALS = (
    route_labels.route_picture,
    route_labels.planned_stages,
    route_labels.stage_label,
    route_labels.stage_who,
    route_labels.stage_note,
    route_labels.stage_sentence,
    route_labels.requirement_label,
    route_labels.requirement_assumed,
    action_labels.action_label,
    action_labels.doing_label,
    action_labels.event_label,
    cases_labels.goal_group_label,
    country_name,
    request_facts,
    content_facts,
    signature_facts,
    waits_for,
    changed_facts,
    offers_extension,
)


@bp.record_once
def _register_globals(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update({function.__name__: function for function in TEMPLATE_GLOBALS})


@bp.get("/cases")
def index() -> Response | str:
    """The cases the reader may see, newest first; a number leads straight to its case."""
    here, user = services(), signed_in()
    show = request.args.get("show", "open") if request.args.get("show") in SHOWS else "open"
    wanted = request.args.get("number", "").strip()
    after = NEWEST_FIRST.read_or_first(request.args.get("after", ""))
    with reading(here.engine, user.municipality.id) as db:
        page = cases(
            db,
            here.workflow,
            user,
            show="all" if wanted else show,
            after=after,
            wanted=wanted,
            today=here.today(user.municipality),
        )
    if wanted and len(page.cases) == 1:
        return redirect(url_for("cases.page", number=page.cases[0].row.number), 303)
    return render_template(
        "cases/index.html",
        page=page,
        show=show,
        shows=SHOWS,
        wanted=wanted,
        today=here.today(user.municipality),
        is_first=not after,
    )


@bp.get("/cases/<number>")
def page(number: str) -> str:
    """One case, at a glance and in full; 404 for whoever may not see it."""
    view = view_of(number)
    return render_template("cases/page.html", view=view, newer=_newer(view))


def _newer(view: CaseView) -> str:
    """The version in force, where the case is under another and could still be moved; else empty."""
    in_force = services().policy(view.tenant)
    return "" if view.is_closed or view.policy.digest == in_force.digest else in_force.version


def view_of(number: str) -> CaseView:
    """A case as the reader sees it; raises `NotFound` when they may not."""
    here, user = services(), signed_in()
    tenant = own_municipality(number)
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user.id, number, here.now())
    note_reader(view.case)
    return view


def note_reader(case: Any) -> None:
    """Record who has read a case that is kept secret."""
    here, user = services(), signed_in()
    note_if_secret(here.engine, user.municipality, user.id, case.number, case.secrecy_law, here.now())
