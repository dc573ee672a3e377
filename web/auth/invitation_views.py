"""Views of an invitation: a person chooses their password by a link that works once.

The address carries a secret. It is logged nowhere, and the page tells it to no other (`no-referrer`).
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import logout_user
from werkzeug import Response as BaseResponse

from web.auth.passwords import new_password_error, password_hint
from web.core.services import services
from web.i18n.gettext import _
from workflow.core.errors import NotFound
from workflow.people import invitations
from workflow.people.invitations import Invited

bp = Blueprint("invitation", __name__)


@bp.get("/invitation/<token>")
def form(token: str) -> Response:
    """The form for a password; 404 says that the link is used, over or replaced."""
    try:
        return _page(invitations.find(services().workflow, token, now=services().now()))
    except NotFound:
        return _ended()


@bp.post("/invitation/<token>")
def accept(token: str) -> BaseResponse:
    """Set the password and use the link up; the person then logs in with it."""
    here, now, password = services(), services().now(), request.form.get("password", "")
    try:
        invited = invitations.find(here.workflow, token, now=now)
        field, error = new_password_error(password, request.form.get("again", ""), invited.username)
        if error:
            return _page(invited, {field: error})
        invitations.accept(here.workflow, token, here.passwords.hash(password), now=now)
    except NotFound:
        return _ended()
    logout_user()
    session.clear()
    flash(_("Your password is set. Log in with it as %(username)s.", username=invited.username), "success")
    return redirect(url_for("auth.login"), 303)


def _page(invited: Invited, errors: dict[str, str] | None = None) -> Response:
    page = render_template("auth/invitation.html", invited=invited, errors=errors or {}, hint=password_hint())
    return _untold(page, 422 if errors else 200)


def _ended() -> Response:
    return _untold(render_template("auth/invitation_ended.html"), 404)


def _untold(page: str, status: int) -> Response:
    answer: Response = make_response(page, status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
