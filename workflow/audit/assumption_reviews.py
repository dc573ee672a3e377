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
from workflow.trail.fault import Fault
from workflow.versions.assumption_reviews import ACTIONS

_R = AssumptionRuling
_RULINGS = (
    select(_R.id, _R.assumption, _R.verdict, _R.note, _R.ruled_at, Person.public_id, PolicyVersion.version)
    .outerjoin(Person, Person.id == _R.ruled_by_id)
    .outerjoin(PolicyVersion, PolicyVersion.id == _R.policy_version_id)
    .order_by(_R.id)
)


def ruling_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Hold a municipality's rulings on assumptions against its journal."""
    rows = {row.id: row for row in session.execute(_RULINGS)}
    for entry in journal.rows:
        if entry.action not in ACTIONS.values():
            continue
        row = rows.pop(_id(entry), None)
        if row is None:
            yield Fault(journal.name, entry.number, "the ruling it tells of is not there")
        elif not _is_the_same(row, entry, journal.said(entry.number, "note")):
            yield Fault(journal.name, entry.number, "the ruling is not the one its trail tells of")
    for _row in rows.values():
        yield Fault(journal.name, None, "there is a ruling no entry tells of")


def _id(entry: Row[Any]) -> int:
    found = data_of(entry).get("ruling")
    return found if isinstance(found, int) else 0


def _is_the_same(row: Any, entry: Row[Any], note: str | None) -> bool:
    return (
        ACTIONS.get(row.verdict) == entry.action
        and row.assumption == data_of(entry).get("assumption")
        and (row.version, row.public_id) == (entry.policy_version, entry.actor)
        and instant(row.ruled_at) == entry.at
        and note in (None, row.note)
    )
