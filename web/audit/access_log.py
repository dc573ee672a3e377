"""Who read what, who was refused, and who logged in?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccessLog, Person
from web.audit.queries import NAMESAKES
from web.register.queries import told_of
from web.ui.pagination import Key, Keyset

#: Lines on one page.
PAGE = 25
#: What a line can tell of.
KINDS = ("read", "refused", "logged-in", "login-failed")

_L = AccessLog
NEWEST_FIRST = Keyset("access", (Key(_L.at, datetime, descending=True), Key(_L.id, descending=True)))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the access log."""

    at: datetime
    #: Name of the person; empty where nobody was recognised.
    who: str
    what: str
    subject: str
    action: str
    error: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the access log, and the key of the next."""

    lines: tuple[Line, ...]
    next: str


def page_of(db: Session, args: Mapping[str, str]) -> Page:
    """A page of the access log, newest first; `what`, `person` and `subject` narrow it.

    One statement, and one more where a person is looked for.
    """
    columns = (_L.id, _L.at, Person.name, _L.what, _L.subject, _L.action, _L.detail)
    query = select(*columns).outerjoin(Person, Person.id == _L.person_id)
    if args.get("what") in KINDS:
        query = query.where(_L.what == args["what"])
    if subject := args.get("subject", "").strip():
        query = query.where(_L.subject == subject.lower())
    if person := args.get("person", "").strip()[:200]:
        query = query.where(_L.person_id.in_(_people_called(db, person)))
    after = NEWEST_FIRST.read_or_first(args.get("after", ""))
    rows = db.execute(NEWEST_FIRST.page(query, after, PAGE)).all()
    shown, following = NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.at, row.id))
    return Page(tuple(_line(row) for row in shown), following)


def _people_called(db: Session, person: str) -> list[int]:
    """Ids of the people that a name, or a user name, stands for."""
    called = told_of(person, Person.name, Person.username)
    return list(db.execute(select(Person.id).where(called).limit(NAMESAKES)).scalars())


def _line(row: Any) -> Line:
    detail = dict(row.detail)
    error, clauses = str(detail.get("error", "")), tuple(str(clause) for clause in detail.get("clauses", ()))
    return Line(row.at, row.name or "", row.what, row.subject, row.action, error, clauses)
