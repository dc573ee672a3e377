"""Tests of the scheduler's rounds: each has an id in the log, and an error ends one round alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from structlog.contextvars import get_contextvars

from tests.worlds import build
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.scheduling.scheduler import run


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

    noting, log = _Noting(), logging.getLogger()
    log.addHandler(noting)
    monkeypatch.setattr(logging.getLogger("workflow"), "level", logging.INFO)
    logging.getLogger("workflow").manager._clear_cache()
    try:
        run(world.services, jobs=(job,), every=1, clock=lambda: datetime.now(UTC), goes_on=lambda: len(rounds) < 2)
    finally:
        log.removeHandler(noting)
        logging.getLogger("workflow").manager._clear_cache()
    first, second = rounds
    assert first != second
    ours = [noted for noted in noting.noted if not noted[0].startswith(("Added", "Adding", "Scheduler"))]
    assert ours == [
        ("within", first),
        ("a round failed; the next one takes up what it left", first),
        ("within", second),
        ("round", second),
    ]
