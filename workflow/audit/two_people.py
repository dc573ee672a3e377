"""Verification of changes that take two people, by the entries of the journal alone.

An act on a proposal follows that proposal, which nobody has settled before, and is another person's. From the first
proposal on, an act that takes two has one; entries before it, and those of 0.1.0, say nothing of proposals. Acts of the
installation itself are founding acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Appointment
from workflow.people.change_kinds import KINDS
from workflow.people.seats import TAKES_TWO
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, fault

_SETTLING = ("withdraw-change", "decline-change")


def two_people_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Acts of one person alone among those that take two."""
    open_proposals: dict[object, Row[Any]] = {}
    has_proposals = False
    for row in journal.rows:
        data = data_of(row)
        change = data.get("change")
        if row.action == "propose-change":
            open_proposals[_key(change)], has_proposals = row, True
        elif row.action in _SETTLING:
            open_proposals.pop(_key(change), None)
        elif row.action in KINDS.by_name and change is not None:
            yield from _confirmation_faults(journal, row, data, open_proposals.pop(_key(change), None))
        elif has_proposals and row.actor != "system" and _takes_two(session, row, data):
            yield fault(journal.name, row.number, "change-unproposed")


def _key(change: object) -> object:
    """The number of a change; whatever else is stored in its place is the number of none."""
    return change if isinstance(change, int) else None


def _confirmation_faults(
    journal: Stream, row: Row[Any], data: Mapping[str, Any], proposal: Row[Any] | None
) -> Iterator[Fault]:
    if proposal is None or data_of(proposal).get("proposed_change") != row.action:
        yield fault(journal.name, row.number, "change-unproposed")
    elif proposal.actor != data.get("proposed_by"):
        yield fault(journal.name, row.number, "change-proposer-differs")
    elif row.actor == proposal.actor:
        yield fault(journal.name, row.number, "change-by-one")
    elif KINDS.by_name[row.action].body is not None and row.actor == data_of(proposal).get("person"):
        yield fault(journal.name, row.number, "change-of-own-seat")


def _takes_two(session: Session, row: Row[Any], data: Mapping[str, Any]) -> bool:
    """Whether an act without a proposal is one that needs it; a substitute is named alone by whoever is away."""
    if row.action == "appoint":
        return data.get("role") in TAKES_TWO
    if row.action == "name-substitute":
        return data.get("role") in TAKES_TWO and row.actor != data.get("person")
    if row.action == "end-appointment":
        id_ = data.get("appointment")
        role = select(Appointment.role).where(Appointment.id == id_)
        return isinstance(id_, int) and session.scalar(role) in TAKES_TWO
    return row.action in KINDS.by_name
