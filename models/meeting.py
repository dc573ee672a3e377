"""Meetings of collegial bodies, and who sat in the body.

A body and a date, created by the first decision entered from the meeting, together with its members of that day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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


class MeetingMember(OfMunicipality, Base):
    """A person who sat in the body on the day of a meeting; never changed afterwards."""

    __tablename__ = "meeting_member"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id", "role"),
        Index(None, "municipality_id", "person_id", "meeting_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: chair or member.
    role: Mapped[str]
