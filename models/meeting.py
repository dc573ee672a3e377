"""Meetings of collegial bodies.

A body and a date, created by the first decision entered from the meeting.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Meeting(OfMunicipality, Base):
    """One meeting of one body on one day."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("municipality_id", "body_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    held_on: Mapped[date]
    created_at: Mapped[datetime]
