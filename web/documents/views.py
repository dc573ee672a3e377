"""Which documents belong to a case, and which letters have come in?

Documents are registered on receipt, typed by their content, and handed out only as downloads, never shown in our name.
A letter belongs to no case yet; a request can begin from it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from werkzeug import Response as BaseResponse

from models import Case, Document, Person
from models.database import reading
from web.auth.session import User, signed_in
from web.cases.views import note_reader, view_of
from web.core.errors import status_of
from web.core.services import services
from web.i18n import common_labels
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Choice, Input, by_name, filled, marked
from web.ui.pagination import Key, Keyset
from workflow.core.errors import CaseChanged, Malformed, NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.documents.service import DIRECTIONS, MAX_DOCUMENT_BYTES, Upload, attach, register_letter

bp = Blueprint("documents", __name__)

PAGE = 25
MEGABYTES = MAX_DOCUMENT_BYTES // 1024**2


# -- of a case


@bp.get("/cases/<number>/documents")
def of_case(number: str) -> str:
    """The documents of a case, and the form to add one."""
    return render_template("documents/of_case.html", view=view_of(number), **form_of("incoming"))


@bp.post("/cases/<number>/documents")
def add(number: str) -> BaseResponse | tuple[str, int]:
    """Register a document in a case."""
    here, user = services(), signed_in()
    try:
        upload = upload_sent()
        expected = _whole(request.form.get("version", ""))
        attach(here.gate, user.id, number, upload, now=here.now(), expected_version=expected)
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        told = form_of("incoming", lines(refusal.reasons), has_changed=isinstance(refusal, CaseChanged))
        return render_template("documents/of_case.html", view=view_of(number), **told), status_of(refusal)
    flash(_("The document is registered in the case."), "success")
    return redirect(url_for("documents.of_case", number=number), 303)


@bp.get("/documents/<number>")
def download(number: str) -> Response:
    """A document, as a download; whoever may not see its case is told that there is none."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        query = select(Document.content, Document.media_type, Document.file_name, Case.number)
        found = db.execute(query.outerjoin(Case, Case.id == Document.case_id).where(Document.number == number))
        row = found.one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    if row[3] is not None:
        note_reader(here.gate.look(user.id, row[3], now=here.now()).case)
    elif not user.is_any("officer", "coordinator", "auditor"):
        raise NotFound(reason("not-found"))
    headers = {"Content-Disposition": disposition(row.file_name), "X-Content-Type-Options": "nosniff"}
    # a file that came by post can do nothing in our name, even where a browser insists on showing it
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Response(row.content, mimetype=row.media_type, headers=headers)


def disposition(file_name: str) -> str:
    """The header that makes a file a download (RFC 6266), whatever its name contains."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file_name) or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


# -- letters


@bp.get("/letters")
def letters() -> str:
    """Letters that belong to no case, newest first."""
    here, user = services(), signed_in()
    after = NEWEST_LETTERS.read_or_first(request.args.get("after", ""))
    with reading(here.engine, user.municipality.id) as db:
        query = _letter_query().where(Document.id.in_(_newest_letters(after))).order_by(Document.id.desc())
        rows = db.execute(query).all()
    shown, next_after = NEWEST_LETTERS.cut(rows, PAGE, lambda row: (row.id,))
    return render_template("documents/letters.html", rows=shown, next_after=next_after, is_first=not after)


@bp.get("/letters/new")
def new_letter() -> str:
    """The form to register a letter."""
    return render_template("documents/new_letter.html", **form_of("incoming"))


@bp.post("/letters/new")
def register() -> BaseResponse | tuple[str, int]:
    """Register a letter that belongs to no case yet."""
    here, user = services(), signed_in()
    try:
        number = register_letter(here.gate, user.id, user.municipality.key, upload_sent(), now=here.now())
    except WorkflowError as refusal:
        told = form_of("incoming", lines(refusal.reasons))
        return render_template("documents/new_letter.html", **told), status_of(refusal)
    flash(_("The letter is registered as %(number)s.", number=number), "success")
    return redirect(url_for("documents.letter", number=number), 303)


@bp.get("/letters/<number>")
def letter(number: str) -> str:
    """One letter, and the way to a request that answers it."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        row = db.execute(_letter_query().where(Document.number == number)).one_or_none()
    if row is None:
        abort(404)
    return render_template("documents/letter.html", letter=row)


NEWEST_LETTERS = Keyset("letters", (Key(Document.id, descending=True),))
#: What belongs to no case and to no engagement.
_ALONE = (Document.case_id.is_(None), Document.engagement_id.is_(None))


def _newest_letters(after: tuple[Any, ...]) -> Select[int]:
    """Ids of a page of letters, in the order of the index that has them together."""
    query = select(Document.id).where(*_ALONE).order_by(Document.case_id.desc(), Document.id.desc()).limit(PAGE + 1)
    return query.where(NEWEST_LETTERS.where(after))


def _letter_query() -> Any:
    d = Document
    columns = (d.id, d.number, d.title, d.correspondent, d.direction, d.dated_on, d.registered_at)
    more = (d.file_name, d.media_type, d.size, d.digest, Person.name.label("registered_by"))
    return select(*columns, *more).join(Person, Person.id == d.registered_by_id).where(*_ALONE)


# -- the form


def upload_sent() -> Upload:
    """What was sent; raises `Malformed` for a day that cannot be read."""
    file = request.files.get("file")
    form = request.form
    return Upload(
        content=file.read(MAX_DOCUMENT_BYTES + 1) if file else b"",
        file_name=(file.filename if file else "") or "document",
        title=form.get("title", ""),
        direction=form.get("direction", ""),
        correspondent=form.get("correspondent", ""),
        dated_on=_day(form.get("dated_on", "")),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Malformed(reason("field-wrong", field="dated_on", why="not a valid date")) from None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def form_of(
    direction: str, told: list[Line] | None = None, *, has_changed: bool = False, is_sent: bool = True
) -> dict[str, Any]:
    """Inputs and problems for the templates, with what was typed unless another form was sent.

    A file must be chosen again: browsers keep none.
    """
    user: User = signed_in()
    today = services().today(user.municipality)
    inputs: tuple[Input, ...] = (
        Input("file", "file", _("File"), is_needed=True,
              hint=_("PDF, DOCX, PNG or JPEG, at most %(megabytes)s MB.", megabytes=MEGABYTES)),
        Input("title", "line", _("Title"), is_needed=True),
        Input("direction", "one", _("Which way did it go?"), direction,
              choices=tuple(Choice(way, common_labels.direction_label(way)) for way in DIRECTIONS)),
        Input("correspondent", "line", _("Sender or receiver")),
        Input("dated_on", "day", _("Date of the document, or of its arrival"), today.isoformat(), is_needed=True),
    )  # fmt: skip
    if request.method == "POST" and is_sent:
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, told or ())
    return {"fields": by_name(shown), "problems": problems, "has_changed": has_changed}
