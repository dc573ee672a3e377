"""Substitutes during absence."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Substitute(OfMunicipality, Base):
    """A person who acts in another's role from a date to a date (both included); the trail names both.

    Deputies of elected members are not substitutes: they are appointed, and take a member's place at a meeting.
    """

    __tablename__ = "substitute"
    __table_args__ = (
        Index("ix_substitute_stands_in", "municipality_id", "substitute_id", "starts_on"),
        Index("ix_substitute_away", "municipality_id", "person_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The absent person.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The substitute.
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_example: Mapped[bool] = mapped_column(default=False)
