"""Where do a hundred thousand cases come from?

Copied in bulk from one case that went through the gate, with its trail, only ever into a throwaway database: these rows
have no valid chain and no business anywhere else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.engine import Connection

from models import Case, Engagement, TrailEntry
from models.database import writing
from tests.worlds import World

#: Rows sent to the database at once.
BATCH = 5_000
#: States the copies stand in, and the seat each waits for.
STATES = ("review", "decide:responsible", "concluded", "concluded")


def load(world: World, pattern: str, wanted: int, *, with_trail: bool = True) -> None:
    """Fill the tables up with `wanted` copies of a concluded case, each with an engagement and three trail entries."""
    with writing(world.engine, world.place.id) as connection:
        case = _row(connection, Case.__table__, Case.number == pattern)
        entries = connection.execute(
            select(TrailEntry.__table__).where(TrailEntry.stream == pattern, TrailEntry.number <= 3)
        ).all()
        engagement = _row(connection, Engagement.__table__, Engagement.entered_by == pattern)
    for start in range(0, wanted, BATCH):
        numbers = range(start, min(start + BATCH, wanted))
        with writing(world.engine, world.place.id) as connection:
            connection.execute(insert(Case.__table__), [_case(world, case, number) for number in numbers])
            connection.execute(insert(Engagement.__table__), [_engagement(world, engagement, n) for n in numbers])
            if with_trail:
                copies = [e._asdict() | {"stream": _number(world, number)} for number in numbers for e in entries]
                connection.execute(insert(TrailEntry.__table__), copies)


def _row(connection: Connection, table: Table | Any, condition: Any) -> dict[str, Any]:
    found = dict(connection.execute(select(table).where(condition)).one()._mapping)
    del found["id"]
    return found


def _number(world: World, number: int) -> str:
    return f"{world.place.key}-1999-{number:07d}"


def _case(world: World, pattern: dict[str, Any], number: int) -> dict[str, Any]:
    state = STATES[number % len(STATES)]
    role = {"review": "manager", "decide:responsible": "secretary"}.get(state)
    administration = world.policy.administration_of(world.place.body_keys[pattern["responsible_body_id"]]).key
    body = administration if role == "manager" else world.place.body_keys[pattern["responsible_body_id"]]
    return pattern | {
        "number": _number(world, number),
        "title": f"Case {number}",
        "state": state,
        "waits_role": role,
        "waits_body_id": world.place.body_ids[body] if role else None,
        "engagement_id": None,
        "version": 3,
    }


def _engagement(world: World, pattern: dict[str, Any], number: int) -> dict[str, Any]:
    return pattern | {"number": f"{world.place.key}-e-1999{number:07d}", "title": f"Engagement {number}"}
