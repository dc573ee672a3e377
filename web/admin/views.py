"""Views of administration: people, appointments and mandates.

Changes go through `workflow.people.administration`, which records them in the journal; nothing here touches a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.admin import change_labels, substitute_queries
from web.admin import forms as admin_forms
from web.admin import labels as admin_labels
from web.admin import queries as admin_queries
from web.admin.change_queries import ProposalRow, open_proposals
from web.admin.forms import payload_of
from web.admin.proposing import propose
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked, read
from workflow.core.errors import WorkflowError
from workflow.people.administration import administer
from workflow.people.seats import TAKES_TWO
from workflow.policy.vocabulary import ROLES

bp = Blueprint("admin", __name__)

#: Parameters of the lists' filters.
FILTERS = ("q", "role", "body", "show")
#: A page, or a page with its status.
Answer = Response | str | tuple[str, int]


def _listing(template: str, endpoint: str, after: object, **more: Any) -> str:
    """One page of a list, with links to the next and the first."""
    filters = admin_queries.filter_from_args(request.args)
    parameters: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    user = signed_in()
    return render_template(
        template,
        filters=filters,
        policy=services().policy(user.municipality),
        roles=ROLES,
        labels=admin_labels,
        next_url=url_for(endpoint, **parameters, after=after) if after else None,
        first_url=url_for(endpoint, **parameters) if filters.after else None,
        **more,
    )


def _form(template: str, inputs: tuple[Input, ...], errors: Sequence[FormError] = (), **more: Any) -> str:
    """A form with its values and errors."""
    shown, problems = marked(inputs, errors)
    policy = services().policy(signed_in().municipality)
    return render_template(template, fields=shown, problems=problems, policy=policy, labels=admin_labels, **more)


def _administer(action: str, payload: Mapping[str, Any]) -> tuple[list[FormError], int]:
    """Take an administrative action; the errors of a refusal with its status, else none and 200."""
    here, user = services(), signed_in()
    try:
        administer(here.workflow, user.id, user.municipality.key, action, payload, now=here.now())
    except WorkflowError as refusal:
        return form_errors(refusal.reasons), status_of(refusal)
    return [], 200


# -- people


@bp.get("/admin/people")
def people_list() -> str:
    """The list of people, by user name."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.people_page(
            db, tenant, admin_queries.filter_from_args(request.args), here.today(tenant)
        )
    return _listing("admin/people.html", "admin.people_list", after, people=found)


@bp.route("/admin/people/new", methods=["GET", "POST"])
def add_person() -> Answer:
    """Add a person, and propose to invite them unless they never log in."""
    tenant = signed_in().municipality
    inputs = admin_forms.person_inputs(tenant)
    if request.method == "GET":
        return _form("admin/person_new.html", inputs)
    payload = payload_of(read(inputs, request.form), tenant)
    is_invited = payload.pop("is_invited", False)
    errors, status = _administer("add-person", payload)
    if errors:
        return _form("admin/person_new.html", filled(inputs, request.form), errors), status
    flash(_("%(name)s is known here now.", name=payload["name"]), "success")
    if is_invited:
        propose("invite-person", {"username": payload["username"]})
    return redirect(url_for("admin.person", username=payload["username"]), 303)


@bp.get("/admin/people/<username>")
def person(username: str) -> Answer:
    """A person: account and appointments."""
    return person_page(username, [])


@bp.post("/admin/people/<username>")
def change_person(username: str) -> Answer:
    """Close or open an account, or change a name; closing and opening end the account's sessions."""
    do = request.form.get("do", "")
    if do == "name":
        errors, status = _administer("rename-person", {"username": username, "name": request.form.get("name", "")})
    elif do in ("close", "open"):
        errors, status = _administer("change-person", {"username": username, "is_active": do == "open"})
    else:
        errors, status = [("", _("Choose what to change."), ())], 422
    if errors:
        return person_page(username, errors), status
    flash(admin_labels.account_changed(do), "success")
    return redirect(url_for("admin.person", username=username), 303)


