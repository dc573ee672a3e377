"""What do we read into the policy, what rests on it, and what does the municipality say of it?

Everybody who is logged in reads; whoever may, confirms or rejects, through `workflow.versions.assumption_reviews`
alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response

from models import PolicyVersion
from models.database import reading
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import Services, services
from web.i18n.gettext import _
from web.policies.assumptions import labels as assumptions_labels
from web.policies.assumptions import status as assumptions_status
from web.policies.assumptions.labels import Place
from web.ui.form_errors import Line, lines
from web.ui.forms import Choice, Input, filled, marked
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.policy.assumptions import identities, resting
from workflow.policy.model import Policy
from workflow.versions.assumption_reviews import Ruling, is_open, may_rule, rule_on, rulings_on

bp = Blueprint("assumptions", __name__)

#: What the list is narrowed to.
SHOWN = ("all", "open", "confirmed", "rejected")


@dataclass(frozen=True, slots=True)
class Entry:
    """One assumption, what rests on it, and how it stands."""

    identity: str
    reason: str
    places: tuple[Place, ...]
    ruling: Ruling | None

    @property
    def state(self) -> str:
        """open, confirmed or rejected."""
        return self.ruling.verdict if self.ruling else "open"


@dataclass(frozen=True, slots=True)
class Version:
    """The version whose assumptions are looked at."""

    policy: Policy
    is_in_force: bool
    #: Whether its assumptions can be ruled on.
    is_open: bool


@bp.get("/policy/assumptions")
def index() -> str:
    """Every assumption of the version in force, or of the one asked for, narrowed by how it stands."""
    here, user = services(), signed_in()
    show = request.args.get("show", "all")
    if show not in SHOWN:
        abort(404)
    with reading(here.engine, user.municipality.id) as db:
        version = _version(db, here, user, request.args.get("version", ""))
    found = entries(version.policy)
    counts = {state: sum(entry.state == state for entry in found) for state in SHOWN} | {"all": len(found)}
    return render_template(
        "policies/assumptions/index.html",
        version=version,
        policy=version.policy,
        entries=[entry for entry in found if show in ("all", entry.state)],
        counts=counts,
        show=show,
        may=may_rule(user) and version.is_open,
        words_of=assumptions_labels,
    )


@bp.get("/policy/assumptions/<assumption>")
def page(assumption: str) -> str:
    """One assumption: what rests on it, everything that was ever said of it, and the form for those who may."""
    return _page(assumption, request.args.get("version", ""))


@bp.post("/policy/assumptions/<assumption>")
def rule(assumption: str) -> Response | tuple[str, int]:
    """Record what the municipality says; what was typed stays when it is refused."""
    here, user, form = services(), signed_in(), request.form
    version = form.get("version", "")
    try:
        rule_on(
            here.workflow,
            user.id,
            user.municipality.key,
            version,
            assumption,
            form.get("verdict", ""),
            form.get("note", "").replace("\r\n", "\n"),
            now=here.now(),
            seen=_whole(form.get("seen", "")),
        )
    except NotFound:
        raise
    except WorkflowError as refusal:
        return _page(assumption, version, lines(refusal.reasons)), status_of(refusal)
    done = _("It is recorded that the municipality confirms it.")
    flash(done if form["verdict"] == "confirmed" else _("It is recorded that the municipality rejects it."), "success")
    return redirect(url_for("assumptions.page", assumption=assumption, version=version), 303)


def _page(assumption: str, wanted: str, told: list[Line] | None = None) -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        version = _version(db, here, user, wanted)
        history = rulings_on(db, user.municipality.id, assumption)
    entry = next((entry for entry in entries(version.policy) if entry.identity == assumption), None)
    if entry is None:
        raise NotFound(reason("assumption-not-found"))
    inputs, problems = marked(filled(_inputs(), request.form) if told else _inputs(), told or [])
    return render_template(
        "policies/assumptions/page.html",
        version=version,
        policy=version.policy,
        entry=entry,
        history=history,
        may=may_rule(user) and version.is_open,
        inputs=inputs,
        problems=problems,
        words_of=assumptions_labels,
    )


def _version(db: Session, here: Services, user: User, wanted: str) -> Version:
    """A version by its name, else the one in force today; raises `NotFound`."""
    place, now = user.municipality, here.now()
    in_force, policy = here.workflow.policies.in_force(db, place.id, here.today(place))
    if wanted in ("", policy.version):
        return Version(policy, is_in_force=True, is_open=True)
    id_ = db.execute(select(PolicyVersion.id).where(PolicyVersion.version == wanted)).scalar_one_or_none()
    if id_ is None:
        raise NotFound(reason("version-unknown", version=wanted))
    policy = here.workflow.policies.by_id(db, place.id, id_)
    still_open = is_open(here.workflow, db, place, id_, now=now)
    return Version(policy, is_in_force=id_ == in_force, is_open=still_open)


def entries(policy: Policy) -> list[Entry]:
    """Every assumption of a policy once, in the order they stand."""
    known, said = identities(policy), assumptions_status.said()
    found = []
    for why, rules in resting(policy).items():
        places = dict.fromkeys(assumptions_labels.place_of(policy, rule) for rule in rules)
        found.append(Entry(known[why], why, tuple(places), said.get(known[why])))
    return found


def _inputs() -> tuple[Input, ...]:
    verdicts = (
        Choice("confirmed", _("The municipality confirms it"), _("It stands as its own reading from now on.")),
        Choice(
            "rejected",
            _("The municipality rejects it"),
            _("It goes on governing for now, but no new version that rests on it can come into force."),
        ),
    )
    hint = _("For example a decision, a memorandum, or who in the municipality has answered for it.")
    return (
        Input("verdict", "one", _("What does the municipality say?"), choices=verdicts, is_needed=True),
        Input("note", "text", _("On whose word, or why not?"), hint=hint, is_needed=True),
    )


def _whole(text: str) -> int:
    """The id of the ruling that was looked at; one that nobody has where the form was tampered with."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
