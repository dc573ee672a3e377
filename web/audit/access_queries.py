"""Queries of the access log: readings, refusals and log-ins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from models import AccessLog, Person
from models.base import UTCDateTime
from web.audit.queries import NAMESAKES
from web.core.text_search import contains_text

#: Rows on one page.
PAGE = 25
#: Kinds of access.
KINDS = ("read", "refused", "logged-in", "login-failed")
#: Cursor of a page: instant and id of its last row.
_KEY = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)~(\d{1,9})\Z")

_L = AccessLog


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
    if found := _KEY.match(args.get("after", "")):
        at = literal(datetime.fromisoformat(found[1]), UTCDateTime())
        query = query.where(tuple_(_L.at, _L.id) < tuple_(at, literal(int(found[2]))))
    rows = db.execute(query.order_by(_L.at.desc(), _L.id.desc()).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return AccessPage(
        tuple(_access_row(row) for row in rows[:PAGE]), f"{last.at.isoformat()}~{last.id}" if last else ""
    )


def _people_named(db: Session, person: str) -> list[int]:
    """Ids of the people whose name or user name contains a text."""
    named = contains_text(person, Person.name, Person.username)
    return list(db.execute(select(Person.id).where(named).limit(NAMESAKES)).scalars())


def _access_row(row: Any) -> AccessRow:
    detail = dict(row.detail)
    error, clauses = str(detail.get("error", "")), tuple(str(clause) for clause in detail.get("clauses", ()))
    return AccessRow(row.at, row.name or "", row.what, row.subject, row.action, error, clauses)
