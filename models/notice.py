"""Notices to seats and to people, and the e-mails made of them.

A notice is written in the transaction of the act it reports (transactional outbox). Screens show it, and the scheduler
makes an e-mail for each person at the addressed body and role who wants one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Notice(OfMunicipality, Base):
    """A notice to one role in one body."""

    __tablename__ = "notice"
    __table_args__ = (
        # last safeguard against notifying one rung of a ladder twice
        UniqueConstraint("deadline_id", "cycle", "rung", "body_id", "role"),
        Index("ix_notice_body", "municipality_id", "body_id", "role", "id"),
        Index("ix_notice_undispatched", "municipality_id", "is_dispatched", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    #: `engagement-entered`, `engagement-ended`, `rung-step`, `rung-evaluation`, …
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Clause that requires the notice.
    clause: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    #: Deadline of a reminder; null for other notices.
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    cycle: Mapped[int | None]
    rung: Mapped[int | None]
    #: Last day of the deadline.
    due_on: Mapped[date | None]
    #: Whether its e-mails have been made.
    is_dispatched: Mapped[bool] = mapped_column(default=False)


class AccountNotice(OfMunicipality, Base):
    """A notice to one person of a change of an account: their own, or, to an auditor, somebody else's."""

    __tablename__ = "account_notice"
    __table_args__ = (
        Index("ix_account_notice_person", "municipality_id", "person_id", "id"),
        Index("ix_account_notice_undispatched", "municipality_id", "is_dispatched", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Whose account it was.
    about_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Who changed it; null for the command line and the person who has no account yet.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: `password-changed`, `email-changed`, `token-created`, `invited`, …
    kind: Mapped[str]
    #: Codes and days that its sentence needs.
    detail: Mapped[dict[str, Any]]
    #: E-mail address at the time of the change; empty where there was none.
    address: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    #: Whether its e-mail has been made.
    is_dispatched: Mapped[bool] = mapped_column(default=False)


class Mail(OfMunicipality, Base):
    """One e-mail to one person, claimed before sending: a crash can lose it but never send it twice."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id"),
        UniqueConstraint("person_id", "digest_on"),
        Index("ix_mail_next", "municipality_id", "state", "next_at", "id"),
        Index("ix_mail_digest", "municipality_id", "digest_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Reported notice; null for a digest.
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    #: Day of a digest; null for a single notice.
    digest_on: Mapped[date | None]
    #: Reported change of an account; null for other mails.
    account_notice_id: Mapped[int | None] = mapped_column(ForeignKey("account_notice.id"), unique=True)
    #: Digest that contains this notice; null for what is sent by itself.
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    #: queued, sending, sent, failed (after the last attempt) or unsure (the sender died meanwhile); for a notice of a
    #: daily digest held, then gathered.
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Earliest instant of the next attempt; while sending, the instant at which the sender is considered dead.
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    #: Error of the last attempt, as reported by the mail server or the system.
    error: Mapped[str] = mapped_column(default="")
