"""The register of engagements: lasting relations and efforts abroad.

A row is created, renewed or ended by a concluded case, or registered as older than the system with its source.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality

#: Text compared byte by byte on every database, so that an index serves searches by prefix.
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
    #: active, noted (the council took note of it) or ended. An engagement with a past `ends_on` has lapsed.
    status: Mapped[str]
    partner_name: Mapped[str] = mapped_column(default="")
    #: ISO 3166 alpha-2 code where known, else as written.
    partner_country: Mapped[str] = mapped_column(default="")
    responsible_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: own-area or municipality.
    scope: Mapped[str]
    #: Mark of Örebro's four existing Nordic twin towns; set only in the register.
    named_nordic_twin: Mapped[bool] = mapped_column(default=False)
    eu_funded: Mapped[bool] = mapped_column(default=False)
    #: Percent paid by others, 0 to 100.
    external_funding: Mapped[int] = mapped_column(default=0)
    goals: Mapped[list[str]]
    fields: Mapped[dict[str, Any]]
    starts_on: Mapped[date | None]
    #: Agreed or decided end; null while open-ended.
    ends_on: Mapped[date | None]
    #: Day on which notice of termination was given.
    notice_on: Mapped[date | None]
    #: Signatories and way of signing; empty where nothing is signed.
    signature: Mapped[dict[str, Any]]
    #: `case`, or `register` when it is older than the system.
    origin: Mapped[str]
    #: Source of a registered engagement: document, page, letter.
    source: Mapped[str] = mapped_column(default="")
    #: Number of the case that entered it.
    entered_by: Mapped[str | None]
    #: Number of the case that last changed it.
    changed_by: Mapped[str | None]
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: Sort keys of title and partner (`models.folding.sort_key`); empty sorts first.
    title_key: Mapped[str] = mapped_column(Folded, default="")
    partner_key: Mapped[str] = mapped_column(Folded, default="")
    # -- details edited by officers and the coordinator, each time with an entry in the journal
    #: city, network, organisation or country; empty where not stated.
    partner_kind: Mapped[str] = mapped_column(default="")
    #: Position of the partner, degrees north and east; null where unknown.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    #: Contact persons: name, role, e-mail. They hold no mandate.
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: Number of participants; null where unknown.
    participants: Mapped[int | None]
    #: Increased with every change of the details, so that concurrent edits are detected.
    details_version: Mapped[int] = mapped_column(default=0)
    #: Increased with every change of what was agreed: renewed, ended or lapsed. A case is judged at one version.
    version: Mapped[int] = mapped_column(default=1)


class EngagementWord(OfMunicipality, Base):
    """Search index: a word of an engagement's title or of its partner's name, found by prefix."""

    __tablename__ = "engagement_word"
    __table_args__ = (Index("ix_engagement_word", "municipality_id", "word", "engagement_id"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    #: Normalised by `models.folding.search_words`.
    word: Mapped[str] = mapped_column(Folded, primary_key=True)
