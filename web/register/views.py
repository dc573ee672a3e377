"""Views of the register: list, map, the page of an engagement, and the entry of one older than the system.

The register changes through `workflow.register.service` and through concluded cases alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.register import details_labels, forms, map_presenter, map_queries
from web.register import labels as register_labels
from web.register.forms import legacy_inputs
from web.register.map_queries import MapEntry
from web.register.presenter import EngagementView, load, may_edit_details
from web.register.queries import MOST_FOUND, filter_from_args, register_page
from web.register.timeline_presenter import timeline
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, filled, marked, nested, read
from workflow.cases.secrecy import reader_of
from workflow.core.errors import WorkflowError
from workflow.policy.model import Policy
from workflow.policy.roles import preparing_seat
from workflow.register.service import register_engagement

bp = Blueprint("engagements", __name__)


@dataclass(frozen=True, slots=True)
class RequestLink:
    """A link to a new request about an engagement."""

    label: str
    href: str


@bp.get("/engagements")
def index() -> str:
    """The filtered and sorted register."""
    here, user = services(), signed_in()
    filters, today = filter_from_args(request.args, user.municipality), here.today(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        reader = reader_of(db, here.workflow.policies, user.municipality, user)
        page = register_page(db, user.municipality, reader, filters, today)
    parameters = filters.query_parameters()
    return render_template(
        "register/index.html",
        page=page,
        filters=filters,
        policy=here.policy(user.municipality),
        today=today,
        labels=register_labels,
        choices=forms,
        most_found=MOST_FOUND,
        exports={name: url_for("exports.export", form=name, **parameters) for name in ("csv", "xlsx")},
        map_url=url_for("engagements.map_", **parameters),
        next_url=url_for("engagements.index", **parameters, after=page.next) if page.next else None,
        first_url=url_for("engagements.index", **parameters) if filters.after else None,
    )


@bp.get("/engagements/map")
def map_() -> str:
    """The partners of matching engagements on a map and in a list."""
    here, user = services(), signed_in()
    filters, today = filter_from_args(request.args, user.municipality), here.today(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        reader = reader_of(db, here.workflow.policies, user.municipality, user)
        entries, is_cut = map_queries.map_entries(db, user.municipality, reader, filters, today)
    return render_template(
        "register/map.html",
        map=map_presenter.map_of(entries, request.args.get("view", ""), is_cut=is_cut),
        filters=filters,
        policy=here.policy(user.municipality),
        labels=register_labels,
        details_labels=details_labels,
        choices=forms,
        most=map_queries.MOST,
    )


@bp.get("/engagements/<number>")
def page(number: str) -> str:
    """One engagement: facts, evaluations, timeline, cases, and links to new requests."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        view = load(db, here.workflow, user, number, here.today(user.municipality))
        events = timeline(db, user, view.row, view.cases, view.today)
    links = tuple(_request_links(view))
    role, body = preparing_seat(view.policy, "officer", view.responsible)
    return render_template(
        "register/page.html",
        view=view,
        row=view.row,
        events=events,
        facts_of_engagement=register_labels.facts_of(view),
        signature=register_labels.signature_of(view.row.signature),
        request_links=links if user.holds(role, body) else (),
        preparing=body,
        labels=register_labels,
        details_labels=details_labels,
        engagement=view.row,
        may_edit_details=may_edit_details(view, user),
        may_fetch=user.is_any("officer", "coordinator", "auditor"),
        map=map_presenter.map_of(_map_entry(view), ""),
    )


def _map_entry(view: EngagementView) -> tuple[MapEntry, ...]:
    """The engagement on the map; empty without coordinates."""
    row = view.row
    if row.latitude is None or row.longitude is None:
        return ()
    facts = (row.number, row.kind, row.title, row.partner_name, row.partner_country, row.partner_kind)
    return (MapEntry(*facts, view.status, row.latitude, row.longitude),)


def _request_links(view: EngagementView) -> Iterable[RequestLink]:
    """Requests that are possible now, the most urgent first."""
    kind, number = view.row.kind, view.row.number
    evaluate = _("Ask to evaluate it"), "evaluate"
    usual = [(_("Ask to renew it"), "renew"), evaluate, (_("Ask to end it"), "terminate")]
    if view.is_pressing:
        usual.sort(key=lambda link: link is not evaluate)
    if kind == "policy":
        usual = [(_("Ask to revise it"), "revise"), (_("Ask to repeal it"), "repeal")]
    if not view.is_running:
        usual = [(_("Ask to enter it anew"), "adopt" if kind == "policy" else "enter")]
    for label, act in usual:
        parameters = {"engagement": kind, "act": act} | ({"engagement_number": number} if view.is_running else {})
        yield RequestLink(label, f"/cases/new?{urlencode(parameters)}")


# -- engagements older than the system


@bp.get("/engagements/register")
def form() -> str:
    """The form for an engagement that is older than the system."""
    user = signed_in()
    policy = services().policy(user.municipality)
    return _form(policy, user, legacy_inputs(policy, user))


@bp.post("/engagements/register")
def create() -> Response | tuple[str, int]:
    """Register the engagement; a refusal shows the form again with the submitted values."""
    here, user = services(), signed_in()
    policy = here.policy(user.municipality)
    inputs = legacy_inputs(policy, user)
    typed = {name: value for name, value in read(inputs, request.form).items() if value not in ("", None, [])}
    try:
        number = register_engagement(here.workflow, user.id, user.municipality.key, nested(typed), now=here.now())
    except WorkflowError as refusal:
        shown = filled(inputs, request.form)
        return _form(policy, user, shown, form_errors(refusal.reasons)), status_of(refusal)
    flash(_("%(number)s is in the register. It is a fact on record, not a decision.", number=number), "success")
    return redirect(url_for("engagements.page", number=number), 303)


def _form(policy: Policy, user: User, inputs: tuple[Input, ...], errors: Iterable[FormError] = ()) -> str:
    shown, problems = marked(inputs, errors)
    return render_template("register/legacy.html", policy=policy, fields=shown, problems=problems)
