"""What stands in the register of engagements, and what has become of it?

One query serves the screen, the map, the export and the API. Every list pages by key, in the order of an index; words
are looked for by their beginnings. Whether an engagement has ended or lapsed follows from its dates, on the day of
looking.
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
from workflow.core.tenants import Tenant
from workflow.evaluations.schedule import UNTOUCHED
from workflow.policy.request_domain import ENGAGEMENTS

#: Rows of the register on one page.
PAGE = 25
#: What an engagement can be on a day.
STATUSES = ("active", "noted", "lapsed", "ended")
#: In which order a list stands; the first is usual.
SORTS = ("newest", "title", "partner", "ends")
#: States of an evaluation that somebody still has to see to.
OPEN_EVALUATIONS = ("pending", "under-way", "reported")
#: Words looked for, and engagements that one word may find before it is too common to be looked for alone.
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
    #: As it stands in the register: ISO 3166 alpha-2, or as written.
    country: str = ""
    #: Key of the responsible body.
    responsible: str = ""
    text: str = ""
    sort: str = SORTS[0]
    #: Key of the last row of the page before; empty for the first page.
    after: tuple[Any, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether only a part of the register is asked for."""
        return bool(self.kind or self.status or self.country or self.responsible or self.text)

    def address(self) -> dict[str, Any]:
        """The same as parameters of an address, the page left out."""
        told = {"q": self.text, "kind": self.kind, "status": self.status, "country": self.country}
        told |= {"responsible": self.responsible, "sort": "" if self.sort == SORTS[0] else self.sort}
        return {name: value for name, value in told.items() if value}


def wanted_of(args: Mapping[str, str], tenant: Tenant) -> Wanted:
    """What an address asks for; what it cannot ask for is ignored."""
    kind, status, after, sort = (args.get(name, "") for name in ("kind", "status", "after", "sort"))
    responsible = args.get("responsible", "")
    sort = sort if sort in SORTS else SORTS[0]
    return Wanted(
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
    """Conditions on the rows that fit."""

    conditions: tuple[ColumnElement[bool], ...]
    #: Whether the words are so common that only a part of what they find was looked at.
    is_cut: bool = False


def matching(db: Session, tenant: Tenant, wanted: Wanted, today: date) -> Matching:
    """What fits, whatever its order; one statement where words are looked for, else none."""
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(_E.kind == wanted.kind)
    if wanted.status:
        found.append(having(wanted.status, today))
    if wanted.country:
        found.append(_E.partner_country == wanted.country)
    if wanted.responsible:
        found.append(_E.responsible_body_id == tenant.body_ids[wanted.responsible])
    if not wanted.text:
        return Matching(tuple(found))
    if _NUMBER.fullmatch(wanted.text.lower()):
        return Matching((*found, _E.number == wanted.text.lower()))
    conditions, is_cut = _with_words(db, search_words(wanted.text)[:MOST_WORDS])
    return Matching((*found, *conditions), is_cut)


def _with_words(db: Session, wanted: Sequence[str]) -> tuple[list[ColumnElement[bool]], bool]:
    """Engagements in whose title or partner every word begins one; a common word is tried on what the others find."""
    if not wanted:
        return [false()], False
    parts = [
        select(literal(tenant).label("place"), _W.engagement_id.label("id"))
        .where(*_begins(word))
        .order_by(_W.word, _W.engagement_id)
        .limit(MOST_FOUND + 1)
        for tenant, word in enumerate(wanted)
    ]
    found: list[set[int]] = [set() for _word in wanted]
    rows = [0] * len(wanted)
    for tenant, id_ in db.execute(union_all(*(select(part.subquery()) for part in parts))):
        found[tenant].add(id_)
        rows[tenant] += 1
    common = [tenant for tenant, count in enumerate(rows) if count > MOST_FOUND]
    rare = [ids for tenant, ids in enumerate(found) if tenant not in common]
    if rare:
        conditions: list[ColumnElement[bool]] = [_E.id.in_(set.intersection(*rare))]
    else:  # the database looks them up again, rather than be told a thousand numbers
        conditions = [_E.id.in_(select(parts[0].subquery().c.id))]
    for tenant in common if rare else common[1:]:
        conditions.append(exists().where(_W.engagement_id == _E.id, *_begins(wanted[tenant])))
    return conditions, not rare


def _begins(word: str) -> tuple[ColumnElement[bool], ...]:
    return (_W.word >= word, _W.word < word + "\U0010ffff")


def keys(db: Session, matches: Matching, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    """Keys of a page's rows in their order, the id last, and of one row more where there is one; one statement."""
    keyset = ORDERS[wanted.sort]
    query = select(*(key.column for key in keyset.keys)).where(*matches.conditions)
    if not keyset.keys[0].nullable:
        return db.execute(keyset.page(query, wanted.after, limit)).all()
    stretches = (select(part.subquery()) for part in keyset.stretches(query, wanted.after, limit))
    both = union_all(*stretches).subquery("both")
    order = keyset.over(*both.c).order_by()
    return db.execute(select(both).order_by(*order).limit(limit + 1)).all()


# -- a page of the screen


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
    #: Cursor of the next page; empty on the last.
    next: str
    #: Whether more would fit than was looked at.
    is_cut: bool = False


def page_of(db: Session, tenant: Tenant, wanted: Wanted, today: date) -> Page:
    """A page of the register in three statements, and one more for words."""
    matches = matching(db, tenant, wanted, today)
    rows, following = ORDERS[wanted.sort].cut(keys(db, matches, wanted, PAGE), PAGE, tuple)
    shown = [row.id for row in rows]
    late = _late(db, shown, today)
    lines = tuple(replace(line, late_since=late.get(line.id)) for line in lines_of(db, tenant, shown, today))
    return Page(lines, following, matches.is_cut)


def lines_of(db: Session, tenant: Tenant, ids: Sequence[int], today: date) -> tuple[Line, ...]:
    """Rows by their ids, in the order of these."""
    if not ids:
        return ()
    rows = {row.id: row for row in db.execute(select(*_columns()).where(_E.id.in_(ids)))}
    return tuple(_line(tenant, rows[id_], today) for id_ in ids if id_ in rows)


def _line(tenant: Tenant, row: Any, today: date) -> Line:
    return Line(
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
    """By engagement, the first day of its evaluations that are overdue; one that is reported waits in its case."""
    if not ids:
        return {}
    query = (
        select(Evaluation.engagement_id, Evaluation.due_on)
        .where(Evaluation.state.in_(UNTOUCHED), Evaluation.due_on < today, Evaluation.engagement_id.in_(ids))
        .order_by(Evaluation.due_on.desc())
    )
    return {id_: due for id_, due in db.execute(query) if id_ is not None}
