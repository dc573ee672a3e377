"""Scheduler heartbeat: time of the last round and age of the oldest due item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from models import Deadline, Heartbeat
from models.database import reading, writing
from workflow.cases.services import Services

_deadline = Deadline.__table__.c
#: Asked by every health check, so built once and without the mapper.
_OLDEST_DUE = select(func.min(_deadline.next_at)).where(
    _deadline.municipality_id == bindparam("municipality"), _deadline.next_at <= bindparam("now")
)
_LAST_ROUND = select(Heartbeat.__table__.c.at)


def beat(services: Services, now: datetime, total: Mapping[str, int]) -> None:
    """Leave a sign of life for the whole installation."""
    dialect = sqlite if services.engine.dialect.name == "sqlite" else postgresql
    new = dialect.insert(Heartbeat).values(id=1, at=now, counts=dict(total))
    anew = new.on_conflict_do_update(index_elements=["id"], set_={"at": new.excluded.at, "counts": new.excluded.counts})
    with writing(services.engine, None) as connection:
        connection.execute(anew)


def oldest_due(services: Services, *, now: datetime) -> datetime | None:
    """Since when the rung longest due has waited to be raised; None when none waits."""
    found = []
    for key in services.tenants.keys():  # noqa: SIM118 - a directory is no dict
        tenant = services.tenants.tenant(key)
        with reading(services.engine, tenant.id) as session:
            found.append(session.connection().scalar(_OLDEST_DUE, {"municipality": tenant.id, "now": now}))
    return min((at for at in found if at is not None), default=None)


def last_round(services: Services) -> datetime | None:
    """When any scheduler last went round; None when none ever has."""
    with reading(services.engine, None) as session:
        return session.connection().scalar(_LAST_ROUND)
