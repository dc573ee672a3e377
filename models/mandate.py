"""Mandates: authority delegated by a body to an administration."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Mandate(OfMunicipality, Base):
    """Authority that a body has delegated to one of its administrations, limited and dated."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "municipality_id", "to_body_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    to_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Engagement kinds covered; empty for all.
    engagements: Mapped[list[str]]
    #: Acts covered; empty for all.
    acts: Mapped[list[str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    #: Decision that gave the mandate, as the municipality cites it (delegation order, meeting, paragraph).
    reference: Mapped[str]
    is_example: Mapped[bool] = mapped_column(default=False)
