"""Appending to the trail.

The caller holds the lock on the stream's head (in the row of a case, evaluation, deadline or municipality) and stores
the new head in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert

from models import Disclosure, TrailEntry
from workflow.trail.entry import Entry, as_text, commit, leaf_hash

_ENTRY = insert(TrailEntry)
_DISCLOSURE = insert(Disclosure)


def append(connection: Connection, municipality_id: int, entry: Entry, texts: Mapping[str, str]) -> str:
    """Write one entry and the texts behind its commitments; returns its hash, the new head of the stream."""
    commitments, disclosed = commit(texts)
    if commitments:
        entry = replace(entry, data={**entry.data, "committed": commitments})
    canonical = entry.canonical()
    digest = leaf_hash(canonical)
    connection.execute(_ENTRY, row_of(municipality_id, entry, canonical, digest))
    if disclosed:
        connection.execute(
            _DISCLOSURE,
            [
                {"municipality_id": municipality_id, "stream": entry.stream, "number": entry.number, **row}
                for row in disclosed
            ],
        )
    return digest


def row_of(municipality_id: int, entry: Entry, canonical: bytes, digest: str) -> dict[str, Any]:
    """The stored form of an entry with its canonical bytes and their hash."""
    return {
        "municipality_id": municipality_id,
        "stream": entry.stream,
        "number": entry.number,
        "at": entry.at,
        "actor": entry.actor,
        "actor_role": entry.actor_role,
        "actor_body": entry.actor_body,
        "on_behalf_of": entry.on_behalf_of,
        "mandate": entry.mandate,
        "action": entry.action,
        "from_state": entry.from_state,
        "to_state": entry.to_state,
        "policy_version": entry.policy_version,
        "policy_digest": entry.policy_digest,
        "clauses": as_text(list(entry.clauses)),
        "data": as_text(dict(entry.data)),
        "previous_hash": entry.previous_hash,
        "canonical": canonical.decode(),
        "hash": digest,
    }
