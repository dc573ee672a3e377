"""Views for editing an engagement's contacts, funding and documents.

One page with a form for each part. Changes go through `workflow.register.details` and are recorded in the journal; the
agreed terms are changed by a case alone.
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
from web.documents.forms import upload_form, upload_from_request
from web.i18n.gettext import _
from web.register import details_forms, details_labels
from web.register import labels as register_labels
from web.register.presenter import EngagementView, load, may_edit_details
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked
from web.ui.request_values import whole_number
from workflow.core.errors import CaseChanged, NotFound, WorkflowError
from workflow.documents.service import register_engagement_document
from workflow.register.details import change_details
from workflow.register.geocoding import Town, look_up

bp = Blueprint("details", __name__)


@bp.get("/engagements/<number>/details")
def page(number: str) -> str:
    """The details of an engagement, ready to be edited."""
    return _page(_view(number))


@bp.post("/engagements/<number>/details/<part>")
def change(number: str, part: str) -> Response | str | tuple[str, int]:
    """Change one part; or look up a town, which changes nothing and shows the matches."""
    if part not in details_forms.PARTS:
        abort(404)
    if part == "partner" and request.form.get("do") == "look-up":
        name = request.form.get("place", "").strip()[:200]
        return _page(_view(number), "partner", towns=look_up(name, request.form.get("place_country", "")))
    here, user = services(), signed_in()
    given = details_forms.PAYLOADS[part](request.form)
    version = whole_number(request.form.get("version", ""), otherwise=-1)
    try:
        change_details(here.workflow, user.id, number, part, given, now=here.now(), expected_version=version)
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(_view(number), part, refusal=refusal), status_of(refusal)
    flash(_("Saved, and noted in the journal."), "success")
    return redirect(url_for("details.page", number=number) + f"#{details_forms.ANCHORS[part]}", 303)


@bp.post("/engagements/<number>/documents")
def attach(number: str) -> Response | tuple[str, int]:
    """Register a document with the engagement."""
    here, user = services(), signed_in()
    try:
        register_engagement_document(here.workflow, user.id, number, upload_from_request(), now=here.now())
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(_view(number), "document", refusal=refusal), status_of(refusal)
    flash(_("The document is registered with the engagement."), "success")
    return redirect(url_for("details.page", number=number) + "#documents", 303)


def _view(number: str) -> EngagementView:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        view = load(db, here.workflow, user, number, here.today(user.municipality))
    if not may_edit_details(view, user):
        abort(403)
    return view


def _page(
    view: EngagementView,
    part: str = "",
    *,
    refusal: WorkflowError | None = None,
    towns: Sequence[Town] | None = None,
) -> str:
    """The page; `part` is the submitted form, shown with its text, the towns found and the reasons of a refusal."""
    errors = form_errors(refusal.reasons) if refusal else []
    forms = {
        "partner": details_forms.partner_inputs(view.row, towns),
        "contacts": details_forms.contact_inputs(view.row, request.form if part == "contacts" else None),
        "add-funding": details_forms.funding_inputs(view.today),
    }
    shown: dict[str, Mapping[str, Input]] = {}
    problems: list[Any] = []
    for name, inputs in forms.items():
        own_errors: list[FormError] = errors if name == part else []
        fields, found = marked(
            filled(inputs, request.form) if name == part else inputs,
            details_forms.errors_by_input(name, own_errors, request.form),
        )
        shown[name] = {field.name: field for field in fields}
        problems += found
    if errors and part not in forms and part != "document":
        problems += marked((), errors)[1]
    upload = upload_form("incoming", errors if part == "document" else None, is_sent=part == "document")
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
        labels=register_labels,
        details_labels=details_labels,
    )
