"""Views for bringing a waiting policy version into force.

One form: the day, and the basis: the case in which the competent body adopted or revised the policy, or reasons where
only our reading of the same document changes. The engine refuses an invalid basis.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.pack_messages import error_text
from web.policies.versions.queries import concluded_policy_cases, stored_version
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Choice, Input, filled, marked, read
from workflow.core.dates import read_day
from workflow.core.errors import NotFound, PolicyInvalid, WorkflowError
from workflow.versions.service import DECISION, ENDS, GIVES, READING, activate

bp = Blueprint("activation", __name__)


@bp.get("/policy/versions/<version>/activate")
def form(version: str) -> str:
    """The form that brings a version into force."""
    return _page(version)


@bp.post("/policy/versions/<version>/activate")
def activate_version(version: str) -> Response | tuple[str, int]:
    """Bring it into force; a refused form is shown again as it was filled in."""
    here, user = services(), signed_in()
    typed = {name: value for name, value in read(_inputs(()), request.form).items() if value}
    try:
        activate(here.workflow, user.id, user.municipality.key, version, typed, now=here.now())
    except NotFound:
        raise
    except PolicyInvalid as fault:
        return _page(version, [("", error_text(fault), ())]), status_of(fault)
    except WorkflowError as refusal:
        return _page(version, form_errors(refusal.reasons)), status_of(refusal)
    here.look_again(user.municipality)
    day = labels.day(read_day(typed["governs_from"], "governs_from"))
    flash(_("%(version)s governs from %(day)s.", version=version, day=day), "success")
    return redirect(url_for("versions.page", version=version), 303)


def _page(version: str, errors: list[FormError] | tuple[FormError, ...] = ()) -> str:
    here, user = services(), signed_in()
    tenant = user.municipality
    with reading(here.engine, tenant.id) as db:
        id_, is_active = stored_version(db, version)
        policy = here.workflow.policies.by_id(db.connection(), tenant.id, id_)
        cases = concluded_policy_cases(db, ENDS if policy.document.status == "law" else GIVES)
    inputs = _inputs(
        tuple(Choice(row.number, f"{row.number} {row.title}") for row in cases), here.today(tenant).isoformat()
    )
    shown, problems = marked(filled(inputs, request.form) if request.method == "POST" else inputs, errors)
    return render_template(
        "policies/versions/activate.html",
        version=version,
        policy=policy,
        is_active=is_active,
        fields=shown,
        problems=problems,
    )


def _inputs(cases: tuple[Choice, ...], today: str = "") -> tuple[Input, ...]:
    bases = (
        Choice(DECISION, _("The competent body has decided it in a case")),
        Choice(READING, _("The document stays the same; only our reading of it is corrected")),
    )
    return (
        Input("governs_from", "day", _("From which day does it govern?"), today, is_needed=True),
        Input("basis", "one", _("What does it rest on?"), choices=bases, is_needed=True),
        Input(
            "case",
            "select",
            _("In which case was it decided?"),
            choices=(Choice("", _("None: it is a new reading")), *cases),
            hint=_("Concluded cases about the policy that have brought no version into force yet."),
        ),
        Input(
            "reason",
            "text",
            _("Reasons"),
            hint=_("Needed for a new reading. Whoever reads the journal later is told them."),
        ),
    )
