"""Queries for notices about accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from models import AccountNotice, Person

#: Notices on the page of settings.
LATEST = 10


@dataclass(frozen=True, slots=True)
class AccountNoticeRow:
    """One notice about an account."""

    kind: str
    detail: Mapping[str, Any]
    at: datetime
    #: Name of whose account it is, and whether it is the reader's.
    name: str
    username: str
    is_own: bool
    #: Name of who changed it; None for the command line.
    actor: str | None
    address: str


def account_notices(db: Session, person_id: int) -> Sequence[AccountNoticeRow]:
    """The latest notices to a person, the newest first."""
    query = _query().where(AccountNotice.person_id == person_id).order_by(AccountNotice.id.desc()).limit(LATEST)
    return [AccountNoticeRow(*row) for row in db.execute(query)]


def changes_by_others(db: Session, person_id: int, since: datetime) -> Sequence[AccountNoticeRow]:
    """The latest notices to a person of what others have done since an instant, the newest first."""
    n = AccountNotice
    by_others = or_(n.actor_id.is_(None), n.actor_id != person_id)
    own = (n.person_id == person_id, n.created_at >= since, by_others)
    query = _query().where(*own).order_by(n.id.desc()).limit(LATEST)
    return [AccountNoticeRow(*row) for row in db.execute(query)]


def account_notice(db: Session, notice_id: int) -> AccountNoticeRow:
    """One notice."""
    return AccountNoticeRow(*db.execute(_query().where(AccountNotice.id == notice_id)).one())


def _query() -> Select[*tuple[Any, ...]]:
    about, actor = aliased(Person), aliased(Person)
    n = AccountNotice
    return (
        select(
            n.kind, n.detail, n.created_at, about.name, about.username, n.person_id == n.about_id, actor.name, n.address
        )
        .join(about, about.id == n.about_id)
        .outerjoin(actor, actor.id == n.actor_id)
    )
