"""Views of changes that take two people: proposing, confirming, declining.

The link of an invitation that no mail can carry is shown here once, to whoever confirmed it.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.admin import change_labels
from web.admin.change_queries import open_proposals
from web.admin.forms import erasure_inputs
from web.admin.proposing import propose as propose_change
from web.admin.views import person_page
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import filled, marked
from workflow.core.errors import WorkflowError
from workflow.people import changes
from workflow.people.change_kinds import KINDS

bp = Blueprint("changes", __name__)


@bp.get("/admin/changes")
def index() -> str:
    """Open proposals, to those who can confirm something or have proposed it."""
    return _page([])


@bp.post("/admin/people/<username>/propose")
def propose(username: str) -> Response | str | tuple[str, int]:
    """Propose an invitation or another e-mail address of a person."""
    kind = request.form.get("kind", "")
    if kind not in ("invite-person", "change-email"):
        abort(404)
    given = {"username": username} | (
        {"email": request.form.get("email", "").strip()} if kind == "change-email" else {}
    )
    errors, status = propose_change(kind, given)
    if errors:
        return person_page(username, errors), status
    return redirect(url_for("admin.person", username=username), 303)


@bp.route("/admin/people/<username>/erase", methods=["GET", "POST"])
def erase(username: str) -> Response | str | tuple[str, int]:
    """Propose to erase a person, citing the decision."""
    inputs = erasure_inputs()
    errors: list[FormError] = []
    status = 200
    if request.method == "POST":
        given = {"username": username, "source": request.form.get("source", "").strip()}
        errors, status = propose_change("erase-person", given)
        if not errors:
            return redirect(url_for("admin.person", username=username), 303)
        inputs = filled(inputs, request.form)
    shown, problems = marked(inputs, errors)
    policy = services().policy(signed_in().municipality)
    page = render_template("admin/person_erase.html", fields=shown, problems=problems, policy=policy, username=username)
    return page, status


@bp.post("/admin/changes/<int:id_>/confirm")
def confirm(id_: int) -> Response | str | tuple[str, int]:
    """Confirm a proposal; where nothing can carry an invitation's link, it is shown on this page and never again."""
    here, user = services(), signed_in()
    by_mail = here.settings.mailing.is_on
    try:
        done = changes.confirm(
            here.workflow, KINDS, user.id, user.municipality.key, id_, by_mail=by_mail, now=here.now()
        )
    except WorkflowError as refusal:
        return _page(form_errors(refusal.reasons)), status_of(refusal)
    if done.token is None:
        flash(_("It is confirmed and carried out."), "success")
        return redirect(url_for("changes.index"), 303)
    base = here.settings.mailing.base_url or request.url_root.rstrip("/")
    return _page([], link=base + url_for("invitation.form", token=done.token))


@bp.post("/admin/changes/<int:id_>/decline")
def decline(id_: int) -> Response | tuple[str, int]:
    """Withdraw one's own proposal, or decline another's."""
    here, user = services(), signed_in()
    try:
        changes.decline(here.workflow, KINDS, user.id, user.municipality.key, id_, now=here.now())
    except WorkflowError as refusal:
        return _page(form_errors(refusal.reasons)), status_of(refusal)
    flash(_("It is not carried out."), "success")
    return redirect(url_for("changes.index"), 303)


def _page(errors: list[FormError], link: str = "") -> str:
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        found = open_proposals(db, user, here.now())
    _shown, problems = marked((), errors)
    return render_template(
        "admin/changes.html",
        proposals=found,
        problems=problems,
        policy=here.policy(user.municipality),
        labels=change_labels,
        link=link,
        by_mail=here.settings.mailing.is_on,
    )
