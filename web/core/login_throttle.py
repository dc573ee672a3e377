"""Login throttling shared by all processes, per user name and per address.

An attempt counts as a failure from its first moment and success takes it back, so that parallel attempts gain nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Update, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models import LoginThrottle

#: Failures from which on there is a wait: for one user name; for one address, behind which a whole town hall may sit.
FREE_PER_USER = 5
FREE_PER_ADDRESS = 25
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
#: After so long without an attempt, failures are forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)
SWEPT_AT_ONCE = 100


class Throttled(Exception):
    """Too many failures: nothing is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class Key:
    """What attempts are counted by."""

    name: str
    free: int


def keys_of(username: str, address: str) -> tuple[Key, Key]:
    """The two keys of an attempt, always in this order, so that two attempts never wait for each other in a circle."""
    return Key(f"user:{username}", FREE_PER_USER), Key(f"address:{address}", FREE_PER_ADDRESS)


def wait_after(failures: int, free: int) -> timedelta | None:
    """How long to wait after so many failures: 15 s, doubled each time, at most 15 minutes; None while none is due."""
    if failures < free:
        return None
    doublings: int = min(failures - free, 16)  # far beyond the longest wait
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def count_attempt(connection: Connection, keys: Sequence[Key], now: datetime) -> None:
    """Count one attempt under every key; raises `Throttled` (roll back then) where one of them must wait."""
    for key in keys:
        failures = _add_one(connection, key, now)
        wait = wait_after(failures, key.free)
        if wait is not None:
            connection.execute(_row(key).values(blocked_until=now + wait))


def take_back(connection: Connection, user: Key, address: Key, now: datetime) -> None:
    """After success: the user's failures are forgotten, the address has one fewer; some old rows are swept away."""
    connection.execute(delete(LoginThrottle).where(LoginThrottle.key == user.name))
    fewer = case((LoginThrottle.failures > 0, LoginThrottle.failures - 1), else_=0)
    connection.execute(_row(address).values(failures=fewer, blocked_until=None))
    old = select(LoginThrottle.key).where(LoginThrottle.last_at < now - FORGOTTEN_AFTER - LONGEST_WAIT)
    some = old.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)  # never wait for another attempt's row
    connection.execute(delete(LoginThrottle).where(LoginThrottle.key.in_(some)))


def _row(key: Key) -> Update:
    return update(LoginThrottle).where(LoginThrottle.key == key.name)


def _add_one(connection: Connection, key: Key, now: datetime) -> int:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(LoginThrottle).values(key=key.name, failures=1, blocked_until=None, last_at=now)
    forgotten = LoginThrottle.last_at < now - FORGOTTEN_AFTER
    counted = new.on_conflict_do_update(
        index_elements=[LoginThrottle.key],
        set_={
            "failures": case((forgotten, 1), else_=LoginThrottle.failures + 1),
            "blocked_until": None,
            "last_at": now,
        },
        where=or_(LoginThrottle.blocked_until.is_(None), LoginThrottle.blocked_until <= now),
    ).returning(LoginThrottle.failures)
    failures = connection.execute(counted).scalar_one_or_none()
    if failures is None:
        until = connection.execute(
            select(LoginThrottle.blocked_until).where(LoginThrottle.key == key.name)
        ).scalar_one()
        raise Throttled(until or now)
    return int(failures)
