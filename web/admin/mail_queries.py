"""Queries for mails that did not arrive: given up, in doubt, or due for a day without being sent.

The list is paged by key; each state is read from its own range of an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from models import Mail, Person, SetAside
from web.notifications.queries import NoticeRow, notices_by_id
from web.ui.pagination import Key, Keyset
from workflow.notifications.failed_mail import LEFT_LYING, STUCK

#: Mails on one page.
PAGE = 25
NEWEST_FIRST = Keyset("mail", (Key(Mail.next_at, datetime, descending=True), Key(Mail.id, descending=True)))


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """One mail that did not arrive."""

    id: int
    #: failed, unsure or queued.
    state: str
    attempts: int
    at: datetime
    created_at: datetime
    digest_on: date | None
    error: str
    name: str
    username: str
    #: The notice it carries; None for a digest.
    notice: NoticeRow | None
    is_about_account: bool

    @property
    def may_be_retried(self) -> bool:
        """Whether an administrator may send it once more."""
        return self.state in STUCK


def undelivered(db: Session, after: tuple[Any, ...], now: datetime) -> tuple[Sequence[UndeliveredMail], str]:
    """A page of undelivered mails, newest first, and the cursor of the next; two statements."""
    ranges = union_all(*(select(part.subquery()) for part in _parts(after, now))).subquery("ranges")
    order = NEWEST_FIRST.over(ranges.c.next_at, ranges.c.id).order_by()
    keys = select(ranges.c.id).order_by(*order).limit(PAGE + 1).subquery()
    query = (
        select(
            Mail.id,
            Mail.state,
            Mail.attempts,
            Mail.next_at,
            Mail.created_at,
            Mail.digest_on,
            Mail.error,
            Person.name,
            Person.username,
            Mail.notice_id,
            Mail.account_notice_id,
        )
        .select_from(keys)
        .join(Mail, Mail.id == keys.c.id)
        .join(Person, Person.id == Mail.person_id)
        .order_by(*NEWEST_FIRST.order_by())
    )
    rows = db.execute(query).all()
    ids = [row.notice_id for row in rows if row.notice_id is not None]
    notices = {notice.id: notice for notice in notices_by_id(db, ids)} if ids else {}
    found = [_undelivered(row, notices.get(row.notice_id or 0)) for row in rows]
    return NEWEST_FIRST.cut(found, PAGE, lambda mail: (mail.at, mail.id))


def _undelivered(row: Any, notice: NoticeRow | None) -> UndeliveredMail:
    return UndeliveredMail(
        row.id,
        row.state,
        row.attempts,
        row.next_at,
        row.created_at,
        row.digest_on,
        row.error,
        row.name,
        row.username,
        notice,
        row.account_notice_id is not None,
    )


def set_aside(db: Session) -> list[SetAside]:
    """Work that the scheduler failed to do, what is tried next first; at most a page."""
    return list(db.scalars(select(SetAside).order_by(SetAside.next_try_at, SetAside.id).limit(PAGE)))


def has_undelivered(db: Session, now: datetime) -> bool:
    """Whether there is an undelivered mail."""
    parts = (part.with_only_columns(Mail.id).order_by(None).limit(1) for part in _parts((), now))
    return db.execute(union_all(*(select(part.subquery()) for part in parts)).limit(1)).first() is not None


def _parts(after: tuple[Any, ...], now: datetime) -> list[Select[*tuple[Any, ...]]]:
    """One limited query per state; a queued mail counts once it has been due for a day."""
    parts: list[Select[*tuple[Any, ...]]] = []
    for state in (*STUCK, "queued"):
        part: Select[*tuple[Any, ...]] = select(Mail.id, Mail.next_at).where(Mail.state == state)
        if state == "queued":
            part = part.where(Mail.next_at <= now - LEFT_LYING)
        parts.append(NEWEST_FIRST.page(part, after, PAGE))
    return parts
