"""How does a request that is sent twice act once?

Whoever sends an Idempotency-Key claims it before acting; the answer is kept under it, and a repeat of the same request
gets that answer. Of two at the same time one acts and the other waits for its answer. Only answers that the engine
gave for good are kept: what could not be read, or failed here, may be sent again under the same key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from models import IdempotencyKey
from models.database import reading, writing
from workflow.core.errors import Malformed
from workflow.core.messages import reason

#: How long an answer is kept.
KEPT = timedelta(days=7)
#: A claim without an answer for longer than this was abandoned: no request runs for so long.
ABANDONED = timedelta(minutes=5)
#: How often, and how long in between (seconds), somebody who waits for another's answer looks.
LOOKS, PAUSE = 50, 0.1
#: The status of a claim whose answer is not there yet.
_CLAIMED = 0


class StillRunning(Exception):
    """A request with this key is still being answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request, as it is sent and kept."""

    status: int
    #: JSON text.
    body: str
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One person's key for one request."""

    engine: Engine
    municipality_id: int
    person_id: int
    key: str
    request_hash: str

    def row(self) -> tuple[Any, ...]:
        """Where the key's row stands."""
        return (
            IdempotencyKey.municipality_id == self.municipality_id,
            IdempotencyKey.person_id == self.person_id,
            IdempotencyKey.key == self.key,
        )


def hash_of(method: str, path: str, body: bytes) -> str:
    """SHA-256 of what makes two requests the same, hexadecimal."""
    return sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def once(key: Key, act: Callable[[], Callable[[], Answer]], now: datetime) -> Answer:
    """The answer to a request, acting only when no other has.

    `act` does what was asked and returns how to tell of it; when it raises, nothing is kept and the key is free again.
    Raises `Malformed` where the key was used for another request, `StillRunning` while somebody else acts on it.
    """
    for _look in range(LOOKS):
        if _claim(key, now):
            return _first(key, act)
        if (found := _find(key)) is None:
            continue  # whoever had it gave it back
        if found.request_hash != key.request_hash:
            raise Malformed(reason("idempotency-differs", field="Idempotency-Key"))
        if found.status != _CLAIMED:
            return Answer(found.status, found.body, is_replay=True)
        time.sleep(PAUSE)
    raise StillRunning


def _first(key: Key, act: Callable[[], Callable[[], Answer]]) -> Answer:
    try:
        tell = act()
    except BaseException:
        with writing(key.engine, key.municipality_id) as connection:
            connection.execute(delete(IdempotencyKey).where(*key.row(), IdempotencyKey.status == _CLAIMED))
        raise
    answer = tell()
    with writing(key.engine, key.municipality_id) as connection:
        connection.execute(update(IdempotencyKey).where(*key.row()).values(status=answer.status, body=answer.body))
    return answer


def _claim(key: Key, now: datetime) -> bool:
    """Whether the key is ours to act on; of several at once only one hears yes."""
    try:
        with writing(key.engine, key.municipality_id) as connection:
            _forget(connection, key, now)
            connection.execute(
                insert(IdempotencyKey),
                {
                    "municipality_id": key.municipality_id,
                    "person_id": key.person_id,
                    "key": key.key,
                    "request_hash": key.request_hash,
                    "status": _CLAIMED,
                    "body": "",
                    "created_at": now,
                },
            )
    except IntegrityError:
        return False
    return True


def _forget(connection: Connection, key: Key, now: datetime) -> None:
    """Drop the person's answers that are older than they are kept, and a claim that nobody will answer."""
    mine = (IdempotencyKey.municipality_id == key.municipality_id, IdempotencyKey.person_id == key.person_id)
    connection.execute(delete(IdempotencyKey).where(*mine, IdempotencyKey.created_at < now - KEPT))
    connection.execute(
        delete(IdempotencyKey).where(
            *key.row(), IdempotencyKey.status == _CLAIMED, IdempotencyKey.created_at < now - ABANDONED
        )
    )


def _find(key: Key) -> Any:
    columns = (IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body)
    with reading(key.engine, key.municipality_id) as session:
        return session.execute(select(*columns).where(*key.row())).one_or_none()
