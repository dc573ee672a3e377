"""Verification of reviews of assumptions against the journal.

Every review has an entry with its id, and every such entry its review: the same verdict on the same assumption under
the same version, by the same person at the same instant, with the same note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import AssumptionRuling, Person, PolicyVersion
from workflow.trail.chain import Stream, data_of
from workflow.trail.entry import instant
from workflow.trail.fault import Fault, fault
from workflow.versions.assumption_reviews import ACTIONS

_R = AssumptionRuling
_REVIEWS = (
    select(_R.id, _R.assumption, _R.verdict, _R.note, _R.ruled_at, Person.public_id, PolicyVersion.version)
    .outerjoin(Person, Person.id == _R.ruled_by_id)
    .outerjoin(PolicyVersion, PolicyVersion.id == _R.policy_version_id)
    .order_by(_R.id)
)


def review_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Compare a municipality's reviews of assumptions with its journal."""
    rows = {row.id: row for row in session.execute(_REVIEWS)}
    for entry in journal.rows:
        if entry.action not in ACTIONS.values():
            continue
        row = rows.pop(_review_id(entry), None)
        if row is None:
            yield fault(journal.name, entry.number, "review-missing")
        elif not _matches(row, entry, journal.disclosed_text(entry.number, "note")):
            yield fault(journal.name, entry.number, "review-differs")
    for _row in rows.values():
        yield fault(journal.name, None, "review-without-entry")


def _review_id(entry: Row[Any]) -> int:
    found = data_of(entry).get("ruling")
    return found if isinstance(found, int) else 0


def _matches(row: Any, entry: Row[Any], note: str | None) -> bool:
    return (
        ACTIONS.get(row.verdict) == entry.action
        and row.assumption == data_of(entry).get("assumption")
        and (row.version, row.public_id) == (entry.policy_version, entry.actor)
        and instant(row.ruled_at) == entry.at
        and note in (None, row.note)
    )
