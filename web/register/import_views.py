"""Views for importing a list of engagements.

A file is validated first, with its faults row by row, and registers nothing. It is then registered in small batches by
the scheduler, or by a button where no scheduler runs, while a page shows the progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug import Response as BaseResponse

from models.database import reading
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.register import import_labels
from web.register.import_queries import import_by_id, latest_imports
from web.ui.form_errors import form_errors
from web.ui.forms import Input, marked
from workflow.core.errors import NotFound, WorkflowError
from workflow.register.csv_tables import MAX_BYTES, MAX_ROWS
from workflow.register.import_rows import Fault, faults_of
from workflow.register.imports import BATCH, advance_import, begin_import, drop_import, try_import

bp = Blueprint("imports", __name__)

#: Seconds between two refreshes of a running import; batches per press of the button.
REFRESH, BATCHES = 3, 8
#: Faults shown on one page.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class ImportView:
    """The values of an import's page."""

    row: Any
    faults: tuple[Fault, ...]
    #: When the same file was imported earlier; None where it was not.
    imported_at: Any

    @property
    def faulty(self) -> int:
        """Number of rows with a fault."""
        return len({fault.row for fault in self.faults if fault.row})

    @property
    def valid(self) -> int:
        """Number of rows that can be registered."""
        return int(self.row.total) - self.faulty


@bp.get("/engagements/import")
def index() -> str:
    """The columns of a list, the upload form, and the latest imports."""
    return _index()


@bp.post("/engagements/import")
def create() -> BaseResponse | tuple[str, int]:
    """Validate a file; nothing is registered yet."""
    here, user = services(), signed_in()
    file = request.files.get("file")
    content = file.read(MAX_BYTES + 1) if file else b""
    name = (file.filename if file else "") or "list"
    try:
        run = try_import(here.workflow, user.id, user.municipality.key, content, name, now=here.now())
    except WorkflowError as refusal:
        return _index(refusal), status_of(refusal)
    return redirect(url_for("imports.page", run_id=run), 303)


@bp.get("/engagements/import/<int:run_id>")
def page(run_id: int) -> Response:
    """The state of an import; while it is running the browser refreshes by itself."""
    run = _run(run_id)
    user = signed_in()
    answer = make_response(
        render_template(
            "register/import_run.html",
            run=run,
            row=run.row,
            is_mine=run.row.person_id == user.id,
            shown=run.faults[:SHOWN],
            labels=import_labels,
            policy=services().policy(user.municipality),
        )
    )
    if run.row.state == "running":
        answer.headers["Refresh"] = str(REFRESH)
    return answer


@bp.post("/engagements/import/<int:run_id>/begin")
def begin(run_id: int) -> BaseResponse:
    """Start registering the rows without faults."""
    here, user = services(), signed_in()
    try:
        begin_import(here.workflow, user.id, user.municipality.key, run_id, now=here.now())
    except WorkflowError as refusal:
        return _refused(refusal, run_id)
    return _advance(run_id)


@bp.post("/engagements/import/<int:run_id>/continue")
def resume(run_id: int) -> BaseResponse:
    """Register some more batches of a running import."""
    _run(run_id)
    return _advance(run_id)


@bp.post("/engagements/import/<int:run_id>/drop")
def drop(run_id: int) -> BaseResponse:
    """Cancel an import; registered rows stay."""
    here, user = services(), signed_in()
    try:
        drop_import(here.workflow, user.id, user.municipality.key, run_id, now=here.now())
    except WorkflowError as refusal:
        return _refused(refusal, run_id)
    flash(_("The list was given up. What had been registered of it stays in the register."), "success")
    return redirect(url_for("imports.page", run_id=run_id), 303)


def _advance(run_id: int) -> BaseResponse:
    here, user = services(), signed_in()
    for _batch in range(BATCHES):
        if not advance_import(here.workflow, user.municipality.key, run_id, now=here.now(), rows=BATCH):
            break
    return redirect(url_for("imports.page", run_id=run_id), 303)


def _refused(refusal: WorkflowError, run_id: int) -> BaseResponse:
    if isinstance(refusal, NotFound):
        raise refusal
    flash(" ".join(str(labels.reason_text(why)) for why in refusal.reasons), "warning")
    return redirect(url_for("imports.page", run_id=run_id), 303)


def _index(refusal: WorkflowError | None = None) -> str:
    here, user = services(), signed_in()
    hint = _("CSV or XLSX, at most %(megabytes)s MB and %(rows)s rows.", megabytes=MAX_BYTES // 1024**2, rows=MAX_ROWS)
    inputs = (Input("file", "file", _("File"), is_needed=True, hint=hint),)
    shown, problems = marked(inputs, form_errors(refusal.reasons) if refusal else ())
    return render_template(
        "register/import.html",
        file=shown[0],
        problems=problems,
        policy=here.policy(user.municipality),
        runs=_latest(user),
        labels=import_labels,
    )


def _latest(user: User) -> Sequence[Any]:
    with reading(services().engine, user.municipality.id) as db:
        return latest_imports(db)


def _run(run_id: int) -> ImportView:
    """An import of the reader's municipality; raises `NotFound`."""
    with reading(services().engine, signed_in().municipality.id) as db:
        row, imported_at = import_by_id(db, run_id)
    return ImportView(row, faults_of(row.faults), imported_at)
