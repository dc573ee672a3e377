"""Views of a person's own settings: mail, language, calendar address and tokens.

Changes go through `workflow.people.preferences`. The password has screens of its own, `web.admin.password_views`.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug import Response

from models.database import reading
from web.admin import mail_labels
from web.admin.settings_queries import OwnSettings, own_settings, own_tokens
from web.auth.passwords import is_own_password, wait_text
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.login_throttle import Throttled
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.notifications import account_labels
from web.notifications.account_queries import account_notices
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Choice, Input, by_name, filled, marked
from workflow.core.errors import WorkflowError
from workflow.notifications.recipients import WANTS
from workflow.people import preferences

bp = Blueprint("settings", __name__)

#: Fields of the form.
FIELDS = ("email", "mail_wanted", "language")


@bp.get("/settings")
def index() -> str:
    """The settings."""
    return _page()


@bp.post("/settings")
def save() -> Response | tuple[str, int]:
    """Save the settings; another e-mail address needs the password. The language applies from the next page on."""
    here, user = services(), signed_in()
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        verified = _verified_hash(given["email"])
        preferences.change_settings(
            here.workflow, user.id, user.municipality.key, given, now=here.now(), verified_hash=verified
        )
    except Throttled as wait:
        return _page([("password", wait_text(wait.until - here.now())[0], ())]), 429
    except WorkflowError as refusal:
        return _page(form_errors(refusal.reasons)), status_of(refusal)
    session["language"] = given["language"]
    flash(_("Your settings are saved."), "success")
    return redirect(url_for("settings.index"), 303)


def _verified_hash(email: str) -> str | None:
    """The hash that the password of the form matches, where the address is another one; else None."""
    here, user, password = services(), signed_in(), request.form.get("password", "")
    with reading(here.engine, user.municipality.id) as db:
        now = own_settings(db, user.id)
    if email == now.email or not password:
        return None
    is_right = is_own_password(here, user.username, now.password_hash, password, here.now())
    return now.password_hash if is_right else None


@bp.post("/settings/calendar")
def create_calendar() -> str:
    """Create a calendar address, which is shown on this page and never again."""
    here, user = services(), signed_in()
    token = preferences.create_calendar(here.workflow, user.id, user.municipality.key, now=here.now())
    base = here.settings.mailing.base_url or request.url_root.rstrip("/")
    return _page(address=base + url_for("calendar.feed", token=token))


@bp.post("/settings/calendar/end")
def revoke_calendar() -> Response:
    """Revoke the calendar address."""
    here, user = services(), signed_in()
    preferences.revoke_calendar(here.workflow, user.id, user.municipality.key, now=here.now())
    flash(_("The calendar’s address has ended; nothing can be read at it any more."), "success")
    return redirect(url_for("settings.index"), 303)


@bp.post("/settings/tokens/<int:id_>/end")
def revoke_token(id_: int) -> Response:
    """End one of one's own tokens."""
    here, user = services(), signed_in()
    preferences.revoke_token(here.workflow, user.id, user.municipality.key, id_, now=here.now())
    flash(_("The token has ended; no program can use it any more."), "success")
    return redirect(url_for("settings.index"), 303)


def _page(errors: list[FormError] | None = None, address: str = "") -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        chosen = own_settings(db, user.id)
        tokens, notices = own_tokens(db, user.id, here.now()), account_notices(db, user.id)
    inputs = _inputs(chosen)
    shown, problems = marked(filled(inputs, request.form) if errors else inputs, errors or [])
    return render_template(
        "admin/settings.html",
        fields=by_name(shown),
        problems=problems,
        policy=None,
        is_on=here.settings.mailing.is_on,
        chosen=chosen,
        is_calendar_over=_is_over(chosen),
        address=address,
        tokens=tokens,
        notices=account_labels.shown(notices),
    )


def _is_over(chosen: OwnSettings) -> bool:
    """Whether the calendar address has expired."""
    until, today = chosen.calendar_expires_on, services().today(signed_in().municipality)
    return chosen.has_calendar and (until is None or until < today)


def _inputs(chosen: OwnSettings) -> tuple[Input, ...]:
    frequencies = tuple(Choice(one, mail_labels.frequency(one)) for one in WANTS)
    known = tuple(Choice(code, name) for code, name in LANGUAGES.items())
    hint = _("Notices are sent here. Leave it empty to read them in Instans alone.")
    return (
        Input("email", "line", labels.field_label("email"), chosen.email, hint=hint),
        Input("password", "line", _("Your password"), hint=_("Needed only for another e-mail address.")),
        Input("mail_wanted", "one", _("How much mail?"), chosen.mail_wanted, choices=frequencies, is_needed=True),
        Input("language", "select", _("Language to read in"), chosen.language, choices=known, is_needed=True),
    )
