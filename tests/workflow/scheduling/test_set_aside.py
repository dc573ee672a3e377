"""Tests of work set aside: one bad row, one municipality and one kind of job hold up nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from models import Deadline, Notice, SetAside
from models.database import reading, writing
from tests.worlds import World, build
from workflow import set_aside
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged
from workflow.core.tenants import Tenant
from workflow.scheduling import expiry, reminders
from workflow.scheduling.escalation import JOB
from workflow.scheduling.heartbeat import TOLERANCE, TOO_OLD, last_round
from workflow.scheduling.scheduler import EVERY, Job, run_round


@pytest.fixture
def odense(engine: Engine) -> World:
    """The municipality that comes first."""
    return build(engine, "odense")


@pytest.fixture
def orebro(odense: World) -> World:
    """The one that comes after it, in the same database."""
    return build(odense.engine, "orebro")


def waits(world: World, count: int = 1, days: int = 120) -> list[str]:
    """Cases whose step is overdue."""
    numbers = [world.open("cooperation-agreement") for _ in range(count)]
    for number in numbers:
        world.step(number)
    world.later(days=days)
    return numbers


def spoiled(world: World, number: str, rung: int = -99) -> None:
    """A deadline whose next rung no ladder has; another rung mends it."""
    with writing(world.engine, world.tenant.id) as connection:
        mine = (Deadline.municipality_id == world.tenant.id, Deadline.subject == number)
        connection.execute(update(Deadline).where(*mine).values(next_rung=rung))


def reminded(world: World) -> set[str]:
    """Numbers of the cases of which somebody has been reminded."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(Deadline.subject).join(Notice, Notice.deadline_id == Deadline.id)
        return set(session.scalars(query))


def left(world: World) -> list[SetAside]:
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(SetAside).order_by(SetAside.id)))


def is_healthy(world: World) -> bool:
    last = last_round(world.services)
    assert last is not None
    return last.is_healthy(world.now)


# -- a row


def test_bad_row_is_set_aside_alone_and_every_other_reminder_is_raised(odense: World, orebro: World) -> None:
    bad, *good = waits(odense, 3)
    others = waits(orebro)
    spoiled(odense, bad)
    counts = run_round(odense.services, now=odense.now)
    assert (reminded(odense), reminded(orebro)) == (set(good), set(others))
    assert counts["failed"] == 1
    (row,) = left(odense)
    assert (row.job, row.subject, row.error, row.attempts) == (JOB, bad, "IndexError", 1)
    assert row.first_failed_at == row.last_failed_at == odense.now
    assert row.next_try_at == odense.now + set_aside.FIRST_WAIT
    assert "out of range" in row.reason
    assert not is_healthy(odense)


def test_what_is_set_aside_waits_longer_each_time_and_is_forgotten_once_it_is_done(odense: World) -> None:
    (bad,) = waits(odense)
    rung = rung_of(odense, bad)
    spoiled(odense, bad)
    run_round(odense.services, now=odense.now)
    odense.later(minutes=9)
    run_round(odense.services, now=odense.now)
    assert left(odense)[0].attempts == 1
    odense.later(minutes=1)
    run_round(odense.services, now=odense.now)
    (row,) = left(odense)
    assert (row.attempts, row.next_try_at) == (2, odense.now + 2 * set_aside.FIRST_WAIT)
    assert row.first_failed_at < row.last_failed_at
    spoiled(odense, bad, rung)
    odense.later(minutes=20)
    run_round(odense.services, now=odense.now)
    assert (left(odense), reminded(odense)) == ([], {bad})
    assert is_healthy(odense)


def rung_of(world: World, number: str) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Deadline.next_rung).where(Deadline.subject == number)).one()


def test_clock_set_back_lets_nothing_wait_until_it_has_caught_up(odense: World) -> None:
    (bad,) = waits(odense)
    spoiled(odense, bad)
    run_round(odense.services, now=odense.now)
    odense.later(hours=-3)
    run_round(odense.services, now=odense.now)
    assert left(odense)[0].attempts == 2


def test_wait_grows_to_six_hours() -> None:
    waits_ = [set_aside.wait_after(attempts) / timedelta(minutes=1) for attempts in (1, 2, 3, 6, 7, 1_000)]
    assert waits_ == [10, 20, 40, 320, 360, 360]


def test_many_bad_rows_hold_up_no_good_one(odense: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_aside, "MOST_FAILURES", 2)
    monkeypatch.setattr(set_aside, "TRIES", 1)
    numbers = waits(odense, 5)
    for bad in numbers[:4]:
        spoiled(odense, bad)
    for _ in range(3):
        run_round(odense.services, now=odense.now)
    assert (len(left(odense)), reminded(odense)) == (4, {numbers[4]})


