"""Login throttling shared by all processes, per account and address together.

Failures of one account at one address make that account wait there, and nobody else. What is spread out is counted more
widely: the failures of an account over all addresses, and the different accounts that fail at one address. Where an
account has logged in lately it waits for its own failures at that address alone, so that neither a guesser elsewhere
nor a sprayer behind the same address shuts its owner out. Unknown names are counted like known ones.

An attempt counts as a failure from its first moment and success takes it back, so that parallel attempts gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models import LoginThrottle

#: Failures from which on there is a wait: of an account at an address, of an account over all addresses; and the number
#: of different accounts at an address, behind which a whole town hall may sit.
FREE_PER_PAIR, FREE_PER_ACCOUNT, FREE_PER_ADDRESS = 5, 20, 50
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
#: Of an address: colleagues who log in there for the first time wait as well.
LONGEST_WAIT_PER_ADDRESS = timedelta(minutes=1)
#: After so long without an attempt, failures are forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)
#: How long an account is known at an address after it logged in there.
KNOWN_FOR = timedelta(days=30)
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
    longest: timedelta = LONGEST_WAIT


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an attempt. Rows are locked in this order, so that attempts never wait for each other in a circle."""

    account: Key
    pair: Key
    address: Key
    #: Name of the row that says the account has logged in at the address.
    known: str


def keys_of(username: str, address: str) -> Keys:
    """The keys of an attempt; the address stands first in a pair, because it holds no blank."""
    return Keys(
        Key(f"user:{username}", FREE_PER_ACCOUNT),
        Key(f"pair:{address} {username}", FREE_PER_PAIR),
        Key(f"address:{address}", FREE_PER_ADDRESS, LONGEST_WAIT_PER_ADDRESS),
        f"known:{address} {username}",
    )


def wait_after(failures: int, key: Key) -> timedelta | None:
    """How long to wait after so many failures: 15 s, doubled each time up to a limit; None while none is due."""
    if failures < key.free:
        return None
    doublings: int = min(failures - key.free, 16)  # far beyond the longest wait
    return min(FIRST_WAIT * (1 << doublings), key.longest)


def count_attempt(connection: Connection, keys: Keys, now: datetime) -> None:
    """Count one attempt; raises `Throttled` (roll back then) where one of its keys must wait."""
    if _is_known(connection, keys, now):
        _count(connection, keys.pair, now)
        return
    _count(connection, keys.account, now)
    if _count(connection, keys.pair, now) == 1:  # another account at this address
        _count(connection, keys.address, now)


def take_back(connection: Connection, keys: Keys, now: datetime) -> None:
    """After success: the failures of this account at this address no longer count anywhere; old rows are swept away."""
    known = _is_known(connection, keys, now)
    failed = select(LoginThrottle.failures).where(LoginThrottle.key == keys.pair.name)
    counted = connection.execute(failed).scalar_one_or_none() or 0
    if not known:
        _take(connection, keys.account, counted)
    connection.execute(delete(LoginThrottle).where(LoginThrottle.key == keys.pair.name))
    if not known and counted:
        _take(connection, keys.address, 1)
    connection.execute(
        _inserting(connection)
        .values(key=keys.known, failures=0, blocked_until=None, last_at=now)
        .on_conflict_do_update(index_elements=[LoginThrottle.key], set_={"last_at": now})
    )
    is_known = LoginThrottle.key.startswith("known:", autoescape=True)
    forgotten = now - FORGOTTEN_AFTER - LONGEST_WAIT
    old = select(LoginThrottle.key).where(
        LoginThrottle.last_at < forgotten, or_(~is_known, LoginThrottle.last_at < now - KNOWN_FOR)
    )
    some = old.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)  # never wait for another attempt's row
    connection.execute(delete(LoginThrottle).where(LoginThrottle.key.in_(some)))


def _is_known(connection: Connection, keys: Keys, now: datetime) -> bool:
    found = select(LoginThrottle.key).where(LoginThrottle.key == keys.known, LoginThrottle.last_at >= now - KNOWN_FOR)
    return connection.execute(found).first() is not None


def _count(connection: Connection, key: Key, now: datetime) -> int:
    """Count a failure under a key; the number of failures there now."""
    failures = _add_one(connection, key, now)
    wait = wait_after(failures, key)
    if wait is not None:
        connection.execute(_row(key).values(blocked_until=now + wait))
    return failures


def _take(connection: Connection, key: Key, number: int) -> None:
    """Take failures back; the wait ends where too few are left for one."""
    left = case((LoginThrottle.failures > number, LoginThrottle.failures - number), else_=0)
    until = case((LoginThrottle.failures - number >= key.free, LoginThrottle.blocked_until), else_=None)
    connection.execute(_row(key).values(failures=left, blocked_until=until))


def _row(key: Key) -> Update:
    return update(LoginThrottle).where(LoginThrottle.key == key.name)


def _inserting(connection: Connection) -> Any:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(LoginThrottle)


def _add_one(connection: Connection, key: Key, now: datetime) -> int:
    new = _inserting(connection).values(key=key.name, failures=1, blocked_until=None, last_at=now)
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
