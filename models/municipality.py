"""The installation and its municipalities (tenants).

The journal head of a municipality pins the length and the end of its journal, as `version` and `head_hash` of a case do
for the trail of the case.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Installation(Base):
    """Whether the database is a demo's, and since when it exists. One row."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: True only in a database filled by `instans demo`; one-click log-in and `--reset` require it.
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Municipality(Base):
    """A municipality (tenant) with its own bodies, people, policy and cases."""

    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Short key in addresses, user names and case numbers, like `orebro`.
    key: Mapped[str] = mapped_column(unique=True)
    #: ISO country code in lower case: se, no, dk.
    country: Mapped[str]
    #: Language code of the municipality's own texts: sv, nb, da.
    language: Mapped[str]
    #: IANA time zone of all dates.
    timezone: Mapped[str]
    names: Mapped[dict[str, str]]
    #: Number of entries in the municipality's journal (people, appointments, mandates, letters, policy versions).
    journal_version: Mapped[int] = mapped_column(default=0)
    #: Hash of the journal's last entry, hexadecimal; empty before the first.
    journal_hash: Mapped[str] = mapped_column(default="")
