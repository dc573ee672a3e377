"""Deadlines of case steps, evaluations, agreements, appointments and mandates.

The policy's ladder of a deadline says who is notified how long before or after the last day. Raising a rung notifies
people and changes nothing else: neither the right to decide nor the state of the subject.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Deadline(OfMunicipality, Base):
    """Last day of one subject, and the position on its ladder."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("municipality_id", "kind", "subject"),
        Index("ix_deadline_next", "municipality_id", "next_at", "id"),
        Index("ix_deadline_open", "municipality_id", "state", "due_on", "id"),
        Index("ix_deadline_body", "municipality_id", "body_id", "state", "due_on", "id"),
        Index("ix_deadline_engagement", "municipality_id", "engagement_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: step, evaluation, expiry, appointment or mandate.
    kind: Mapped[str]
    #: Number of the case, evaluation or engagement; id of the appointment or mandate.
    subject: Mapped[str]
    #: Case of a step; null for the other kinds.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    #: Engagement of an evaluation or expiry; null for the other kinds and for the policy's own revision.
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Responsible body, `responsible` in the ladder.
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Body and role that act next, `turn` in the ladder; null for the case's officer or nobody.
    waits_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    waits_role: Mapped[str | None]
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: Name of the policy's ladder: `step`, `consultation`, …, or `evaluation:RULE`.
    ladder: Mapped[str]
    #: open or closed (met, or without a subject).
    state: Mapped[str]
    #: Increased when the last day changes, which restarts the ladder.
    cycle: Mapped[int]
    due_on: Mapped[date]
    #: The end of that day in the municipality, as an instant.
    due_at: Mapped[datetime]
    #: Next rung, from 0.
    next_rung: Mapped[int]
    #: Instant at which the next rung is due; null after the last rung.
    next_at: Mapped[datetime | None]
    #: Number of entries in its own stream of the trail.
    version: Mapped[int]
    #: Hash of the stream's last entry, hexadecimal; empty before the first.
    head_hash: Mapped[str]


class Heartbeat(Base):
    """Last round of any scheduler of the installation; one row."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: End of the last round.
    at: Mapped[datetime]
    #: Number of things done in it, by name; `failed` and `set-aside` among them.
    counts: Mapped[dict[str, int]]
    #: Seconds from one round to the next.
    every: Mapped[int]


class SetAside(OfMunicipality, Base):
    """A row, or a whole job, that the scheduler failed to do; deleted once it is done."""

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("municipality_id", "job", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Name of the scheduler's job.
    job: Mapped[str]
    #: Id of the row in the job's table; 0 for the whole job.
    row_id: Mapped[int]
    #: What people call it: a number, or empty.
    subject: Mapped[str]
    #: Class of the last error, and its text without values from the database.
    error: Mapped[str]
    reason: Mapped[str]
    attempts: Mapped[int]
    first_failed_at: Mapped[datetime]
    last_failed_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
