"""Who is known here, who sits where, and which mandates hold?

For administrators alone. Every act goes through `workflow.people.administration` and stands in the municipality's
journal; nothing here touches a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.admin import forms as admin_forms
from web.admin import labels as admin_labels
from web.admin import queries as admin_queries
from web.admin import substitute_query
from web.admin.forms import SHORTEST_PASSWORD, given
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, filled, marked, read
from workflow.core.errors import WorkflowError
from workflow.people.administration import administer
from workflow.policy.vocabulary import ROLES

bp = Blueprint("admin", __name__)

#: What the lists are narrowed by.
FILTERS = ("q", "role", "body", "show")
#: A page, or a page with its status.
Answer = Response | str | tuple[str, int]


def _listing(template: str, endpoint: str, after: object, **more: Any) -> str:
    """One page of a list, with the way to the next one and back to the first."""
    sought = admin_queries.sought_of(request.args)
    asked: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    user = signed_in()
    return render_template(
        template,
        sought=sought,
        policy=services().policy(user.municipality),
        roles=ROLES,
        words_of=admin_labels,
        next_url=url_for(endpoint, **asked, after=after) if after else None,
        first_url=url_for(endpoint, **asked) if sought.after else None,
        **more,
    )


def _form(template: str, inputs: tuple[Input, ...], told: tuple[Line, ...] | list[Line] = (), **more: Any) -> str:
    """A form with what was typed and what was wrong with it."""
    shown, problems = marked(inputs, told)
    policy = services().policy(signed_in().municipality)
    return render_template(template, fields=shown, problems=problems, policy=policy, words_of=admin_labels, **more)


def _do(action: str, what: Mapping[str, Any]) -> tuple[list[Line], int]:
    """Take an administrative act; what was refused, as lines, with the status."""
    here, user = services(), signed_in()
    try:
        administer(here.workflow, user.id, user.municipality.key, action, what, now=here.now())
    except WorkflowError as refusal:
        return lines(refusal.reasons), status_of(refusal)
    return [], 200


def _password(action: str, what: dict[str, Any], password: str) -> tuple[list[Line], int]:
    """The same with a password, hashed here so that it is never seen in clear below."""
    if password and len(password) < SHORTEST_PASSWORD:
        return [_too_short()], 422
    hashed = {"password_hash": services().passwords.hash(password)} if password else {}
    return _do(action, what | hashed)


def _too_short() -> Line:
    return "password", admin_forms.password_hint(), ()


# -- people


@bp.get("/admin/people")
def people_list() -> str:
    """Everybody known here, by user name."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.people_page(db, tenant, admin_queries.sought_of(request.args), here.today(tenant))
    return _listing("admin/people.html", "admin.people_list", after, people=found)


@bp.route("/admin/people/new", methods=["GET", "POST"])
def add_person() -> Answer:
    """A person to be known here; with a password, or without one for somebody who never logs in."""
    tenant = signed_in().municipality
    inputs = admin_forms.person_inputs(tenant)
    if request.method == "GET":
        return _form("admin/person_new.html", inputs)
    what = given(read(inputs, request.form), tenant)
    what.pop("password", None)
    told, status = _password("add-person", what, request.form.get("password", ""))
    if told:
        return _form("admin/person_new.html", filled(inputs, request.form), told), status
    flash(_("%(name)s is known here now.", name=what["name"]), "success")
    return redirect(url_for("admin.person", username=what["username"]), 303)


@bp.get("/admin/people/<username>")
def person(username: str) -> Answer:
    """A person: account and appointments."""
    return _person(username, [])


@bp.post("/admin/people/<username>")
def change_person(username: str) -> Answer:
    """Close or open an account, or set a new password; running sessions end."""
    found, do = admin_labels.person_changes(), request.form.get("do", "")
    if do == "password":
        password = request.form.get("password", "")
        if password:
            told, status = _password("change-person", {"username": username}, password)
        else:
            told, status = [_too_short()], 422
    elif do in ("close", "open"):
        told, status = _do("change-person", {"username": username, "is_active": do == "open"})
    else:
        told, status = [("", _("Choose what to change."), ())], 422
    if told:
        return _person(username, told), status
    flash(found[do], "success")
    return redirect(url_for("admin.person", username=username), 303)


