"""Who stands in while I am away?

For everybody: name a substitute for a seat of one's own, and end it early. For administrators the same for others, from
the person's page. Every act goes through `workflow.people.substitutes`, which says who may.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response

from models import Person
from models.database import reading
from web.admin import labels as admin_labels
from web.admin import substitute_query
from web.admin.forms import ending_inputs
from web.admin.substitute_query import Absence
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import filled, marked, read
from workflow.core.calendar import ONE_DAY
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.people.substitutes import end_substitution, name_substitute

bp = Blueprint("away", __name__)

#: A page, or a page with its status.
Answer = Response | str | tuple[str, int]


@bp.route("/away", methods=["GET", "POST"])
def index() -> Answer:
    """When I am away: who stands in for me, for whom I stand in, and a form to name somebody."""
    user = signed_in()
    return _page(user.id, user.username, user.name)


@bp.route("/admin/people/<username>/away", methods=["GET", "POST"])
def for_person(username: str) -> Answer:
    """The same for somebody else, by an administrator."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        id_, name = _known(db, username)
    if id_ == user.id:
        return redirect(url_for("away.index"), 303)
    return _page(id_, username, name)


def _known(db: Session, username: str) -> tuple[int, str]:
    row = db.execute(select(Person.id, Person.name).where(Person.username == username)).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return row.id, row.name


def _page(person_id: int, username: str, name: str) -> Answer:
    """Show the times of a person, or take what was sent."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    with reading(here.engine, tenant.id) as db:
        found = substitute_query.absences(db, tenant, person_id, today)
        possible = substitute_query.possible(db, tenant, person_id, today)
    inputs = substitute_query.inputs(tenant, possible, today)
    told: list[Line] = []
    status = 200
    if request.method == "POST":
        told, status = _name(substitute_query.given(read(inputs, request.form)) | {"username": username})
        if not told:
            flash(_("The substitute is named. Both names will stand in the trail of what is done."), "success")
            return redirect(request.path, 303)
        inputs = filled(inputs, request.form)
    fields, problems = marked(inputs, told)
    page = render_template(
        "admin/substitutes.html",
        policy=here.policy(tenant),
        fields=fields,
        problems=problems,
        words_of=admin_labels,
        away=[one for one in found if one.away_id == person_id],
        stands_in=[one for one in found if one.stands_in_id == person_id],
        possible=possible,
        person={"username": username, "name": name, "is_self": person_id == user.id},
    )
    return page if status == 200 else (page, status)


def _name(what: dict[str, Any]) -> tuple[list[Line], int]:
    here, user = services(), signed_in()
    try:
        name_substitute(here.workflow, user.id, user.municipality.key, what, now=here.now())
    except WorkflowError as refusal:
        return list({_shown(line)[0]: _shown(line) for line in lines(refusal.reasons)}.values()), status_of(refusal)
    return [], 200


def _shown(line: Line) -> Line:
    """A seat is one question on the form: what is said of its role or body belongs there."""
    field, text, clauses = line
    return ("seat" if field in ("role", "body") else field), text, clauses


@bp.route("/away/<int:id_>/end", methods=["GET", "POST"])
def end(id_: int) -> Answer:
    """End it early: at once, or after a day; for the person away and for administrators."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    with reading(here.engine, tenant.id) as db:
        found = substitute_query.absence(db, tenant, id_, today)
    if user.id != found.away_id and not user.is_any("admin"):
        abort(404)  # who stands in for whom is told to the two of them and to administrators
    inputs = ending_inputs(today)
    told: list[Line] = []
    status = 200
    if request.method == "POST":
        told, status = _end(found, today, read(inputs, request.form))
        if not told:
            flash(_("The new last day is recorded."), "success")
            return redirect(_back(user, found), 303)
        inputs = filled(inputs, request.form)
    fields, problems = marked(inputs, told)
    more = {"policy": here.policy(tenant), "words_of": admin_labels, "back": _back(user, found)}
    page = render_template("admin/substitute_end.html", fields=fields, problems=problems, found=found, **more)
    return page if status == 200 else (page, status)


def _end(found: Absence, today: date, typed: dict[str, Any]) -> tuple[list[Line], int]:
    here, user = services(), signed_in()
    at_once = max(found.starts_on, today) - ONE_DAY  # the last day that has gone by
    ends_on = at_once.isoformat() if request.form.get("do") == "now" else typed.get("ends_on")
    what = {"id": found.id} | ({"ends_on": ends_on} if ends_on else {})
    try:
        end_substitution(here.workflow, user.id, user.municipality.key, what, now=here.now())
    except WorkflowError as refusal:
        return lines(refusal.reasons), status_of(refusal)
    return [], 200


def _back(user: User, found: Absence) -> str:
    """Where one came from: one's own page, or the person's for an administrator."""
    if found.away_id == user.id:
        return url_for("away.index")
    return url_for("admin.person", username=found.away_username)
