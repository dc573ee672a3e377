"""Views for setting, changing and lifting the secrecy mark of a case."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import own_municipality, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked
from web.ui.request_values import whole_number
from workflow.cases.authorization import visible_context
from workflow.cases.context import CaseContext
from workflow.cases.secrecy_mark import change_secrecy, may_change_secrecy
from workflow.core.errors import NotFound, WorkflowError

bp = Blueprint("secrecy", __name__)


@bp.get("/cases/<number>/secrecy")
def form(number: str) -> tuple[str, int]:
    """The form with the mark as it is."""
    s = _context(number)
    return _form(s, _inputs(s))


@bp.post("/cases/<number>/secrecy")
def change(number: str) -> Response | tuple[str, int]:
    """Set, change or lift the mark; a refusal shows the form again with the submitted values."""
    here, user = services(), signed_in()
    given = {name: request.form.get(name, "") for name in ("law", "note", "reason")}
    version = whole_number(request.form.get("version", ""))
    try:
        change_secrecy(here.workflow, user.id, number, given, now=here.now(), expected_version=version)
    except NotFound:
        raise
    except WorkflowError as refusal:
        s = _context(number)
        return _form(s, filled(_inputs(s), request.form), form_errors(refusal.reasons), status_of(refusal))
    if given["law"].strip():
        flash(_("The case is kept secret now, and so is what comes of it."), "success")
    else:
        flash(_("The mark is lifted. The case, and what came of it, can be read again."), "success")
    return redirect(url_for("cases.page", number=number), 303)


def _context(number: str) -> CaseContext:
    """The case for the reader; raises `NotFound`."""
    here, user = services(), signed_in()
    tenant = own_municipality(number)
    with reading(here.engine, tenant.id) as db:
        return visible_context(db.connection(), tenant, here.workflow.policies, user.id, number, now=here.now())


def _inputs(s: CaseContext) -> tuple[Input, ...]:
    return (
        Input(
            "law",
            "line",
            _("Kept secret under"),
            s.case.secrecy_law,
            hint=_("The law and its section. Leave it empty to lift the mark."),
        ),
        Input("note", "line", _("Note on the secrecy"), s.case.secrecy_note),
        Input(
            "reason",
            "text",
            _("Why is the mark changed?"),
            is_needed=True,
            hint=_("Everybody who may see this reads it, and it stands in the trail."),
        ),
    )


def _form(
    s: CaseContext, inputs: tuple[Input, ...], errors: Iterable[FormError] = (), status: int = 200
) -> tuple[str, int]:
    shown, problems = marked(inputs, errors)
    may = may_change_secrecy(s)
    page = render_template("cases/secrecy.html", case=s.case, policy=s.policy, may=may, fields=shown, problems=problems)
    return page, status if may else 403
