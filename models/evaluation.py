"""Evaluations of engagements, and revisions of the policy itself.

State and version are written by `workflow.evaluations` alone, with an entry in the evaluation's own stream of the
trail. When an evaluation is due, and who is notified, is its `models.deadline.Deadline`.
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
    #: Null for a revision of the policy itself.
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
    #: The report: answers by question, effects, lessons, value against cost, reasons.
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Proposal of the report: continue, renegotiate or terminate; empty before the report.
    proposes: Mapped[str] = mapped_column(default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_on: Mapped[date | None]
    #: Decision of the competent body: continue, renegotiate or terminate; empty before the decision.
    outcome: Mapped[str] = mapped_column(default="")
    #: Number of the case that decides it; empty before the report.
    decided_in: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
