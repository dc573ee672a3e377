"""Documents of cases and engagements, and letters that belong to no case yet.

Registered on receipt and stored in the database, never where the web server could execute them or serve them by path.
Media types are detected from the content.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class Document(OfMunicipality, Base):
    """A registered document; its digest is in the trail."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index(None, "municipality_id", "case_id", "id"),
        Index(None, "municipality_id", "engagement_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Registration number, like `orebro-l-2026-00004`.
    number: Mapped[str]
    #: Case of the document; null for a letter that has not become a case yet.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    #: Engagement of the document; null for documents of cases and for letters.
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: incoming, outgoing or drawn-up.
    direction: Mapped[str]
    title: Mapped[str]
    #: Sender or author.
    correspondent: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str]
    #: Detected from the content, not from the name.
    media_type: Mapped[str]
    size: Mapped[int]
    #: SHA-256 of the content, hexadecimal.
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: Date on the document, or of its arrival.
    dated_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    secrecy_law: Mapped[str] = mapped_column(default="")
    secrecy_note: Mapped[str] = mapped_column(default="")
