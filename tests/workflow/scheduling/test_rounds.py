"""Tests of the scheduler's rounds: each has an id in the log, and an error ends one job alone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from structlog.contextvars import get_contextvars

from tests.worlds import build
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.scheduling.heartbeat import last_round
from workflow.scheduling.scheduler import Job, run


class _Noting(logging.Handler):
    """Keeps each record with the round it was written in."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[str, str | None]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.noted.append((record.getMessage(), get_contextvars().get("round_id")))


def test_every_line_of_a_round_bears_its_id_and_a_failed_round_is_not_the_last(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(sqlite_engine, "orebro")
    rounds: list[str] = []

    def job(_gate: Services, _place: Tenant, _now: datetime) -> Mapping[str, int]:
        rounds.append(get_contextvars()["round_id"])
        logging.getLogger("web.post").warning("within")
        if len(rounds) == 1:
            raise ZeroDivisionError
        return {"done": 1}

    ends = time.monotonic() + 20
    noting, log = _Noting(), logging.getLogger()
    log.addHandler(noting)
    monkeypatch.setattr(logging.getLogger("workflow"), "level", logging.INFO)
    logging.getLogger("workflow").manager._clear_cache()
    try:
        run(
            world.services,
            jobs=(Job("job", lambda: job),),
            every=1,
            clock=lambda: world.now + timedelta(hours=len(rounds)),
            goes_on=lambda: len(rounds) < 2 and time.monotonic() < ends,
        )
    finally:
        log.removeHandler(noting)
        logging.getLogger("workflow").manager._clear_cache()
    first, second = rounds[:2]
    assert first != second
    ours = [noted for noted in noting.noted if noted[1] in (first, second) and not noted[0].startswith("Running job")]
    assert ours == [
        ("within", first),
        ("set aside: job of orebro failed", first),
        ("round", first),
        ("within", second),
        ("round", second),
    ]


@pytest.mark.parametrize("hours", [-2, pytest.param(2, marks=pytest.mark.slow)])
def test_clock_set_back_or_forward_delays_no_round(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    world = build(sqlite_engine, "orebro")
    moved = timedelta()

    class Clock(datetime):
        """The clock of the machine, which is set once the first round has been."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + moved

    for module in ("apscheduler.schedulers.base", "apscheduler.triggers.date", "apscheduler.triggers.interval"):
        monkeypatch.setattr(f"{module}.datetime", Clock)
    rounds: list[datetime] = []

    def job(_services: Services, _tenant: Tenant, now: datetime) -> Mapping[str, int]:
        nonlocal moved
        rounds.append(now)
        moved = timedelta(hours=hours)
        return {}

    ends = time.monotonic() + 20
    run(
        world.services,
        jobs=(Job("job", lambda: job),),
        every=1,
        clock=lambda: Clock.now(UTC),
        goes_on=lambda: len(rounds) < 3 and time.monotonic() < ends,
    )
    assert len(rounds) >= 3
    assert abs(rounds[1] - rounds[0]) > timedelta(hours=1)
    last = last_round(world.services)
    assert last is not None
    assert last.is_healthy(Clock.now(UTC))


@pytest.mark.slow
def test_remote_job_holds_up_no_round_and_begins_after_the_reminders(sqlite_engine: Engine) -> None:
    world = build(sqlite_engine, "orebro")
    seen: list[str] = []
    three_rounds = threading.Event()

    def local(_services: Services, _tenant: Tenant, _now: datetime) -> Mapping[str, int]:
        time.sleep(0.3)  # mail would begin meanwhile, if it did not wait
        seen.append("local")
        if seen.count("local") == 3:
            three_rounds.set()
        return {}

    def remote(_services: Services, _tenant: Tenant, _now: datetime) -> Mapping[str, int]:
        seen.append("mail")
        three_rounds.wait(20)
        return {}

    jobs = (Job("mail", lambda: remote, is_remote=True), Job("local", lambda: local))
    ends = time.monotonic() + 20
    run(
        world.services,
        jobs=jobs,
        every=1,
        goes_on=lambda: not three_rounds.is_set() and time.monotonic() < ends,
    )
    assert seen[:4] == ["local", "mail", "local", "local"]
