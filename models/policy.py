"""Policy versions, their activations, and rulings on assumptions.

Append-only: a case refers to its version and can be judged again under it. A version governs from the day of its
activation; one without an activation waits.
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
    #: Name of the version in the pack, like `orebro-2012-2`; `orebro-law` holds the country's law rows alone.
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
    """The coming into force of a stored version."""

    __tablename__ = "policy_activation"
    __table_args__ = (
        UniqueConstraint("policy_version_id"),
        Index("ix_policy_activation_governs", "municipality_id", "governs_from", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: First day on which new cases are judged by the version.
    governs_from: Mapped[date]
    #: founding (the first versions), decision (of a case), or reading (the document stays, our reading of it changes).
    basis: Mapped[str]
    #: Case in which the competent body adopted or revised the policy; null unless the basis is `decision`.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    reason: Mapped[str] = mapped_column(default="")
    #: Null where the installation itself activated it.
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    activated_at: Mapped[datetime]


class AssumptionRuling(OfMunicipality, Base):
    """The municipality's ruling on one assumption; the newest one counts."""

    __tablename__ = "assumption_ruling"
    __table_args__ = (Index("ix_assumption_ruling_assumption", "municipality_id", "assumption", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the assumption's reason and the rules that rest on it, hexadecimal; a changed rule needs a new ruling.
    assumption: Mapped[str]
    #: Version in which the assumption was read.
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    #: confirmed or rejected.
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    ruled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime]
