"""How does somebody act on a case?

One page per action, GET for the form and POST for the act, with everything on it that is needed to decide. The judge
says whether the action is open to the reader; the gate takes it. A lost race shows what has changed and keeps what was
typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.cases.action_form_data import Beside, beside
from web.cases.action_forms import ActionForm, form_of, payload_of
from web.cases.decision_preview import Preview, preview, requested
from web.cases.page_query import load
from web.cases.presenter import CaseView
from web.cases.views import note_reader
from web.core.errors import STATUS, status_of
from web.core.services import services
from web.i18n.gettext import _
from web.i18n.tables import label
from web.i18n.terms import ACTIONS_DONE
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, by_name, filled, marked, read
from web.ui.text_diff import Piece, compared
from workflow.cases import gate
from workflow.cases.authorization import Verdict, authorize, naming_officer, open_actions
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.policy.actions import ACTIONS
from workflow.policy.request_domain import GIVEN, REGISTERED, SET_AT_REVIEW

bp = Blueprint("actions", __name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """A case, one action on it, and what the engine says of that action for the reader."""

    view: CaseView
    action: str
    verdict: Verdict
    #: None where the action is not open at the case's state.
    form: ActionForm | None


@bp.get("/cases/<number>/do/<action>")
def form(number: str, action: str) -> str | tuple[str, int]:
    """The form of an action, or why it is not for the reader now."""
    desk = _desk(number, action)
    status = 200 if desk.verdict.allowed else STATUS.get(desk.verdict.error, 409)
    return _page(desk), status


@bp.post("/cases/<number>/do/<action>")
def act(number: str, action: str) -> Response | str | tuple[str, int]:
    """Take the action; what is refused is shown again with everything that was typed."""
    here, user = services(), signed_in()
    desk = _desk(number, action)
    inputs = desk.form.inputs if desk.form else ()
    typed = read(inputs, request.form)
    if action == "amend" and request.form.get("do") == "preview":
        return _page(desk, answer=_asked(desk.view, inputs))
    payload, contradictions = payload_of(desk.view, action, typed) if desk.form else ({}, [])
    if contradictions:
        return _page(desk, told=contradictions), 422
    try:
        gate.act(
            here.workflow,
            user.id,
            number,
            action,
            payload,
            now=here.now(),
            expected_version=_whole(request.form.get("version", "")),
            comment=str(typed.get("comment", "")),
        )
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _page(_desk(number, action), told=lines(refusal.reasons)), status_of(refusal)
    flash(_("Done: %(what)s.", what=label(ACTIONS_DONE, action).lower()), "success")
    return redirect(url_for("cases.page", number=number), 303)


def _desk(number: str, action: str) -> Desk:
    """Everything the page of an action shows, read in one go; raises `NotFound`."""
    if action not in ACTIONS:
        raise NotFound(reason("not-found"))
    here, user = services(), signed_in()
    tenant = here.workflow.tenants.tenant_of(number)
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user.id, number, here.now())
        verdict = authorize(view.standing, action)
        found = beside(db, view, action) if verdict.allowed else Beside()
    if request.method == "GET":
        note_reader(view.case)
    is_open = action in open_actions(view.standing)
    return Desk(view, action, verdict, form_of(view, found, action) if is_open else None)


def _asked(view: CaseView, inputs: Iterable[Input]) -> Preview:
    """Who would decide the draft as it is typed now."""
    typed = read(inputs, request.form)
    s = view.standing
    # what the form only shows is not among what was typed; an empty tick is, so that it can be taken back
    typed = {f"attributes.{name}": getattr(s.request, name) for name in GIVEN if name not in SET_AT_REVIEW} | typed
    asked = requested(s.policy, s.request.engagement, s.request.act, s.responsible, typed, None)
    known = {name: getattr(s.request, name) for name in REGISTERED if name not in GIVEN}
    return preview(s.policy, asked.with_(**known), s.responsible)


def _page(desk: Desk, *, told: Iterable[Line] = (), answer: Preview | None = None) -> str:
    inputs: tuple[Input, ...] = desk.form.inputs if desk.form else ()
    is_sent = request.method == "POST"
    if is_sent:
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, told)
    expected = _whole(request.form.get("version", "")) if is_sent else desk.view.case.version
    return render_template(
        "cases/action.html",
        desk=desk,
        view=desk.view,
        inputs=[field for field in shown if not _is_beside(desk, field)],
        more=[field for field in shown if _is_beside(desk, field)],
        by_name=by_name(shown),
        why_not=[naming_officer(why, desk.view.officer) for why in desk.verdict.reasons],
        pieces=_pending_changes(desk.view),
        problems=problems,
        answer=answer,
        mandate=desk.verdict.mandate,
        changed=[event for event in desk.view.events if event.number > expected],
        kept=_kept() if is_sent and desk.form is None else [],
    )


def _is_beside(desk: Desk, field: Input) -> bool:
    """Whether a question is folded away: a body seldom changes more than the text, a case is seldom secret."""
    if desk.action == "enter-decision":
        return field.name.startswith(("attributes.", "fields.", "goals"))
    return field.name.startswith("secrecy.")


def _pending_changes(view: CaseView) -> tuple[Piece, ...]:
    """What the decision that waits to be confirmed changes in the text."""
    pending = view.standing.pending
    if pending is None or not (pending.proposal == "amended" or pending.outcome == "approve-amended"):
        return ()
    return compared(view.text, pending.text)


def _kept() -> list[tuple[str, str]]:
    """What was typed into a form that the case no longer has."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "version", "do") and value
    ]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
