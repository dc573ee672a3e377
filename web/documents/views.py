"""Views for the documents of a case and for letters that belong to no case yet.

Documents are typed by their content and handed out only as downloads. A request can begin from a letter.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response as BaseResponse

from models.database import reading
from web.auth.session import signed_in
from web.cases.views import note_reader, view_of
from web.core.errors import status_of
from web.core.headers import disposition
from web.core.services import services
from web.documents import queries
from web.documents.forms import upload_form, upload_from_request
from web.i18n.gettext import _
from web.ui.form_errors import form_errors
from web.ui.request_values import whole_number
from workflow.cases import gate
from workflow.cases.secrecy import reader_of
from workflow.core.errors import CaseChanged, NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.documents.service import attach, register_letter

bp = Blueprint("documents", __name__)


# -- documents of a case


@bp.get("/cases/<number>/documents")
def of_case(number: str) -> str:
    """The documents of a case, and the upload form."""
    return render_template("documents/of_case.html", view=view_of(number), **upload_form("incoming"))


@bp.post("/cases/<number>/documents")
def add(number: str) -> BaseResponse | tuple[str, int]:
    """Register a document in a case."""
    here, user = services(), signed_in()
    try:
        upload = upload_from_request()
        expected = whole_number(request.form.get("version", ""), digits=17)
        attach(here.workflow, user.id, number, upload, now=here.now(), expected_version=expected)
    except WorkflowError as refusal:
        if isinstance(refusal, NotFound):
            raise
        form = upload_form("incoming", form_errors(refusal.reasons), has_changed=isinstance(refusal, CaseChanged))
        return render_template("documents/of_case.html", view=view_of(number), **form), status_of(refusal)
    flash(_("The document is registered in the case."), "success")
    return redirect(url_for("documents.of_case", number=number), 303)


@bp.get("/documents/<number>")
def download(number: str) -> Response:
    """A document as a download; 404 for a reader who may not see its case."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        reader = reader_of(db, here.workflow.policies, user.municipality, user)
        row = queries.document(db, reader, number)
    if row.case_number is not None:
        note_reader(gate.read_context(here.workflow, user.id, row.case_number, now=here.now()).case)
    elif not user.is_any("officer", "coordinator", "auditor"):
        raise NotFound(reason("not-found"))
    headers = {"Content-Disposition": disposition(row.file_name), "X-Content-Type-Options": "nosniff"}
    # A received file must not run with our origin, even in a browser that displays it.
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Response(row.content, mimetype=row.media_type, headers=headers)


# -- letters


@bp.get("/letters")
def letters() -> str:
    """Letters that belong to no case, newest first."""
    here, user = services(), signed_in()
    after = queries.NEWEST_FIRST.read_or_first(request.args.get("after", ""))
    with reading(here.engine, user.municipality.id) as db:
        rows, next_after = queries.letters_page(db, after)
    return render_template("documents/letters.html", rows=rows, next_after=next_after, is_first=not after)


@bp.get("/letters/new")
def new_letter() -> str:
    """The form to register a letter."""
    return render_template("documents/new_letter.html", **upload_form("incoming"))


@bp.post("/letters/new")
def register() -> BaseResponse | tuple[str, int]:
    """Register a letter that belongs to no case yet."""
    here, user = services(), signed_in()
    try:
        number = register_letter(here.workflow, user.id, user.municipality.key, upload_from_request(), now=here.now())
    except WorkflowError as refusal:
        form = upload_form("incoming", form_errors(refusal.reasons))
        return render_template("documents/new_letter.html", **form), status_of(refusal)
    flash(_("The letter is registered as %(number)s.", number=number), "success")
    return redirect(url_for("documents.letter", number=number), 303)


@bp.get("/letters/<number>")
def letter(number: str) -> str:
    """One letter, with a link to a request that answers it."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        row = queries.letter(db, number)
    if row is None:
        abort(404)
    return render_template("documents/letter.html", letter=row)
