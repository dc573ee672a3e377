"""Views of an action on a case: GET for the form, POST for the act.

A POST is parsed by the action's payload schema and taken in one transaction of the gate, without the page; only a
refusal loads the page, which shows the form again with everything that was typed. After a lost race it shows what has
changed as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.cases.action_labels import done_label
from web.cases.actions import ACTION_SCREENS, payload_of, read_form
from web.cases.actions.declaration import ActionForm, FormData
from web.cases.document_comparison import Comparison, chosen_comparison
from web.cases.forms import ContradictoryForm
from web.cases.page_presenter import load
from web.cases.presenter import CaseView
from web.cases.request_preview import Preview, preview, requested
from web.cases.views import note_reader
from web.core.errors import STATUS, status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, by_name, filled, marked, read
from web.ui.text_diff import Piece, compared
from workflow.cases import gate
from workflow.cases.authorization import Verdict, authorize, naming_officer, open_actions
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.policy.request_domain import GIVEN, REGISTERED, SET_AT_REVIEW

bp = Blueprint("actions", __name__)


@dataclass(frozen=True, slots=True)
class ActionPage:
    """A case, one action on it, and the verdict on that action for the reader."""

    view: CaseView
    action: str
    verdict: Verdict
    #: None where the action is not open at the case's state.
    form: ActionForm | None
    #: The document that is to be signed beside the one it comes from, once both are chosen.
    comparison: Comparison | None = None


@bp.get("/cases/<number>/do/<action>")
def form(number: str, action: str) -> str | tuple[str, int]:
    """The form of an action, or why it is not for the reader now."""
    page = _load(number, action)
    status = 200 if page.verdict.allowed else STATUS.get(page.verdict.error, 409)
    return _render(page), status


@bp.post("/cases/<number>/do/<action>")
def act(number: str, action: str) -> Response | str | tuple[str, int]:
    """Take the action; what is refused is shown again with everything that was typed."""
    here, user = services(), signed_in()
    _check_exists(action)
    if action == "amend" and request.form.get("do") == "preview":
        page = _load(number, action)
        return _render(page, answer=_preview(page))
    if action == "sign" and request.form.get("do") == "compare":
        return _render(_load(number, action))
    try:
        gate.act(
            here.workflow,
            user.id,
            number,
            action,
            payload_of(action, read_form(action, request.form)),
            now=here.now(),
            expected_version=_whole(request.form.get("version", "")),
            comment=request.form.get("comment", "").replace("\r\n", "\n").strip(),
        )
    except ContradictoryForm as contradiction:
        return _render(_load(number, action), errors=contradiction.errors), 422
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _render(_load(number, action), errors=form_errors(refusal.reasons)), status_of(refusal)
    flash(_("Done: %(what)s.", what=done_label(action).lower()), "success")
    return redirect(url_for("cases.page", number=number), 303)


def _check_exists(action: str) -> None:
    if action not in ACTION_SCREENS:
        raise NotFound(reason("not-found"))


def _load(number: str, action: str) -> ActionPage:
    """Everything the page of an action shows, read in one transaction; raises `NotFound`."""
    _check_exists(action)
    here, user, screen = services(), signed_in(), ACTION_SCREENS[action]
    tenant = own_municipality(number)
    with reading(here.engine, tenant.id) as db:
        view = load(db, here.workflow, tenant, user.id, number, here.now())
        verdict = authorize(view.context, action)
        data = screen.load(db, view) if verdict.allowed else FormData()
        comparison = chosen_comparison(db, view, request.form) if action == "sign" and verdict.allowed else None
    if request.method == "GET":
        note_reader(view.case)
    is_open = action in open_actions(view.context)
    return ActionPage(view, action, verdict, screen.form(view, data) if is_open else None, comparison)


def _preview(page: ActionPage) -> Preview:
    """Who would decide the draft as it is typed now."""
    typed = read(page.form.inputs if page.form else (), request.form)
    s = page.view.context
    # what the form only shows is not among what was typed; an empty tick is, so that it can be taken back
    typed = {f"attributes.{name}": getattr(s.request, name) for name in GIVEN if name not in SET_AT_REVIEW} | typed
    changed = requested(s.policy, s.request.engagement, s.request.act, s.responsible, typed, None)
    known = {name: getattr(s.request, name) for name in REGISTERED if name not in GIVEN}
    return preview(s.policy, changed.with_(**known), s.responsible, s.today)


def _render(page: ActionPage, *, errors: Iterable[FormError] = (), answer: Preview | None = None) -> str:
    inputs: tuple[Input, ...] = page.form.inputs if page.form else ()
    is_sent = request.method == "POST"
    if is_sent:
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, errors)
    folded = ACTION_SCREENS[page.action].folded
    expected = _whole(request.form.get("version", "")) if is_sent else page.view.case.version
    return render_template(
        "cases/action.html",
        page=page,
        view=page.view,
        inputs=[field for field in shown if not field.name.startswith(folded)],
        more=[field for field in shown if field.name.startswith(folded)],
        by_name=by_name(shown),
        why_not=[naming_officer(why, page.view.officer) for why in page.verdict.reasons],
        pieces=_pending_changes(page.view),
        problems=problems,
        answer=answer,
        mandate=page.verdict.mandate,
        changed=[event for event in page.view.events if event.number > expected],
        lost=_unshown_values() if is_sent and page.form is None else [],
    )


def _pending_changes(view: CaseView) -> tuple[Piece, ...]:
    """What the decision that waits to be confirmed changes in the text."""
    pending = view.context.pending
    if pending is None or not (pending.proposal == "amended" or pending.outcome == "approve-amended"):
        return ()
    return compared(view.text, pending.text)


def _unshown_values() -> list[tuple[str, str]]:
    """What was typed into a form that the case no longer has."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "version", "do") and value
    ]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
