"""Details of the register: funding of engagements, and imports of lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, OfMunicipality


class FundingLine(OfMunicipality, Base):
    """Funding of one engagement in one year from one source."""

    __tablename__ = "funding_line"
    __table_args__ = (Index("ix_funding_line_engagement", "municipality_id", "engagement_id", "year", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    year: Mapped[int]
    #: own, external or eu-programme.
    source: Mapped[str]
    #: Funder or programme.
    funder: Mapped[str] = mapped_column(default="")
    #: Whole units of the currency.
    amount: Mapped[int]
    #: ISO 4217, like SEK.
    currency: Mapped[str]
    #: Day on which the funder expects a report; null where none is due.
    report_due_on: Mapped[date | None]


class ImportRun(OfMunicipality, Base):
    """The import of a list of engagements that are older than the system, row by row."""

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_state", "municipality_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str]
    #: SHA-256 of the file, hexadecimal.
    digest: Mapped[str]
    #: Rows read from the file, as JSON: the number of each row and its cells by column.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: tried (read by a dry run), running, done or dropped.
    state: Mapped[str]
    #: Rows in the file.
    total: Mapped[int]
    #: Rows processed so far.
    done: Mapped[int] = mapped_column(default=0)
    #: Numbers of the engagements registered so far, by row.
    numbers: Mapped[dict[str, str]]
    #: Faults by row: field and reason.
    faults: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
