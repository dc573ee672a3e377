"""Is every rung raised once when the processes that raise them are killed at any moment?

Real processes, kill -9, both databases. The same harness first shows that it would see harm: with the safeguards taken
away rungs are doubled, and with the telling in a transaction of its own they are lost.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import func, select

from models import Deadline, Notice, TrailEntry
from models.database import connect, reading
from tests.benchmarks.duties import burden
from tests.workflow.escalation_processes import sweep
from tests.worlds import World
from workflow.audit.verify import verify

PROCESSES = 4


@dataclass(frozen=True)
class Swept:
    """What a run left behind."""

    kills: int
    lost: int
    doubled: int
    entries: int


def swept(world: World, count: int, kills: int, *, batch: int, fault: str = "") -> Swept:
    """Let processes raise `count` rungs and kill them meanwhile; what has been lost and doubled in the end."""
    burden(world, count)
    url = world.engine.url.render_as_string(hide_password=False)
    world.engine.dispose()
    killed = _until_nothing_is_due(world, url, kills, batch, fault)
    engine = connect(url)
    with reading(engine, world.tenant.id) as session:
        per_deadline = (
            select(Deadline.id, func.count(Notice.id).label("told"))
            .outerjoin(Notice, Notice.deadline_id == Deadline.id)
            .where(Deadline.subject.like(f"{world.tenant.key}-v-9%"))
            .group_by(Deadline.id)
            .subquery()
        )
        lost = session.scalar(select(func.count()).select_from(per_deadline).where(per_deadline.c.told == 0))
        doubled = session.scalar(select(func.count()).select_from(per_deadline).where(per_deadline.c.told > 1))
        entries = session.scalar(select(func.count(TrailEntry.number)).where(TrailEntry.action == "raise"))
    engine.dispose()
    return Swept(killed, lost or 0, doubled or 0, entries or 0)


def _until_nothing_is_due(world: World, url: str, kills: int, batch: int, fault: str) -> int:
    """Kill a random process at random moments, another in its place, until all rungs are raised; how many died."""
    chance = random.Random(kills)  # noqa: S311 - no secret
    processes = [_process(world, url, batch, fault) for _ in range(PROCESSES)]
    killed, watching, until = 0, connect(url), time.monotonic() + 400
    try:
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.01, 0.09))
            if killed < kills:
                victim = chance.randrange(PROCESSES)
                processes[victim].kill()
                processes[victim].join(30)
                processes[victim] = _process(world, url, batch, fault)
                killed += 1
                continue
            with reading(watching, world.tenant.id) as session:
                if session.scalar(select(Deadline.id).where(Deadline.next_at <= world.now).limit(1)) is None:
                    return killed
        raise AssertionError("the rungs are not raised")
    finally:
        watching.dispose()
        for process in processes:
            process.kill()
            process.join(30)


def _process(world: World, url: str, batch: int, fault: str) -> BaseProcess:
    process = get_context("fork").Process(target=sweep, args=(url, world.tenant.key, world.now, batch, fault))
    process.start()
    return process


@pytest.mark.slow
def test_without_safeguards_rungs_are_doubled_and_the_harness_sees_it(orebro: World) -> None:
    assert swept(orebro, 3_000, 12, batch=40, fault="unguarded").doubled > 0


@pytest.mark.slow
def test_telling_in_a_transaction_of_its_own_is_lost_and_the_harness_sees_it(orebro: World) -> None:
    assert swept(orebro, 3_000, 40, batch=20, fault="in two transactions").lost > 0


@pytest.mark.parametrize(
    ("count", "kills", "batch"), [(1_000, 10, 25), pytest.param(20_000, 160, 25, marks=pytest.mark.slow)]
)
def test_killed_at_any_moment_no_rung_is_lost_and_none_is_doubled(
    orebro: World, count: int, kills: int, batch: int
) -> None:
    found = swept(orebro, count, kills, batch=batch)
    assert found == Swept(kills, 0, 0, found.entries)
    assert found.entries >= count
    engine = connect(orebro.engine.url.render_as_string(hide_password=False))
    assert verify(engine).faults == ()
    engine.dispose()
