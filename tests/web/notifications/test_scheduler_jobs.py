"""Jobs of a scheduler's round: reminders become mails, and an absent mail server stops nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from config.mailing import Mailing
from tests.mailserver import mail_server
from tests.web.clients import engine_of
from tests.web.conftest import settings_for
from tests.workflow.notices import mails, notice, waiting, wants
from tests.worlds import World, build
from web.notifications.scheduler_jobs import scheduler_jobs
from web.notifications.smtp import SmtpTransport
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.digests import dispatch
from workflow.notifications.mail_queue import send_some
from workflow.scheduling.scheduler import REMINDERS, Job, Work, run_jobs, run_round

BOARD = "kommunstyrelsen"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: the stores are tested below."""
    return engine_of(request)


def rounds(world: World, mailing: Mailing) -> dict[str, int]:
    """One round of a scheduler with these settings."""
    return run_round(
        world.services, now=world.now, jobs=scheduler_jobs(world.services, settings_for(world, mailing=mailing))
    )


def test_with_mail_off_a_round_makes_no_mail_and_leaves_nothing_waiting(world: World) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    assert rounds(world, Mailing())["notices"] == 1
    assert (mails(world), waiting(world)) == ([], 0)


def test_a_mail_server_out_of_reach_ends_no_round(world: World) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    gone = Mailing(host="127.0.0.1", port=1, starttls=False, sender="a@b.example", base_url="https://c.example")
    done = rounds(world, gone)
    assert (done["notices"], done["mails-later"]) == (1, 1)
    assert [mail.state for mail in mails(world)] == ["queued"]


def test_a_round_tells_by_mail_and_the_next_one_not_again(world: World) -> None:
    address = wants(world, "coordinator")
    with mail_server() as server:
        notice(world, "coordinator", BOARD)
        assert rounds(world, server.mailing())["mails-sent"] == 1
        assert rounds(world, server.mailing())["mails-sent"] == 0
    assert len(server.to(address)) == 1


# -- one mail, one server


def test_mail_of_unknown_outcome_ends_the_round_s_mail_in_every_municipality(world: World) -> None:
    other = build(world.engine, "odense")
    of_other = "odense@kommun.example"
    wants(other, "coordinator", email=of_other)
    address = wants(world, "coordinator")
    with mail_server() as server:
        server.cut_at.add(of_other)
        notice(other, "coordinator", other.policy.only("executive-board").key)
        notice(world, "coordinator", BOARD)
        done = rounds(world, server.mailing())
        assert (done["mails-unsure"], done["mails-sent"], len(server.to(address))) == (1, 0, 0)
        assert rounds(world, server.mailing())["mails-sent"] == 1
    assert len(server.to(address)) == 1


@pytest.mark.slow
def test_mail_server_that_answers_too_slowly_is_left_when_a_mail_s_time_is_up(world: World) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=10)
    with mail_server() as server:
        server.slowness = 6
        transport = SmtpTransport(world.services, server.mailing(), timeout=30, time_limit=0.5)
        began = time.monotonic()
        done = send_some(world.services, world.tenant, transport, now=world.now, limit=10)
        assert time.monotonic() - began < 5
    assert done["mails-unsure"] == 1


def test_sender_beyond_ascii_is_the_failure_of_its_mails_and_the_round_goes_on(world: World) -> None:
    wants(world, "coordinator")
    notice(world, "coordinator", BOARD)
    with mail_server() as server:
        done = rounds(world, server.mailing(sender="Örebro <ärende@örebro.example>"))
    assert done.get("failed", 0) == 0
    assert next(mail.state for mail in mails(world)) in ("failed", "queued")
    assert server.received == []


@pytest.mark.parametrize("name", ["reminders", "imports", "notices", "mail"])
def test_each_job_that_fails_in_one_municipality_is_done_in_the_other_and_the_other_jobs_too(
    world: World, name: str
) -> None:
    build(world.engine, "odense")
    done: list[tuple[str, str]] = []

    def watched(job: Job) -> Job:
        def start() -> Work:
            work = job.start()

            def do(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
                if (job.name, tenant.key) == (name, "odense"):
                    raise ValueError("out of order")
                done.append((job.name, tenant.key))
                return work(services, tenant, now)

            return do

        return replace(job, start=start)

    with mail_server() as server:
        settings = settings_for(world, mailing=server.mailing())
        jobs = (REMINDERS, *scheduler_jobs(world.services, settings))
        counts = run_jobs(world.services, tuple(watched(job) for job in jobs), now=world.now)
    names = [job.name for job in jobs]
    assert names == ["reminders", "imports", "notices", "mail"]
    expected = [(job, key) for job in names for key in ("odense", "orebro") if (job, key) != (name, "odense")]
    assert (done, counts["failed"]) == (expected, 1)
