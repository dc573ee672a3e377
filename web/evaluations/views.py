"""Views of evaluations: the calendar, the page of one, and its report form.

Actions are taken by `workflow.evaluations.service`; the competent body decides in the case that a report opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.core.errors import STATUS, status_of
from web.core.services import services
from web.evaluations import labels as evaluations_labels
from web.evaluations.forms import report_errors, report_inputs
from web.evaluations.presenter import EvaluationView, load, officers_to_choose
from web.evaluations.queries import DECIDED, SECTIONS, filter_from_args, sections_of
from web.i18n.gettext import _
from web.register import labels as register_labels
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked, nested, read
from web.ui.request_values import whole_number
from workflow.core.errors import NotFound, WorkflowError
from workflow.evaluations.service import authorize, evaluate, look

bp = Blueprint("evaluations", __name__)


@bp.get("/evaluations")
def index() -> str:
    """The calendar: late, this month, next month, later, and reported evaluations that wait for a body."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    filters = filter_from_args(request.args, tenant)
    with reading(here.engine, tenant.id) as db:
        sections = sections_of(db, here.workflow, user, filters, today)
    return render_template(
        "evaluations/index.html",
        sections=sections,
        filters=filters,
        names=(*SECTIONS, DECIDED),
        policy=here.policy(tenant),
        tenant=tenant,
        today=today,
        labels=evaluations_labels,
        register_labels=register_labels,
    )


@bp.get("/evaluations/<number>")
def page(number: str) -> str:
    """One evaluation."""
    return _page(_view(number)[0])


@bp.post("/evaluations/<number>/start")
def start(number: str) -> Response | tuple[str, int]:
    """Start an evaluation; for its reporter."""
    try:
        _evaluate(number, "start-evaluation", {})
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _page(_view(number)[0], form_errors(refusal.reasons)), status_of(refusal)
    flash(_("The evaluation is under way, and %(name)s has begun it.", name=signed_in().name), "success")
    return redirect(url_for("evaluations.page", number=number), 303)


@bp.get("/evaluations/<number>/report")
def report_form_page(number: str) -> str | tuple[str, int]:
    """The report form, or the reasons why it is closed to the reader."""
    view, officers = _view(number)
    verdict = authorize(view.context, "report-evaluation")
    status = 200 if verdict.allowed else STATUS.get(verdict.error, 409)
    return _report(view, report_inputs(view, officers)), status


@bp.post("/evaluations/<number>/report")
def report(number: str) -> Response | tuple[str, int]:
    """File the report, which opens the deciding case; a refusal shows the form again with the submitted values."""
    view, officers = _view(number)
    inputs = report_inputs(view, officers)
    typed = read(inputs, request.form)
    try:
        case = _evaluate(number, "report-evaluation", nested(typed))
    except NotFound:
        raise
    except WorkflowError as refusal:
        view, officers = _view(number)
        shown = filled(report_inputs(view, officers), request.form)
        return _report(view, shown, report_errors(view, refusal.reasons, typed)), status_of(refusal)
    flash(
        _("The report is filed. Case %(number)s is open, in which the competent body decides.", number=case), "success"
    )
    return redirect(url_for("evaluations.page", number=number), 303)


def _evaluate(number: str, action: str, payload: dict[str, Any]) -> str:
    """Take an action on the version that the form was made for."""
    here, user = services(), signed_in()
    version = whole_number(request.form.get("version", ""))
    return evaluate(here.workflow, user.id, number, action, payload, now=here.now(), expected_version=version)


def _view(number: str) -> tuple[EvaluationView, tuple[Any, ...]]:
    """An evaluation for the reader, and the officers to choose from; raises `NotFound`."""
    here, user = services(), signed_in()
    tenant = own_municipality(number)
    context = look(here.workflow, user.id, number, now=here.now())
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user, context)
        return view, officers_to_choose(db, view)


def _page(view: EvaluationView, errors: Iterable[FormError] = ()) -> str:
    _inputs, problems = marked((), errors)
    return render_template(
        "evaluations/page.html",
        view=view,
        problems=problems,
        labels=evaluations_labels,
        register_labels=register_labels,
    )


def _report(view: EvaluationView, inputs: tuple[Input, ...], errors: Iterable[FormError] = ()) -> str:
    shown, problems = marked(inputs, errors)
    return render_template(
        "evaluations/report.html",
        view=view,
        inputs=shown,
        problems=problems,
        verdict=authorize(view.context, "report-evaluation"),
        is_sent=request.method == "POST",
        labels=evaluations_labels,
        register_labels=register_labels,
    )
