"""Mail queue with at-most-once delivery.

A mail is claimed, the claim committed, the mail handed over outside any transaction, then marked. When a sender dies
after its claim, the lease runs out and the mail is marked `unsure`; only a person may send it again. Each claim
increments `attempts`, so that a sender believed dead cannot report on a later one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from time import monotonic
from typing import Any, Literal, Protocol

from sqlalchemy import Row, select, update

from models import Mail
from models.database import writing
from workflow.cases.services import Services
from workflow.core.tenants import Tenant

log = logging.getLogger(__name__)

#: After so long a sender is given up for dead; far longer than a mail server is waited for.
LEASE = timedelta(minutes=15)
#: Time after which a municipality begins no further mail in a round, so that the others get their turn.
LONGEST_TURN = timedelta(minutes=1)
#: Tries before a mail is given up, the first one included; about a day in all.
TRIES = 6
FIRST_WAIT = timedelta(minutes=2)
#: Each wait is so many times the one before: 2, 10, 50 minutes, 4 and 21 hours.
GROWTH = 5
#: Characters of an error that are kept.
LONGEST_ERROR = 300
#: What is noted where no server said anything.
MAIL_IS_OFF = "mail is switched off"
SENDER_DIED = "whoever was sending it died meanwhile"


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this process alone hands over now."""

    id: int
    person_id: int
    #: The notice it tells of; None for a digest, and for a notice about an account.
    notice_id: int | None
    account_notice_id: int | None
    digest_on: date | None
    created_at: datetime
    attempts: int


#: sent; later, it has surely not gone out; never, neither will it another time; unsure, it may have gone out.
Outcome = Literal["sent", "later", "never", "unsure"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of handing a mail over."""

    outcome: Outcome
    error: str = ""
    #: Whether the server cannot be reached, so that trying the next mail is pointless.
    is_cut_off: bool = False


#: Composes a mail and hands it over; raises nothing that it could have foreseen.
Deliver = Callable[[ClaimedMail, datetime], Delivery]


class MailTransport(Protocol):
    """What carries mail; `web.notifications.smtp` has one that speaks SMTP."""

    def line(self, tenant: Tenant) -> AbstractContextManager[Deliver]:
        """A line to the mail server, opened with the first mail and closed at the end."""
        ...


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed tries; None when there are no more."""
    return FIRST_WAIT * GROWTH ** (attempts - 1) if attempts < TRIES else None


def send_some(
    services: Services,
    tenant: Tenant,
    transport: MailTransport,
    *,
    now: datetime,
    limit: int,
    halt: Event | None = None,
) -> dict[str, int]:
    """Send at most `limit` mails that are due, each claimed by itself; counts by what became of them.

    After a mail whose outcome is unknown, or when the server cannot be reached, nothing more is sent. `halt` is then
    set for the other municipalities of the round, which share the server.
    """
    halt = halt or Event()
    counts = {
        "mails-sent": 0,
        "mails-later": 0,
        "mails-failed": 0,
        "mails-unsure": give_up_lost(services, tenant, now=now),
    }
    began = monotonic()

    def moment() -> datetime:  # a lease counts from its claim, not from the beginning of the turn
        return now + timedelta(seconds=monotonic() - began)

    with transport.line(tenant) as deliver:
        for _mail in range(limit):
            if halt.is_set() or moment() - now > LONGEST_TURN:
                break
            if (mail := _claim(services, tenant, moment())) is None:
                break
            done = _delivered(deliver, tenant, mail, moment())
            if done.is_cut_off or done.outcome == "unsure":
                halt.set()
            counts[f"mails-{_settle(services, tenant, mail, done, moment())}"] += 1
    return counts


def _delivered(deliver: Deliver, tenant: Tenant, mail: ClaimedMail, now: datetime) -> Delivery:
    """Hand a mail over; an unexpected error leaves its outcome unknown, because it may have gone out."""
    try:
        return deliver(mail, now)
    except Exception as error:
        log.exception("mail %s of %s failed unexpectedly", mail.id, tenant.key)
        return Delivery("unsure", type(error).__name__)


def give_up_lost(services: Services, tenant: Tenant, *, now: datetime) -> int:
    """Mark what is being sent by nobody any more: its sender's lease has run out, so it may have gone out."""
    with writing(services.engine, tenant.id) as connection:
        lost = update(Mail).where(Mail.municipality_id == tenant.id, Mail.state == "sending", Mail.next_at <= now)
        return int(connection.execute(lost.values(state="unsure", error=SENDER_DIED)).rowcount)


def withdraw_queued(services: Services, tenant: Tenant, *, now: datetime, limit: int) -> int:
    """Give up what is queued or held while mail is off; an administrator sees it, and may send it once it is on."""
    given_up = give_up_lost(services, tenant, now=now)
    with writing(services.engine, tenant.id) as connection:
        for state in ("queued", "held"):
            some = (
                select(Mail.id)
                .where(Mail.municipality_id == tenant.id, Mail.state == state)
                .order_by(Mail.next_at, Mail.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            stopped = update(Mail).where(Mail.municipality_id == tenant.id, Mail.id.in_(some))
            given_up += connection.execute(stopped.values(state="failed", error=MAIL_IS_OFF)).rowcount
    return given_up


def _claim(services: Services, tenant: Tenant, now: datetime) -> ClaimedMail | None:
    """Take the mail that has been due longest, for as long as the lease runs; None when none is due."""
    with writing(services.engine, tenant.id) as connection:
        due: Row[int] | None = connection.execute(
            select(Mail.id)
            .where(Mail.municipality_id == tenant.id, Mail.state == "queued", Mail.next_at <= now)
            .order_by(Mail.next_at, Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if due is None:
            return None
        row = connection.execute(
            update(Mail)
            .where(Mail.municipality_id == tenant.id, Mail.id == due.id)
            .values(state="sending", attempts=Mail.attempts + 1, next_at=now + LEASE)
            .returning(
                Mail.id,
                Mail.person_id,
                Mail.notice_id,
                Mail.account_notice_id,
                Mail.digest_on,
                Mail.created_at,
                Mail.attempts,
            )
        ).one()
    return ClaimedMail(*row)


def _settle(services: Services, tenant: Tenant, mail: ClaimedMail, done: Delivery, now: datetime) -> str:
    """Write what came of it, unless the mail has been claimed anew meanwhile; returns the name it is counted under."""
    wait = wait_after(mail.attempts)
    values: dict[str, Any] = {"error": done.error[:LONGEST_ERROR]}
    if done.outcome == "sent":
        values |= {"state": "sent", "sent_at": now}
    elif done.outcome == "later" and wait is not None:
        values |= {"state": "queued", "next_at": now + wait}
    else:
        values["state"] = "unsure" if done.outcome == "unsure" else "failed"
    with writing(services.engine, tenant.id) as connection:
        connection.execute(
            update(Mail)
            .where(
                Mail.municipality_id == tenant.id,
                Mail.id == mail.id,
                Mail.attempts == mail.attempts,
                Mail.state.in_(("sending", "unsure")),
            )
            .values(**values)
        )
    return "later" if values["state"] == "queued" else str(values["state"])
