"""What was done in the streams of an evaluation and of a deadline, for whoever may see the page they belong to?

Entries are read in clear; of the words behind commitments only the reason of more time is shown here. The auditor's
pages show everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models import Disclosure, Person, TrailEntry
from workflow.trail.entry import from_text

#: Entries that a page shows; the trail has them all.
MOST = 100


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One entry of a stream."""

    stream: str
    number: int
    at: datetime
    #: Name of the person; empty for the system.
    actor: str
    role: str
    body: str
    action: str
    data: Mapping[str, Any]
    #: Why there is more time; empty for every other entry.
    reason: str


def events_of(db: Session, streams: Iterable[str]) -> tuple[StreamEvent, ...]:
    """The latest entries of some streams, newest first, in two statements."""
    e = TrailEntry
    columns = (e.stream, e.number, e.at, e.actor, e.actor_role, e.actor_body, e.action, e.data, Disclosure.value)
    reason = and_(Disclosure.stream == e.stream, Disclosure.number == e.number, Disclosure.field == "reason")
    query = select(*columns).outerjoin(Disclosure, reason).where(e.stream.in_(list(streams)))
    rows = db.execute(query.order_by(e.at.desc(), e.stream.desc(), e.number.desc()).limit(MOST)).all()
    names = names_of(db, {row.actor for row in rows})
    return tuple(
        StreamEvent(
            row.stream,
            row.number,
            datetime.fromisoformat(row.at),
            names.get(row.actor, ""),
            row.actor_role,
            row.actor_body,
            row.action,
            from_text(row.data),
            row.value or "",
        )
        for row in rows
    )


def names_of(db: Session, public_ids: set[str]) -> dict[str, str]:
    """Names of people by the opaque ids of the trail."""
    people = sorted(public_ids - {"system"})
    if not people:
        return {}
    found = db.execute(select(Person.public_id, Person.name).where(Person.public_id.in_(people)))
    return {row.public_id: row.name for row in found}
