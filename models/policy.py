"""Which rules have ever governed a case here, since when, and what does the municipality say of our readings?

Append-only: a case refers to a version, so it can be judged again under what governed it. A version governs from the
day its activation names; one without an activation waits.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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


class PolicyActivation(OfMunicipality, Base):
    """A stored version comes into force here: from which day, and what was decided for it."""

    __tablename__ = "policy_activation"
    __table_args__ = (
        UniqueConstraint("policy_version_id"),
        Index("ix_policy_activation_governs", "municipality_id", "governs_from", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: The first day on which new cases are judged by it.
    governs_from: Mapped[date]
    #: founding, where nothing governed before; decision, of a case; reading, where the document stays and only our
    #: reading of it changes.
    basis: Mapped[str]
    #: The case in which the competent body adopted or revised the policy; null but for `decision`.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    reason: Mapped[str] = mapped_column(default="")
    #: Null where the installation itself took it in.
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    activated_at: Mapped[datetime]


class AssumptionRuling(OfMunicipality, Base):
    """What the municipality says of one assumption; the newest ruling counts."""

    __tablename__ = "assumption_ruling"
    __table_args__ = (Index("ix_assumption_ruling_assumption", "municipality_id", "assumption", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 over the assumption's reason and the rules that rest on it, hexadecimal: another rule is ruled on anew.
    assumption: Mapped[str]
    #: The version under which it was read.
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: confirmed or rejected.
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    ruled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime]
