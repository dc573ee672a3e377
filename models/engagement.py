"""What lasting relations and efforts abroad does the municipality have?

A row is created, renewed or ended only by a concluded case, or registered as older than the system, citing its source.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality

#: Text that is compared byte by byte on every database, so that an index serves its beginnings.
Folded = String().with_variant(String(collation="C"), "postgresql")


class Engagement(OfMunicipality, Base):
    """One engagement in the register."""

    __tablename__ = "engagement"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index(None, "municipality_id", "kind", "id"),
        Index(None, "municipality_id", "status", "id"),
        Index("ix_engagement_newest", "municipality_id", "id"),
        Index("ix_engagement_country", "municipality_id", "partner_country", "id"),
        Index("ix_engagement_responsible", "municipality_id", "responsible_body_id", "id"),
        Index("ix_engagement_title", "municipality_id", "title_key", "id"),
        Index("ix_engagement_partner", "municipality_id", "partner_key", "id"),
        Index("ix_engagement_ends", "municipality_id", "ends_on", "id"),
        Index("ix_engagement_map", "municipality_id", "latitude", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: URL-safe and unique in the installation, like `orebro-e-00007`.
    number: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    #: active, noted (a council took note of it) or ended. An engagement with a past `ends_on` has lapsed.
    status: Mapped[str]
    partner_name: Mapped[str] = mapped_column(default="")
    #: ISO 3166 alpha-2 where known, else as written.
    partner_country: Mapped[str] = mapped_column(default="")
    responsible_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: own-area or municipality.
    scope: Mapped[str]
    #: Örebro's four existing Nordic twin towns carry this mark; set only in the register.
    named_nordic_twin: Mapped[bool] = mapped_column(default=False)
    eu_funded: Mapped[bool] = mapped_column(default=False)
    #: Percent paid by others, 0 to 100.
    external_funding: Mapped[int] = mapped_column(default=0)
    goals: Mapped[list[str]]
    fields: Mapped[dict[str, Any]]
    starts_on: Mapped[date | None]
    #: Agreed or decided end; null while open-ended.
    ends_on: Mapped[date | None]
    #: The day notice of termination was given.
    notice_on: Mapped[date | None]
    #: Names of signatories and how it was signed; empty where nothing is signed.
    signature: Mapped[dict[str, Any]]
    #: `case`, or `register` when it is older than the system.
    origin: Mapped[str]
    #: What a registered engagement rests on: document, page, letter.
    source: Mapped[str] = mapped_column(default="")
    #: Number of the case that entered it.
    entered_by: Mapped[str | None]
    #: Number of the case that last changed it.
    changed_by: Mapped[str | None]
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: Title and partner as `models.folding` writes them, in the alphabet's order; empty sorts first.
    title_key: Mapped[str] = mapped_column(Folded, default="")
    partner_key: Mapped[str] = mapped_column(Folded, default="")
    # -- what officers and the coordinator keep up to date, each time with an entry in the journal
    #: city, network, organisation or country; empty where nobody has said.
    partner_kind: Mapped[str] = mapped_column(default="")
    #: Of the partner's place, degrees north and east; null where it is not known.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    #: Contact persons: name, role, e-mail. They carry no mandate.
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: People who take part; null where nobody has counted.
    participants: Mapped[int | None]
    #: Raised by one whenever these are changed, so that two people do not overwrite each other.
    details_version: Mapped[int] = mapped_column(default=0)


class EngagementWord(OfMunicipality, Base):
    """A word of an engagement's title or of its partner's name, by whose beginning it is found."""

    __tablename__ = "engagement_word"
    __table_args__ = (Index("ix_engagement_word", "municipality_id", "word", "engagement_id"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    #: As `models.folding` writes it.
    word: Mapped[str] = mapped_column(Folded, primary_key=True)
