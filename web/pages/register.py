"""What stands in the register of engagements, and what has become of it?

Every list pages by key. Whether an engagement has ended or lapsed follows from its dates, on the day of looking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Engagement, Evaluation
from workflow.directory import Place
from workflow.policy.values import ENGAGEMENTS

#: Rows of the register on one page.
PAGE = 25
#: What an engagement can be on a day.
STATUSES = ("active", "noted", "lapsed", "ended")
#: States of an evaluation that somebody still has to see to.
OPEN_EVALUATIONS = ("pending", "under-way", "reported")

_E = Engagement


def status_on(status: str, ends_on: date | None, notice_on: date | None, today: date) -> str:
    """active, noted, lapsed (its time ran out) or ended (it was brought to an end) on a day."""
    if status == "ended" or ends_on is None or ends_on >= today:
        return status
    return "ended" if notice_on is not None else "lapsed"


def having(status: str, today: date) -> ColumnElement[bool]:
    """The same as a condition: engagements that are in a status on a day."""
    past = and_(_E.ends_on.is_not(None), _E.ends_on < today)
    running = and_(_E.status != "ended", past)
    if status == "lapsed":
        return and_(running, _E.notice_on.is_(None))
    if status == "ended":
        return or_(_E.status == "ended", and_(running, _E.notice_on.is_not(None)))
    return and_(_E.status == status, or_(_E.ends_on.is_(None), _E.ends_on >= today))


def told_of(wanted: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a text stands in one of the columns, in capitals or not (SQLite folds the case of ASCII letters only)."""
    spelled = dict.fromkeys((wanted, wanted.lower(), wanted.upper(), wanted.capitalize(), wanted.title()))
    return or_(*(column.icontains(text, autoescape=True) for column in columns for text in spelled))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the register."""

    kind: str = ""
    status: str = ""
    text: str = ""
    #: Id of the last row of the page before; 0 for the first page.
    after: int = 0

    @property
    def is_narrow(self) -> bool:
        """Whether only a part of the register is asked for."""
        return bool(self.kind or self.status or self.text)


def wanted_of(args: Mapping[str, str]) -> Wanted:
    """What an address asks for; what it cannot ask for is ignored."""
    kind, status, after = args.get("kind", ""), args.get("status", ""), args.get("after", "")
    return Wanted(
        kind if kind in ENGAGEMENTS else "",
        status if status in STATUSES else "",
        args.get("q", "").strip()[:200],
        int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One engagement in the list."""

    id: int
    number: str
    kind: str
    title: str
    partner: str
    country: str
    #: Key of the responsible body.
    responsible: str
    status: str
    starts_on: date | None
    ends_on: date | None
    notice_on: date | None
    is_example: bool
    #: The longest overdue evaluation's day; None when none is late.
    late_since: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the key of the next."""

    lines: tuple[Line, ...]
    #: Id to go on after; 0 on the last page.
    next: int


def page_of(db: Session, place: Place, wanted: Wanted, today: date) -> Page:
    """A page of the register, newest first, in two statements."""
    rows = db.execute(_matching(wanted, today).order_by(_E.id.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    late = _late(db, [row.id for row in shown], today)
    lines = tuple(
        Line(
            row.id,
            row.number,
            row.kind,
            row.title,
            row.partner_name,
            row.partner_country,
            place.body_keys[row.responsible_body_id],
            status_on(row.status, row.ends_on, row.notice_on, today),
            row.starts_on,
            row.ends_on,
            row.notice_on,
            row.is_example,
            late.get(row.id),
        )
        for row in shown
    )
    return Page(lines, shown[-1].id if len(rows) > PAGE else 0)


def _columns() -> tuple[InstrumentedAttribute[Any], ...]:
    names = (_E.id, _E.number, _E.kind, _E.title, _E.partner_name, _E.partner_country, _E.responsible_body_id)
    return (*names, _E.status, _E.starts_on, _E.ends_on, _E.notice_on, _E.is_example)


def _matching(wanted: Wanted, today: date) -> Select[*tuple[Any, ...]]:
    query = select(*_columns())
    if wanted.kind:
        query = query.where(_E.kind == wanted.kind)
    if wanted.status:
        query = query.where(having(wanted.status, today))
    if wanted.text:
        query = query.where(or_(_E.number == wanted.text, told_of(wanted.text, _E.title, _E.partner_name)))
    if wanted.after:
        query = query.where(_E.id < wanted.after)
    return query


def _late(db: Session, ids: list[int], today: date) -> Mapping[int, date]:
    """By engagement, the first day of its evaluations that are overdue."""
    query = (
        select(Evaluation.engagement_id, Evaluation.due_on)
        .where(Evaluation.state.in_(OPEN_EVALUATIONS), Evaluation.due_on < today, Evaluation.engagement_id.in_(ids))
        .order_by(Evaluation.due_on.desc())
    )
    return {id_: due for id_, due in db.execute(query) if id_ is not None}
