"""Who must be told today of what is coming due or late?

One batch climbs each ladder that is due by one rung: in one transaction the deadline moves on, the seat is told and the
trail gets its entry. A batch moves no case, no evaluation and nobody's right to decide. Any number of processes may do
this at once: rows in another's hands are passed over, and one that moved in between is refused by its version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from models import Case, Consultation, Deadline, Notice, TrailEntry
from models.database import writing
from workflow import deadlines
from workflow.act import Gate
from workflow.calendar import local_day
from workflow.deadlines import APPOINTMENT, CONSULTATION, MANDATE, OPEN
from workflow.directory import Place
from workflow.errors import CaseChanged
from workflow.policy.values import ENDS_BY_ITSELF, TURN, Policy, Rung
from workflow.reasons import reason
from workflow.seats import Seat, seat
from workflow.trail.append import row_of
from workflow.trail.entry import Entry, instant, leaf_hash

#: Deadlines climbed in one transaction: short enough that nobody waits long for it.
BATCH = 500
#: When what the clock ends by itself is tried again, should whoever was about to end it have died.
AGAIN = timedelta(minutes=10)

_PICK = (
    select(Deadline.__table__)
    .where(Deadline.municipality_id == bindparam("municipality"), Deadline.next_at <= bindparam("now"))
    .order_by(Deadline.next_at, Deadline.id)
    .limit(bindparam("batch"))
    .with_for_update(skip_locked=True)
)
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
class Climbed:
    """What one batch did."""

    #: Rungs raised.
    raised: int = 0
    #: Rungs passed because nothing waits that they would tell of.
    passed: int = 0
    #: What the clock itself must end now: kind of ladder and subject.
    ending: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was due."""
        return not (self.raised or self.passed or self.ending)


def climb(gate: Gate, place: Place, *, now: datetime, batch: int = BATCH) -> Climbed:
    """Raise one rung of each of the deadlines longest due, at most a batch of them.

    Raises `CaseChanged` where one of them moved in between; then nothing of the batch is written, and a later one finds
    the rest.
    """
    with writing(gate.engine, place.id) as connection:
        rows = pick(connection, place, now, batch)
        if not rows:
            return Climbed()
        batch_ = _Batch(gate, connection, place, rows, now)
        batch_.weigh()
        batch_.write()
        return batch_.done()


def pick(connection: Connection, place: Place, now: datetime, batch: int) -> list[Row[Any]]:
    """The deadlines longest due, kept from other writers until the transaction ends."""
    return list(connection.execute(_PICK, {"municipality": place.id, "now": now, "batch": batch}))


