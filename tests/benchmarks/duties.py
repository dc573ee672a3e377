"""Where do a hundred thousand late evaluations come from?

Written in bulk, only ever into a throwaway database: evaluations of one engagement under the policy's own rule, each
with its deadline as planning would set it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from models import Deadline, Engagement, Evaluation, PolicyVersion
from models.database import reading, writing
from tests.worlds import World
from workflow import deadlines
from workflow.core.calendar import end_of
from workflow.register.service import register_engagement

#: Rows sent to the database at once.
BATCH = 5_000
RULE = "networks"


def burden(world: World, due: int, *, later: int = 0, on: date | None = None) -> None:
    """Fill the tables with `due` evaluations due on a day (today), and `later` ones spread over the years after."""
    given = {
        "kind": "membership",
        "title": "A network",
        "source": "Archive, box 7",
        "responsible": world.policy.bodies_of(world.policy.default_responsible)[0].key,
        "scope": "municipality",
        "starts_on": world.now.date().isoformat(),
        "ends_on": None,
    }
    number = register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)
    with reading(world.engine, world.tenant.id) as session:
        engagement, body = session.execute(
            select(Engagement.id, Engagement.responsible_body_id).where(Engagement.number == number)
        ).one()
        version = session.scalars(select(PolicyVersion.id).where(PolicyVersion.version == world.policy.version)).one()
    today = on or world.now.date()
    base = {"municipality_id": world.tenant.id, "engagement_id": engagement, "policy_version_id": version}
    for start in range(0, due + later, BATCH):
        numbers = range(start, min(start + BATCH, due + later))
        days = [today if n < due else today + timedelta(days=1 + n % 1_000) for n in numbers]
        with writing(world.engine, world.tenant.id) as connection:
            rows = [base | _evaluation(world, n, day) for n, day in zip(numbers, days, strict=True)]
            connection.execute(insert(Evaluation), rows)
            rows = [base | _deadline(world, n, day, body) for n, day in zip(numbers, days, strict=True)]
            connection.execute(insert(Deadline), rows)


def _number(world: World, number: int) -> str:
    return f"{world.tenant.key}-v-9{number:07d}"


def _evaluation(world: World, number: int, day: date) -> dict[str, Any]:
    return {
        "number": _number(world, number),
        "rule": RULE,
        "state": "pending",
        "due_on": day,
        "due_at": _end(day, world.tenant.timezone),
        "version": 0,
        "head_hash": "",
        "report": {},
    }


def _deadline(world: World, number: int, day: date, body: int) -> dict[str, Any]:
    ladder = f"evaluation:{RULE}"
    return {
        "kind": "evaluation",
        "subject": _number(world, number),
        "body_id": body,
        "ladder": ladder,
        "state": "open",
        "cycle": 1,
        "due_on": day,
        "due_at": _end(day, world.tenant.timezone),
        "next_rung": 0,
        "next_at": _first(world, ladder, day),
        "version": 0,
        "head_hash": "",
    }


_ENDS: dict[tuple[date, str], datetime] = {}
_FIRSTS: dict[date, datetime | None] = {}


def _end(day: date, timezone: str) -> datetime:
    return _ENDS.setdefault((day, timezone), end_of(day, timezone))


def _first(world: World, ladder: str, day: date) -> datetime | None:
    if day not in _FIRSTS:
        _FIRSTS[day] = deadlines.next_at(world.policy.ladder(ladder), 0, ladder, day, world.tenant)
    return _FIRSTS[day]
