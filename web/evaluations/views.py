"""What must be looked at again, when, and what came of it?

The calendar of evaluations, the page of one, and the form in which it is reported. The act itself is
`workflow.evaluations.service`'; the body that is competent decides in the case that a report opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.core.errors import STATUS, status_of
from web.core.services import services
from web.evaluations import labels as evaluations_labels
from web.evaluations import queries as evaluations_queries
from web.evaluations import report_form
from web.evaluations.presenter import EvaluationView, load, officers_to_choose
from web.evaluations.queries import DECIDED, sections_of, wanted_of
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, filled, marked, nested, read
from workflow.core.errors import NotFound, WorkflowError
from workflow.evaluations.service import authorize, evaluate, look

bp = Blueprint("evaluations", __name__)


@bp.get("/evaluations")
def index() -> str:
    """The calendar: late, this month, next month, later, and what was reported and waits for a body."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    wanted = wanted_of(request.args, tenant)
    with reading(here.engine, tenant.id) as db:
        sections = sections_of(db, here.workflow, tenant, wanted, today)
    return render_template(
        "evaluations/index.html",
        sections=sections,
        wanted=wanted,
        names=(*evaluations_queries.SECTIONS, DECIDED),
        policy=here.policy(tenant),
        tenant=tenant,
        today=today,
        words_of=evaluations_labels,
    )


@bp.get("/evaluations/<number>")
def page(number: str) -> str:
    """One evaluation: what and why, until when, who reports and who decides, and what has happened."""
    return _page(_view(number)[0])


@bp.post("/evaluations/<number>/start")
def start(number: str) -> Response | tuple[str, int]:
    """Begin it: whoever is named to report says that it is under way."""
    try:
        _evaluate(number, "start-evaluation", {})
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _page(_view(number)[0], lines(refusal.reasons)), status_of(refusal)
    flash(_("The evaluation is under way, and %(name)s has begun it.", name=signed_in().name), "success")
    return redirect(url_for("evaluations.page", number=number), 303)


@bp.get("/evaluations/<number>/report")
def report_form_page(number: str) -> str | tuple[str, int]:
    """The form of the report, or why it is not for the reader now."""
    view, officers = _view(number)
    verdict = authorize(view.standing, "report-evaluation")
    status = 200 if verdict.allowed else STATUS.get(verdict.error, 409)
    return _report(view, report_form.inputs_of(view, officers)), status


@bp.post("/evaluations/<number>/report")
def report(number: str) -> Response | tuple[str, int]:
    """File the report, which opens the case that decides; what is refused is shown again with what was typed."""
    view, officers = _view(number)
    inputs = report_form.inputs_of(view, officers)
    typed = read(inputs, request.form)
    try:
        case = _evaluate(number, "report-evaluation", nested(typed))
    except NotFound:
        raise
    except WorkflowError as refusal:
        view, officers = _view(number)
        shown = filled(report_form.inputs_of(view, officers), request.form)
        return _report(view, shown, report_form.told(view, refusal.reasons, typed)), status_of(refusal)
    flash(
        _("The report is filed. Case %(number)s is open, in which the competent body decides.", number=case), "success"
    )
    return redirect(url_for("evaluations.page", number=number), 303)


def _evaluate(number: str, action: str, payload: dict[str, Any]) -> str:
    """Take an action under the version that the form was made for."""
    here, user = services(), signed_in()
    version = whole(request.form.get("version", ""))
    return evaluate(here.workflow, user.id, number, action, payload, now=here.now(), expected_version=version)


def _view(number: str) -> tuple[EvaluationView, tuple[Any, ...]]:
    """An evaluation as the reader sees it, and the officers they may choose from; raises `NotFound`."""
    here, user = services(), signed_in()
    tenant = here.workflow.tenants.tenant_of(number)
    standing = look(here.workflow, user.id, number, now=here.now())
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user, standing)
        return view, officers_to_choose(db, view)


def _page(view: EvaluationView, told: Iterable[Line] = ()) -> str:
    _inputs, problems = marked((), told)
    return render_template("evaluations/page.html", view=view, problems=problems, words_of=evaluations_labels)


def _report(view: EvaluationView, inputs: tuple[Input, ...], told: Iterable[Line] = ()) -> str:
    shown, problems = marked(inputs, told)
    return render_template(
        "evaluations/report.html",
        view=view,
        inputs=shown,
        problems=problems,
        verdict=authorize(view.standing, "report-evaluation"),
        is_sent=request.method == "POST",
        words_of=evaluations_labels,
    )


def whole(text: str) -> int:
    """A whole number that a form sent; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
