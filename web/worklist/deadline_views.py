"""What is late, what must I do by when, and may there be more time?

The board of what is late is for everybody: being told of it gives nobody the right to decide. More time is
`workflow.scheduling.extensions`'s; here it is asked for, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import Deadline
from models.database import reading
from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.evaluations import labels as evaluations_labels
from web.evaluations.views import whole
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, filled, marked, nested, read
from web.ui.layout import may_open
from web.ui.pagination import BadCursor
from web.worklist import deadline_labels
from web.worklist.deadline_query import REPORT, Own, own_deadlines
from web.worklist.overdue_query import KINDS, page_of, wanted_of
from web.worklist.queries import SOONEST_FIRST
from web.worklist.views import NEXT
from workflow.cases.context import Actor
from workflow.core.errors import NotFound, NotMandated, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.deadlines import EVALUATION, OPEN, STEP
from workflow.evaluations.service import look
from workflow.policy.model import Policy
from workflow.scheduling.extensions import extend, may_extend

bp = Blueprint("deadlines", __name__)


@bp.get("/deadlines")
def late() -> str:
    """What is late, the longest first; by body and by kind."""
    here, user = services(), signed_in()
    tenant, today = user.municipality, here.today(user.municipality)
    wanted = wanted_of(request.args, tenant)
    with reading(here.engine, tenant.id) as db:
        page = page_of(db, here.gate, user, wanted, today)
    asked: dict[str, Any] = {name: value for name, value in (("body", wanted.body), ("kind", wanted.kind)) if value}
    return render_template(
        "worklist/overdue.html",
        page=page,
        wanted=wanted,
        kinds=KINDS,
        tenant=tenant,
        policy=here.policy(tenant),
        today=today,
        words_of=deadline_labels,
        next_url=url_for("deadlines.late", **asked, after=page.next) if page.next else None,
        first_url=url_for("deadlines.late", **asked) if wanted.after else None,
    )


@bp.get("/deadlines/mine")
def mine() -> str:
    """What waits for the reader's seats, and the evaluations they report: what is due first on top."""
    here, user = services(), signed_in()
    today, after = here.today(user.municipality), _after()
    policy = here.policy(user.municipality)
    with reading(here.engine, user.municipality.id) as db:
        rows, onward = own_deadlines(db, here.gate, user, policy, after, today)
    return render_template(
        "worklist/deadlines.html",
        rows=rows,
        tenant=user.municipality,
        today=today,
        href=_href,
        next_step=_next_step,
        more=url_for("deadlines.mine", after=onward) if onward else None,
        first=url_for("deadlines.mine") if after else None,
        late_url="/deadlines" if may_open("/deadlines") else None,
    )


def _after() -> tuple[Any, ...]:
    try:
        return SOONEST_FIRST.read(request.args.get("after", ""))
    except BadCursor:
        abort(404)


def _href(row: Own) -> str:
    endpoint = "evaluations.page" if row.what == REPORT else "cases.page"
    return url_for(endpoint, number=row.number)


def _next_step(row: Own) -> str:
    if row.what == REPORT:
        return _("Report the evaluation")
    return _(NEXT[row.next_action]) if row.next_action in NEXT else row.next_action


# -- more time


@dataclass(frozen=True, slots=True)
class Extending:
    """A deadline, and whether the reader may give it more time."""

    kind: str
    number: str
    title: str
    #: Key of the body whose matter it is.
    responsible: str
    policy: Policy
    #: The deadline's row; None where nothing waits by a last day.
    row: Any
    why_not: tuple[Reason, ...]
    today: date


@bp.get("/cases/<number>/more-time")
def case_form(number: str) -> str | tuple[str, int]:
    """More time for a case's present step."""
    return _form(_of_case(number))


@bp.post("/cases/<number>/more-time")
def extend_case(number: str) -> Response | tuple[str, int]:
    """Give it; what is refused is shown again with what was typed."""
    return _extend(_of_case(number), url_for("cases.page", number=number))


@bp.get("/evaluations/<number>/more-time")
def evaluation_form(number: str) -> str | tuple[str, int]:
    """More time for an evaluation."""
    return _form(_of_evaluation(number))


@bp.post("/evaluations/<number>/more-time")
def extend_evaluation(number: str) -> Response | tuple[str, int]:
    """Give it; what is refused is shown again with what was typed."""
    return _extend(_of_evaluation(number), url_for("evaluations.page", number=number))


def _of_case(number: str) -> Extending:
    """A case's step as the reader may see it; raises `NotFound`."""
    here, user = services(), signed_in()
    tenant = here.gate.tenants.tenant_of(number)
    with reading(here.engine, tenant.id) as db:
        s = here.gate.standing(db.connection(), tenant, user.id, number, now=here.now())
        row = _deadline(db, STEP, number)
    return _extending(STEP, number, s.case.title, s.responsible, s.policy, row, s.actor, s.today)


def _of_evaluation(number: str) -> Extending:
    """An evaluation; raises `NotFound`."""
    here, user = services(), signed_in()
    s = look(here.gate, user.id, number, now=here.now())
    with reading(here.engine, user.municipality.id) as db:
        row = _deadline(db, EVALUATION, number)
    return _extending(EVALUATION, number, s.engagement.title, s.responsible, s.policy, row, s.actor, s.today)


def _deadline(db: Any, kind: str, subject: str) -> Any:
    columns = (Deadline.state, Deadline.due_on, Deadline.cycle)
    return db.execute(select(*columns).where(Deadline.kind == kind, Deadline.subject == subject)).one_or_none()


def _extending(
    kind: str, number: str, title: str, responsible: str, policy: Policy, row: Any, actor: Actor, today: date
) -> Extending:
    why_not: tuple[Reason, ...] = ()
    if row is None or row.state != OPEN:
        row, why_not = None, (reason("deadline-not-found"),)
    try:
        may_extend(actor, policy, responsible)
    except NotMandated as refusal:
        why_not = refusal.reasons
    return Extending(kind, number, title, responsible, policy, row, why_not, today)


def _inputs() -> tuple[Input, ...]:
    return (
        Input("until", "day", _("The new last day"), is_needed=True),
        Input("reason", "text", _("Why is more time needed?"), is_needed=True,
              hint=_("Everybody who may see this reads it, and it stands in the trail.")),
    )  # fmt: skip


def _extend(view: Extending, back: str) -> Response | tuple[str, int]:
    here, user = services(), signed_in()
    payload = nested(read(_inputs(), request.form))
    cycle = whole(request.form.get("cycle", ""))
    try:
        extend(here.gate, user.id, view.number, view.kind, payload, now=here.now(), expected_cycle=cycle)
    except NotFound:
        raise
    except WorkflowError as refusal:
        again = _of_case(view.number) if view.kind == STEP else _of_evaluation(view.number)
        return _form(again, lines(refusal.reasons), status_of(refusal))
    until = labels.day(date.fromisoformat(str(payload["until"])))
    flash(_("The last day is now %(day)s. Who decides is as it was.", day=until), "success")
    return redirect(back, 303)


def _form(view: Extending, told: Iterable[Line] = (), status: int = 200) -> tuple[str, int]:
    inputs = filled(_inputs(), request.form) if request.method == "POST" else _inputs()
    shown, problems = marked(inputs, told)
    page = render_template(
        "worklist/deadline_extend.html",
        view=view,
        inputs=shown,
        problems=problems,
        is_sent=request.method == "POST",
        words_of=evaluations_labels,
        step=STEP,
    )
    return page, 403 if view.why_not and status == 200 else status
