"""How does a case officer ask for something, and learn at once who will decide it?

One page: what is wanted, then the answer (who decides, by which clause, on which way, with what to show for it), then
the rest of the request. The policy answers; the gate opens the draft.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Row, select
from werkzeug import Response

from models import Document
from models.database import reading
from web.auth.session import User, signed_in
from web.cases import request_form
from web.cases.decision_preview import PAGE, mandate_for
from web.cases.request_presenter import Desk, Sent, begin, telling
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, Problem, Typed, by_name, marked, nested, read
from workflow.cases.gate import open_case
from workflow.core.errors import WorkflowError
from workflow.core.messages import reason
from workflow.documents.service import Upload, attach
from workflow.policy.roles import preparing_seat

bp = Blueprint("requests", __name__)


@bp.get("/cases/new")
def new() -> str:
    """An empty request, or one begun by a link: with kind and act it is answered at once."""
    sent = request.args
    desk = begin(sent, signed_in(), is_typed=False)
    return _page(desk, sent, asks=bool(desk.kind and desk.act) and not _only_looks(desk, sent))


@bp.post("/cases/new")
def create() -> Response | str | tuple[str, int]:
    """Show who decides, search the register, or open the draft."""
    sent, user = request.form, signed_in()
    desk = begin(sent, user, is_typed=True)
    if sent.get("do") == "find" or sent.get("after") or _only_looks(desk, sent):
        return _page(desk, sent, asks=False)
    if desk.open_questions or desk.answer is None:
        return _page(desk, sent, asks=True), 422 if desk.open_questions else 200
    if sent.get("do") != "create" or desk.answer.procedure is None:
        return _page(desk, sent, asks=True), 200 if desk.answer.procedure else 422
    if sent.get("judged") not in (None, desk.answer.key):
        return _page(
            desk,
            sent,
            asks=True,
            notice=_("You changed the request. Here is who decides it now. Nothing has been opened yet."),
        )
    return _open(desk, sent, user)


def _only_looks(desk: Desk, sent: Sent) -> bool:
    """Whether all that is missing is a choice from the register that was not offered yet, or is being searched."""
    if [field for field, _text, _clauses in desk.open_questions] != ["engagement_number"]:
        return False
    return not sent.get("picker") or bool(sent.get("find"))


def _open(desk: Desk, sent: Sent, user: User) -> Response | tuple[str, int]:
    here = services()
    typed = read((*desk.deciding, *telling(desk, sent, is_typed=True)), sent)
    try:
        number = open_case(here.workflow, user.id, _draft(desk, typed, user), now=here.now())
    except WorkflowError as refusal:
        return _page(desk, sent, asks=True, told=lines(refusal.reasons)), status_of(refusal)
    if desk.letter is not None and sent.get("take_letter"):
        _take_letter(desk.letter, number, user)
    flash(_("The draft %(number)s is open. Others see it once you have submitted it.", number=number), "success")
    return redirect(url_for("cases.page", number=number), 303)


def _draft(desk: Desk, typed: Typed, user: User) -> dict[str, Any]:
    """What the gate is asked to open; what nobody filled in is left out."""
    told = {name: value for name, value in typed.items() if value not in ("", None, [])}
    told |= {"municipality": user.municipality.key, "engagement": desk.kind, "act": desk.act}
    if desk.found is not None:
        told["engagement_number"] = desk.found.number
    else:
        told["responsible"] = desk.responsible
    return nested(told)


def _take_letter(letter: Row[Any], number: str, user: User) -> None:
    """Register the letter that the request came with among the documents of its case."""
    here = services()
    with reading(here.engine, user.municipality.id) as db:
        content = db.execute(select(Document.content).where(Document.id == letter.id)).scalar_one()
    title = f"{letter.title} ({letter.number})"
    upload = Upload(content, letter.file_name, title, letter.direction, letter.correspondent, letter.dated_on)
    attach(here.workflow, user.id, number, upload, now=here.now(), expected_version=1)


# -- the page


def _page(desk: Desk, sent: Sent, *, asks: bool, told: Iterable[Line] = (), notice: str = "") -> str:
    told_of = telling(desk, sent, is_typed=request.method == "POST")
    questions = desk.open_questions if asks else ()
    kind, act = (Input(name, "one", "", sent.get(name, "")) for name in ("engagement", "act"))
    number = Input("engagement_number", "one", "", sent.get("engagement_number", ""))
    inputs, problems = marked((kind, act, number, *desk.deciding, *told_of), (*questions, *told))
    shown = by_name(inputs)
    return render_template(
        "cases/new.html",
        desk=desk,
        kinds=request_form.kind_choices(desk.policy),
        acts=request_form.act_choices(),
        inputs=shown,
        deciding=[shown[field.name] for field in desk.deciding],
        telling=[shown[field.name] for field in told_of],
        kept=_kept(sent, shown),
        problems=problems,
        notice=notice,
        others=_others_matter(desk),
        mandate=mandate_for(desk.mandates, desk.answer.request) if desk.answer else None,
        more_after=desk.register[PAGE - 1].id if len(desk.register) > PAGE else None,
        sent=sent,
    )


def _kept(sent: Sent, shown: dict[str, Input]) -> list[tuple[str, str]]:
    """What was typed into questions that the page does not ask any more: kept, should they come back."""
    if request.method != "POST":
        return []
    own = ("csrf_token", "do", "judged", "find", "after", "letter", "take_letter", "picker")
    return [(name, value) for name, value in sent.items(multi=True) if name not in shown and name not in own]


def _others_matter(desk: Desk) -> Problem | None:
    """A warning where another administration prepares the matter: the gate will not open it for this officer."""
    if not desk.responsible or desk.responsible in desk.bodies:
        return None
    role, body = preparing_seat(desk.policy, "officer", desk.responsible)
    why = reason("not-appointed", role=role, body=body, body_names=desk.policy.body(body).names)
    ((_field, text, clauses),) = lines([why])
    return Problem(text, "", clauses)
