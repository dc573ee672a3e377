"""Idempotency keys: an act sent twice under one key is taken once.

The key is written in the act's own transaction, with the number and version it made, so that no process can die
between the two. A repeat is answered with that case as it is now, if its sender may still see it and still holds the
seat the act was taken from, and is logged as a read. A refusal is stored after its rollback and repeated as it was;
what was not found or malformed leaves the key free.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Conflict

from models import IdempotencyKey, TrailEntry
from models.database import reading, writing
from web.api import problems
from web.api.blueprint import caller
from web.api.request_parsing import idempotency_key
from web.core.errors import PROBLEM
from web.core.services import services
from workflow.cases.access_log import note_reading
from workflow.cases.actor import Actor, load_actor
from workflow.cases.written import BeforeCommit, Written
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotFound, NotMandated, WorkflowError
from workflow.core.messages import reason

#: How long a key is remembered.
REMEMBERED = timedelta(days=7)
_REPLAYED = {"Idempotency-Replayed": "true"}

_k, _t = IdempotencyKey.__table__.c, TrailEntry.__table__.c


class KeyTaken(Exception):
    """Another request with this key was faster."""


@dataclass(frozen=True, slots=True)
class ActAnswer:
    """What is answered to an act that was taken, now or under the same key before."""

    number: str
    #: The case or evaluation as its schema dumps it.
    view: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """One person's key for one request."""

    municipality_id: int
    person_id: int
    key: str
    request_hash: str

    def find(self, connection: Connection) -> Row[*tuple[Any, ...]] | None:
        """Status and body of the first answer under the key; raises `Malformed` where it was for another request."""
        query = select(_k.request_hash, _k.status, _k.body).where(*self._row())
        found = connection.execute(query).one_or_none()
        if found is not None and found.request_hash != self.request_hash:
            raise Malformed(reason("idempotency-differs", field="Idempotency-Key"))
        return found

    def store(self, connection: Connection, status: int, body: Mapping[str, Any], now: datetime) -> None:
        """Write the key, and forget the person's old ones; raises `KeyTaken`."""
        mine = (_k.municipality_id == self.municipality_id, _k.person_id == self.person_id)
        connection.execute(delete(IdempotencyKey).where(*mine, _k.created_at < now - REMEMBERED))
        row = {
            "municipality_id": self.municipality_id,
            "person_id": self.person_id,
            "key": self.key,
            "request_hash": self.request_hash,
            "status": status,
            "body": json.dumps(body, ensure_ascii=False),
            "created_at": now,
        }
        try:
            connection.execute(insert(IdempotencyKey), row)
        except IntegrityError:
            raise KeyTaken from None

    def _row(self) -> tuple[Any, ...]:
        return (_k.municipality_id == self.municipality_id, _k.person_id == self.person_id, _k.key == self.key)


#: Reads what an actor is answered of what is written, on its connection; raises `NotFound` where they may not see it.
Read = Callable[[Written, datetime], Any]


def answer_act(act: Callable[[BeforeCommit], object], read: Read, status: int) -> ActAnswer | Response:
    """Act and answer, reading in the act's own transaction; under an Idempotency-Key only the first time.

    A refusal is raised, but for one that a key repeats.
    """
    key = _key_of_request()
    if key is None:
        return _act(act, read, status, None)
    if (found := _find(key)) is not None:
        return _replay(found, read)
    try:
        return _act(act, read, status, key)
    except (NotFound, Malformed):
        raise
    except (KeyTaken, WorkflowError) as refusal:
        if (found := _find(key)) is not None:  # another request with the key acted meanwhile
            return _replay(found, read)
        if isinstance(refusal, KeyTaken):  # and forgotten since
            raise Conflict(_("A request with this Idempotency-Key is still being answered. Try again.")) from None
        return _store_refusal(key, refusal)


def _act(act: Callable[[BeforeCommit], object], read: Read, status: int, key: Key | None) -> ActAnswer:
    now, answers, hidden = services().now(), list[ActAnswer](), list[NotFound]()

    def before_commit(written: Written) -> None:
        if key is not None:
            key.store(written.connection, status, {"number": written.number, "version": written.version}, now)
        try:
            answers.append(ActAnswer(written.number, read(written, now)))
        except NotFound as error:  # the act stands, though whoever took it may not see what came of it
            hidden.append(error)

    act(before_commit)
    if hidden:
        raise hidden[0]
    return answers[0]


def _replay(found: Row[*tuple[Any, ...]], read: Read) -> ActAnswer | Response:
    """The first answer again, from today's rights; raises `NotFound` or `NotMandated` where they are gone."""
    stored = json.loads(found.body)
    if found.status >= 400:
        return Response(found.body, found.status, _REPLAYED, mimetype=PROBLEM)
    here, who, now = services(), caller(), services().now()
    number, version = stored["number"], stored["version"]
    with reading(here.engine, who.tenant.id) as session:
        connection = session.connection()
        actor = load_actor(connection, who.tenant.id, who.person_id, local_day(now, who.tenant.timezone))
        view = read(Written(connection, actor, number, version), now)
        _require_seat(connection, actor, number, version)
    note_reading(here.engine, who.tenant, who.person_id, number, now, action="api")
    return ActAnswer(number, view, _REPLAYED)


def _require_seat(connection: Connection, actor: Actor, number: str, version: int) -> None:
    """Raises `NotMandated` where the actor no longer holds the seat an entry of the trail was written from."""
    tenant = caller().tenant
    role, body = connection.execute(
        select(_t.actor_role, _t.actor_body).where(
            _t.municipality_id == tenant.id, _t.stream == number, _t.number == version
        )
    ).one()
    if not actor.holds(role, body):
        raise NotMandated(reason("not-appointed", role=role, body=body, body_names=services().body_names(tenant)[body]))


def _store_refusal(key: Key, refusal: WorkflowError) -> Response:
    refused = problems.refused(refusal)
    if refused.status_code < 500:
        with suppress(KeyTaken), writing(services().engine, key.municipality_id) as connection:
            key.store(connection, refused.status_code, refused.get_json(), services().now())
    return refused


def _find(key: Key) -> Row[*tuple[Any, ...]] | None:
    with reading(services().engine, key.municipality_id) as session:
        return key.find(session.connection())


def _key_of_request() -> Key | None:
    given = idempotency_key()
    if not given:
        return None
    who = caller()
    parts = (request.method.encode(), request.path.encode(), request.get_data())
    return Key(who.tenant.id, who.person_id, given, sha256(b"\n".join(parts)).hexdigest())
