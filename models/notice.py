"""Who must be told what, and has the mail gone out?

A notice is written in the transaction of the act it tells of (a transactional outbox): screens show it, and the
scheduler makes a mail of it for each person who sits where it is addressed and wants one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Notice(OfMunicipality, Base):
    """One thing a role in a body is told."""

    __tablename__ = "notice"
    __table_args__ = (
        # the backstop: no rung of a ladder is told twice, whatever goes wrong above
        UniqueConstraint("deadline_id", "cycle", "rung", "body_id", "role"),
        Index("ix_notice_body", "municipality_id", "body_id", "role", "id"),
        Index("ix_notice_undispatched", "municipality_id", "is_dispatched", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    #: What it tells of: `engagement-entered`, `engagement-ended`, `rung-step`, `rung-evaluation`, …
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Clause that asks for the notice.
    clause: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    #: The deadline whose rung it is; null for what is no reminder.
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    cycle: Mapped[int | None]
    rung: Mapped[int | None]
    #: The last day it reminds of.
    due_on: Mapped[date | None]
    #: Whether mails have been made of it.
    is_dispatched: Mapped[bool] = mapped_column(default=False)


class Mail(OfMunicipality, Base):
    """One e-mail to one person; claimed before it is handed over, so that a crash can lose one but never double it."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id"),
        UniqueConstraint("person_id", "digest_on"),
        Index("ix_mail_next", "municipality_id", "state", "next_at", "id"),
        Index("ix_mail_digest", "municipality_id", "digest_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The notice it tells of; null for a digest.
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    #: The day whose digest it is; null for a single notice.
    digest_on: Mapped[date | None]
    #: The digest that tells of this notice instead; null for what is sent by itself.
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    #: queued, sending, sent, failed (given up after the last try) or unsure (whoever was sending it died meanwhile);
    #: for a notice that goes with the day's digest held, then gathered.
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Not before this instant; for one being sent, when its sender is given up for dead.
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    #: Why the last try failed, as the mail server or the system put it.
    error: Mapped[str] = mapped_column(default="")
