"""Views for naming substitutes, one's own and, for administrators, those of others.

Changes go through `workflow.people.substitutes`, which rules who may make them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.admin import labels as admin_labels
from web.admin import substitute_queries
from web.admin.forms import ending_inputs
from web.admin.proposing import propose
from web.admin.substitute_forms import substitute_inputs, substitute_payload
from web.admin.substitute_queries import AbsenceRow
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import filled, marked, read
from workflow.core.calendar import ONE_DAY
from workflow.core.errors import WorkflowError
from workflow.people.seats import TAKES_TWO
from workflow.people.substitutes import end_substitution, name_substitute

bp = Blueprint("substitutes", __name__)

#: A page, or a page with its status.
Answer = Response | str | tuple[str, int]


@bp.route("/away", methods=["GET", "POST"])
def index() -> Answer:
    """The reader's absences and substitutions, and the form to name a substitute."""
    user = signed_in()
    return _page(user.id, user.username, user.name)


@bp.route("/admin/people/<username>/away", methods=["GET", "POST"])
def for_person(username: str) -> Answer:
    """The page of another person, for administrators."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        id_, name = substitute_queries.person_named(db, username)
    if id_ == user.id:
        return redirect(url_for("substitutes.index"), 303)
    return _page(id_, username, name)


def _page(person_id: int, username: str, name: str) -> Answer:
    """Show a person's absences, or name a substitute."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    with reading(here.engine, tenant.id) as db:
        found = substitute_queries.absences(db, tenant, person_id, today)
        choices = substitute_queries.substitute_choices(db, tenant, person_id, today)
    inputs = substitute_inputs(tenant, choices, today)
    errors: list[FormError] = []
    status = 200
    if request.method == "POST":
        payload = substitute_payload(read(inputs, request.form)) | {"username": username}
        takes_two = person_id != user.id and payload.get("role") in TAKES_TWO
        errors, status = _proposed(payload) if takes_two else _name_substitute(payload)
        if not errors:
            if not takes_two:
                flash(_("The substitute is named. Both names will stand in the trail of what is done."), "success")
            return redirect(request.path, 303)
        inputs = filled(inputs, request.form)
    fields, problems = marked(inputs, errors)
    page = render_template(
        "admin/substitutes.html",
        policy=here.policy(tenant),
        fields=fields,
        problems=problems,
        labels=admin_labels,
        away=[one for one in found if one.away_id == person_id],
        substitutes_for=[one for one in found if one.substitute_id == person_id],
        choices=choices,
        person={"username": username, "name": name, "is_self": person_id == user.id},
    )
    return page if status == 200 else (page, status)


def _proposed(payload: dict[str, Any]) -> tuple[list[FormError], int]:
    errors, status = propose("name-substitute", payload)
    return [_with_input(line) for line in errors], status


def _name_substitute(payload: dict[str, Any]) -> tuple[list[FormError], int]:
    here, user = services(), signed_in()
    try:
        name_substitute(here.workflow, user.id, user.municipality.key, payload, now=here.now())
    except WorkflowError as refusal:
        return list(
            {_with_input(line)[0]: _with_input(line) for line in form_errors(refusal.reasons)}.values()
        ), status_of(refusal)
    return [], 200


def _with_input(line: FormError) -> FormError:
    """An error with the name of its input: role and body are one input, the seat."""
    field, text, clauses = line
    return ("seat" if field in ("role", "body") else field), text, clauses


@bp.route("/away/<int:id_>/end", methods=["GET", "POST"])
def end(id_: int) -> Answer:
    """End a substitution early: at once, or after a day."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    with reading(here.engine, tenant.id) as db:
        found = substitute_queries.absence(db, tenant, id_, today)
    if user.id != found.away_id and not user.is_any("admin"):
        abort(404)  # visible to the two people concerned and to administrators
    inputs = ending_inputs(today)
    errors: list[FormError] = []
    status = 200
    if request.method == "POST":
        errors, status = _end(found, today, read(inputs, request.form))
        if not errors:
            flash(_("The new last day is recorded."), "success")
            return redirect(_back(user, found), 303)
        inputs = filled(inputs, request.form)
    fields, problems = marked(inputs, errors)
    more = {"policy": here.policy(tenant), "labels": admin_labels, "back": _back(user, found)}
    page = render_template("admin/substitute_end.html", fields=fields, problems=problems, found=found, **more)
    return page if status == 200 else (page, status)


def _end(found: AbsenceRow, today: date, typed: dict[str, Any]) -> tuple[list[FormError], int]:
    here, user = services(), signed_in()
    at_once = max(found.starts_on, today) - ONE_DAY  # the last day that is over
    ends_on = at_once.isoformat() if request.form.get("do") == "now" else typed.get("ends_on")
    what = {"id": found.id} | ({"ends_on": ends_on} if ends_on else {})
    try:
        end_substitution(here.workflow, user.id, user.municipality.key, what, now=here.now())
    except WorkflowError as refusal:
        return form_errors(refusal.reasons), status_of(refusal)
    return [], 200


def _back(user: User, found: AbsenceRow) -> str:
    """The page to return to: the reader's own, or the person's for an administrator."""
    if found.away_id == user.id:
        return url_for("substitutes.index")
    return url_for("admin.person", username=found.away_username)
