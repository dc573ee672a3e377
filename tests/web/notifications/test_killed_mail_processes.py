"""Mail processes killed at any moment (kill -9, a real mail server): no mail is sent twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess

import pytest

from tests.mailserver import MailServer, mail_server
from tests.processes import fresh_processes
from tests.web.mail_processes import carry, die
from tests.workflow.notices import mails, notice, wants
from tests.worlds import World
from web.notifications.smtp import SmtpTransport
from workflow.notifications.digests import dispatch
from workflow.notifications.mail_queue import LEASE, send_some

BOARD = "kommunstyrelsen"
SENDERS, DEATHS = 3, 9


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


def queue(world: World, count: int) -> str:
    """Mails to the coordinator; returns where another process finds the database."""
    wants(world, "coordinator")
    for _ in range(count):
        notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=1000)
    world.engine.dispose()
    return world.engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(("dies", "arrived"), [("before", 0), ("after", 1)])
def test_a_sender_killed_around_the_handing_over_leaves_a_mail_that_nobody_sends_again(
    world: World, server: MailServer, dies: str, arrived: int
) -> None:
    url = queue(world, 1)
    process = fresh_processes().Process(target=die, args=(url, "orebro", server.mailing(), world.now, dies))
    process.start()
    process.join(60)
    assert process.exitcode == -9
    (mail,) = mails(world)
    assert (mail.state, len(server.received)) == ("sending", arrived)
    post = SmtpTransport(world.services, server.mailing())
    for later in (timedelta(), LEASE, LEASE * 2, timedelta(days=9)):
        send_some(world.services, world.tenant, post, now=world.now + later, limit=10)
    (mail,) = mails(world)
    assert (mail.state, len(server.received)) == ("unsure", arrived)


@pytest.mark.slow
def test_killed_at_random_moments_no_mail_is_lost_and_none_arrives_twice(world: World, server: MailServer) -> None:
    count = 150
    url = queue(world, count)
    server.slowness = 0.02  # so that many die between the server's taking a mail and its answer
    chance = random.Random(7)  # noqa: S311 - no secret
    senders = [_sender(url, server, world) for _ in range(SENDERS)]
    for _ in range(DEATHS):
        _wait_for_some_more(server, chance.randint(1, 6))
        time.sleep(chance.uniform(0, 0.03))
        for process in senders:
            process.kill()
            process.join(30)
        senders = [_sender(url, server, world) for _ in range(SENDERS)]
    _wait_until_all_are_claimed(world)
    for process in senders:
        process.kill()
        process.join(30)
    send_some(
        world.services,
        world.tenant,
        SmtpTransport(world.services, server.mailing()),
        now=world.now + LEASE * 2,
        limit=count,
    )

    found = mails(world)
    ids = server.ids()
    assert len(ids) == len(set(ids)), "a mail arrived twice"
    assert len(found) == count
    assert {mail.state for mail in found} <= {"sent", "unsure"}
    arrived = {mail.id for mail in found if f"<mail-{mail.id}.orebro@kommun.example>" in ids}
    assert {mail.id for mail in found if mail.state == "sent"} <= arrived
    unsure = [mail for mail in found if mail.state == "unsure"]
    assert 0 < len(unsure) <= (DEATHS + 1) * SENDERS, "at most one for each that died"


def _sender(url: str, server: MailServer, world: World) -> BaseProcess:
    process = fresh_processes().Process(target=carry, args=(url, "orebro", server.mailing(), world.now))
    process.start()
    return process


def _wait_for_some_more(server: MailServer, count: int) -> None:
    """Until somebody is at work, so that death comes in the middle of it."""
    begun = len(server.ids())
    for _ in range(3000):
        if len(server.ids()) >= begun + count:
            return
        time.sleep(0.005)
    raise AssertionError("nothing is sent")


def _wait_until_all_are_claimed(world: World) -> None:
    for _ in range(1200):
        if all(mail.state != "queued" for mail in mails(world)):
            return
        time.sleep(0.1)
    raise AssertionError("the mails are not sent")
