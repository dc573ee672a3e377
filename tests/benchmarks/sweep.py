"""What does raising late evaluations cost, beside plain SQL that writes and hashes the same?

The floor is what one would write by hand for this one purpose: the driver alone, the same rows picked in the same
batches, the same entries hashed, the same rows written. The ratio is floor time over sweep time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text

from models import Deadline
from models.database import connect, reading
from tests.benchmarks.duties import burden
from tests.benchmarks.gate import describe
from tests.benchmarks.scene import Scene, bare
from tests.worlds import NOON, World, build
from workflow.deadlines import next_at, stream_of
from workflow.engine import services_for
from workflow.scheduling import escalation
from workflow.trail.entry import instant

ROUNDS = 3
BATCH = escalation.BATCH


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report."""

    database: str
    journal: str
    version: str
    due: int
    rows: int
    sweep_per_second: int
    floor_per_second: int
    ratio: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def prepare(scene: Scene, due: int, rows: int) -> World:
    """A municipality with so many deadlines, so many of them due."""
    engine = connect(scene.url, wal=scene.wal)
    world = build(engine, "orebro")
    burden(world, due, later=rows - due)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    engine.dispose()
    return world


def measure(scene: Scene, due: int, rows: int) -> Measured:
    """The sweep beside its floor on fresh copies of one scene, in turns; the median of the rounds."""
    world = prepare(scene, due, rows)
    sweeps, floors = [], []
    for _ in range(ROUNDS):
        sweeps.append(_timed(lambda url: run_sweep(url, scene.wal, world.tenant.key), scene))
        floors.append(_timed(lambda url: run_floor(url, scene.wal, world), scene))
    engine = connect(scene.copy(), wal=scene.wal)
    journal, _commits, version = describe(engine)
    engine.dispose()
    sweep, floor = statistics.median(sweeps), statistics.median(floors)
    return Measured(
        scene.name, journal, version, due, rows, round(due / sweep), round(due / floor), round(floor / sweep, 2)
    )


def _timed(run: Callable[[str], float], scene: Scene) -> float:
    return run(scene.copy())


def run_sweep(url: str, wal: bool | None, key: str) -> float:
    """Raise all that is due; returns the seconds it took, the policy being in memory as in a running scheduler."""
    engine = connect(url, wal=wal)
    services = services_for(engine)
    tenant = services.tenants.tenant(key)
    with reading(engine, tenant.id) as session:
        version = session.scalars(select(Deadline.policy_version_id).limit(1)).one()
        services.policies.by_id(session, tenant.id, version)
    started = time.perf_counter()
    while not escalation.raise_due(services, tenant, now=NOON).is_empty:
        pass
    took = time.perf_counter() - started
    engine.dispose()
    return took


KIND = "evaluation"
PICK = (
    "SELECT id, subject, engagement_id, body_id, cycle, due_on, next_rung, version, head_hash FROM deadline"
    " WHERE municipality_id = {0} AND next_at <= {0} ORDER BY next_at, id LIMIT {0}"
)
CLIMB = (
    "UPDATE deadline SET version = {0}, next_rung = {0}, next_at = {0}, head_hash = {0}"
    " WHERE id = {0} AND municipality_id = {0} AND version = {0} AND next_rung = {0} AND state = 'open'"
)
TELL = (
    "INSERT INTO notice (municipality_id, body_id, role, kind, case_id, engagement_id, clause, created_at, deadline_id,"
    " cycle, rung, due_on, is_dispatched) VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
)
RECORD = (
    "INSERT INTO trail_entry (municipality_id, stream, number, at, actor, actor_role, actor_body, on_behalf_of,"
    " mandate, action, from_state, to_state, policy_version, policy_digest, clauses, data, previous_hash, canonical,"
    " hash)"
    " VALUES ({0}, {0}, {0}, {0}, 'system', 'system', '', '', '', 'raise', '', '', {0}, {0}, '[]', {0}, {0}, {0}, {0})"
)


def run_floor(url: str, wal: bool | None, world: World) -> float:
    """The same by hand; returns the seconds it took."""
    connection = bare(url, wal=wal)
    on_sqlite = isinstance(connection, sqlite3.Connection)
    mark = "?" if on_sqlite else "%s"
    pick, raise_due, tell, record = (sql.format(mark) for sql in (PICK, CLIMB, TELL, RECORD))
    pick += "" if on_sqlite else " FOR UPDATE SKIP LOCKED"
    policy, tenant = world.policy, world.tenant
    rungs = policy.ladder("evaluation:networks")
    body = policy.administration_of(policy.bodies_of(policy.default_responsible)[0].key).key
    seat = f"officer@{body}"
    now = NOON.strftime("%Y-%m-%d %H:%M:%S.%f") if on_sqlite else NOON
    at = instant(NOON)
    onward: dict[Any, Any] = {}
    started = time.perf_counter()
    cursor = connection.cursor()
    while True:
        cursor.execute("BEGIN IMMEDIATE" if on_sqlite else "BEGIN")
        if not on_sqlite:
            cursor.execute("SELECT set_config('instans.municipality', %s, true)", [str(tenant.id)])
        rows = cursor.execute(pick, (tenant.id, now, BATCH)).fetchall()
        if not rows:
            cursor.execute("COMMIT")
            break
        moves, notices, entries = [], [], []
        for id_, subject, engagement, _body, cycle, due_on, rung, version, head in rows:
            day = due_on if isinstance(due_on, str) else due_on.isoformat()
            if day not in onward:
                found = next_at(rungs, rung + 1, "evaluation:networks", date.fromisoformat(day), tenant)
                onward[day] = _stored(found, on_sqlite)
            stream = stream_of(tenant.key, id_)
            data = {
                "cycle": cycle,
                "due_on": day,
                "kind": "evaluation",
                "rung": rung,
                "subject": subject,
                "told": [seat],
            }
            canonical = _json(
                {
                    "action": "raise",
                    "actor": "system",
                    "actor_body": "",
                    "actor_role": "system",
                    "at": at,
                    "clauses": [],
                    "data": data,
                    "from_state": "",
                    "mandate": "",
                    "municipality": tenant.key,
                    "number": version + 1,
                    "on_behalf_of": "",
                    "policy_digest": policy.digest,
                    "policy_version": policy.version,
                    "previous_hash": head,
                    "stream": stream,
                    "to_state": "",
                }
            )
            digest = hashlib.sha256(b"\x00" + canonical.encode()).hexdigest()
            moves.append((version + 1, rung + 1, onward[day], digest, id_, tenant.id, version, rung))
            notices.append(
                (
                    *(tenant.id, tenant.body_ids[body], "officer", "rung-evaluation", None, engagement, "", now, id_),
                    *(cycle, rung, due_on, False),
                )
            )
            entries.append(
                (
                    *(tenant.id, stream, version + 1, at, policy.version, policy.digest, _json(data), head),
                    *(canonical, digest),
                )
            )
        cursor.executemany(raise_due, moves)
        if cursor.rowcount != len(rows):
            raise RuntimeError("a deadline has moved meanwhile")
        cursor.executemany(tell, notices)
        cursor.executemany(record, entries)
        cursor.execute("COMMIT")
    took = time.perf_counter() - started
    connection.close()
    return took


def _stored(at: datetime | None, on_sqlite: bool) -> Any:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if at is not None and on_sqlite else at


_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
