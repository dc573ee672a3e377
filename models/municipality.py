"""Whose installation is this, and which municipalities live in it?

The only rows that belong to no single municipality. The journal head here plays the part that `version` and
`head_hash` play on a case: it pins the length and end of the municipality's own chain in the trail.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Installation(Base):
    """One row: what kind of database this is."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: True only in a database that `instans demo` filled; one-click log-in and `--reset` need it.
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Municipality(Base):
    """A municipality: its own bodies, people, policy and cases."""

    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Short key in addresses, user names and case numbers, like `orebro`.
    key: Mapped[str] = mapped_column(unique=True)
    #: ISO country code in lower case: se, no, dk.
    country: Mapped[str]
    #: Language code of the municipality's own words: sv, nb, da.
    language: Mapped[str]
    #: IANA time zone; dates of deadlines are dates there.
    timezone: Mapped[str]
    names: Mapped[dict[str, str]]
    #: Entries in the municipality's journal (people, appointments, mandates, letters, policy versions).
    journal_version: Mapped[int] = mapped_column(default=0)
    #: Hash of the journal's last entry, hexadecimal; empty before the first.
    journal_hash: Mapped[str] = mapped_column(default="")
