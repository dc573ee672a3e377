"""Which engagements abroad does the municipality have, and what can be asked of one?

The register, the page of an engagement, and the form by which an officer brings one from before our time into it. The
register itself changes through `workflow.register.service` and through concluded cases, nowhere else.
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
from web.register import details_labels, filters, partner_map
from web.register import labels as register_labels
from web.register.legacy_form import inputs_of
from web.register.partner_map import Spot
from web.register.presenter import EngagementView, load, may_keep
from web.register.queries import MOST_FOUND, page_of, wanted_of
from web.register.timeline import timeline
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, filled, marked, nested, read
from workflow.core.errors import WorkflowError
from workflow.policy.model import Policy
from workflow.policy.roles import preparing_seat
from workflow.register.service import register_engagement

bp = Blueprint("engagements", __name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that can be asked of an engagement."""

    label: str
    href: str


@bp.get("/engagements")
def index() -> str:
    """The register, narrowed and in the order somebody asks for."""
    here, user = services(), signed_in()
    wanted, today = wanted_of(request.args, user.municipality), here.today(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        page = page_of(db, user.municipality, wanted, today)
    asked = wanted.address()
    return render_template(
        "register/index.html",
        page=page,
        wanted=wanted,
        policy=here.policy(user.municipality),
        today=today,
        words_of=register_labels,
        register_choices=filters,
        most_found=MOST_FOUND,
        exports={name: url_for("exports.export", form=name, **asked) for name in ("csv", "xlsx")},
        map_url=url_for("engagements.map_", **asked),
        next_url=url_for("engagements.index", **asked, after=page.next) if page.next else None,
        first_url=url_for("engagements.index", **asked) if wanted.after else None,
    )


@bp.get("/engagements/map")
def map_() -> str:
    """The partners of what fits on a map, and the same as a list."""
    here, user = services(), signed_in()
    wanted, today = wanted_of(request.args, user.municipality), here.today(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        spots, is_cut = partner_map.spots_of(db, user.municipality, wanted, today)
    return render_template(
        "register/map.html",
        map=partner_map.drawn(spots, request.args.get("view", ""), is_cut=is_cut),
        wanted=wanted,
        policy=here.policy(user.municipality),
        words_of=register_labels,
        kept_words=details_labels,
        register_choices=filters,
        most=partner_map.MOST,
    )


@bp.get("/engagements/<number>")
def page(number: str) -> str:
    """One engagement: what it is, what is due, which cases it has had, and what can be asked of it."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        view = load(db, here.workflow, user, number, here.today(user.municipality))
        moments = timeline(db, user, view.row, view.cases, view.today)
    asks = tuple(_asks(view))
    role, body = preparing_seat(view.policy, "officer", view.responsible)
    return render_template(
        "register/page.html",
        view=view,
        row=view.row,
        moments=moments,
        facts_of_it=register_labels.facts_of(view),
        signature=register_labels.signature_of(view.row.signature),
        asks=asks if user.holds(role, body) else (),
        preparing=body,
        words_of=register_labels,
        kept_words=details_labels,
        engagement=view.row,
        may_keep=may_keep(view, user),
        may_fetch=user.is_any("officer", "coordinator", "auditor"),
        map=partner_map.drawn(_spot(view), ""),
    )


def _spot(view: EngagementView) -> tuple[Spot, ...]:
    """The engagement's own place, where it is known."""
    row = view.row
    if row.latitude is None or row.longitude is None:
        return ()
    told = (row.number, row.kind, row.title, row.partner_name, row.partner_country, row.partner_kind)
    return (Spot(*told, view.status, row.latitude, row.longitude),)


def _asks(view: EngagementView) -> Iterable[Ask]:
    """What can be asked now, the most urgent first."""
    kind, number = view.row.kind, view.row.number
    evaluate = _("Ask to evaluate it"), "evaluate"
    usual = [(_("Ask to renew it"), "renew"), evaluate, (_("Ask to end it"), "terminate")]
    if view.is_pressing:
        usual.sort(key=lambda ask: ask is not evaluate)
    if kind == "policy":
        usual = [(_("Ask to revise it"), "revise"), (_("Ask to repeal it"), "repeal")]
    if not view.is_running:
        usual = [(_("Ask to enter it anew"), "adopt" if kind == "policy" else "enter")]
    for label, act in usual:
        asked = {"engagement": kind, "act": act} | ({"engagement_number": number} if view.is_running else {})
        yield Ask(label, f"/cases/new?{urlencode(asked)}")


# -- from before our time


@bp.get("/engagements/register")
def form() -> str:
    """The form for an engagement that is older than the system."""
    user = signed_in()
    policy = services().policy(user.municipality)
    return _form(policy, user, inputs_of(policy, user))


@bp.post("/engagements/register")
def create() -> Response | tuple[str, int]:
    """Bring the engagement into the register; what is refused comes back with everything typed."""
    here, user = services(), signed_in()
    policy = here.policy(user.municipality)
    inputs = inputs_of(policy, user)
    typed = {name: value for name, value in read(inputs, request.form).items() if value not in ("", None, [])}
    try:
        number = register_engagement(here.workflow, user.id, user.municipality.key, nested(typed), now=here.now())
    except WorkflowError as refusal:
        shown = filled(inputs, request.form)
        return _form(policy, user, shown, lines(refusal.reasons)), status_of(refusal)
    flash(_("%(number)s is in the register. It is a fact on record, not a decision.", number=number), "success")
    return redirect(url_for("engagements.page", number=number), 303)


def _form(policy: Policy, user: User, inputs: tuple[Input, ...], told: Iterable[Line] = ()) -> str:
    shown, problems = marked(inputs, told)
    return render_template("register/legacy.html", policy=policy, fields=shown, problems=problems)
