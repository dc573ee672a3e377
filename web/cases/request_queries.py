"""Queries of a new request: the register's engagements to choose from, and the letter that it begins from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session

from models import Document, Engagement
from web.cases.request_forms import FromRegister
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import Reader
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.named_twins import registered_facts
from workflow.policy.request_domain import REGISTERED

#: Engagements on one page of the picker, and their order.
PAGE = 25
OLDEST_FIRST = Keyset("request-engagements", (Key(Engagement.id),))


def from_register(
    connection: Connection, tenant: Tenant, reader: Reader, policy: Policy, number: str
) -> FromRegister | None:
    """An engagement of the register by its number, as a policy reads it; None when the reader sees none."""
    row = connection.execute(
        select(
            Engagement.number,
            Engagement.title,
            Engagement.kind,
            Engagement.responsible_body_id,
            Engagement.partner_name,
            Engagement.partner_country,
            *(getattr(Engagement, name) for name in REGISTERED),
        ).where(Engagement.municipality_id == tenant.id, Engagement.number == number, reader.may_read_engagement())
    ).one_or_none()
    if row is None:
        return None
    body = tenant.body_keys[row.responsible_body_id]
    facts = registered_facts(policy.named_nordic_twins, row)
    return FromRegister(row.number, row.title, row.kind, body, row.partner_name, row.partner_country, facts)


@dataclass(frozen=True, slots=True)
class Found:
    """One engagement in the picker."""

    id: int
    number: str
    title: str
    partner_name: str
    ends_on: date | None


def register_page(
    db: Session, reader: Reader, kind: str, search: str, after: tuple[Any, ...], today: date
) -> tuple[Sequence[Found], str]:
    """A page of the engagements of a kind that have not ended, found by number, title or partner, and the cursor of
    the next; empty on the last.
    """
    columns = (Engagement.id, Engagement.number, Engagement.title, Engagement.partner_name, Engagement.ends_on)
    query = select(*columns).where(
        Engagement.kind == kind,
        Engagement.status != "ended",
        (Engagement.ends_on.is_(None)) | (Engagement.ends_on >= today),
        reader.may_read_engagement(),
    )
    if search:
        query = query.where(
            Engagement.title.icontains(search, autoescape=True)
            | Engagement.partner_name.icontains(search, autoescape=True)
            | (Engagement.number == search)
        )
    rows = [Found(*row) for row in db.execute(OLDEST_FIRST.page(query, after, PAGE))]
    return OLDEST_FIRST.cut(rows, PAGE, lambda row: (row.id,))


def letter_of(db: Session, number: str) -> Row[Any] | None:
    """A registered letter that belongs to no case and to no engagement."""
    if not number:
        return None
    columns = (Document.id, Document.number, Document.title, Document.correspondent)
    more = (Document.direction, Document.dated_on, Document.file_name)
    alone = (Document.case_id.is_(None), Document.engagement_id.is_(None))
    query: Any = select(*columns, *more).where(Document.number == number, *alone)
    found: Row[Any] | None = db.execute(query).one_or_none()
    return found


def letter_content(db: Session, letter_id: int) -> bytes:
    """The file of a letter."""
    return db.execute(select(Document.content).where(Document.id == letter_id)).scalar_one()
