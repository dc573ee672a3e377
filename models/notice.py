"""Who must be told what?

Rows are written in the transaction of the act they tell of (a transactional outbox); screens show them,
mail will send them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Notice(OfMunicipality, Base):
    """One thing a role in a body is told."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_body", "municipality_id", "body_id", "role", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    #: What it tells of: `engagement-entered`, `engagement-ended`, …
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Clause that asks for the notice.
    clause: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
