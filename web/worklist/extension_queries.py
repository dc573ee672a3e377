"""Queries for the extension of a deadline."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Deadline
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.scheduling.extensions import latest_day


def deadline(db: Session, kind: str, subject: str) -> Row[Any] | None:
    """The deadline of a case's step or of an evaluation; None where there is none."""
    query = select(Deadline.__table__).where(Deadline.kind == kind, Deadline.subject == subject)
    return db.execute(query).one_or_none()


def latest_day_of(db: Session, tenant: Tenant, policy: Policy, row: Row[Any]) -> date:
    """The last day that a deadline can be extended to."""
    return latest_day(db.connection(), tenant, policy, row)