class _Batch:
    """One transaction's work: rows picked, and what becomes of each."""

    def __init__(self, gate: Gate, connection: Connection, place: Place, rows: list[Row[Any]], now: datetime) -> None:
        self._gate, self._connection, self._place = gate, connection, place
        self._rows, self._now, self._today = rows, now, local_day(now, place.timezone)
        self._policies: dict[int, Policy] = {}
        self._told: dict[object, tuple[Seat, ...]] = {}
        self._moves: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []
        self._ending: list[tuple[str, str]] = []
        self._passed = 0

    def weigh(self) -> None:
        """Find for each deadline what is to be done."""
        silent = _silent(self._connection, self._place, self._rows)
        waiting = _waited_for(self._connection, self._place, self._rows)
        for row in self._rows:
            policy = self._policy(row.policy_version_id)
            rungs = policy.ladder(row.ladder)
            if row.next_rung >= len(rungs):
                self._end(row)
                continue
            at = deadlines.next_at(rungs, row.next_rung, row.ladder, row.due_on, self._place)
            if at is not None and at > self._now:  # was set without knowing the ladder
                self._move(row, row.next_rung, at, row.version, row.head_hash)
                self._passed += 1
                continue
            rung = rungs[row.next_rung]
            told = self._seats(policy, row, rung)
            if rung.tell == TURN and row.case_id in silent:
                told = silent[row.case_id]
            if row.kind in (APPOINTMENT, MANDATE) and row.id not in waiting:
                told = ()
            self._raise(row, policy, rungs, told)

    def write(self) -> None:
        """Move the deadlines, tell and record; raises `CaseChanged` where one has moved in between."""
        if self._moves:
            moved = self._connection.execute(_CLIMB, self._moves)
            if moved.rowcount != len(self._moves):
                raise CaseChanged(reason("deadline-changed"))
        if self._notices:
            self._connection.execute(_NOTICES, self._notices)
        if self._entries:
            self._connection.execute(_ENTRIES, self._entries)

    def done(self) -> Climbed:
        """What the batch did."""
        return Climbed(len(self._entries), self._passed, tuple(self._ending))

    def _policy(self, id_: int) -> Policy:
        if id_ not in self._policies:
            self._policies[id_] = self._gate.policies.by_id(self._connection, self._place.id, id_)
        return self._policies[id_]

    def _seats(self, policy: Policy, row: Row[Any], rung: Rung) -> tuple[Seat, ...]:
        key = (row.policy_version_id, rung.tell, row.body_id, row.waits_body_id, row.waits_role)
        if key not in self._told:
            self._told[key] = (self._seat(policy, row, rung),)
        return self._told[key]

    def _seat(self, policy: Policy, row: Row[Any], rung: Rung) -> Seat:
        responsible = self._place.body_keys[row.body_id]
        if rung.tell != TURN:
            return seat(policy, rung.tell, responsible)
        if row.waits_role is None:
            return seat(policy, "officer@responsible", responsible)
        return row.waits_role, self._place.body_keys[row.waits_body_id]

    def _end(self, row: Row[Any]) -> None:
        """Nothing is left to raise; what the clock ends by itself is ended next, or else tried again."""
        if row.ladder in ENDS_BY_ITSELF:
            self._ending.append((row.ladder, row.subject))
            self._move(row, row.next_rung, self._now + AGAIN, row.version, row.head_hash)
        else:
            self._move(row, row.next_rung, None, row.version, row.head_hash)
            self._passed += 1

    def _raise(self, row: Row[Any], policy: Policy, rungs: tuple[Rung, ...], told: tuple[Seat, ...]) -> None:
        onward = row.next_rung + 1
        at = deadlines.next_at(rungs, onward, row.ladder, row.due_on, self._place)
        if not told:
            self._move(row, onward, at, row.version, row.head_hash)
            self._passed += 1
            return
        entry, digest = _entry(self._place, row, policy, told, self._now)
        self._entries.append(entry)
        self._move(row, onward, at, row.version + 1, digest)
        self._notices += [self._notice(row, role, body) for role, body in told]

    def _notice(self, row: Row[Any], role: str, body: str) -> dict[str, Any]:
        kind = row.ladder if row.ladder == CONSULTATION else row.kind
        return {
            "municipality_id": self._place.id,
            "body_id": self._place.body_ids[body],
            "role": role,
            "kind": f"rung-{kind}",
            "case_id": row.case_id,
            "engagement_id": row.engagement_id,
            "clause": "",
            "created_at": self._now,
            "deadline_id": row.id,
            "cycle": row.cycle,
            "rung": row.next_rung,
            "due_on": row.due_on,
            "is_dispatched": False,
        }

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


def _entry(
    place: Place, row: Row[Any], policy: Policy, told: tuple[Seat, ...], now: datetime
) -> tuple[dict[str, Any], str]:
    """The row of a trail entry, and its hash; nothing in it needs a commitment."""
    data = {
        "kind": row.kind,
        "subject": row.subject,
        "cycle": row.cycle,
        "rung": row.next_rung,
        "due_on": row.due_on.isoformat(),
        "told": [f"{role}@{body}" for role, body in told],
    }
    entry = Entry(
        municipality=place.key,
        stream=deadlines.stream_of(place.key, row.id),
        number=row.version + 1,
        at=instant(now),
        actor="system",
        actor_role="system",
        actor_body="",
        action="raise",
        from_state="",
        to_state="",
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash=row.head_hash,
        data=data,
    )
    canonical = entry.canonical()
    digest = leaf_hash(canonical)
    return row_of(place.id, entry, canonical, digest), digest


def _silent(connection: Connection, place: Place, rows: Iterable[Row[Any]]) -> Mapping[int, tuple[Seat, ...]]:
    """By case: the secretaries of the consulted bodies that have not answered."""
    ids = [row.case_id for row in rows if row.ladder == CONSULTATION]
    if not ids:
        return {}
    query = select(Consultation.case_id, Consultation.body_id).where(
        Consultation.municipality_id == place.id, Consultation.case_id.in_(ids), Consultation.state == "asked"
    )
    found: dict[int, tuple[Seat, ...]] = dict.fromkeys(ids, ())
    for case_id, body_id in connection.execute(query.order_by(Consultation.id)):
        found[case_id] += (("secretary", place.body_keys[body_id]),)
    return found


def _waited_for(connection: Connection, place: Place, rows: Iterable[Row[Any]]) -> set[int]:
    """Ids of those deadlines of appointments and mandates for whose seat some case waits."""
    ending = [row for row in rows if row.kind in (APPOINTMENT, MANDATE)]
    found = set()
    for row in ending:
        waits = select(Case.id).where(
            Case.municipality_id == place.id, Case.waits_body_id == row.waits_body_id, Case.waits_role == row.waits_role
        )
        if connection.execute(waits.limit(1)).first() is not None:
            found.add(row.id)
    return found
