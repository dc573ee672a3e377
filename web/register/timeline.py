"""What has an engagement lived through, and what lies ahead of it?

From the register, its evaluations, the reminders raised for it and the cases about it, in the order of the days: what
is ahead first. Cases are those that the page has found the reader may see.
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
from web.evaluations.labels import proposal_label, seat_label
from web.i18n.gettext import _
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION
from workflow.policy.request_domain import ALL_ACTS

#: Evaluations, reminders and moments that a page shows.
MOST = 60
#: What a case of an act did to an engagement, once it was concluded.
_CONCLUDED = tuple(act for act in ALL_ACTS if act != "evaluate")


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, or is to happen."""

    day: date
    text: str
    #: Where it leads; empty where it leads nowhere.
    href: str = ""
    #: Number of the case or evaluation.
    number: str = ""
    is_ahead: bool = False
    is_late: bool = False


def timeline(db: Session, user: User, row: Any, cases: Iterable[Any], today: date) -> tuple[Moment, ...]:
    """The moments of an engagement, the furthest ahead first; three statements."""
    place = user.municipality
    found = [
        *_register(row, cases, today),
        *_cases(cases, place),
        *_evaluations(db, row, today),
        *_reminders(db, row, place),
    ]
    return tuple(sorted(found, key=lambda moment: (moment.is_ahead, moment.day), reverse=True)[:MOST])


def _register(row: Any, cases: Iterable[Any], today: date) -> Iterator[Moment]:
    """What its row tells: since when, until when, notice given."""
    known = {case.number for case in cases}
    if row.starts_on:
        entered = row.entered_by if row.entered_by in known else ""
        href = url_for("cases.page", number=entered) if entered else ""
        yield Moment(row.starts_on, _("It began."), href, entered)
    if row.notice_on:
        yield Moment(row.notice_on, _("Notice was given."), is_ahead=row.notice_on > today)
    if row.ends_on is None:
        return
    if row.ends_on >= today:
        end = _("It ends.") if row.notice_on else _("Its time runs out, unless a case renews it.")
        yield Moment(row.ends_on, end, is_ahead=True)
    else:
        yield Moment(row.ends_on, _("It ended.") if row.notice_on else _("Its time ran out; it lapsed."))


def _cases(cases: Iterable[Any], place: Tenant) -> Iterator[Moment]:
    """Cases that were concluded about it, by what they did."""
    for case in cases:
        if case.closed_at is None or case.state != "concluded" or case.act not in _CONCLUDED:
            continue
        text = {
            "enter": _("Entered by a decision."),
            "adopt": _("Adopted."),
            "renew": _("Renewed by a decision."),
            "revise": _("Revised."),
            "terminate": _("It was decided that it ends."),
            "repeal": _("It was decided to repeal it."),
        }[case.act]
        yield Moment(
            local_day(case.closed_at, place.timezone), text, url_for("cases.page", number=case.number), case.number
        )


def _evaluations(db: Session, row: Any, today: date) -> Iterator[Moment]:
    """Evaluations planned, reported and decided."""
    v = Evaluation
    columns = (v.number, v.state, v.due_on, v.proposes, v.reported_on, v.outcome, v.decided_on)
    query = select(*columns).where(v.engagement_id == row.id).order_by(v.id.desc()).limit(MOST)
    for found in db.execute(query):
        href = url_for("evaluations.page", number=found.number)
        if found.state in ("pending", "under-way"):
            is_late = found.due_on < today
            text = _("Its evaluation was due.") if is_late else _("Its evaluation is due.")
            yield Moment(found.due_on, text, href, found.number, is_ahead=not is_late, is_late=is_late)
        if found.reported_on:
            told = proposal_label(found.proposes, row.kind).lower()
            yield Moment(found.reported_on, _("Evaluated. Proposed: %(what)s.", what=told), href, found.number)
        if found.decided_on:
            told = proposal_label(found.outcome, row.kind).lower()
            yield Moment(found.decided_on, _("Decided after the evaluation: %(what)s.", what=told), href, found.number)


def _reminders(db: Session, row: Any, place: Tenant) -> Iterator[Moment]:
    """Who was reminded of what, from the deadlines of the engagement."""
    deadlines = select(Deadline.id, Deadline.kind, Deadline.subject, Deadline.state)
    known = {one.id: one for one in db.execute(deadlines.where(Deadline.engagement_id == row.id).limit(MOST))}
    if not known:
        return
    columns = (Notice.deadline_id, Notice.role, Notice.body_id, Notice.created_at)
    query = select(*columns).where(Notice.deadline_id.in_(list(known))).order_by(Notice.id.desc()).limit(MOST)
    for told in db.execute(query):
        deadline = known[told.deadline_id]
        who = seat_label((told.role, place.body_keys[told.body_id]), place)
        is_of_evaluation = deadline.kind == EVALUATION
        text = _("Reminded of its evaluation: %(who)s.", who=who)
        if not is_of_evaluation:
            text = _("Reminded of its end: %(who)s.", who=who)
        href = url_for("evaluations.page", number=deadline.subject) if is_of_evaluation else ""
        day = local_day(told.created_at, place.timezone)
        yield Moment(day, text, href, deadline.subject if is_of_evaluation else "")
