"""Escalation of deadlines, one rung at a time.

One batch raises one rung of each due ladder in one transaction: the deadline moves on, the seat is notified and the
trail gets its entry. No case, evaluation or right to decide changes. Any number of processes may run this at the same
time: locked rows are skipped, and a row that changed in between is refused by its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from models import Deadline, Notice, TrailEntry
from models.bulk import write_all
from models.database import reading, writing
from workflow import deadlines
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.deadlines import APPOINTMENT, CONSULTATION, MANDATE, OPEN
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Rung
from workflow.policy.roles import Seat, seat
from workflow.policy.vocabulary import ENDS_BY_ITSELF, TURN
from workflow.scheduling.waiting import awaited_seats, silent_secretaries
from workflow.set_aside import FIRST_WAIT, is_not_set_aside
from workflow.trail.append import row_of
from workflow.trail.entry import Entry, Form, instant, leaf_hash

#: Name of the scheduler's job.
JOB = "reminders"
#: Deadlines climbed in one transaction: short enough that nobody waits long for it.
BATCH = 500
#: When what the clock ends by itself is tried again, should whoever was about to end it have died; no longer than what
#: was set aside waits.
AGAIN = FIRST_WAIT

_COLUMNS = (
    *("id", "kind", "subject", "case_id", "engagement_id", "body_id", "waits_body_id", "waits_role"),
    *("policy_version_id", "ladder", "cycle", "due_on", "next_rung", "version", "head_hash"),
)
_DUE = select(*(Deadline.__table__.c[name] for name in _COLUMNS)).where(
    Deadline.municipality_id == bindparam("municipality"), Deadline.next_at <= bindparam("now")
)
_BATCH = (
    _DUE.where(is_not_set_aside(bindparam("municipality"), JOB, Deadline.id))
    .order_by(Deadline.next_at, Deadline.id)
    .limit(bindparam("batch"))
)
_PICK = _BATCH.with_for_update(skip_locked=True)
_PICK_ONE = _DUE.where(Deadline.id == bindparam("one")).with_for_update(skip_locked=True)
_CLIMB = (
    update(Deadline)
    .where(
        Deadline.id == bindparam("of_id"),
        Deadline.municipality_id == bindparam("of_municipality"),
        Deadline.version == bindparam("of_version"),
        Deadline.next_rung == bindparam("of_rung"),
        Deadline.state == OPEN,
    )
    .values(
        version=bindparam("to_version"),
        next_rung=bindparam("to_rung"),
        next_at=bindparam("to_at"),
        head_hash=bindparam("to_hash"),
    )
)
_ENTRIES, _NOTICES = insert(TrailEntry), insert(Notice)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch did."""

    #: Rungs raised.
    raised: int = 0
    #: Rungs passed because nothing waits that they would tell of.
    passed: int = 0
    #: What the clock itself must end now: id of the deadline, kind of ladder and subject.
    ending: tuple[tuple[int, str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was due."""
        return not (self.raised or self.passed or self.ending)


def raise_due(
    services: Services, tenant: Tenant, *, now: datetime, batch: int = BATCH, only: int | None = None
) -> BatchResult:
    """Raise one rung of each of the deadlines longest due, at most a batch of them; or of one alone, by its id.

    What is set aside is in no batch. Raises `CaseChanged` where a deadline moved in between; then nothing of the batch
    is written, and a later one finds the rest.
    """
    with writing(services.engine, tenant.id) as connection:
        rows = pick(connection, tenant, now, batch, only)
        if not rows:
            return BatchResult()
        weighed = _Batch(services, connection, tenant, rows, now)
        weighed.write()
        return weighed.done()


def pick(connection: Connection, tenant: Tenant, now: datetime, batch: int, only: int | None = None) -> list[Row[Any]]:
    """The deadlines longest due, kept from other writers until the transaction ends."""
    given = {"municipality": tenant.id, "now": now}
    if only is not None:
        return list(connection.execute(_PICK_ONE, given | {"one": only}))
    return list(connection.execute(_PICK, given | {"batch": batch}))


def due(services: Services, tenant: Tenant, *, now: datetime, batch: int = BATCH) -> list[tuple[int, str]]:
    """Ids and subjects of the deadlines that the next batch takes."""
    with reading(services.engine, tenant.id) as session:
        rows = session.connection().execute(_BATCH, {"municipality": tenant.id, "now": now, "batch": batch})
        return [(row.id, row.subject) for row in rows]


class _Batch:
    """One transaction's work: rows picked, and what becomes of each. Rows that are alike are weighed once."""

    def __init__(
        self, services: Services, connection: Connection, tenant: Tenant, rows: list[Row[Any]], now: datetime
    ) -> None:
        self._services, self._connection, self._place, self._now = services, connection, tenant, now
        self._moves: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []
        self._ending: list[tuple[int, str, str]] = []
        self._passed = 0
        silent = silent_secretaries(connection, tenant, rows)
        waited_for = awaited_seats(connection, tenant, rows)
        alike: dict[Any, list[Row[Any]]] = {}
        for row in rows:
            alike.setdefault((*_kind_of(row), silent.get(row.case_id), row.id in waited_for), []).append(row)
        for (*_kind, asked, is_waited_for), some in alike.items():
            self._weigh(some, asked, is_waited_for=is_waited_for)

    def write(self) -> None:
        """Move the deadlines, tell and record; raises `CaseChanged` where one has moved in between."""
        if write_all(self._connection, _CLIMB, self._moves) != len(self._moves):
            raise CaseChanged(reason("deadline-changed"))
        write_all(self._connection, _NOTICES, self._notices)
        write_all(self._connection, _ENTRIES, self._entries)

    def done(self) -> BatchResult:
        """What the batch did."""
        return BatchResult(len(self._entries), self._passed, tuple(self._ending))

    def _weigh(self, rows: list[Row[Any]], asked: tuple[Seat, ...] | None, *, is_waited_for: bool) -> None:
        """Find what is to be done about deadlines that are alike."""
        row = rows[0]
        policy = self._services.policies.by_id(self._connection, self._place.id, row.policy_version_id)
        rungs, index = policy.ladder(row.ladder), row.next_rung
        if index >= len(rungs):
            self._end(rows, ends_by_itself=row.ladder in ENDS_BY_ITSELF)
            return
        at = deadlines.next_at(rungs, index, row.ladder, row.due_on, self._place)
        if at is not None and at > self._now:  # was set without knowing the ladder
            self._pass(rows, index, at)
            return
        told = asked if rungs[index].tell == TURN and asked is not None else (self._seat(policy, row, rungs[index]),)
        onward = deadlines.next_at(rungs, index + 1, row.ladder, row.due_on, self._place)
        if told and (row.kind not in (APPOINTMENT, MANDATE) or is_waited_for):
            self._raise(rows, policy, told, onward)
        else:
            self._pass(rows, index + 1, onward)

    def _seat(self, policy: Policy, row: Row[Any], rung: Rung) -> Seat:
        responsible = self._place.body_keys[row.body_id]
        if rung.tell != TURN:
            return seat(policy, rung.tell, responsible)
        if row.waits_role is None:
            return seat(policy, "officer@responsible", responsible)
        return row.waits_role, self._place.body_keys[row.waits_body_id]

    def _end(self, rows: list[Row[Any]], *, ends_by_itself: bool) -> None:
        """Nothing is left to raise; what the clock ends by itself is ended next, or else tried again."""
        if not ends_by_itself:
            self._pass(rows, rows[0].next_rung, None)
            return
        for row in rows:
            self._ending.append((row.id, row.ladder, row.subject))
            self._move(row, row.next_rung, self._now + AGAIN, row.version, row.head_hash)

    def _pass(self, rows: list[Row[Any]], rung: int, at: datetime | None) -> None:
        for row in rows:
            self._move(row, rung, at, row.version, row.head_hash)
        self._passed += len(rows)

    def _raise(self, rows: list[Row[Any]], policy: Policy, told: tuple[Seat, ...], onward: datetime | None) -> None:
        """Tell and record: entries and notices of deadlines that are alike differ in little."""
        tenant, rung = self._place, rows[0].next_rung
        entry = _entry(tenant, rows[0], policy, told, self._now)
        form, stored = Form(entry, "subject"), row_of(tenant.id, entry, b"", "")
        notices = [_notice(tenant, rows[0], seat_, self._now) for seat_ in told]
        for row in rows:
            stream, number = deadlines.stream_of(tenant.key, row.id), row.version + 1
            canonical, data = form.filled(stream, number, row.head_hash, row.subject)
            digest = leaf_hash(canonical.encode())
            self._entries.append(
                {
                    **stored,
                    "stream": stream,
                    "number": number,
                    "previous_hash": row.head_hash,
                    "data": data,
                    "canonical": canonical,
                    "hash": digest,
                }
            )
            of_it = {"deadline_id": row.id, "case_id": row.case_id, "engagement_id": row.engagement_id}
            self._notices += [{**notice, **of_it} for notice in notices]
            self._move(row, rung + 1, onward, number, digest)

    def _move(self, row: Row[Any], rung: int, at: datetime | None, version: int, digest: str) -> None:
        self._moves.append(
            {
                "of_id": row.id,
                "of_municipality": self._place.id,
                "of_version": row.version,
                "of_rung": row.next_rung,
                "to_version": version,
                "to_rung": rung,
                "to_at": at,
                "to_hash": digest,
            }
        )


#: What deadlines have in common that are weighed as one.
_kind_of = attrgetter(
    *("policy_version_id", "kind", "ladder", "cycle", "next_rung", "due_on", "body_id", "waits_body_id", "waits_role")
)


def _notice(tenant: Tenant, row: Row[Any], told: Seat, now: datetime) -> dict[str, Any]:
    role, body = told
    return {
        "municipality_id": tenant.id,
        "body_id": tenant.body_ids[body],
        "role": role,
        "kind": f"rung-{row.ladder if row.ladder == CONSULTATION else row.kind}",
        "clause": "",
        "created_at": now,
        "cycle": row.cycle,
        "rung": row.next_rung,
        "due_on": row.due_on,
        "is_dispatched": False,
    }


def _entry(tenant: Tenant, row: Row[Any], policy: Policy, told: tuple[Seat, ...], now: datetime) -> Entry:
    """The entry of one deadline's rung; nothing in it needs a commitment."""
    data = {
        "kind": row.kind,
        "subject": row.subject,
        "cycle": row.cycle,
        "rung": row.next_rung,
        "due_on": row.due_on.isoformat(),
        "told": [f"{role}@{body}" for role, body in told],
    }
    return Entry(
        municipality=tenant.key,
        stream="",
        number=0,
        at=instant(now),
        actor="system",
        actor_role="system",
        actor_body="",
        action="raise",
        from_state="",
        to_state="",
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash="",
        data=data,
    )
