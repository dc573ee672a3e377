"""Scheduler rounds.

APScheduler's tick is only a hint: due work is in rows, each round takes it from there, and any number of processes may
run rounds at the same time. A missed tick is caught up by the next one, a killed process by any other.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from structlog.contextvars import bound_contextvars

from workflow.cases.services import Services
from workflow.core.errors import CaseChanged
from workflow.core.tenants import Tenant
from workflow.scheduling import escalation, expiry
from workflow.scheduling.heartbeat import beat

log = logging.getLogger(__name__)

#: Seconds between two ticks.
EVERY = 30
#: Times a batch that somebody else got into is tried again before the next round takes it.
TRIES = 5

#: One more thing a round does in a municipality: returns what it did, by name.
Job = Callable[[Services, Tenant, datetime], Mapping[str, int]]


def run_round(
    services: Services,
    *,
    now: datetime,
    jobs: tuple[Job, ...] = (),
    progress: Callable[[str, Mapping[str, int]], None] | None = None,
) -> dict[str, int]:
    """Do all that is due in every municipality at an instant; returns how many of what, by name."""
    total: Counter[str] = Counter(raised=0, passed=0, closed=0, lapsed=0)
    for key in services.tenants.keys():  # noqa: SIM118 - a directory is no dict
        tenant = services.tenants.tenant(key)
        _raise_what_is_due(services, tenant, now, total, progress)
        for job in jobs:
            total.update(job(services, tenant, now))
    beat(services, now, total)
    return dict(total)


def _raise_what_is_due(
    services: Services,
    tenant: Tenant,
    now: datetime,
    total: Counter[str],
    progress: Callable[[str, Mapping[str, int]], None] | None,
) -> None:
    tries = 0
    while True:
        try:
            done = escalation.raise_due(services, tenant, now=now)
        except CaseChanged:
            tries += 1
            if tries >= TRIES:
                return
            continue
        if done.is_empty:
            return
        total.update(raised=done.raised, passed=done.passed)
        for ladder, subject in done.ending:
            if expiry.end(services, tenant, ladder, subject, now=now):
                total["closed" if ladder == "consultation" else "lapsed"] += 1
        if progress is not None:
            progress(tenant.key, total)


def run(
    services: Services,
    *,
    jobs: tuple[Job, ...] = (),
    every: int = EVERY,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Go round at every tick until told to stop (or `goes_on` says no). An error ends a round, not the scheduler."""
    scheduler = BlockingScheduler(timezone=UTC)

    def tick() -> None:
        if not goes_on():
            scheduler.shutdown(wait=False)
            return
        with bound_contextvars(round_id=secrets.token_hex(8)):
            started = time.perf_counter()
            try:
                counts = run_round(services, now=clock(), jobs=jobs)
            except Exception:  # whatever it was, the rows still say what is due
                log.exception("a round failed; the next one takes up what it left")
                return
            log.info("round", extra={"counts": counts, "ms": round(1_000 * (time.perf_counter() - started), 1)})

    scheduler.add_job(
        tick,
        "interval",
        seconds=every,
        next_run_time=clock(),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.start()