def _person(username: str, told: list[Line]) -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        found = admin_queries.person(db, user.municipality, username, here.today(user.municipality))
        absences = substitute_query.absences(db, user.municipality, found.id, here.today(user.municipality))
    inputs = (admin_forms.password_input(hint=admin_forms.password_hint()),)
    away = [one for one in absences if one.away_id == found.id]
    return _form("admin/person.html", inputs, told, person=found, is_self=found.id == user.id, away=away)


# -- appointments


@bp.get("/admin/appointments")
def appointments() -> str:
    """Who sits where today, or ever; newest first."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.appointments_page(
            db, tenant, admin_queries.sought_of(request.args), here.today(tenant)
        )
    return _listing("admin/appointments.html", "admin.appointments", after, appointments=found)


@bp.route("/admin/appointments/new", methods=["GET", "POST"])
def appoint() -> Answer:
    """A role in a body, from a day; nobody appoints themselves."""
    here, tenant = services(), signed_in().municipality
    inputs = admin_forms.appointment_inputs(tenant, here.policy(tenant), request.args, here.today(tenant))
    if request.method == "GET":
        return _form("admin/appointment_new.html", inputs)
    what = given(read(inputs, request.form), tenant)
    told, status = _do("appoint", what)
    if told:
        return _form("admin/appointment_new.html", filled(inputs, request.form), told), status
    flash(_("The appointment is recorded."), "success")
    return redirect(url_for("admin.person", username=what["username"]), 303)


@bp.route("/admin/appointments/<int:id_>/end", methods=["GET", "POST"])
def end_appointment(id_: int) -> Answer:
    """The last day of an appointment."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        seat = admin_queries.appointment(db, tenant, id_, here.today(tenant))
    inputs = admin_forms.ending_inputs(here.today(tenant))
    if request.method == "GET":
        return _form("admin/appointment_end.html", inputs, seat=seat)
    told, status = _do("end-appointment", given(read(inputs, request.form), tenant) | {"id": id_})
    if told:
        return _form("admin/appointment_end.html", filled(inputs, request.form), told, seat=seat), status
    flash(_("The last day is recorded."), "success")
    return redirect(url_for("admin.person", username=seat.username), 303)


# -- mandates


@bp.get("/admin/mandates")
def mandates() -> str:
    """Which mandates hold today, or ever held; newest first."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.mandates_page(
            db, tenant, admin_queries.sought_of(request.args), here.today(tenant)
        )
    return _listing("admin/mandates.html", "admin.mandates", after, mandates=found)


@bp.route("/admin/mandates/new", methods=["GET", "POST"])
def give_mandate() -> Answer:
    """Record what a body has delegated to one of its administrations, citing the decision."""
    here, tenant = services(), signed_in().municipality
    inputs = admin_forms.mandate_inputs(here.policy(tenant), here.today(tenant))
    if request.method == "GET":
        return _form("admin/mandate_new.html", inputs)
    told, status = _do("give-mandate", given(read(inputs, request.form), tenant))
    if told:
        return _form("admin/mandate_new.html", filled(inputs, request.form), told), status
    flash(_("The mandate is recorded."), "success")
    return redirect(url_for("admin.mandates"), 303)


@bp.route("/admin/mandates/<int:id_>/end", methods=["GET", "POST"])
def end_mandate(id_: int) -> Answer:
    """The last day of a mandate."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found = admin_queries.mandate(db, tenant, id_, here.today(tenant))
    inputs = admin_forms.ending_inputs(here.today(tenant))
    if request.method == "GET":
        return _form("admin/mandate_end.html", inputs, mandate=found)
    told, status = _do("end-mandate", given(read(inputs, request.form), tenant) | {"id": id_})
    if told:
        return _form("admin/mandate_end.html", filled(inputs, request.form), told, mandate=found), status
    flash(_("The last day is recorded."), "success")
    return redirect(url_for("admin.mandates"), 303)
