"""What must be done by when, and who has been told that it is late?

One row for each thing that waits: a case's present step, an evaluation, an agreement that runs out, an appointment or a
mandate that ends. A ladder of the policy says who is told how long before or after the last day. Raising a rung tells
people and changes nothing else: nobody's right to decide, and no state of what is waited for.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Deadline(OfMunicipality, Base):
    """The last day of one thing that waits, and how far its ladder has been climbed."""

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
    #: Number of the case, evaluation or engagement, or the appointment's or mandate's id.
    subject: Mapped[str]
    #: The case whose step it is; null for the other kinds.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    #: The engagement that is evaluated or runs out; null for the other kinds and for the policy's own revision.
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: The body whose matter it is: `responsible` in the ladder.
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Whom it waits for, `turn` in the ladder; null where that is the case's officer or nobody.
    waits_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    waits_role: Mapped[str | None]
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: Name of the policy's ladder: `step`, `consultation`, …, or `evaluation:RULE`.
    ladder: Mapped[str]
    #: open, or closed when it has been met or has lost its object.
    state: Mapped[str]
    #: Raised by one whenever the last day is set anew, so that the ladder begins again.
    cycle: Mapped[int]
    due_on: Mapped[date]
    #: The end of that day in the municipality, as an instant.
    due_at: Mapped[datetime]
    #: The rung that is raised next, from 0.
    next_rung: Mapped[int]
    #: When it is raised; null when nothing is left to raise.
    next_at: Mapped[datetime | None]
    #: Number of entries in its own stream of the trail.
    version: Mapped[int]
    #: Hash of the stream's last entry, hexadecimal; empty before the first.
    head_hash: Mapped[str]


class Heartbeat(Base):
    """When a scheduler last went round, for the whole installation; tells whether any is alive."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: When the last round ended.
    at: Mapped[datetime]
    #: What it did, for people to read.
    counts: Mapped[dict[str, int]]
