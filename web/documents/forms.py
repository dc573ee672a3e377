"""The upload form for documents and letters."""

from __future__ import annotations

from typing import Any

from flask import request

from web.auth.session import signed_in
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import FormError
from web.ui.forms import Choice, Input, by_name, filled, marked
from workflow.core.dates import read_day
from workflow.documents.service import DIRECTIONS, MAX_DOCUMENT_BYTES, Upload

MEGABYTES = MAX_DOCUMENT_BYTES // 1024**2


def upload_from_request() -> Upload:
    """The uploaded file with its form fields; raises `Malformed` for an unreadable date."""
    file = request.files.get("file")
    form = request.form
    return Upload(
        content=file.read(MAX_DOCUMENT_BYTES + 1) if file else b"",
        file_name=(file.filename if file else "") or "document",
        title=form.get("title", ""),
        direction=form.get("direction", ""),
        correspondent=form.get("correspondent", ""),
        dated_on=read_day(form.get("dated_on", "").strip(), "dated_on"),
    )


def upload_form(
    direction: str, errors: list[FormError] | None = None, *, has_changed: bool = False, is_sent: bool = True
) -> dict[str, Any]:
    """Template values of the upload form: fields and problems, with the submitted text where this form was sent.

    The file must be chosen again, because browsers keep none.
    """
    inputs = _inputs(direction)
    if request.method == "POST" and is_sent:
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, errors or ())
    return {"fields": by_name(shown), "problems": problems, "has_changed": has_changed}


def _inputs(direction: str) -> tuple[Input, ...]:
    today = services().today(signed_in().municipality)
    hint = _("PDF, DOCX, PNG or JPEG, at most %(megabytes)s MB.", megabytes=MEGABYTES)
    directions = tuple(Choice(one, labels.direction_label(one)) for one in DIRECTIONS)
    return (
        Input("file", "file", _("File"), is_needed=True, hint=hint),
        Input("title", "line", _("Title"), is_needed=True),
        Input("direction", "one", _("Which way did it go?"), direction, choices=directions),
        Input("correspondent", "line", _("Sender or receiver")),
        Input("dated_on", "day", _("Date of the document, or of its arrival"), today.isoformat(), is_needed=True),
    )
