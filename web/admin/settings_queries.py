"""Queries for a person's own settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiToken, Person


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What a person has chosen, and their calendar address."""

    email: str
    mail_wanted: str
    language: str
    password_hash: str | None
    has_calendar: bool
    calendar_expires_on: date | None
    calendar_used_on: date | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token of a person that is still valid."""

    id: int
    created_at: datetime
    expires_at: datetime
    used_on: date | None


def own_settings(db: Session, person_id: int) -> OwnSettings:
    """A person's settings."""
    p = Person
    columns = (p.email, p.mail_wanted, p.language, p.password_hash, p.calendar_hash.is_not(None))
    query = select(*columns, p.calendar_expires_on, p.calendar_used_on).where(p.id == person_id)
    return OwnSettings(*db.execute(query).one())


def own_tokens(db: Session, person_id: int, now: datetime) -> Sequence[TokenRow]:
    """A person's valid tokens, the newest first."""
    t = ApiToken
    query = (
        select(t.id, t.created_at, t.expires_at, t.used_on)
        .where(t.person_id == person_id, t.revoked_at.is_(None), t.expires_at > now)
        .order_by(t.id.desc())
    )
    return [TokenRow(*row) for row in db.execute(query)]
