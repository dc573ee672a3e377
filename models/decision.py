"""Decisions of bodies, with meeting, presence, votes and confirmation.

A decision of a collegial body is entered by its secretary and becomes the body's act when its chair confirms it. A
decision of an administration is confirmed as it is made, by its manager under a mandate.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Decision(OfMunicipality, Base):
    """A body's act in a case: a recommendation or the decision itself."""

    __tablename__ = "decision"
    __table_args__ = (
        Index(None, "municipality_id", "case_id", "id"),
        Index(None, "municipality_id", "meeting_id"),
        Index(
            "ix_decision_entered",
            "municipality_id",
            "meeting_id",
            sqlite_where=text("state = 'entered'"),
            postgresql_where=text("state = 'entered'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: State of the case in which it was taken, like `decide:council`.
    step: Mapped[str]
    outcome: Mapped[str]
    #: adopt, amended, decline or none, for a recommendation; empty otherwise.
    proposal: Mapped[str] = mapped_column(default="")
    #: Text decided on; equals the proposal unless the body changed it.
    text: Mapped[str]
    #: Attributes and fields that an amended approval changed.
    changes: Mapped[dict[str, Any]]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    #: Day of the meeting, or on which an administration decided; not the day of entry.
    decided_on: Mapped[date]
    paragraph: Mapped[str] = mapped_column(default="")
    #: Members appointed on the day of the meeting.
    members: Mapped[int | None]
    present: Mapped[int | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    #: for or against, where the chair's vote broke a tie; empty otherwise.
    casting_vote: Mapped[str] = mapped_column(default="")
    #: Names, as recorded, of members who left for conflict of interest.
    conflicts: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    #: entered, confirmed, or replaced (by a later entry before confirmation).
    state: Mapped[str]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    clauses: Mapped[list[str]]
