"""Queries of the access log: readings, refusals and log-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccessLog, Person
from web.audit.queries import NAMESAKES
from web.core.text_search import contains_text
from web.ui.pagination import Key, Keyset

#: Rows on one page.
PAGE = 25
#: Kinds of access.
KINDS = ("read", "refused", "logged-in", "login-failed")

_L = AccessLog
NEWEST_FIRST = Keyset("access", (Key(_L.at, datetime, descending=True), Key(_L.id, descending=True)))


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One row of the access log."""

    at: datetime
    #: Name of the person; empty for an unknown one.
    person: str
    what: str
    subject: str
    action: str
    error: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessPage:
    """One page of the access log."""

    rows: tuple[AccessRow, ...]
    #: Cursor of the next page; empty on the last.
    next: str


def access_page(db: Session, args: Mapping[str, str]) -> AccessPage:
    """A page of the access log, newest first; `what`, `person` and `subject` narrow it.

    One statement, and one more where a person is searched for.
    """
    columns = (_L.id, _L.at, Person.name, _L.what, _L.subject, _L.action, _L.detail)
    query = select(*columns).outerjoin(Person, Person.id == _L.person_id)
    if args.get("what") in KINDS:
        query = query.where(_L.what == args["what"])
    if subject := args.get("subject", "").strip():
        query = query.where(_L.subject == subject.lower())
    if person := args.get("person", "").strip()[:200]:
        query = query.where(_L.person_id.in_(_people_named(db, person)))
    after = NEWEST_FIRST.read_or_first(args.get("after", ""))
    rows = db.execute(NEWEST_FIRST.page(query, after, PAGE)).all()
    shown, following = NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.at, row.id))
    return AccessPage(tuple(_access_row(row) for row in shown), following)


def _people_named(db: Session, person: str) -> list[int]:
    """Ids of the people whose name or user name contains a text."""
    named = contains_text(person, Person.name, Person.username)
    return list(db.execute(select(Person.id).where(named).limit(NAMESAKES)).scalars())


def _access_row(row: Any) -> AccessRow:
    detail = dict(row.detail)
    error, clauses = str(detail.get("error", "")), tuple(str(clause) for clause in detail.get("clauses", ()))
    return AccessRow(row.at, row.name or "", row.what, row.subject, row.action, error, clauses)
