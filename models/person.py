"""People, their appointments, and what they log in with.

An appointment gives a role in a body from one date to another; the right to act is judged on the day of acting.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Person(OfMunicipality, Base):
    """A person known to a municipality."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Opaque identifier, written in the trail instead of the name.
    public_id: Mapped[str] = mapped_column(unique=True)
    #: NAME@MUNICIPALITY-KEY; the part after @ selects the municipality at log-in.
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: argon2 hash; null for people who do not log in.
    password_hash: Mapped[str | None]
    #: Language code of screens and mail: sv, nb, da, en.
    language: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_example: Mapped[bool] = mapped_column(default=False)
    #: Increased to end every session of the person (new password, deactivation).
    session_epoch: Mapped[int] = mapped_column(default=0)
    #: E-mail address; empty where there is none.
    email: Mapped[str] = mapped_column(default="")
    #: each (one e-mail per notice), daily (a digest) or none.
    mail_wanted: Mapped[str] = mapped_column(default="each")
    #: SHA-256 of the token in the address of the calendar feed, hexadecimal; null while there is none.
    calendar_hash: Mapped[str | None] = mapped_column(unique=True)
    #: Last day of the calendar address, and the last day on which it was read.
    calendar_expires_on: Mapped[date | None]
    calendar_used_on: Mapped[date | None]
    #: Newest notice marked as read.
    seen_notice_id: Mapped[int] = mapped_column(default=0)
    #: When name, user name and address were erased; null for everybody else.
    erased_at: Mapped[datetime | None]


class Appointment(OfMunicipality, Base):
    """A role of a person in a body, from a date to a date (both included)."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index(None, "municipality_id", "person_id", "starts_on"),
        Index(None, "municipality_id", "body_id", "role", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: officer, manager, secretary, chair, member, coordinator, auditor or admin.
    role: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    #: Member whose deputy this person is; null for an ordinary appointment.
    deputy_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Decision that made the appointment, as the municipality cites it.
    reference: Mapped[str] = mapped_column(default="")
    is_example: Mapped[bool] = mapped_column(default=False)


class ApiToken(OfMunicipality, Base):
    """A bearer token; only its SHA-256 is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: The last day on which it was used.
    used_on: Mapped[date | None]


class ProposedChange(OfMunicipality, Base):
    """A change that one person has proposed and another must confirm before it takes effect."""

    __tablename__ = "proposed_change"
    __table_args__ = (Index("ix_proposed_change_state", "municipality_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Name of a declared kind, like `invite-person`.
    kind: Mapped[str]
    #: What is to be done, as the kind's schema reads it.
    payload: Mapped[dict[str, Any]]
    #: Whom it concerns.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    #: Afterwards nobody confirms it.
    expires_at: Mapped[datetime]
    #: open, confirmed, declined or withdrawn.
    state: Mapped[str]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]


class Invitation(OfMunicipality, Base):
    """A link that works once, by which a person sets their password; only its SHA-256 is stored."""

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "municipality_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Null until a mail with the link is written: the link is made with the mail and stands in no queue.
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    #: mail (to the person's address) or shown (once, to whoever confirmed it).
    way: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    #: When another invitation, or the person's own change of password, ended it.
    ended_at: Mapped[datetime | None]


class LoginThrottle(Base):
    """Failed log-ins, and where accounts have logged in lately; shared by all processes."""

    __tablename__ = "login_throttle"

    #: `user:NAME`, `pair:IP NAME`, `address:IP` or `known:IP NAME` (a log-in that succeeded).
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    #: Attempts before this instant are refused.
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime]


class IdempotencyKey(OfMunicipality, Base):
    """The stored answer to a POST with an Idempotency-Key, repeated for the same request."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("municipality_id", "person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str]
    #: SHA-256 of method, path and body; the same key with another request is refused.
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime]
