"""Views for moving running cases to the version of the policy in force.

One page per case: its route, the route it would have, and why it must stay where something would be skipped. A POST
moves the case in one transaction, without the page; several cases are moved from the page of the version.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.cases.page_presenter import load
from web.cases.presenter import CaseView
from web.cases.views import note_reader
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _, ngettext
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked
from web.ui.route_diagram import Stage, planned, travelled
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import Reason
from workflow.policy.diff.migration import Destination
from workflow.policy.model import Policy
from workflow.policy.state_machine import procedure_for
from workflow.versions.migrate_case import Outcome, foreseen, move, move_all

bp = Blueprint("moving", __name__)

#: Cases moved at once from the page of a version.
MOST = 100


@dataclass(frozen=True, slots=True)
class Prospect:
    """A case, the version in force, and where the case would stand under it."""

    view: CaseView
    new: Policy
    to: Destination
    #: The route under the version in force; none where nobody could decide it.
    stages: tuple[Stage, ...]


@bp.get("/cases/<number>/version")
def form(number: str) -> str:
    """Where the case would stand under the version in force, and the form that moves it."""
    return _page(_prospect(number))


@bp.post("/cases/<number>/version")
def move_one(number: str) -> Response | tuple[str, int]:
    """Move the case; what is refused is shown again with the reasons that were typed."""
    here, user = services(), signed_in()
    version, seen = request.form.get("to", ""), request.form.get("version", "")
    comment = request.form.get("comment", "").replace("\r\n", "\n").strip()
    try:
        move(
            here.workflow,
            user.id,
            number,
            version,
            now=here.now(),
            expected_version=_whole(seen),
            comment=comment,
        )
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _page(_prospect(number), form_errors(refusal.reasons)), status_of(refusal)
    flash(_("The case is under %(version)s now.", version=version), "success")
    return redirect(url_for("cases.page", number=number), 303)


@bp.post("/policy/versions/<version>/moves")
def move_several(version: str) -> tuple[str, int]:
    """Move the cases that are ticked, each by itself; what stays is listed with its reasons."""
    here, user = services(), signed_in()
    chosen = [_named(value) for value in request.form.getlist("case")[:MOST]]
    try:
        outcomes = move_all(
            here.workflow, user.id, chosen, version, now=here.now(), comment=request.form.get("comment", "")
        )
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _outcomes_page(version, (), refusal.reasons, [number for number, _seen in chosen]), status_of(refusal)
    return _outcomes_page(version, outcomes, (), []), 200


def _outcomes_page(version: str, outcomes: tuple[Outcome, ...], refused: tuple[Reason, ...], ticked: list[str]) -> str:
    moved = [one for one in outcomes if one.version is not None]
    stay = [one for one in outcomes if one.version is None]
    return render_template(
        "cases/migration_outcomes.html",
        version=version,
        moved=moved,
        stay=stay,
        refused=refused,
        ticked=ticked,
        comment=request.form.get("comment", ""),
        policy=services().policy(signed_in().municipality),
        summary=ngettext("%(num)s case was moved.", "%(num)s cases were moved.", len(moved)),
    )


def _prospect(number: str) -> Prospect:
    here, user = services(), signed_in()
    tenant = own_municipality(number)
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user.id, number, here.now())
        new, to = foreseen(here.workflow, db.connection(), tenant, view.context)
    note_reader(view.case)
    s, route = view.context, to.answer.route if to.answer else None
    stages: tuple[Stage, ...] = ()
    if route is not None:
        procedure = procedure_for(new, route, s.request.responsible)
        stages = planned(new, procedure, s.responsible)
        if to.is_open:
            stages = travelled(new, procedure, s.responsible, to.state, {}, due_on=s.case.due_on)
    return Prospect(view, new, to, stages)


def _page(prospect: Prospect, errors: tuple[FormError, ...] | list[FormError] = ()) -> str:
    inputs = filled(_inputs(), request.form) if request.method == "POST" else _inputs()
    shown, problems = marked(inputs, errors)
    return render_template(
        "cases/migration.html",
        prospect=prospect,
        view=prospect.view,
        fields=shown,
        problems=problems,
        policy=prospect.new,
    )


def _inputs() -> tuple[Input, ...]:
    why = _("Whoever reads the trail later is told these words.")
    return (Input("comment", "text", _("Why is it moved?"), is_needed=True, hint=why),)


def _named(value: str) -> tuple[str, int]:
    """A ticked case and the version that was seen, like `orebro-2026-00012:7`."""
    number, _colon, seen = value.rpartition(":")
    return number, _whole(seen)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
