"""The trail, its disclosures, and the access log.

Rows are append-only (triggers refuse the rest) and chained by hash within a stream: one stream per case, named by its
number, and one journal per municipality (`orebro-journal`). Free text and names are in `Disclosure`; the entry holds
salted commitments to them, so that lawful erasure leaves the chain valid.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class TrailEntry(OfMunicipality, Base):
    """One entry of a stream. Every column but `canonical` and `hash` is part of the canonical bytes."""

    __tablename__ = "trail_entry"
    __table_args__ = (
        Index("ix_trail_entry_at", "municipality_id", "at", "stream", "number"),
        Index("ix_trail_entry_actor", "municipality_id", "actor", "at"),
        Index("ix_trail_entry_body", "municipality_id", "actor_body", "at"),
        Index("ix_trail_entry_action", "municipality_id", "action", "at"),
    )

    #: Number of a case or evaluation, name of a deadline's stream, or `KEY-journal`.
    stream: Mapped[str] = mapped_column(primary_key=True)
    #: Position in the stream, from 1 without gaps.
    number: Mapped[int] = mapped_column(primary_key=True)
    #: Instant as text, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
    at: Mapped[str]
    #: Opaque id of the person, or `system`.
    actor: Mapped[str]
    actor_role: Mapped[str]
    #: Key of the body for which the actor acted.
    actor_body: Mapped[str]
    on_behalf_of: Mapped[str] = mapped_column(default="")
    #: Reference of the mandate used; empty otherwise.
    mandate: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    policy_version: Mapped[str]
    policy_digest: Mapped[str]
    #: JSON array of clause ids.
    clauses: Mapped[str]
    #: JSON object: numbers, dates and codes in clear, and commitments to disclosed texts.
    data: Mapped[str]
    previous_hash: Mapped[str]
    #: RFC 8785 JSON of all columns above.
    canonical: Mapped[str]
    #: SHA-256(0x00 ‖ canonical), hexadecimal.
    hash: Mapped[str]


class Disclosure(OfMunicipality, Base):
    """The text behind a commitment in a trail entry."""

    __tablename__ = "disclosure"

    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    #: Place of the commitment in the entry's data, like `title` or `text`.
    field: Mapped[str] = mapped_column(primary_key=True)
    #: 16 random bytes, hexadecimal.
    salt: Mapped[str]
    value: Mapped[str]


class ErasedDisclosure(OfMunicipality, Base):
    """Words that a recorded act erases: the one row by which their disclosure can be deleted. The chain stays valid."""

    __tablename__ = "erased_disclosure"

    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)


class AccessLog(OfMunicipality, Base):
    """Reads of trails and secret cases, refusals, and log-ins."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_at", "municipality_id", "at", "id"),
        Index("ix_access_log_what", "municipality_id", "what", "at", "id"),
        Index("ix_access_log_person", "municipality_id", "person_id", "at", "id"),
        Index("ix_access_log_subject", "municipality_id", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: read, refused, logged-in, login-failed.
    what: Mapped[str]
    #: Case number or other subject.
    subject: Mapped[str]
    action: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]]