def person_page(username: str, errors: list[FormError]) -> str:
    """The page of a person, with the errors of a refused form."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        found = admin_queries.person(db, user.municipality, username, here.today(user.municipality))
        absences = substitute_queries.absences(db, user.municipality, found.id, here.today(user.municipality))
        proposals = open_proposals(db, user, here.now(), about=username)
    inputs = admin_forms.account_inputs(
        request.form.get("name", found.name), request.form.get("email", found.email), found.email
    )
    away = [one for one in absences if one.away_id == found.id]
    return _form(
        "admin/person.html",
        inputs,
        errors,
        person=found,
        is_self=found.id == user.id,
        away=away,
        **_proposed(proposals),
    )


def _proposed(proposals: Sequence[ProposalRow]) -> dict[str, Any]:
    """What a page needs to list proposals."""
    return {
        "proposals": proposals,
        "change_labels": change_labels,
        "by_mail": services().settings.mailing.is_on,
    }


# -- appointments


@bp.get("/admin/appointments")
def appointments() -> str:
    """The list of appointments, newest first."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.appointments_page(
            db, tenant, admin_queries.filter_from_args(request.args), here.today(tenant)
        )
    return _listing("admin/appointments.html", "admin.appointments", after, appointments=found)


@bp.route("/admin/appointments/new", methods=["GET", "POST"])
def appoint() -> Answer:
    """Appoint a person to a role in a body, or propose it where it takes two."""
    here, tenant = services(), signed_in().municipality
    inputs = admin_forms.appointment_inputs(tenant, here.policy(tenant), request.args, here.today(tenant))
    if request.method == "GET":
        return _form("admin/appointment_new.html", inputs)
    payload = payload_of(read(inputs, request.form), tenant)
    takes_two = payload.get("role") in TAKES_TWO
    errors, status = (propose if takes_two else _administer)("appoint", payload)
    if errors:
        return _form("admin/appointment_new.html", filled(inputs, request.form), errors), status
    if not takes_two:
        flash(_("The appointment is recorded."), "success")
    return redirect(url_for("admin.person", username=payload["username"]), 303)


@bp.route("/admin/appointments/<int:id_>/end", methods=["GET", "POST"])
def end_appointment(id_: int) -> Answer:
    """End an appointment, or propose it where it takes two."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        seat = admin_queries.appointment(db, tenant, id_, here.today(tenant))
    inputs = admin_forms.ending_inputs(here.today(tenant))
    if request.method == "GET":
        return _form("admin/appointment_end.html", inputs, seat=seat)
    payload = payload_of(read(inputs, request.form), tenant) | {"id": id_}
    takes_two = seat.role in TAKES_TWO
    errors, status = (propose if takes_two else _administer)("end-appointment", payload)
    if errors:
        return _form("admin/appointment_end.html", filled(inputs, request.form), errors, seat=seat), status
    if not takes_two:
        flash(_("The last day is recorded."), "success")
    return redirect(url_for("admin.person", username=seat.username), 303)


# -- mandates


@bp.get("/admin/mandates")
def mandates() -> str:
    """The list of mandates, newest first."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found, after = admin_queries.mandates_page(
            db, tenant, admin_queries.filter_from_args(request.args), here.today(tenant)
        )
    return _listing("admin/mandates.html", "admin.mandates", after, mandates=found)


@bp.route("/admin/mandates/new", methods=["GET", "POST"])
def give_mandate() -> Answer:
    """Propose a mandate of a body to one of its administrations, citing the decision."""
    here, tenant = services(), signed_in().municipality
    inputs = admin_forms.mandate_inputs(here.policy(tenant), here.today(tenant))
    if request.method == "GET":
        return _form("admin/mandate_new.html", inputs)
    errors, status = propose("give-mandate", payload_of(read(inputs, request.form), tenant))
    if errors:
        return _form("admin/mandate_new.html", filled(inputs, request.form), errors), status
    return redirect(url_for("changes.index"), 303)


@bp.route("/admin/mandates/<int:id_>/end", methods=["GET", "POST"])
def end_mandate(id_: int) -> Answer:
    """End a mandate."""
    here, tenant = services(), signed_in().municipality
    with reading(here.engine, tenant.id) as db:
        found = admin_queries.mandate(db, tenant, id_, here.today(tenant))
    inputs = admin_forms.ending_inputs(here.today(tenant))
    if request.method == "GET":
        return _form("admin/mandate_end.html", inputs, mandate=found)
    errors, status = _administer("end-mandate", payload_of(read(inputs, request.form), tenant) | {"id": id_})
    if errors:
        return _form("admin/mandate_end.html", filled(inputs, request.form), errors, mandate=found), status
    flash(_("The last day is recorded."), "success")
    return redirect(url_for("admin.mandates"), 303)
