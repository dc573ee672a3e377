"""Which rules have ever governed a case here?

Append-only: a case refers to a version, so it can be judged again under what governed it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class PolicyVersion(OfMunicipality, Base):
    """One version of a municipality's policy, as canonical JSON under its digest."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("municipality_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The pack's own name of the version, like `orebro-2012`; `orebro-law` holds the country's law rows alone.
    version: Mapped[str]
    #: SHA-256 of `canonical`, hexadecimal.
    digest: Mapped[str]
    #: RFC 8785 JSON of the pack and its country's law.
    canonical: Mapped[str]
    #: adopted or proposed; `law` for the country's law rows alone.
    status: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    loaded_at: Mapped[datetime]
