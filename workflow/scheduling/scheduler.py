"""Scheduler rounds.

APScheduler runs the rounds and waking it is only a hint: due work is in rows, each round takes it from there, and any
number of processes may run rounds at the same time. It is woken by monotonic time, so that a clock set back or forward
delays no round. A round takes job by job and in each municipality by municipality: reminders of all are raised before
any mail is sent. What fails is set aside (`workflow.set_aside`), and the rest goes on. Jobs that wait for
another machine run in a thread of their own, and hold up no round.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from structlog.contextvars import bound_contextvars

from workflow import set_aside
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.scheduling import escalation
from workflow.scheduling.heartbeat import beat
from workflow.scheduling.reminders import remind

log = logging.getLogger(__name__)

#: Seconds between two rounds.
EVERY = 30

#: What a job does in one municipality: returns what it did, by name.
Work = Callable[[Services, Tenant, datetime], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work of a round."""

    #: Its name in the log and among what is set aside.
    name: str
    #: Called at the beginning of each round: what the job does in each municipality.
    start: Callable[[], Work]
    #: Whether it waits for another machine, a mail server for example.
    is_remote: bool = False


REMINDERS = Job(escalation.JOB, lambda: remind)


def run_round(
    services: Services,
    *,
    now: datetime,
    jobs: tuple[Job, ...] = (),
    every: int = EVERY,
    progress: Callable[[str, Mapping[str, int]], None] | None = None,
) -> dict[str, int]:
    """Do all that is due in every municipality at an instant; returns how many of what, by name."""
    local, remote = _by_place((REMINDERS, *jobs))
    total = run_jobs(services, local, now=now, progress=progress)
    total.update(run_jobs(services, remote, now=now))
    _end_round(services, now, total, every)
    return dict(total)


def _by_place(jobs: tuple[Job, ...]) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
    return tuple(job for job in jobs if not job.is_remote), tuple(job for job in jobs if job.is_remote)


def run_jobs(
    services: Services,
    jobs: tuple[Job, ...],
    *,
    now: datetime,
    goes_on: Callable[[], bool] = lambda: True,
    progress: Callable[[str, Mapping[str, int]], None] | None = None,
) -> Counter[str]:
    """Do each job in every municipality before the next job; counts what was done, and what `failed`."""
    total: Counter[str] = Counter()
    began = time.monotonic()
    for job in jobs:
        work = job.start()
        for key in services.tenants.keys():  # noqa: SIM118 - a directory is no dict
            if not goes_on():
                return total
            # a remote job may take long, and what it claims counts from its claim
            moment = now + timedelta(seconds=time.monotonic() - began) if job.is_remote else now
            done = _guarded(services, key, job.name, work, moment)
            total.update(done)
            if progress is not None and done.get("raised"):
                progress(key, total)
    return total


def _guarded(services: Services, key: str, name: str, work: Work, now: datetime) -> Mapping[str, int]:
    """What a job did in a municipality; where it fails it is set aside there as a whole.

    A failure of the database is logged and tried again by the next round.
    """
    try:
        tenant = services.tenants.tenant(key)
        waiting = set_aside.jobs_waiting(services, tenant, now=now)
        if waiting.get(name):
            return {}
        try:
            done = work(services, tenant, now)
        except Exception as error:
            if set_aside.is_of_database(error):
                raise
            set_aside.put(services, tenant, name, set_aside.WHOLE_JOB, "", error, now=now)
            return {"failed": 1}
        if name in waiting:
            set_aside.clear(services, tenant, name, set_aside.WHOLE_JOB)
        return done
    except Exception:
        log.exception("%s of %s failed; the next round tries again", name, key)
        return {"failed": 1}


def _end_round(services: Services, now: datetime, total: Counter[str], every: int) -> None:
    tenants = (services.tenants.tenant(key) for key in services.tenants.keys())  # noqa: SIM118 - a directory is no dict
    left = sum(set_aside.count(services, tenant) for tenant in tenants)
    beat(services, now, dict(total) | {"set-aside": left}, every)


def run(
    services: Services,
    *,
    jobs: tuple[Job, ...] = (),
    every: int = EVERY,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    goes_on: Callable[[], bool] = lambda: True,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Start a round every so many seconds until stopped (or `goes_on` says no).

    A round is started when `wait`, which is monotonic, is over, and never while the one before still runs. Remote jobs
    begin once a round has raised all reminders. An error ends a round, not the scheduler.
    """
    local, remote = _by_place((REMINDERS, *jobs))
    scheduler = BackgroundScheduler(timezone=UTC)
    is_raised, is_stopped = Event(), Event()

    def start(name: str, work: Callable[[], Mapping[str, int]]) -> None:
        # without a trigger a job runs once, at once; what a clock set back meanwhile left waiting is replaced
        scheduler.add_job(
            lambda: _logged(name, work), id=name, replace_existing=True, misfire_grace_time=None, max_instances=1
        )

    def round_() -> Mapping[str, int]:
        now = clock()
        try:
            total = run_jobs(services, local, now=now)
            _end_round(services, now, total, every)
        finally:
            is_raised.set()
        return total

    def mail() -> Mapping[str, int]:
        while not is_raised.wait(1):
            if is_stopped.is_set():
                return {}
        is_raised.clear()
        return run_jobs(services, remote, now=clock(), goes_on=lambda: not is_stopped.is_set())

    scheduler.start()
    try:
        while goes_on():
            start("round", round_)
            if remote:
                start("mail", mail)
            wait(every)
    finally:
        is_stopped.set()
        scheduler.shutdown()


def _logged(name: str, work: Callable[[], Mapping[str, int]]) -> None:
    """Do the work under an id of its own in the log, with what was done and how long it took."""
    with bound_contextvars(round_id=secrets.token_hex(8)):
        started = time.perf_counter()
        try:
            counts = dict(work())
        except Exception:  # whatever it was, the rows still say what is due
            log.exception("a round failed; the next one takes up what it left")
            return
        log.info(name, extra={"counts": counts, "ms": round(1_000 * (time.perf_counter() - started), 1)})
