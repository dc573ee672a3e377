"""Views of a new request: who will decide it, and the opening of its draft.

One page: kind and act, then the answer (who decides, by which clause, on which route, with what to show for it), then
the rest of the request. A POST that opens the draft is parsed by the payload's schema and checked in the gate's
transaction; the page is loaded only when something is missing or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug import Response

from models.database import reading
from web.auth.session import User, signed_in
from web.cases import forms, request_forms, request_presenter, request_queries
from web.cases.request_presenter import RequestPage, Sent
from web.cases.request_preview import mandate_for, preview, requested
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, Problem, Typed, by_name, marked
from workflow.cases.gate import open_case
from workflow.cases.payloads import Opening
from workflow.core.errors import WorkflowError
from workflow.core.messages import reason
from workflow.documents.service import Upload, attach
from workflow.policy.roles import preparing_seat

bp = Blueprint("requests", __name__)

#: Inputs for where a matter comes from, which only its opening has.
_ORIGIN = frozenset({"origin", "external_number"})


class RequestNotReady(Exception):
    """A request cannot be opened yet, and the page says why; nothing was sent to the gate."""


@bp.get("/cases/new")
def new() -> str:
    """An empty request, or one begun by a link: with kind and act it is answered at once."""
    sent = request.args
    page = request_presenter.load(sent, signed_in(), is_typed=False)
    return _render(page, sent, shows_questions=bool(page.kind and page.act) and not _only_looks(page, sent))


@bp.post("/cases/new")
def create() -> Response | str | tuple[str, int]:
    """Show who decides, search the register, or open the draft."""
    sent, user = request.form, signed_in()
    if sent.get("do") == "create" and not sent.get("after"):
        try:
            number = _open(sent, user)
        except RequestNotReady:
            return _answer(sent, user)
        except WorkflowError as refusal:
            page = request_presenter.load(sent, user, is_typed=True)
            return _render(page, sent, shows_questions=True, errors=form_errors(refusal.reasons)), status_of(refusal)
        flash(_("The draft %(number)s is open. Others see it once you have submitted it.", number=number), "success")
        return redirect(url_for("cases.page", number=number), 303)
    return _answer(sent, user)


def _answer(sent: Sent, user: User) -> str | tuple[str, int]:
    """The page of a request that is not opened, or not yet."""
    page = request_presenter.load(sent, user, is_typed=True)
    if sent.get("do") == "find" or sent.get("after") or _only_looks(page, sent):
        return _render(page, sent, shows_questions=False)
    if page.open_questions or page.answer is None:
        return _render(page, sent, shows_questions=True), 422 if page.open_questions else 200
    notice = ""
    if sent.get("do") == "create" and page.answer.procedure is not None:
        notice = _("You changed the request. Here is who decides it now. Nothing has been opened yet.")
    return _render(page, sent, shows_questions=True, notice=notice), 200 if page.answer.procedure else 422


def _only_looks(page: RequestPage, sent: Sent) -> bool:
    """Whether all that is missing is a choice from the register that was not offered yet, or is being searched."""
    if [field for field, _text, _clauses in page.open_questions] != ["engagement_number"]:
        return False
    return not sent.get("picker") or bool(sent.get("find"))


def _open(sent: Sent, user: User) -> str:
    """Open the draft and return its number; raises `RequestNotReady`, or what the gate refuses with."""
    here, typed = services(), forms.read(Opening, sent)

    def settle(connection: Connection, draft: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(draft) | _checked(connection, sent, typed, user)

    draft = {"municipality": user.municipality.key}
    number = open_case(here.workflow, user.id, draft, now=here.now(), settle=settle)
    if sent.get("letter") and sent.get("take_letter"):
        _take_letter(sent["letter"], number, user)
    return number


def _checked(connection: Connection, sent: Sent, typed: Typed, user: User) -> dict[str, Any]:
    """The draft of a request whose answer the officer has seen; what nobody filled in is left out."""
    here, tenant = services(), user.municipality
    _version_id, policy = here.workflow.policies.in_force(connection, tenant.id, here.today(tenant))
    kind, act = request_presenter.kind_and_act(sent)
    found = request_presenter.chosen_engagement(connection, user, policy, sent, kind, act)
    bodies = request_forms.prepared_by(policy, user)
    responsible = request_presenter.responsible_body(policy, bodies, sent, found)
    if request_presenter.open_questions(kind, act, bodies, found):
        raise RequestNotReady
    if found is None and request_presenter.wrong_share(typed):
        raise RequestNotReady
    answer = preview(policy, requested(policy, kind, act, responsible, typed, found), responsible, here.today(tenant))
    if answer.procedure is None or sent.get("judged") not in (None, answer.key):
        raise RequestNotReady
    offered = forms.request_inputs(policy, answer.request, answer.procedure, is_registered=found is not None)
    draft = forms.filled_in(forms.as_offered(typed, offered | _ORIGIN)) | {"engagement": kind, "act": act}
    return draft | ({"responsible": responsible} if found is None else {"engagement_number": found.number})


def _take_letter(letter_number: str, number: str, user: User) -> None:
    """Register the letter that the request came with among the documents of its case."""
    here = services()
    with reading(here.engine, user.municipality.id) as db:
        letter = request_queries.letter_of(db, letter_number)
        if letter is None:
            return
        content = request_queries.letter_content(db, letter.id)
    title = f"{letter.title} ({letter.number})"
    upload = Upload(content, letter.file_name, title, letter.direction, letter.correspondent, letter.dated_on)
    attach(here.workflow, user.id, number, upload, now=here.now(), expected_version=1)


# -- the page


def _render(
    page: RequestPage, sent: Sent, *, shows_questions: bool, errors: Iterable[FormError] = (), notice: str = ""
) -> str:
    content = request_presenter.content(page, sent, is_typed=request.method == "POST")
    questions = page.open_questions if shows_questions else ()
    kind, act = (Input(name, "one", "", sent.get(name, "")) for name in ("engagement", "act"))
    number = Input("engagement_number", "one", "", sent.get("engagement_number", ""))
    inputs, problems = marked((kind, act, number, *page.deciding, *content), (*questions, *errors))
    shown = by_name(inputs)
    return render_template(
        "cases/new.html",
        page=page,
        kinds=request_forms.kind_choices(page.policy),
        acts=request_forms.act_choices(),
        inputs=shown,
        deciding=[shown[field.name] for field in page.deciding],
        content=[shown[field.name] for field in content],
        hidden=_hidden_values(sent, shown),
        problems=problems,
        notice=notice,
        others=_others_matter(page),
        mandate=mandate_for(page.mandates, page.answer.request) if page.answer else None,
        sent=sent,
    )


def _hidden_values(sent: Sent, shown: dict[str, Input]) -> list[tuple[str, str]]:
    """Values typed into inputs that the page no longer offers; sent along in case they return."""
    if request.method != "POST":
        return []
    own = ("csrf_token", "do", "judged", "find", "after", "letter", "take_letter", "picker")
    return [(name, value) for name, value in sent.items(multi=True) if name not in shown and name not in own]


def _others_matter(page: RequestPage) -> Problem | None:
    """A warning where another administration prepares the matter: the gate will not open it for this officer."""
    if not page.responsible or page.responsible in page.bodies:
        return None
    role, body = preparing_seat(page.policy, "officer", page.responsible)
    why = reason("not-appointed", role=role, body=body, body_names=page.policy.body(body).names)
    ((_field, text, clauses),) = form_errors([why])
    return Problem(text, "", clauses)
