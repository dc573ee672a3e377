"""Views for extending the deadlines of cases and evaluations, with a reason.

`workflow.scheduling.extensions` rules who may extend, and extends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked, nested, read
from web.ui.request_values import whole_number
from web.worklist import extension_queries
from workflow.cases.actor import Actor
from workflow.cases.authorization import visible_context
from workflow.core.dates import read_day
from workflow.core.errors import NotFound, NotMandated, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION, OPEN, STEP
from workflow.evaluations.service import look
from workflow.policy.model import Policy
from workflow.scheduling.extensions import bound_by, extension_seat, record_extension

bp = Blueprint("extensions", __name__)


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """A deadline, and whether the reader may extend it."""

    kind: str
    number: str
    title: str
    #: Key of the responsible body.
    responsible: str
    policy: Policy
    today: date
    #: The deadline's row, and the last day it can be extended to; None where there is no open deadline.
    row: Any = None
    latest: date | None = None
    refused: tuple[Reason, ...] = ()


@bp.get("/cases/<number>/more-time")
def case_form(number: str) -> str | tuple[str, int]:
    """The form to extend the deadline of a case's step."""
    return _form(_of_case(number))


@bp.post("/cases/<number>/more-time")
def save_for_case(number: str) -> Response | tuple[str, int]:
    """Extend it; a refusal shows the form again with the submitted values."""
    return _save(_of_case(number), url_for("cases.page", number=number))


@bp.get("/evaluations/<number>/more-time")
def evaluation_form(number: str) -> str | tuple[str, int]:
    """The form to extend the deadline of an evaluation."""
    return _form(_of_evaluation(number))


@bp.post("/evaluations/<number>/more-time")
def save_for_evaluation(number: str) -> Response | tuple[str, int]:
    """Extend it; a refusal shows the form again with the submitted values."""
    return _save(_of_evaluation(number), url_for("evaluations.page", number=number))


def _of_case(number: str) -> ExtensionView:
    """The deadline of a case's step; raises `NotFound`."""
    here, user = services(), signed_in()
    tenant = own_municipality(number)
    with reading(here.engine, tenant.id) as db:
        s = visible_context(db.connection(), tenant, here.workflow.policies, user.id, number, now=here.now())
        view = ExtensionView(STEP, number, s.case.title, s.responsible, s.policy, s.today)
        return _with_deadline(db, tenant, view, s.actor, s.case.officer_id)


def _of_evaluation(number: str) -> ExtensionView:
    """The deadline of an evaluation; raises `NotFound`."""
    here, user = services(), signed_in()
    s = look(here.workflow, user.id, number, now=here.now())
    with reading(here.engine, user.municipality.id) as db:
        view = ExtensionView(EVALUATION, number, s.engagement.title, s.responsible, s.policy, s.today)
        return _with_deadline(db, user.municipality, view, s.actor, None)


def _with_deadline(
    db: Session, tenant: Tenant, view: ExtensionView, actor: Actor, officer_id: int | None
) -> ExtensionView:
    row = extension_queries.deadline(db, view.kind, view.number)
    if row is None or row.state != OPEN:
        return replace(view, refused=(reason("deadline-not-found"),))
    latest = extension_queries.latest_day_of(db, tenant, view.policy, row)
    try:
        extension_seat(actor, view.policy, view.responsible, bound_by(tenant, row), officer_id)
    except NotMandated as refusal:
        return replace(view, row=row, latest=latest, refused=refusal.reasons)
    return replace(view, row=row, latest=latest)


def _inputs(latest: date | None) -> tuple[Input, ...]:
    until = _("No later than %(day)s.", day=labels.day(latest)) if latest else ""
    return (
        Input("until", "day", _("The new last day"), is_needed=True, hint=until),
        Input("reason", "text", _("Why is more time needed?"), is_needed=True,
              hint=_("Everybody who may see this reads it, and it stands in the trail.")),
    )  # fmt: skip


def _save(view: ExtensionView, back: str) -> Response | tuple[str, int]:
    here, user = services(), signed_in()
    payload = nested(read(_inputs(None), request.form))
    cycle = whole_number(request.form.get("cycle", ""))
    try:
        record_extension(here.workflow, user.id, view.number, view.kind, payload, now=here.now(), expected_cycle=cycle)
    except NotFound:
        raise
    except WorkflowError as refusal:
        again = _of_case(view.number) if view.kind == STEP else _of_evaluation(view.number)
        return _form(again, form_errors(refusal.reasons), status_of(refusal))
    until = labels.day(read_day(payload["until"], "until"))
    flash(_("The last day is now %(day)s. Who decides is as it was.", day=until), "success")
    return redirect(back, 303)


def _form(view: ExtensionView, errors: Iterable[FormError] = (), status: int = 200) -> tuple[str, int]:
    inputs = _inputs(view.latest)
    if request.method == "POST":
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, errors)
    page = render_template(
        "worklist/extension.html",
        view=view,
        inputs=shown,
        problems=problems,
        is_sent=request.method == "POST",
        step=STEP,
    )
    return page, 403 if view.refused and status == 200 else status
