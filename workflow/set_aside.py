"""Work that the scheduler failed to do, set aside with its reason while everything else goes on.

A row is one thing of a job (a deadline, a list, a notice); row 0 is the job as a whole in one municipality. What is set
aside is tried again after a growing wait, and forgotten once it is done. A failure of the database belongs to no row:
nothing is set aside for it, and the next round begins anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from models import SetAside
from models.database import reading, writing
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged, WorkflowError
from workflow.core.tenants import Tenant

log = logging.getLogger(__name__)

#: Wait before the second attempt; each further one is twice as long, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=6)
#: Rows of a job that may fail in one municipality and round; the next round takes the others.
MOST_FAILURES = 20
#: Batches that may fail in a municipality before the next round takes the rest.
TRIES = 5
#: Row of the job as a whole.
WHOLE_JOB = 0
#: Characters of a reason that are stored.
LONGEST_REASON = 200


def wait_after(attempts: int) -> timedelta:
    """The wait before the next attempt after so many failed ones."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)


def is_of_database(error: Exception) -> bool:
    """Whether the database as such failed (away, locked, deadlocked), and not what it was given."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def is_not_set_aside(municipality_id: Any, job: str, row_id: Any) -> ColumnElement[bool]:
    """The condition that keeps rows set aside out of a job's batches; `row_id` is the column of their ids."""
    return ~exists().where(SetAside.municipality_id == municipality_id, SetAside.job == job, SetAside.row_id == row_id)


def rows_to_retry(services: Services, tenant: Tenant, job: str, *, now: datetime) -> list[tuple[int, str]]:
    """Ids and subjects of a job's rows whose next attempt is due, those longest due first."""
    query = select(SetAside.row_id, SetAside.subject).where(SetAside.job == job, SetAside.row_id != WHOLE_JOB)
    with reading(services.engine, tenant.id) as session:
        due = query.where(_is_due(now)).order_by(SetAside.next_try_at, SetAside.id).limit(MOST_FAILURES)
        return [(row.row_id, row.subject) for row in session.execute(due)]


def jobs_waiting(services: Services, tenant: Tenant, *, now: datetime) -> dict[str, bool]:
    """Jobs of a municipality that are set aside as a whole, and whether each is still to wait."""
    query = select(SetAside.job, _is_due(now)).where(SetAside.row_id == WHOLE_JOB)
    with reading(services.engine, tenant.id) as session:
        return {job: not is_due for job, is_due in session.execute(query)}


def count(services: Services, tenant: Tenant) -> int:
    """How much is set aside in a municipality."""
    with reading(services.engine, tenant.id) as session:
        return session.scalar(select(func.count(SetAside.id))) or 0


def attempt_rows(
    services: Services,
    tenant: Tenant,
    job: str,
    rows: Iterable[tuple[int, str]],
    work: Callable[[int], object],
    *,
    now: datetime,
) -> int:
    """Do each row by itself and set aside what fails; returns how many failed, at most `MOST_FAILURES`.

    A row that somebody else has changed meanwhile is left to the next round. Raises failures of the database.
    """
    failures = 0
    for row_id, subject in rows:
        try:
            work(row_id)
        except CaseChanged:
            continue
        except Exception as error:
            if is_of_database(error):
                raise
            put(services, tenant, job, row_id, subject, error, now=now)
            failures += 1
            if failures == MOST_FAILURES:
                break
        else:
            clear(services, tenant, job, row_id)
    return failures


def work_off(
    services: Services,
    tenant: Tenant,
    job: str,
    *,
    batch: Callable[[], bool],
    due: Callable[[], Iterable[tuple[int, str]]],
    one: Callable[[int], object],
    now: datetime,
) -> int:
    """Work off what is due: what was set aside and may be tried again, then batches until `batch` finds none.

    Where a batch fails, the rows that are `due` are done one by one. Returns how many of them failed.
    """
    failures = attempt_rows(services, tenant, job, rows_to_retry(services, tenant, job, now=now), one, now=now)
    tries = 0
    while tries < TRIES:
        try:
            if not batch():
                break
        except CaseChanged:
            tries += 1
        except Exception as error:
            if is_of_database(error):
                raise
            tries += 1
            failures += attempt_rows(services, tenant, job, due(), one, now=now)
    return failures


def put(
    services: Services, tenant: Tenant, job: str, row_id: int, subject: str, error: Exception, *, now: datetime
) -> None:
    """Set a row aside after an attempt that failed, and log the failure."""
    log.error(
        "set aside: %s of %s%s failed", job, tenant.key, f", {subject or row_id}" if row_id else "", exc_info=error
    )
    with writing(services.engine, tenant.id) as connection:
        mine = (SetAside.municipality_id == tenant.id, SetAside.job == job, SetAside.row_id == row_id)
        before = connection.scalar(select(SetAside.attempts).where(*mine).with_for_update()) or 0
        failed = {
            "subject": subject,
            "error": type(error).__name__,
            "reason": reason_of(error),
            "attempts": before + 1,
            "last_failed_at": now,
            "next_try_at": now + wait_after(before + 1),
        }
        if before:
            connection.execute(update(SetAside).where(*mine).values(**failed))
        else:
            first = {"municipality_id": tenant.id, "job": job, "row_id": row_id, "first_failed_at": now}
            connection.execute(_insert(connection).on_conflict_do_nothing(), first | failed)


def clear(services: Services, tenant: Tenant, job: str, row_id: int) -> None:
    """Forget a row that has been done; a row that was not set aside costs one read."""
    mine = (SetAside.job == job, SetAside.row_id == row_id)
    with reading(services.engine, tenant.id) as session:
        id_ = session.scalar(select(SetAside.id).where(*mine))
    if id_ is not None:
        with writing(services.engine, tenant.id) as connection:
            connection.execute(delete(SetAside).where(SetAside.municipality_id == tenant.id, SetAside.id == id_))


def reason_of(error: Exception) -> str:
    """An error in one line, without values that a database reports."""
    if isinstance(error, SQLAlchemyError):
        return type(getattr(error, "orig", None) or error).__name__
    if isinstance(error, WorkflowError):
        return ", ".join(reason.code for reason in error.reasons)
    return next(iter(str(error).splitlines()), "")[:LONGEST_REASON]


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Due, or failed in the future: then the clock was set back, and nobody knows how long the wait is."""
    return or_(SetAside.next_try_at <= now, SetAside.last_failed_at > now)


def _insert(connection: Connection) -> Any:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(SetAside)
