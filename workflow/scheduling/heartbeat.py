"""Scheduler heartbeat: time and outcome of the last round, and age of the oldest due item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from models import Deadline, Heartbeat
from models.database import reading, writing
from workflow.cases.services import Services

#: Age at which a round is too old, unless rounds are rarer than that; then it is three of them.
TOO_OLD = timedelta(minutes=15)
#: How far two machines' clocks may differ before a round is in the future.
TOLERANCE = timedelta(minutes=1)

_deadline = Deadline.__table__.c
#: Built once and without the mapper, because every health check executes it.
_OLDEST_DUE = select(func.min(_deadline.next_at)).where(
    _deadline.municipality_id == bindparam("municipality"), _deadline.next_at <= bindparam("now")
)
_beat = Heartbeat.__table__.c
_LAST_ROUND = select(_beat.at, _beat.counts, _beat.every)


@dataclass(frozen=True, slots=True)
class Round:
    """The last round of any scheduler of the installation."""

    at: datetime
    #: Work set aside in all municipalities when it ended.
    set_aside: int
    #: Jobs that failed in it in some municipality.
    failed: int
    every: timedelta

    def is_healthy(self, now: datetime) -> bool:
        """Whether it is recent, not in the future, and has left nothing undone."""
        age = now - self.at
        return -TOLERANCE <= age <= max(TOO_OLD, 3 * self.every) and not (self.set_aside or self.failed)


def beat(services: Services, now: datetime, total: Mapping[str, int], every: int) -> None:
    """Record the round of the whole installation."""
    dialect = sqlite if services.engine.dialect.name == "sqlite" else postgresql
    new = dialect.insert(Heartbeat).values(id=1, at=now, counts=dict(total), every=every)
    values = {name: new.excluded[name] for name in ("at", "counts", "every")}
    with writing(services.engine, None) as connection:
        connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))


def oldest_due(services: Services, *, now: datetime) -> datetime | None:
    """The instant since which the rung longest due has waited to be raised; None when none waits."""
    found = []
    for key in services.tenants.keys():  # noqa: SIM118 - a directory is no dict
        tenant = services.tenants.tenant(key)
        with reading(services.engine, tenant.id) as session:
            found.append(session.connection().scalar(_OLDEST_DUE, {"municipality": tenant.id, "now": now}))
    return min((at for at in found if at is not None), default=None)


def last_round(services: Services) -> Round | None:
    """The last round of any scheduler; None when there has been none."""
    with reading(services.engine, None) as session:
        row = session.connection().execute(_LAST_ROUND).one_or_none()
    if row is None:
        return None
    counts = row.counts
    return Round(row.at, counts.get("set-aside", 0), counts.get("failed", 0), timedelta(seconds=row.every))
