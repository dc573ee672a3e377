"""Is every mail handed over once, tried again when it surely has not gone out, and never when it may have?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from models import Mail
from models.database import writing
from tests.workflow.notices import mails, notice, wants
from tests.worlds import World
from workflow.core.tenants import Tenant
from workflow.notifications.digests import dispatch
from workflow.notifications.mail_queue import (
    LEASE,
    TRIES,
    ClaimedMail,
    Deliver,
    Delivery,
    Outcome,
    send_some,
    wait_after,
)

BOARD = "kommunstyrelsen"


@dataclass
class PostOffice:
    """A post that does as it is told and remembers what it was given."""

    answers: list[Outcome] = field(default_factory=list)
    taken: list[ClaimedMail] = field(default_factory=list)
    is_cut_off: bool = False
    lines: int = 0

    @contextmanager
    def line(self, _place: Tenant) -> Iterator[Deliver]:
        self.lines += 1

        def deliver(mail: ClaimedMail, _now: datetime) -> Delivery:
            self.taken.append(mail)
            outcome: Outcome = self.answers.pop(0) if self.answers else "sent"
            return Delivery(outcome, "" if outcome == "sent" else f"said {outcome}", self.is_cut_off)

        yield deliver


def queue(world: World, count: int = 1) -> None:
    wants(world, "coordinator")
    for _ in range(count):
        notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=100)


def send(world: World, post: PostOffice, limit: int = 10) -> dict[str, int]:
    return {
        name: count
        for name, count in send_some(world.services, world.tenant, post, now=world.now, limit=limit).items()
        if count
    }


def states(world: World) -> list[str]:
    return [mail.state for mail in mails(world)]


# -- what is not sent


def test_what_is_not_due_yet_is_left(orebro: World) -> None:
    queue(orebro)
    orebro.later(seconds=-1)
    post = PostOffice()
    assert send(orebro, post) == {}
    assert (post.taken, states(orebro)) == ([], ["queued"])


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "unsure", "held", "gathered"])
def test_what_is_not_queued_is_never_handed_over(orebro: World, state: str) -> None:
    queue(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Mail).values(state=state))
    post = PostOffice()
    send(orebro, post)
    orebro.later(days=400)
    send(orebro, post)
    assert post.taken == []


def test_a_mail_whose_sender_died_is_never_sent_again_by_itself(orebro: World) -> None:
    queue(orebro)

    class Dies(PostOffice):
        """Its process ends in the middle."""

        @contextmanager
        def line(self, _place: Tenant) -> Iterator[Deliver]:
            def deliver(mail: ClaimedMail, _now: datetime) -> Delivery:
                self.taken.append(mail)
                raise KeyboardInterrupt

            yield deliver

    dead, alive = Dies(), PostOffice()
    with pytest.raises(KeyboardInterrupt):
        send(orebro, dead)
    assert states(orebro) == ["sending"]
    orebro.later(minutes=14)
    assert send(orebro, alive) == {}
    assert states(orebro) == ["sending"]
    orebro.later(minutes=2)
    assert send(orebro, alive) == {"mails-unsure": 1}
    orebro.later(days=30)
    assert send(orebro, alive) == {}
    assert (len(dead.taken), alive.taken, states(orebro)) == (1, [], ["unsure"])
    assert mails(orebro)[0].error == "whoever was sending it died meanwhile"


def test_what_the_receiver_refuses_for_good_is_given_up_at_once(orebro: World) -> None:
    queue(orebro)
    post = PostOffice(["never"])
    assert send(orebro, post) == {"mails-failed": 1}
    orebro.later(days=30)
    assert send(orebro, post) == {}
    assert [(mail.state, mail.attempts, mail.error) for mail in mails(orebro)] == [("failed", 1, "said never")]


def test_what_may_have_gone_out_is_not_tried_again(orebro: World) -> None:
    queue(orebro)
    post = PostOffice(["unsure"])
    assert send(orebro, post) == {"mails-unsure": 1}
    orebro.later(days=30)
    send(orebro, post)
    assert len(post.taken) == 1


def test_after_the_last_try_it_is_given_up(orebro: World) -> None:
    queue(orebro)
    post = PostOffice(["later"] * 20)
    for _ in range(20):
        send(orebro, post)
        orebro.later(days=2)
    assert [(mail.state, mail.attempts) for mail in mails(orebro)] == [("failed", TRIES)]
    assert len(post.taken) == TRIES


# -- what is sent


def test_each_mail_goes_out_once_oldest_first(orebro: World) -> None:
    queue(orebro, 5)
    post = PostOffice()
    assert send(orebro, post, limit=3) == {"mails-sent": 3}
    assert send(orebro, post, limit=3) == {"mails-sent": 2}
    assert send(orebro, post, limit=3) == {}
    assert [mail.id for mail in post.taken] == [mail.id for mail in mails(orebro)]
    assert {(mail.state, mail.attempts, mail.error) for mail in mails(orebro)} == {("sent", 1, "")}
    assert all(mail.sent_at >= orebro.now for mail in mails(orebro))


def test_while_it_is_handed_over_nothing_is_locked(orebro: World) -> None:
    """Somebody else claims, and marks, the next mail in the middle of this one."""
    queue(orebro, 2)
    other = PostOffice()

    class Slow(PostOffice):
        @contextmanager
        def line(self, _place: Tenant) -> Iterator[Deliver]:
            def deliver(mail: ClaimedMail, _now: datetime) -> Delivery:
                self.taken.append(mail)
                assert states(orebro) == ["sending", "queued"]
                assert send(orebro, other) == {"mails-sent": 1}
                return Delivery("sent")

            yield deliver

    slow = Slow()
    assert send(orebro, slow, limit=5) == {"mails-sent": 1}
    assert [mail.id for mail in slow.taken + other.taken] == [mail.id for mail in mails(orebro)]
    assert states(orebro) == ["sent", "sent"]


def test_it_is_tried_again_after_longer_and_longer_waits(orebro: World) -> None:
    queue(orebro)
    post = PostOffice(["later"] * 3)
    waits = []
    for _ in range(3):
        assert send(orebro, post) == {"mails-later": 1}
        (mail,) = mails(orebro)
        assert (mail.state, mail.error) == ("queued", "said later")
        waits.append(round((mail.next_at - orebro.now).total_seconds() / 60))
        orebro.now = mail.next_at - timedelta(seconds=1)
        assert send(orebro, post) == {}
        orebro.now = mail.next_at
    assert waits == [2, 10, 50]
    assert send(orebro, post) == {"mails-sent": 1}
    assert mails(orebro)[0].error == ""


def test_the_waits_last_about_a_day_in_all() -> None:
    waits = [wait_after(tries) for tries in range(1, TRIES + 1)]
    assert waits[-1] is None
    assert timedelta(hours=20) < sum((wait for wait in waits if wait), timedelta()) < timedelta(hours=30)


def test_a_server_out_of_reach_costs_one_mail_a_try_and_no_more(orebro: World) -> None:
    queue(orebro, 3)
    post = PostOffice(["later"] * 3, is_cut_off=True)
    assert send(orebro, post) == {"mails-later": 1}
    assert [mail.attempts for mail in mails(orebro)] == [1, 0, 0]


def test_a_sender_thought_dead_may_still_say_that_it_was_sent(orebro: World) -> None:
    queue(orebro)

    class Late(PostOffice):
        @contextmanager
        def line(self, _place: Tenant) -> Iterator[Deliver]:
            def deliver(_mail: ClaimedMail, _now: datetime) -> Delivery:
                orebro.now += LEASE * 2
                assert send(orebro, PostOffice()) == {"mails-unsure": 1}
                return Delivery("sent")

            yield deliver

    send(orebro, Late())
    assert states(orebro) == ["sent"]


def test_a_sender_thought_dead_cannot_speak_for_a_later_one(orebro: World) -> None:
    queue(orebro)

    class Late(PostOffice):
        @contextmanager
        def line(self, _place: Tenant) -> Iterator[Deliver]:
            def deliver(_mail: ClaimedMail, _now: datetime) -> Delivery:
                with writing(orebro.engine, orebro.tenant.id) as connection:  # an administrator sends it again
                    connection.execute(update(Mail).values(state="queued", next_at=orebro.now))
                assert send(orebro, PostOffice(["unsure"])) == {"mails-unsure": 1}
                return Delivery("never", "too late")

            yield deliver

    send(orebro, Late())
    (mail,) = mails(orebro)
    assert (mail.state, mail.attempts, mail.error) == ("unsure", 2, "said unsure")
