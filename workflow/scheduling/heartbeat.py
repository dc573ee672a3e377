"""Scheduler heartbeat: time of the last round and age of the oldest due item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from models import Deadline, Heartbeat
from models.database import reading, writing
from workflow.cases.gate import Gate


def beat(gate: Gate, now: datetime, total: Mapping[str, int]) -> None:
    """Leave a sign of life for the whole installation."""
    dialect = sqlite if gate.engine.dialect.name == "sqlite" else postgresql
    new = dialect.insert(Heartbeat).values(id=1, at=now, counts=dict(total))
    anew = new.on_conflict_do_update(index_elements=["id"], set_={"at": new.excluded.at, "counts": new.excluded.counts})
    with writing(gate.engine, None) as connection:
        connection.execute(anew)


def oldest_due(gate: Gate, *, now: datetime) -> datetime | None:
    """Since when the rung longest due has waited to be raised; None when none waits."""
    found = []
    for key in gate.tenants.keys():  # noqa: SIM118 - a directory is no dict
        with reading(gate.engine, gate.tenants.tenant(key).id) as session:
            found.append(session.scalar(select(func.min(Deadline.next_at)).where(Deadline.next_at <= now)))
    return min((at for at in found if at is not None), default=None)


def last_round(gate: Gate) -> datetime | None:
    """When any scheduler last went round; None when none ever has."""
    with reading(gate.engine, None) as session:
        return session.scalar(select(Heartbeat.at))
