"""Cases, with their proposals, references, recusals and consultations.

Every change of a case has an entry in the trail of the case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality

_MARKED = "secrecy_law != ''"
_OPEN = "closed_at IS NULL"


class Case(OfMunicipality, Base):
    """A matter to be decided."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_case_waits_body", "municipality_id", "waits_body_id", "waits_role", "due_on", "id"),
        Index("ix_case_waits_person", "municipality_id", "waits_person_id", "due_on", "id"),
        Index("ix_case_state", "municipality_id", "state", "id"),
        Index("ix_case_newest", "municipality_id", "id"),
        Index("ix_case_open", "municipality_id", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_case_officer", "municipality_id", "officer_id", "id"),
        Index("ix_case_opened_by", "municipality_id", "opened_by_id", "id"),
        Index("ix_case_external", "municipality_id", "external_number"),
        Index("ix_case_engagement", "municipality_id", "engagement_id", "id"),
        Index(
            "ix_case_secret",
            *("municipality_id", "policy_version_id", "route", "responsible_body_id"),
            sqlite_where=text(_MARKED),
            postgresql_where=text(_MARKED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Diary number, URL-safe, like `orebro-2026-00012`.
    number: Mapped[str]
    #: Number of the same matter elsewhere, like `98/23`; empty where it has none.
    external_number: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    # -- the request: engagement kind, act and attributes
    engagement: Mapped[str]
    act: Mapped[str]
    responsible_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    scope: Mapped[str]
    #: own or external; null when not stated.
    initiative: Mapped[str | None]
    principal: Mapped[bool]
    #: Why the matter is, or is not, one of principle or of major importance.
    principal_reason: Mapped[str] = mapped_column(default="")
    named_nordic_twin: Mapped[bool]
    eu_funded: Mapped[bool]
    #: Percent paid by others, 0 to 100.
    external_funding: Mapped[int]
    # -- description
    partner_name: Mapped[str] = mapped_column(default="")
    partner_country: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]]
    goals: Mapped[list[str]]
    #: Source of the matter: own, motion, citizens-proposal, other-body or outside.
    origin: Mapped[str]
    # -- the policy's answer to the request
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    route: Mapped[str]
    #: Kind of the competent body under the pinned policy version.
    decides: Mapped[str]
    deciding_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: Clauses the answer rests on.
    clauses: Mapped[list[str]]
    # -- state
    state: Mapped[str]
    #: approved, noted, rejected, withdrawn or not-raised in a final state; null before.
    outcome: Mapped[str | None]
    #: Number of entries in its trail.
    version: Mapped[int]
    #: Hash of its last trail entry, hexadecimal.
    head_hash: Mapped[str]
    #: Highest proposal version, from 1.
    proposal_version: Mapped[int] = mapped_column(default=0)
    #: Times a body has postponed it.
    postponements: Mapped[int] = mapped_column(default=0)
    # -- people and the next step
    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Body and role that act next; null when one person or nobody acts next.
    waits_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    waits_role: Mapped[str | None]
    #: The officer, while the case is a draft; null otherwise.
    waits_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Last day of the current step, a date of the municipality.
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # -- engagement, evaluation and secrecy
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"))
    #: Version of the engagement the case is judged at; null where it concerns none in the register.
    engagement_version: Mapped[int | None]
    #: The evaluation whose outcome this case decides.
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    secrecy_law: Mapped[str] = mapped_column(default="")
    secrecy_note: Mapped[str] = mapped_column(default="")
    is_example: Mapped[bool] = mapped_column(default=False)


class CaseNumber(OfMunicipality, Base):
    """Last number issued in one of a municipality's series."""

    __tablename__ = "case_number"
    __table_args__ = (UniqueConstraint("municipality_id", "series"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A year like `2026` for cases, `e` for engagements, `v` for evaluations, `l-2026` for letters.
    series: Mapped[str]
    last: Mapped[int]


class Proposal(OfMunicipality, Base):
    """One version of the text proposed in a case; earlier versions stay."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    version: Mapped[int]
    text: Mapped[str]
    #: SHA-256 of the text in UTF-8, hexadecimal.
    digest: Mapped[str]
    #: Proposing body; null for the officer's text.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class CaseReference(OfMunicipality, Base):
    """A case number mentioned in the text of a case; auditors see the ones that no case has."""

    __tablename__ = "case_reference"
    __table_args__ = (UniqueConstraint("case_id", "mentioned"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    #: Number as written in the text, like `143/19`.
    mentioned: Mapped[str]


class Recusal(OfMunicipality, Base):
    """A person recorded as having a conflict of interest in a case."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class Consultation(OfMunicipality, Base):
    """The opinion asked of one body in one round; without one at the close, the body is recorded as silent."""

    __tablename__ = "consultation"
    __table_args__ = (
        UniqueConstraint("case_id", "body_id", "round"),
        Index("ix_consultation_open", "municipality_id", "body_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    #: 1 for the first consultation, 2 for the one after a referral back, and so on.
    round: Mapped[int]
    #: asked, given or silent.
    state: Mapped[str]
    due_on: Mapped[date | None]
    opinion: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
