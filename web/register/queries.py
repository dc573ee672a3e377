"""Queries for the register of engagements, shared by the screen, the map, the export and the API.

Lists are paged by key in the order of an index; words match by prefix. Whether an engagement has ended or lapsed
follows from its dates on the day of the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, false, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Engagement, EngagementWord, Evaluation
from models.folding import search_words
from web.ui.pagination import LARGEST, Key, Keyset
from workflow.cases.secrecy import Reader
from workflow.core.tenants import Tenant
from workflow.evaluations.schedule import UNTOUCHED
from workflow.policy.request_domain import ENGAGEMENTS

#: Rows of the register on one page.
PAGE = 25
#: Statuses of an engagement on a day.
STATUSES = ("active", "noted", "lapsed", "ended")
#: Sort orders; the first is the default.
SORTS = ("newest", "title", "partner", "ends")
#: States of an evaluation that is neither decided nor cancelled.
OPEN_EVALUATIONS = ("pending", "under-way", "reported")
#: Words searched for; matches of one word above which it is too common to be searched alone.
MOST_WORDS, MOST_FOUND = 5, 1_000

_E, _W = Engagement, EngagementWord
#: The order of each sort, that of an index; its first page is bound like the others, so that all have one plan.
ORDERS: Mapping[str, Keyset] = {
    "newest": Keyset("engagements", (Key(_E.id, descending=True),), first=(LARGEST,)),
    "title": Keyset("engagements-title", (Key(_E.title_key, str), Key(_E.id)), first=("", 0)),
    "partner": Keyset("engagements-partner", (Key(_E.partner_key, str), Key(_E.id)), first=("", 0)),
    "ends": Keyset("engagements-ends", (Key(_E.ends_on, date, nullable=True), Key(_E.id))),
}
_NUMBER = re.compile(r"[a-z]+-e-\d+")


def status_on(status: str, ends_on: date | None, notice_on: date | None, today: date) -> str:
    """The status on a day: active, noted, lapsed (past its last day) or ended (after notice, or closed)."""
    if status == "ended" or ends_on is None or ends_on >= today:
        return status
    return "ended" if notice_on is not None else "lapsed"


def having(status: str, today: date) -> ColumnElement[bool]:
    """`status_on` as an SQL condition."""
    past = and_(_E.ends_on.is_not(None), _E.ends_on < today)
    running = and_(_E.status != "ended", past)
    if status == "lapsed":
        return and_(running, _E.notice_on.is_(None))
    if status == "ended":
        return or_(_E.status == "ended", and_(running, _E.notice_on.is_not(None)))
    return and_(_E.status == status, or_(_E.ends_on.is_(None), _E.ends_on >= today))


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Filter, search text, sort order and page of the register."""

    kind: str = ""
    status: str = ""
    #: As stored: ISO 3166 alpha-2, or free text.
    country: str = ""
    #: Key of the responsible body.
    responsible: str = ""
    text: str = ""
    sort: str = SORTS[0]
    #: Key of the last row of the page before; empty for the first page.
    after: tuple[Any, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.kind or self.status or self.country or self.responsible or self.text)

    def query_parameters(self) -> dict[str, Any]:
        """The filter as parameters of a URL, without the page."""
        given = {"q": self.text, "kind": self.kind, "status": self.status, "country": self.country}
        given |= {"responsible": self.responsible, "sort": "" if self.sort == SORTS[0] else self.sort}
        return {name: value for name, value in given.items() if value}


def filter_from_args(args: Mapping[str, str], tenant: Tenant) -> RegisterFilter:
    """The filter in a URL's parameters; invalid values are ignored."""
    kind, status, after, sort = (args.get(name, "") for name in ("kind", "status", "after", "sort"))
    responsible = args.get("responsible", "")
    sort = sort if sort in SORTS else SORTS[0]
    return RegisterFilter(
        kind if kind in ENGAGEMENTS else "",
        status if status in STATUSES else "",
        args.get("country", "").strip()[:100],
        responsible if responsible in tenant.body_ids else "",
        args.get("q", "").strip()[:200],
        sort,
        ORDERS[sort].read_or_first(after),
    )


@dataclass(frozen=True, slots=True)
class Matching:
    """Conditions on the matching rows."""

    conditions: tuple[ColumnElement[bool], ...]
    #: Whether the words are so common that only a part of their matches was read.
    is_cut: bool = False


def matching(db: Session, tenant: Tenant, reader: Reader, filters: RegisterFilter, today: date) -> Matching:
    """The conditions of a filter and of secrecy; one statement where words are searched for, else none."""
    found: list[ColumnElement[bool]] = [reader.may_read_engagement()]
    if filters.kind:
        found.append(_E.kind == filters.kind)
    if filters.status:
        found.append(having(filters.status, today))
    if filters.country:
        found.append(_E.partner_country == filters.country)
    if filters.responsible:
        found.append(_E.responsible_body_id == tenant.body_ids[filters.responsible])
    if not filters.text:
        return Matching(tuple(found))
    if _NUMBER.fullmatch(filters.text.lower()):
        return Matching((*found, _E.number == filters.text.lower()))
    conditions, is_cut = _with_words(db, search_words(filters.text)[:MOST_WORDS])
    return Matching((*found, *conditions), is_cut)


