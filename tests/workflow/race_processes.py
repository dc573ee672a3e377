"""Processes of a race: each waits for the start, acts once through its own gate, and reports.

Its own module, so that a fresh process imports the engine and nothing of pytest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import select

from models import Case
from models.database import connect, reading
from tests.processes import fresh_processes
from workflow.cases import gate
from workflow.cases.gate import open_case
from workflow.cases.services import Services
from workflow.core.errors import WorkflowError
from workflow.engine import services_for
from workflow.people.substitutes import name_substitute
from workflow.scheduling import expiry


@dataclass(frozen=True)
class Attempt:
    """One act of one person on one case, as it can be sent to another process."""

    actor: int
    number: str
    action: str
    payload: dict[str, Any]
    version: int
    comment: str = ""


def acted(url: str, attempt: Attempt, now: datetime, start: Barrier) -> str:
    """Act when everybody is ready: the name of the error, or nothing when it went through."""
    engine = connect(url)
    services = services_for(engine)
    services.tenants.tenant_of(attempt.number)
    start.wait(60)
    try:
        gate.act(
            services,
            attempt.actor,
            attempt.number,
            attempt.action,
            attempt.payload,
            now=now,
            expected_version=attempt.version,
            comment=attempt.comment,
        )
    except WorkflowError as error:
        return type(error).__name__
    finally:
        engine.dispose()
    return ""


def acted_in_turn(url: str, attempts: list[Attempt], now: datetime, start: Barrier) -> list[str]:
    """Take one action after the other, each when everybody is ready for it; as `acted`."""
    engine = connect(url)
    services = services_for(engine)
    try:
        return [_attempt(services, attempt, now, start) for attempt in attempts]
    finally:
        engine.dispose()


def _attempt(services: Services, attempt: Attempt, now: datetime, start: Barrier) -> str:
    tenant = services.tenants.tenant_of(attempt.number)
    start.wait(60)
    try:
        if attempt.action == "lapse":
            return "" if expiry.lapse(services, tenant, attempt.number, now=now) else "False"
        version = attempt.version
        payload, where = attempt.payload, (attempt.number, attempt.action)
        gate.act(services, attempt.actor, *where, payload, now=now, expected_version=version)
    except WorkflowError as error:
        return error.reasons[0].code
    return ""


def opened(url: str, draft: dict[str, Any], officer: int, times: int, now: datetime, start: Barrier) -> list[str]:
    """Open a number of cases one after the other; their numbers."""
    engine = connect(url)
    services = services_for(engine)
    start.wait(60)
    try:
        return [open_case(services, officer, draft, now=now) for _ in range(times)]
    finally:
        engine.dispose()


def named_at_once(url: str, actor: int, key: str, given: dict[str, Any], now: datetime, start: Barrier) -> str:
    """Name a substitute when everybody is ready: the name of the error, or nothing when it went through."""
    engine = connect(url)
    services = services_for(engine)
    services.tenants.tenant(key)
    start.wait(60)
    try:
        name_substitute(services, actor, key, given, now=now)
    except WorkflowError as error:
        return type(error).__name__
    finally:
        engine.dispose()
    return ""


def read_and_linger(url: str, municipality_id: int, start: Barrier, done: Barrier) -> str:
    """Read, end the session, and go on with slow work between the two barriers, as a page that renders does."""
    engine = connect(url)
    with reading(engine, municipality_id) as session:
        session.scalars(select(Case.number)).all()
    start.wait(60)
    done.wait(60)
    engine.dispose()
    return ""


def together(work: Callable[..., Any], calls: list[tuple[Any, ...]]) -> list[Any]:
    """Call a function in as many fresh processes as there are calls, each given the same starting line at the end."""
    context = fresh_processes()
    with context.Manager() as manager, context.Pool(len(calls)) as pool:
        start = manager.Barrier(len(calls))
        waiting = [pool.apply_async(work, (*call, start)) for call in calls]
        return [one.get(120) for one in waiting]
