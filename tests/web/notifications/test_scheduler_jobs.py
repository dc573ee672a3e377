"""Jobs of a scheduler's round: reminders become mails, and an absent mail server stops nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from config.mailing import Mailing
from tests.mailserver import mail_server
from tests.web.clients import engine_of
from tests.web.conftest import settings_for
from tests.workflow.notices import mails, notice, waiting, wants
from tests.worlds import World
from web.notifications.scheduler_jobs import scheduler_jobs
from workflow.scheduling.scheduler import run_round

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
