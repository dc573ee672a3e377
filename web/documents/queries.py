"""Queries for documents and for letters that belong to no case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Case, Document, Engagement, Person
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import Reader
from workflow.core.errors import NotFound
from workflow.core.messages import reason

#: Letters on one page.
PAGE = 25
NEWEST_FIRST = Keyset("letters", (Key(Document.id, descending=True),))
#: Documents of no case and no engagement.
_LETTERS = (Document.case_id.is_(None), Document.engagement_id.is_(None))


def document(db: Session, reader: Reader, number: str) -> Any:
    """A document's content, media type and file name, and its case's number; raises `NotFound`, also for one of an
    engagement kept secret from the reader.
    """
    query = select(Document.content, Document.media_type, Document.file_name, Case.number.label("case_number"))
    query = query.outerjoin(Case, Case.id == Document.case_id)
    query = query.outerjoin(Engagement, Engagement.id == Document.engagement_id)
    row = db.execute(query.where(Document.number == number, reader.may_read_engagement())).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return row


def letters_page(db: Session, after: tuple[Any, ...]) -> tuple[Sequence[Any], str]:
    """A page of letters, newest first, and the cursor of the next; empty on the last."""
    rows = db.execute(_letters().where(Document.id.in_(_newest(after))).order_by(Document.id.desc())).all()
    return NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.id,))


def letter(db: Session, number: str) -> Any | None:
    """One letter; None where there is none."""
    return db.execute(_letters().where(Document.number == number)).one_or_none()


def _newest(after: tuple[Any, ...]) -> Select[int]:
    """Ids of a page of letters, in the order of the index that has them together."""
    query = select(Document.id).where(*_LETTERS).order_by(Document.case_id.desc(), Document.id.desc()).limit(PAGE + 1)
    return query.where(NEWEST_FIRST.where(after))


def _letters() -> Select[*tuple[Any, ...]]:
    d = Document
    columns = (d.id, d.number, d.title, d.correspondent, d.direction, d.dated_on, d.registered_at)
    more = (d.file_name, d.media_type, d.size, d.digest, Person.name.label("registered_by"))
    return select(*columns, *more).join(Person, Person.id == d.registered_by_id).where(*_LETTERS)
