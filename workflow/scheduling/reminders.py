"""Reminders of a municipality: ladders raised batch by batch, and what the clock ends by itself.

Where a batch fails, its deadlines are taken one by one, so that only the one that cannot be done is set aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.scheduling import escalation, expiry
from workflow.scheduling.escalation import JOB, BatchResult
from workflow.set_aside import attempt_rows, work_off


def remind(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
    """Raise what is due and end what has run out; what was done, by name."""
    failures = 0
    done = Counter(raised=0, passed=0, closed=0, lapsed=0)

    def one(row_id: int) -> None:
        result = escalation.raise_due(services, tenant, now=now, only=row_id)
        done.update(raised=result.raised, passed=result.passed)
        for _id, ladder, subject in result.ending:
            _end(services, tenant, ladder, subject, now, done)

    def batch() -> bool:
        nonlocal failures
        result = escalation.raise_due(services, tenant, now=now)
        done.update(raised=result.raised, passed=result.passed)
        failures += _end_all(services, tenant, result, now, done)
        return not result.is_empty

    def due() -> list[tuple[int, str]]:
        return escalation.due(services, tenant, now=now)

    failures += work_off(services, tenant, JOB, batch=batch, due=due, one=one, now=now)
    if failures:
        done["failed"] = failures
    return done


def _end_all(services: Services, tenant: Tenant, result: BatchResult, now: datetime, done: Counter[str]) -> int:
    """End each by itself what a batch found to be over; returns how many failed."""
    by_id = {id_: (ladder, subject) for id_, ladder, subject in result.ending}

    def one(row_id: int) -> None:
        _end(services, tenant, *by_id[row_id], now, done)

    rows = [(id_, subject) for id_, (_ladder, subject) in by_id.items()]
    return attempt_rows(services, tenant, JOB, rows, one, now=now)


def _end(services: Services, tenant: Tenant, ladder: str, subject: str, now: datetime, done: Counter[str]) -> None:
    if expiry.end(services, tenant, ladder, subject, now=now):
        done["closed" if ladder == "consultation" else "lapsed"] += 1
