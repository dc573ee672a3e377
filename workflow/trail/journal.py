"""Journal of a municipality: acts that belong to no case.

People, appointments, mandates, letters, legacy engagements and policy versions are recorded in one stream,
`KEY-journal`, whose head is in the municipality's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models import Municipality
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant


def journal_of(key: str) -> str:
    """Name of a municipality's journal stream."""
    return f"{key}-journal"


@dataclass(frozen=True, slots=True)
class Act:
    """One act outside any case, with its actor."""

    action: str
    actor: str = "system"
    actor_role: str = "system"
    actor_body: str = ""
    #: Opaque id of the absent person for whom the actor stood in.
    on_behalf_of: str = ""
    policy_version: str = ""
    policy_digest: str = ""
    clauses: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def record(connection: Connection, municipality_id: int, done: Act, *, now: datetime) -> int:
    """Append an act to the municipality's journal, locking its head; returns the entry's number."""
    head = connection.execute(
        select(Municipality.key, Municipality.journal_version, Municipality.journal_hash)
        .where(Municipality.id == municipality_id)
        .with_for_update()
    ).one()
    entry = Entry(
        municipality=head.key,
        stream=journal_of(head.key),
        number=head.journal_version + 1,
        at=instant(now),
        actor=done.actor,
        actor_role=done.actor_role,
        actor_body=done.actor_body,
        on_behalf_of=done.on_behalf_of,
        action=done.action,
        from_state="",
        to_state="",
        policy_version=done.policy_version,
        policy_digest=done.policy_digest,
        previous_hash=head.journal_hash,
        clauses=done.clauses,
        data=done.data,
    )
    digest = append(connection, municipality_id, entry, done.words)
    connection.execute(
        update(Municipality)
        .where(Municipality.id == municipality_id)
        .values(journal_version=entry.number, journal_hash=digest)
    )
    return entry.number
