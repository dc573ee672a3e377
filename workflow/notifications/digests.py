"""Mails from notices: at once, or in a daily digest.

A notice is written in the transaction of the act it reports. Here it becomes one mail for each person in the seat it
is addressed to, queued at once or held for the next morning's digest. Any number of processes may run this at the
same time; each notice becomes mails once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, false, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models import AccountNotice, Mail, Notice, Person
from models.database import reading, writing
from workflow.cases.services import Services
from workflow.core.calendar import ONE_DAY, local_day, morning_of
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import withdraw_queued
from workflow.notifications.recipients import recipients
from workflow.set_aside import is_not_set_aside, work_off

#: Names under which notices, and people's digests, are set aside.
NOTICES, DIGESTS = "notices", "digests"
#: People whose digest is made in one transaction.
BATCH = 100


def make_mails(services: Services, tenant: Tenant, *, now: datetime, limit: int, by_mail: bool) -> dict[str, int]:
    """Make mails of the notices and digests that are due in a municipality; what was done, by name.

    While mail is off, notices are shown on the screens alone, and what was queued before is given up, so that nothing
    queues for ever and nobody is flooded when mail is switched on again.
    """
    done = {"notices": 0}

    def batch(only: int | None = None) -> bool:
        some = dispatch(services, tenant, now=now, limit=limit, by_mail=by_mail, only=only)
        done["notices"] += some
        return some > 0

    def due() -> list[tuple[int, str]]:
        return undispatched(services, tenant, limit=limit)

    done["notices"] += dispatch_account_notices(services, tenant, now=now, limit=limit, by_mail=by_mail)
    failed = work_off(services, tenant, NOTICES, batch=batch, due=due, one=batch, now=now)
    if failed:
        done["failed"] = failed
    if by_mail:
        return done | {"digests": digest(services, tenant, now=now)}
    return done | {"mails-given-up": withdraw_queued(services, tenant, now=now, limit=limit)}


def dispatch(
    services: Services, tenant: Tenant, *, now: datetime, limit: int, by_mail: bool = True, only: int | None = None
) -> int:
    """Make mails of at most `limit` notices that have none yet, or of one by its id; returns how many notices.

    One transaction; what is set aside is in no batch.
    """
    undone = _undispatched(tenant) if only is None else _unsent(tenant).where(Notice.id == only)
    with writing(services.engine, tenant.id) as connection:
        notices = connection.execute(undone.limit(limit).with_for_update(skip_locked=True)).all()
        if not notices:
            return 0
        if by_mail:
            _make_mails(connection, tenant, notices, now)
        connection.execute(
            update(Notice)
            .where(Notice.municipality_id == tenant.id, Notice.id.in_([notice.id for notice in notices]))
            .values(is_dispatched=True)
        )
    return len(notices)


def dispatch_account_notices(
    services: Services, tenant: Tenant, *, now: datetime, limit: int, by_mail: bool = True
) -> int:
    """Make mails of at most `limit` notices about accounts that have none yet; returns how many notices.

    Each goes to the address that its person had before the change, whatever mail they want otherwise.
    """
    with writing(services.engine, tenant.id) as connection:
        undone = (
            select(AccountNotice.id, AccountNotice.person_id, AccountNotice.address)
            .where(AccountNotice.municipality_id == tenant.id, AccountNotice.is_dispatched == false())
            .order_by(AccountNotice.id)
        )
        notices = connection.execute(undone.limit(limit).with_for_update(skip_locked=True)).all()
        rows = [
            {
                "municipality_id": tenant.id,
                "person_id": notice.person_id,
                "account_notice_id": notice.id,
                "state": "queued",
                "attempts": 0,
                "next_at": now,
                "created_at": now,
                "error": "",
            }
            for notice in notices
            if by_mail and notice.address
        ]
        if rows:
            connection.execute(_inserting(connection).on_conflict_do_nothing(), rows)
        if notices:
            told = (AccountNotice.municipality_id == tenant.id, AccountNotice.id.in_([one.id for one in notices]))
            connection.execute(update(AccountNotice).where(*told).values(is_dispatched=True))
    return len(notices)


def undispatched(services: Services, tenant: Tenant, *, limit: int) -> list[tuple[int, str]]:
    """Ids and kinds of the notices that the next batch takes."""
    with reading(services.engine, tenant.id) as session:
        return [(row.id, row.kind) for row in session.execute(_undispatched(tenant).limit(limit))]


def _undispatched(tenant: Tenant) -> Select[int, int, str, str]:
    return _unsent(tenant).where(is_not_set_aside(tenant.id, NOTICES, Notice.id))


def _unsent(tenant: Tenant) -> Select[int, int, str, str]:
    return (
        select(Notice.id, Notice.body_id, Notice.role, Notice.kind)
        .where(Notice.municipality_id == tenant.id, Notice.is_dispatched == false())
        .order_by(Notice.id)
    )


def _make_mails(
    connection: Connection, tenant: Tenant, notices: Sequence[Row[int, int, str, str]], now: datetime
) -> None:
    """One mail per notice and person; a digest takes those of people who want one a day."""
    told = recipients(connection, tenant.id, ((n.body_id, n.role) for n in notices), local_day(now, tenant.timezone))
    morning = next_morning(tenant, now)
    rows = [
        {
            "municipality_id": tenant.id,
            "person_id": person.person_id,
            "notice_id": notice.id,
            "state": "held" if person.wanted == "daily" else "queued",
            "attempts": 0,
            "next_at": morning if person.wanted == "daily" else now,
            "created_at": now,
            "error": "",
        }
        for notice in notices
        for person in told[notice.body_id, notice.role]
    ]
    if rows:
        # the unique (notice, person) is the backstop: whatever goes wrong above, nobody is told twice
        connection.execute(_inserting(connection).on_conflict_do_nothing(), rows)


def next_morning(tenant: Tenant, now: datetime) -> datetime:
    """The next 07:00 in the municipality, from an instant on."""
    today = local_day(now, tenant.timezone)
    morning = morning_of(today, tenant.timezone)
    return morning if now <= morning else morning_of(today + ONE_DAY, tenant.timezone)


def digest(services: Services, tenant: Tenant, *, now: datetime) -> int:
    """From 07:00 on, one mail to each person for whom notices are held; returns how many.

    After downtime everything held goes into one digest, not into one for each day that was missed. Who has had the
    day's digest waits for the next day's.
    """
    if now < morning_of(local_day(now, tenant.timezone), tenant.timezone):
        return 0
    made = 0

    def batch(only: int | None = None) -> bool:
        nonlocal made
        some = _digest_batch(services, tenant, now, only)
        made += some or 0
        return some is not None

    def due() -> list[tuple[int, str]]:
        with reading(services.engine, tenant.id) as session:
            return [(id_, "") for id_ in sorted(set(session.scalars(_waiting(tenant, now))))]

    work_off(services, tenant, DIGESTS, batch=batch, due=due, one=batch, now=now)
    return made


def _waiting(tenant: Tenant, now: datetime) -> Select[int]:
    """Ids of the people for whom mails are held, those who have waited longest first; what is set aside excepted."""
    return (
        select(Mail.person_id)
        .where(Mail.municipality_id == tenant.id, Mail.state == "held", Mail.next_at <= now)
        .where(is_not_set_aside(tenant.id, DIGESTS, Mail.person_id))
        .order_by(Mail.next_at, Mail.id)
        .limit(BATCH)
    )


def _digest_batch(services: Services, tenant: Tenant, now: datetime, only: int | None = None) -> int | None:
    """Digests for some people, or for one, in one transaction; None when nothing is held, or others see to it."""
    today = local_day(now, tenant.timezone)
    with writing(services.engine, tenant.id) as connection:
        waiting = connection.execute(_waiting(tenant, now)).scalars() if only is None else (only,)
        # one process has a person, and no two wait for each other; the weaker lock lets mails refer to the person
        people = connection.execute(
            select(Person.id, and_(Person.is_active, Person.email != "", Person.mail_wanted != "none").label("wants"))
            .where(Person.municipality_id == tenant.id, Person.id.in_(sorted(set(waiting))))
            .order_by(Person.id)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        made = [_gather(connection, tenant, person.id, bool(person.wants), today, now) for person in people]
    return sum(made) if made else None


def _gather(connection: Connection, tenant: Tenant, person_id: int, wants: bool, today: date, now: datetime) -> bool:
    """One digest of everything held for a person, if mail is still wanted; returns whether there is one now.

    A second one on the same day waits for the next morning.
    """
    held = (
        Mail.municipality_id == tenant.id,
        Mail.person_id == person_id,
        Mail.state == "held",
        Mail.next_at <= now,
    )
    if not wants:
        connection.execute(delete(Mail).where(*held))
        return False
    row = {
        "municipality_id": tenant.id,
        "person_id": person_id,
        "digest_on": today,
        "state": "queued",
        "attempts": 0,
        "next_at": now,
        "created_at": now,
        "error": "",
    }
    made = connection.execute(_inserting(connection).on_conflict_do_nothing().returning(Mail.id), row)
    id_ = made.scalar_one_or_none()
    values: dict[str, Any] = {"state": "gathered", "digest_id": id_}
    if id_ is None:
        values = {"next_at": morning_of(today + ONE_DAY, tenant.timezone)}
    connection.execute(update(Mail).where(*held).values(**values))
    return id_ is not None


def _inserting(connection: Connection) -> Any:
    """An insert of mails as the database in hand writes it."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(Mail)
