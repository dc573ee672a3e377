"""Views of one's own change of password."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.admin.settings_queries import own_settings
from web.auth.passwords import is_own_password, new_password_error, password_hint, wait_text
from web.auth.session import begin_session, load_user, signed_in
from web.core.errors import status_of
from web.core.login_throttle import Throttled
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, by_name, marked
from workflow.core.errors import WorkflowError
from workflow.people.passwords import change_own_password

bp = Blueprint("password", __name__)


@bp.get("/settings/password")
def form() -> str:
    """The form for a new password."""
    return _page([])


@bp.post("/settings/password")
def change() -> Response | tuple[str, int]:
    """Change one's own password: the old one is asked for, and every other session ends."""
    here, user, now = services(), signed_in(), services().now()
    old, new = request.form.get("old_password", ""), request.form.get("password", "")
    with reading(here.engine, user.municipality.id) as db:
        present = own_settings(db, user.id).password_hash or ""
    try:
        errors = _errors(present, old, new, now)
    except Throttled as wait:
        return _page([("old_password", wait_text(wait.until - now)[0], ())]), 429
    if errors:
        return _page(errors), 422
    try:
        epoch = change_own_password(
            here.workflow,
            user.id,
            user.municipality.key,
            verified_hash=present,
            new_hash=here.passwords.hash(new),
            now=now,
        )
    except WorkflowError as refusal:
        return _page(form_errors(refusal.reasons)), status_of(refusal)
    renewed = load_user(here, user.municipality, user.id, epoch=epoch)
    if renewed is not None:
        begin_session(renewed, epoch, now)
    flash(_("Your new password is set. You are logged out everywhere else."), "success")
    return redirect(url_for("settings.index"), 303)


def _errors(present: str, old: str, new: str, now: datetime) -> list[FormError]:
    """What is wrong with the form; the old password is checked last, because each check of it counts."""
    here, username = services(), signed_in().username
    field, error = new_password_error(new, request.form.get("again", ""), username)
    if error:
        return [(field, error, ())]
    if new == old:
        return [("password", _("The new password is the old one."), ())]
    if not is_own_password(here, username, present, old, now):
        return [("old_password", _("This is not your present password."), ())]
    return []


def _page(errors: list[FormError]) -> str:
    inputs = (
        Input("old_password", "line", _("Your present password"), is_needed=True),
        Input("password", "line", _("New password"), is_needed=True, hint=password_hint()),
        Input("again", "line", _("The new password again"), is_needed=True),
    )
    shown, problems = marked(inputs, errors)
    return render_template("admin/password.html", fields=by_name(shown), problems=problems, policy=None)
