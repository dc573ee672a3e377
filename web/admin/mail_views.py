"""Views of undelivered mail, for administrators."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response

from models.database import reading
from web.admin import mail_labels
from web.admin.mail_queries import NEWEST_FIRST, has_undelivered, set_aside, undelivered
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.pagination import BadCursor
from workflow.core.errors import WorkflowError
from workflow.people.administration import administer

bp = Blueprint("mail", __name__)


@bp.get("/admin/mail")
def index() -> str:
    """The list of undelivered mails, newest first."""
    return _page([])


@bp.post("/admin/mail/<int:id_>/retry")
def retry(id_: int) -> Response | tuple[str, int]:
    """Queue a mail once more."""
    here, user = services(), signed_in()
    try:
        administer(here.workflow, user.id, user.municipality.key, "retry-mail", {"id": id_}, now=here.now())
    except WorkflowError as refusal:
        return _page(form_errors(refusal.reasons)), status_of(refusal)
    flash(_("The mail is queued once more."), "success")
    return redirect(url_for("mail.index"), 303)


def _page(problems: list[FormError]) -> str:
    here, tenant, given = services(), signed_in().municipality, request.args.get("after", "")
    try:
        after = NEWEST_FIRST.read(given)
    except BadCursor:
        abort(404)
    with reading(here.engine, tenant.id) as db:
        found, onward = undelivered(db, after, here.now())
        failed_work = set_aside(db)
    return render_template(
        "admin/mail.html",
        mails=found,
        failed_work=failed_work,
        problems=[text for _field, text, _clauses in problems],
        is_on=here.settings.mailing.is_on,
        labels=mail_labels,
        zone=tenant.timezone,
        next_url=url_for("mail.index", after=onward) if onward else None,
        first_url=url_for("mail.index") if after else None,
    )


def any_undelivered() -> bool:
    """Whether the reader's municipality has an undelivered mail."""
    if not current_user.is_authenticated:
        return False
    here = services()
    with reading(here.engine, signed_in().municipality.id) as db:
        return has_undelivered(db, here.now())


def register(app: Flask) -> None:
    """Make `any_undelivered` a template global, for the tabs of administration."""
    app.jinja_env.globals["any_undelivered"] = any_undelivered
