"""How does an officer, or the coordinator, keep an engagement's details up to date?

One page with a form for each part. Every change goes through `workflow.register.details` and stands in the journal;
what was agreed is shown there and changed by a case alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.documents.views import form_of, upload_sent
from web.i18n.gettext import _
from web.register import details_forms, details_labels
from web.register import labels as register_labels
from web.register.presenter import EngagementView, load, may_keep
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, filled, marked
from workflow.core.errors import CaseChanged, NotFound, WorkflowError
from workflow.documents.service import keep_document
from workflow.register.details import keep_engagement
from workflow.register.geocoding import Town, look_up

bp = Blueprint("kept", __name__)


@bp.get("/engagements/<number>/details")
def page(number: str) -> str:
    """What is kept about an engagement, ready to be changed."""
    return _page(_view(number))


@bp.post("/engagements/<number>/details/<part>")
def change(number: str, part: str) -> Response | str | tuple[str, int]:
    """Change one part; or look a place up, which changes nothing and shows what was found."""
    if part not in details_forms.PARTS:
        abort(404)
    if part == "partner" and request.form.get("do") == "look-up":
        name = request.form.get("place", "").strip()[:200]
        return _page(_view(number), "partner", towns=look_up(name, request.form.get("place_country", "")))
    here, user = services(), signed_in()
    given = details_forms.GIVEN[part](request.form)
    version = details_forms.whole(request.form.get("version", ""))
    try:
        keep_engagement(here.workflow, user.id, number, part, given, now=here.now(), expected_version=version)
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(_view(number), part, refusal=refusal), status_of(refusal)
    flash(_("Saved, and noted in the journal."), "success")
    return redirect(url_for("kept.page", number=number) + f"#{details_forms.ANCHORS[part]}", 303)


@bp.post("/engagements/<number>/documents")
def attach(number: str) -> Response | tuple[str, int]:
    """Register a document with the engagement."""
    here, user = services(), signed_in()
    try:
        keep_document(here.workflow, user.id, number, upload_sent(), now=here.now())
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(_view(number), "document", refusal=refusal), status_of(refusal)
    flash(_("The document is registered with the engagement."), "success")
    return redirect(url_for("kept.page", number=number) + "#documents", 303)


def _view(number: str) -> EngagementView:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        view = load(db, here.workflow, user, number, here.today(user.municipality))
    if not may_keep(view, user):
        abort(403)
    return view


def _page(
    view: EngagementView,
    part: str = "",
    *,
    refusal: WorkflowError | None = None,
    towns: Sequence[Town] | None = None,
) -> str:
    """The page; `part` is the form that was sent, with what was typed into it, what was found and what was refused."""
    told = lines(refusal.reasons) if refusal else []
    forms = {
        "partner": details_forms.partner_inputs(view.row, towns),
        "contacts": details_forms.contact_inputs(view.row, request.form if part == "contacts" else None),
        "add-funding": details_forms.funding_inputs(view.today),
    }
    shown: dict[str, Mapping[str, Input]] = {}
    problems: list[Any] = []
    for name, inputs in forms.items():
        mine: list[Line] = told if name == part else []
        one, wrong = marked(
            filled(inputs, request.form) if name == part else inputs, details_forms.placed(name, mine, request.form)
        )
        shown[name] = {field.name: field for field in one}
        problems += wrong
    if told and part not in forms and part != "document":
        problems += marked((), told)[1]
    upload = form_of("incoming", told if part == "document" else None, is_sent=part == "document")
    return render_template(
        "register/details.html",
        view=view,
        row=view.row,
        forms=shown,
        contact_rows=details_forms.contact_rows(shown["contacts"]),
        problems=(*problems, *upload["problems"]),
        upload_fields=upload["fields"],
        towns=towns,
        has_changed=isinstance(refusal, CaseChanged),
        words_of=register_labels,
        kept_words=details_labels,
    )