def _with_words(db: Session, searched: Sequence[str]) -> tuple[list[ColumnElement[bool]], bool]:
    """Conditions for prefixes of words in title or partner; common words are tested on the matches of the rare ones."""
    if not searched:
        return [false()], False
    parts = [
        select(literal(position).label("position"), _W.engagement_id.label("id"))
        .where(*_begins(word))
        .order_by(_W.word, _W.engagement_id)
        .limit(MOST_FOUND + 1)
        for position, word in enumerate(searched)
    ]
    found: list[set[int]] = [set() for _word in searched]
    rows = [0] * len(searched)
    for position, id_ in db.execute(union_all(*(select(part.subquery()) for part in parts))):
        found[position].add(id_)
        rows[position] += 1
    common = [position for position, count in enumerate(rows) if count > MOST_FOUND]
    rare = [ids for position, ids in enumerate(found) if position not in common]
    if rare:
        conditions: list[ColumnElement[bool]] = [_E.id.in_(set.intersection(*rare))]
    else:  # a subquery, which is cheaper than a thousand bound ids
        conditions = [_E.id.in_(select(parts[0].subquery().c.id))]
    for position in common if rare else common[1:]:
        conditions.append(exists().where(_W.engagement_id == _E.id, *_begins(searched[position])))
    return conditions, not rare


def _begins(word: str) -> tuple[ColumnElement[bool], ...]:
    return (_W.word >= word, _W.word < word + "\U0010ffff")


def keys(db: Session, matches: Matching, filters: RegisterFilter, limit: int) -> Sequence[Row[Any]]:
    """Keys of a page's rows in their order, the id last, and of one row more where there is one; one statement."""
    keyset = ORDERS[filters.sort]
    query = select(*(key.column for key in keyset.keys)).where(*matches.conditions)
    if not keyset.keys[0].nullable:
        return db.execute(keyset.page(query, filters.after, limit)).all()
    ranges = (select(part.subquery()) for part in keyset.stretches(query, filters.after, limit))
    both = union_all(*ranges).subquery("both")
    order = keyset.over(*both.c).order_by()
    return db.execute(select(both).order_by(*order).limit(limit + 1)).all()


# -- a page of the screen


@dataclass(frozen=True, slots=True)
class RegisterRow:
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
    #: Due date of the longest overdue evaluation; None where none is late.
    late_since: date | None = None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the list."""

    rows: tuple[RegisterRow, ...]
    #: Cursor of the next page; empty on the last.
    next: str
    #: As in `Matching`.
    is_cut: bool = False


def register_page(db: Session, tenant: Tenant, reader: Reader, filters: RegisterFilter, today: date) -> RegisterPage:
    """A page of the register: three statements, and one more for words; the reader is another for all but auditors."""
    matches = matching(db, tenant, reader, filters, today)
    found, following = ORDERS[filters.sort].cut(keys(db, matches, filters, PAGE), PAGE, tuple)
    shown = [row.id for row in found]
    late = _late(db, shown, today)
    rows = tuple(replace(row, late_since=late.get(row.id)) for row in rows_by_id(db, tenant, shown, today))
    return RegisterPage(rows, following, matches.is_cut)


def rows_by_id(db: Session, tenant: Tenant, ids: Sequence[int], today: date) -> tuple[RegisterRow, ...]:
    """Rows in the order of their ids as given."""
    if not ids:
        return ()
    rows = {row.id: row for row in db.execute(select(*_columns()).where(_E.id.in_(ids)))}
    return tuple(_row(tenant, rows[id_], today) for id_ in ids if id_ in rows)


def _row(tenant: Tenant, row: Any, today: date) -> RegisterRow:
    return RegisterRow(
        row.id,
        row.number,
        row.kind,
        row.title,
        row.partner_name,
        row.partner_country,
        tenant.body_keys[row.responsible_body_id],
        status_on(row.status, row.ends_on, row.notice_on, today),
        row.starts_on,
        row.ends_on,
        row.notice_on,
        row.is_example,
    )


def _columns() -> tuple[InstrumentedAttribute[Any], ...]:
    names = (_E.id, _E.number, _E.kind, _E.title, _E.partner_name, _E.partner_country, _E.responsible_body_id)
    return (*names, _E.status, _E.starts_on, _E.ends_on, _E.notice_on, _E.is_example)


def _late(db: Session, ids: Sequence[int], today: date) -> Mapping[int, date]:
    """By engagement, the earliest due date of its overdue evaluations; a reported one waits in its case."""
    if not ids:
        return {}
    query = (
        select(Evaluation.engagement_id, Evaluation.due_on)
        .where(Evaluation.state.in_(UNTOUCHED), Evaluation.due_on < today, Evaluation.engagement_id.in_(ids))
        .order_by(Evaluation.due_on.desc())
    )
    return {id_: due for id_, due in db.execute(query) if id_ is not None}
