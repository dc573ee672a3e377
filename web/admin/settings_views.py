"""Views of a person's own settings: mail, language and calendar address.

Changes go through `workflow.people.preferences`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from sqlalchemy import select
from werkzeug import Response

from models import Person
from models.database import reading
from web.admin import mail_labels
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.ui.form_errors import Line, lines
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
    """Save the settings; the language applies from the next page on."""
    here, user = services(), signed_in()
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        preferences.change_settings(here.workflow, user.id, user.municipality.key, given, now=here.now())
    except WorkflowError as refusal:
        return _page(lines(refusal.reasons)), status_of(refusal)
    session["language"] = given["language"]
    flash(_("Your settings are saved."), "success")
    return redirect(url_for("settings.index"), 303)


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


def _page(errors: list[Line] | None = None, address: str = "") -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        chosen = db.execute(
            select(Person.email, Person.mail_wanted, Person.language, Person.calendar_hash).where(Person.id == user.id)
        ).one()
    inputs = _inputs(chosen)
    shown, problems = marked(filled(inputs, request.form) if errors else inputs, errors or [])
    return render_template(
        "admin/settings.html",
        fields=by_name(shown),
        problems=problems,
        policy=None,
        is_on=here.settings.mailing.is_on,
        has_calendar=chosen.calendar_hash is not None,
        address=address,
    )


def _inputs(chosen: Any) -> tuple[Input, ...]:
    frequencies = tuple(Choice(one, mail_labels.frequency(one)) for one in WANTS)
    known = tuple(Choice(code, name) for code, name in LANGUAGES.items())
    hint = _("Notices are sent here. Leave it empty to read them in Instans alone.")
    return (
        Input("email", "line", labels.field_label("email"), chosen.email, hint=hint),
        Input("mail_wanted", "one", _("How much mail?"), chosen.mail_wanted, choices=frequencies, is_needed=True),
        Input("language", "select", _("Language to read in"), chosen.language, choices=known, is_needed=True),
    )
