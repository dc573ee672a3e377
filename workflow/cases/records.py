"""The row of a case with typed columns.

A tuple and no dataclass: it is made from a database row at a fifteenth of the cost. Columns are documented in
`models.case`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row


class CaseRecord(NamedTuple):
    """One row of `case`, its columns in the table's order."""

    id: int
    number: str
    external_number: str
    title: str
    engagement: str
    act: str
    responsible_body_id: int
    scope: str
    initiative: str | None
    principal: bool
    principal_reason: str
    named_nordic_twin: bool
    eu_funded: bool
    external_funding: int
    partner_name: str
    partner_country: str
    fields: dict[str, Any]
    goals: list[str]
    origin: str
    policy_version_id: int
    route: str
    decides: str
    deciding_body_id: int
    clauses: list[str]
    state: str
    outcome: str | None
    version: int
    head_hash: str
    proposal_version: int
    postponements: int
    officer_id: int
    opened_by_id: int
    submitted_by_id: int | None
    waits_body_id: int | None
    waits_role: str | None
    waits_person_id: int | None
    due_on: date | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    engagement_id: int | None
    engagement_version: int | None
    evaluation_id: int | None
    secrecy_law: str
    secrecy_note: str
    is_example: bool
    municipality_id: int

    @classmethod
    def of(cls, row: Row[Any]) -> CaseRecord:
        """The case of a row that begins with the columns of `case`."""
        return cls._make(row[: len(cls._fields)])
