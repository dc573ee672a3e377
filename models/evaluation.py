"""When must an engagement, or the policy itself, be looked at again, and what came of it?

`Evaluation.state` and `Evaluation.version` are written by `workflow.evaluations.service` alone, with an entry in the
evaluation's own stream of the trail. When it is due and who is told is its `models.deadline.Deadline`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Evaluation(OfMunicipality, Base):
    """One evaluation, under one rule of the policy."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_evaluation_due", "municipality_id", "state", "due_on", "id"),
        Index("ix_evaluation_engagement", "municipality_id", "engagement_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: URL-safe and unique in the installation, like `orebro-v-00012`.
    number: Mapped[str]
    #: Null when it is the policy itself that must be revised.
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Id of the evaluation rule in the policy version.
    rule: Mapped[str]
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: pending, under-way, reported, decided or cancelled.
    state: Mapped[str]
    due_on: Mapped[date]
    #: The end of that day in the municipality, as an instant.
    due_at: Mapped[datetime]
    #: Number of entries in its own stream of the trail.
    version: Mapped[int] = mapped_column(default=0)
    #: Hash of the stream's last entry, hexadecimal; empty before the first.
    head_hash: Mapped[str] = mapped_column(default="")
    #: The report: answers by question, effects, what was learnt, value against cost, reasons.
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: continue, renegotiate or terminate: what the report proposes; empty before.
    proposes: Mapped[str] = mapped_column(default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_on: Mapped[date | None]
    #: continue, renegotiate or terminate: what the competent body decided; empty before.
    outcome: Mapped[str] = mapped_column(default="")
    #: Number of the case in which it was (or is being) decided; empty before the report.
    decided_in: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
