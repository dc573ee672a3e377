"""When must an engagement, or the policy itself, be looked at again?"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Evaluation(OfMunicipality, Base):
    """One evaluation that is due, under one rule of the policy."""

    __tablename__ = "evaluation"
    __table_args__ = (Index("ix_evaluation_due", "municipality_id", "state", "due_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
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
