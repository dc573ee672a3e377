"""Views of assumptions: list, page, and the form that confirms or rejects one.

Everybody who is logged in reads; `workflow.versions.assumption_reviews` decides who may record a ruling.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from models.database import reading
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import Services, services
from web.i18n.gettext import _
from web.policies.assumptions import labels as assumptions_labels
from web.policies.assumptions.presenter import Dependent, current_rulings, dependent
from web.policies.queries import version_id
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Choice, Input, filled, marked
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.policy.assumptions import assumption_ids, rules_by_assumption
from workflow.policy.model import Policy
from workflow.versions.assumption_reviews import Ruling, is_open, may_review, record_review, rulings_on

bp = Blueprint("assumptions", __name__)

#: Filters of the list.
FILTERS = ("all", "open", "confirmed", "rejected")


@dataclass(frozen=True, slots=True)
class Entry:
    """One assumption, the rules that rest on it, and the ruling on it."""

    identity: str
    reason: str
    dependents: tuple[Dependent, ...]
    ruling: Ruling | None

    @property
    def state(self) -> str:
        """open, confirmed or rejected."""
        return self.ruling.verdict if self.ruling else "open"


@dataclass(frozen=True, slots=True)
class Version:
    """The version whose assumptions are shown."""

    policy: Policy
    is_in_force: bool
    #: Whether a ruling can be recorded.
    is_open: bool


@bp.get("/policy/assumptions")
def index() -> str:
    """Every assumption of the version in force, or of the one requested, filtered by state."""
    here, user = services(), signed_in()
    show = request.args.get("show", "all")
    if show not in FILTERS:
        abort(404)
    with reading(here.engine, user.municipality.id) as db:
        version = _version(db, here, user, request.args.get("version", ""))
    found = entries(version.policy)
    counts = {state: sum(entry.state == state for entry in found) for state in FILTERS} | {"all": len(found)}
    return render_template(
        "policies/assumptions/index.html",
        version=version,
        policy=version.policy,
        entries=[entry for entry in found if show in ("all", entry.state)],
        counts=counts,
        show=show,
        may=may_review(user) and version.is_open,
        labels=assumptions_labels,
    )


@bp.get("/policy/assumptions/<assumption>")
def page(assumption: str) -> str:
    """One assumption: the rules that rest on it, all rulings, and the form for those who may rule."""
    return _page(assumption, request.args.get("version", ""))


@bp.post("/policy/assumptions/<assumption>")
def rule(assumption: str) -> Response | tuple[str, int]:
    """Record a ruling; a refused form is shown again as it was filled in."""
    here, user, form = services(), signed_in(), request.form
    version = form.get("version", "")
    try:
        record_review(
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
        return _page(assumption, version, form_errors(refusal.reasons)), status_of(refusal)
    done = _("It is recorded that the municipality confirms it.")
    flash(done if form["verdict"] == "confirmed" else _("It is recorded that the municipality rejects it."), "success")
    return redirect(url_for("assumptions.page", assumption=assumption, version=version), 303)


def _page(assumption: str, version_name: str, errors: list[FormError] | None = None) -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        version = _version(db, here, user, version_name)
        history = rulings_on(db, user.municipality.id, assumption)
    entry = next((entry for entry in entries(version.policy) if entry.identity == assumption), None)
    if entry is None:
        raise NotFound(reason("assumption-not-found"))
    inputs, problems = marked(filled(_inputs(), request.form) if errors else _inputs(), errors or [])
    return render_template(
        "policies/assumptions/page.html",
        version=version,
        policy=version.policy,
        entry=entry,
        history=history,
        may=may_review(user) and version.is_open,
        inputs=inputs,
        problems=problems,
        labels=assumptions_labels,
    )


def _version(db: Session, here: Services, user: User, name: str) -> Version:
    """A version by its name, else the one in force today; raises `NotFound`."""
    tenant, now = user.municipality, here.now()
    in_force, policy = here.workflow.policies.in_force(db, tenant.id, here.today(tenant))
    if name in ("", policy.version):
        return Version(policy, is_in_force=True, is_open=True)
    id_ = version_id(db, name)
    if id_ is None:
        raise NotFound(reason("version-unknown", version=name))
    policy = here.workflow.policies.by_id(db, tenant.id, id_)
    still_open = is_open(here.workflow, db, tenant, id_, now=now)
    return Version(policy, is_in_force=id_ == in_force, is_open=still_open)


def entries(policy: Policy) -> list[Entry]:
    """Every assumption of a policy, in the order of the pack."""
    known, rulings = assumption_ids(policy), current_rulings()
    found = []
    for why, rules in rules_by_assumption(policy).items():
        dependents = dict.fromkeys(dependent(policy, rule) for rule in rules)
        found.append(Entry(known[why], why, tuple(dependents), rulings.get(known[why])))
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
    """The id of the ruling that the form showed; an unused one where the form was tampered with."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
