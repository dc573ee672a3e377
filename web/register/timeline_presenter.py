"""The timeline of an engagement: past and coming events of its row, evaluations, reminders and cases.

Of cases it holds those that the page has found the reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Deadline, Evaluation, Notice
from web.auth.session import User
from web.i18n.gettext import _
from web.i18n.tables import Table, label
from web.register.labels import evaluation_outcome, seat_label
from workflow.core.calendar import local_day
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION

#: Evaluations, reminders and events on a page.
MOST = 60
#: What a concluded case did to an engagement, by its act.
CONCLUDED: Table = {
    "enter": N_("Entered by a decision."),
    "adopt": N_("Adopted."),
    "renew": N_("Renewed by a decision."),
    "revise": N_("Revised."),
    "terminate": N_("It was decided that it ends."),
    "repeal": N_("It was decided to repeal it."),
}


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One past or coming event."""

    day: date
    text: str
    #: Link; empty where there is none.
    href: str = ""
    #: Number of the case or evaluation.
    number: str = ""
    is_ahead: bool = False
    is_late: bool = False


def timeline(db: Session, user: User, row: Any, cases: Iterable[Any], today: date) -> tuple[TimelineEvent, ...]:
    """The events of an engagement, the furthest ahead first; three statements."""
    tenant = user.municipality
    found = [
        *_register(row, cases, today),
        *_cases(cases, tenant),
        *_evaluations(db, row, today),
        *_reminders(db, row, tenant),
    ]
    return tuple(sorted(found, key=lambda event: (event.is_ahead, event.day), reverse=True)[:MOST])


def _register(row: Any, cases: Iterable[Any], today: date) -> Iterator[TimelineEvent]:
    """Beginning, notice and end, from its row."""
    known = {case.number for case in cases}
    if row.starts_on:
        entered = row.entered_by if row.entered_by in known else ""
        href = url_for("cases.page", number=entered) if entered else ""
        yield TimelineEvent(row.starts_on, _("It began."), href, entered)
    if row.notice_on:
        yield TimelineEvent(row.notice_on, _("Notice was given."), is_ahead=row.notice_on > today)
    if row.ends_on is None:
        return
    if row.ends_on >= today:
        end = _("It ends.") if row.notice_on else _("Its time runs out, unless a case renews it.")
        yield TimelineEvent(row.ends_on, end, is_ahead=True)
    else:
        yield TimelineEvent(row.ends_on, _("It ended.") if row.notice_on else _("Its time ran out; it lapsed."))


def _cases(cases: Iterable[Any], tenant: Tenant) -> Iterator[TimelineEvent]:
    """Concluded cases, by what they did."""
    for case in cases:
        if case.closed_at is None or case.state != "concluded" or case.act not in CONCLUDED:
            continue
        day, href = local_day(case.closed_at, tenant.timezone), url_for("cases.page", number=case.number)
        yield TimelineEvent(day, label(CONCLUDED, case.act), href, case.number)


def _evaluations(db: Session, row: Any, today: date) -> Iterator[TimelineEvent]:
    """Due, reported and decided evaluations."""
    v = Evaluation
    columns = (v.number, v.state, v.due_on, v.proposes, v.reported_on, v.outcome, v.decided_on)
    query = select(*columns).where(v.engagement_id == row.id).order_by(v.id.desc()).limit(MOST)
    for found in db.execute(query):
        href = url_for("evaluations.page", number=found.number)
        if found.state in ("pending", "under-way"):
            is_late = found.due_on < today
            text = _("Its evaluation was due.") if is_late else _("Its evaluation is due.")
            yield TimelineEvent(found.due_on, text, href, found.number, is_ahead=not is_late, is_late=is_late)
        if found.reported_on:
            outcome = evaluation_outcome(found.proposes, row.kind).lower()
            yield TimelineEvent(
                found.reported_on, _("Evaluated. Proposed: %(what)s.", what=outcome), href, found.number
            )
        if found.decided_on:
            outcome = evaluation_outcome(found.outcome, row.kind).lower()
            yield TimelineEvent(
                found.decided_on, _("Decided after the evaluation: %(what)s.", what=outcome), href, found.number
            )


def _reminders(db: Session, row: Any, tenant: Tenant) -> Iterator[TimelineEvent]:
    """Reminders raised for the deadlines of the engagement."""
    deadlines = select(Deadline.id, Deadline.kind, Deadline.subject, Deadline.state)
    known = {one.id: one for one in db.execute(deadlines.where(Deadline.engagement_id == row.id).limit(MOST))}
    if not known:
        return
    columns = (Notice.deadline_id, Notice.role, Notice.body_id, Notice.created_at)
    query = select(*columns).where(Notice.deadline_id.in_(list(known))).order_by(Notice.id.desc()).limit(MOST)
    for notice in db.execute(query):
        deadline = known[notice.deadline_id]
        who = seat_label((notice.role, tenant.body_keys[notice.body_id]), tenant)
        is_of_evaluation = deadline.kind == EVALUATION
        text = _("Reminded of its evaluation: %(who)s.", who=who)
        if not is_of_evaluation:
            text = _("Reminded of its end: %(who)s.", who=who)
        href = url_for("evaluations.page", number=deadline.subject) if is_of_evaluation else ""
        day = local_day(notice.created_at, tenant.timezone)
        yield TimelineEvent(day, text, href, deadline.subject if is_of_evaluation else "")