def test_what_the_clock_cannot_end_is_set_aside_and_the_others_are_ended(
    odense: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = engagements_over(odense, 2)
    end = expiry.lapse

    def fail_for_one(services: Services, tenant: Tenant, number: str, *, now: datetime) -> bool:
        if number == first:
            raise LookupError(number)
        return end(services, tenant, number, now=now)

    monkeypatch.setattr(expiry, "lapse", fail_for_one)
    assert run_round(odense.services, now=odense.now)["lapsed"] == 1
    assert [(row.subject, row.error) for row in left(odense)] == [(first, "LookupError")]
    monkeypatch.undo()
    odense.later(minutes=10)
    assert run_round(odense.services, now=odense.now)["lapsed"] == 1
    assert left(odense) == []


def engagements_over(world: World, count: int) -> list[str]:
    from workflow.register.service import register_engagement

    responsible = world.policy.bodies_of(world.policy.default_responsible)[0].key
    given = {"kind": "exchange", "title": "An exchange", "source": "Archive, box 7", "responsible": responsible}
    given["ends_on"] = (world.now + timedelta(days=30)).date().isoformat()
    numbers = [
        register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)
        for _ in range(count)
    ]
    world.later(days=40)
    return numbers


def test_row_that_somebody_else_changed_is_no_failure(odense: World) -> None:
    def changed(_row: int) -> None:
        raise CaseChanged

    assert set_aside.attempt_rows(odense.services, odense.tenant, JOB, [(7, "x")], changed, now=odense.now) == 0
    assert left(odense) == []


def test_failure_of_the_database_is_no_row_s_failure(odense: World, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = waits(odense, 2)

    def away(*_given: Any, **_more: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(reminders.escalation, "raise_due", away)
    assert run_round(odense.services, now=odense.now) == {"failed": 1}
    assert (left(odense), is_healthy(odense)) == ([], False)
    monkeypatch.undo()
    run_round(odense.services, now=odense.now)
    assert (reminded(odense), is_healthy(odense)) == (set(numbers), True)


def test_reason_holds_no_value_of_the_database() -> None:
    away = OperationalError("SELECT 'hush'", {"password": "hush"}, ValueError("hush"))
    assert set_aside.reason_of(away) == "ValueError"
    assert set_aside.reason_of(ValueError("one\ntwo")) == "one"
    assert set_aside.reason_of(ValueError()) == ""


# -- a municipality, and a job


def test_job_that_fails_in_one_municipality_is_set_aside_there_and_done_in_the_others(
    odense: World, orebro: World
) -> None:
    done: list[tuple[str, str]] = []

    def work(name: str, fails_in: str = "") -> Any:
        def do(_services: Services, tenant: Tenant, _now: datetime) -> Mapping[str, int]:
            if tenant.key == fails_in:
                raise ZeroDivisionError
            done.append((name, tenant.key))
            return {}

        return lambda: do

    numbers = waits(orebro)
    jobs = (Job("first", work("first", "odense")), Job("second", work("second")))
    assert run_round(odense.services, now=orebro.now, jobs=jobs)["failed"] == 1
    assert done == [("first", "orebro"), ("second", "odense"), ("second", "orebro")]
    assert reminded(orebro) == set(numbers)
    (row,) = left(odense)
    assert (row.job, row.row_id, row.error, left(orebro)) == ("first", set_aside.WHOLE_JOB, "ZeroDivisionError", [])
    done.clear()
    sound = (Job("first", work("first")),)
    run_round(odense.services, now=orebro.now + timedelta(minutes=9), jobs=sound)
    assert done == [("first", "orebro")]
    run_round(odense.services, now=orebro.now + timedelta(minutes=10), jobs=sound)
    assert (("first", "odense") in done, left(odense)) == (True, [])


def test_reminders_of_all_municipalities_are_raised_before_a_remote_job_begins(odense: World, orebro: World) -> None:
    seen: list[tuple[set[str], set[str]]] = []

    def send(_services: Services, _tenant: Tenant, _now: datetime) -> Mapping[str, int]:
        seen.append((reminded(odense), reminded(orebro)))
        return {}

    of_odense, of_orebro = waits(odense), waits(orebro)
    # declared first on purpose
    run_round(odense.services, now=orebro.now, jobs=(Job("mail", lambda: send, is_remote=True),))
    assert seen == [(set(of_odense), set(of_orebro))] * 2


# -- health


def test_round_is_healthy_while_it_is_recent_and_not_in_the_future(odense: World) -> None:
    run_round(odense.services, now=odense.now)
    last = last_round(odense.services)
    assert last is not None
    second = timedelta(seconds=1)
    for age, expected in (
        (-TOLERANCE - second, False),
        (-TOLERANCE, True),
        (TOO_OLD, True),
        (TOO_OLD + second, False),
    ):
        assert last.is_healthy(odense.now + age) is expected, age


def test_round_may_be_as_old_as_three_of_them(odense: World) -> None:
    run_round(odense.services, now=odense.now, every=3_600)
    last = last_round(odense.services)
    assert last is not None
    assert last.is_healthy(odense.now + timedelta(hours=3))
    assert not last.is_healthy(odense.now + timedelta(hours=3, seconds=1))
    assert timedelta(seconds=EVERY) * 3 < TOO_OLD
    assert last.at.tzinfo is UTC
