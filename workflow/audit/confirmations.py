"""Verification of who confirmed a body's decision, and of the members stored with its meeting.

The record of a decision says who sat in the body on the day of the meeting. Whoever chaired it confirms it, or sat
there and chairs the body since; and never who prepared or endorsed the matter. Records of 0.1.0 say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Decision, MeetingMember, Person
from workflow.cases.actions.meetings import by_role
from workflow.cases.predicates import HANDLING_ACTIONS
from workflow.policy.actions import names_where
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, fault

_RECORDS_DECISION = names_where(lambda rule: rule.records_decision)
#: Who sat in a body, as a record says or as it is stored: opaque ids by role.
ByRole = Mapping[str, Sequence[str]]
_STORED = (
    select(Decision.case_id, Decision.id, MeetingMember.role, Person.public_id)
    .outerjoin(MeetingMember, MeetingMember.meeting_id == Decision.meeting_id)
    .outerjoin(Person, Person.id == MeetingMember.person_id)
    .order_by(Decision.id)
)


def confirmation_faults(session: Session, streams: Mapping[int, Stream]) -> Iterator[Fault]:
    """Faults of the confirmations in cases' entries, and of the members stored for them; streams by case id."""
    stored = _stored(session, list(streams))
    for case_id, stream in streams.items():
        yield from _confirmed_by_others(stream)
        yield from _stored_otherwise(stream, stored.get(case_id, []))


def _stored(session: Session, case_ids: list[int]) -> dict[int, list[ByRole]]:
    """Who sat in the body at each decision of some cases, in the order in which they were entered."""
    found: dict[int, dict[int, list[tuple[str, str]]]] = {}
    for case_id, decision_id, role, public_id in session.execute(_STORED.where(Decision.case_id.in_(case_ids))):
        seated = found.setdefault(case_id, {}).setdefault(decision_id, [])
        if role is not None:
            seated.append((role, public_id))
    return {case_id: [by_role(seated) for seated in decisions.values()] for case_id, decisions in found.items()}


def _confirmed_by_others(stream: Stream) -> Iterator[Fault]:
    handled: set[str] = set()
    seated: Any = None
    for row in stream.rows:
        people = {row.actor, row.on_behalf_of} - {""}
        if row.action == "enter-decision":
            seated = data_of(row).get("seated")
        elif row.action == "confirm" and isinstance(seated, dict):
            there = {one for ids in seated.values() if isinstance(ids, list) for one in ids}
            if seated.get("chair") and not people & there and not data_of(row).get("in_place_of_chair"):
                yield fault(stream.name, row.number, "confirmed-by-absent")
            if people & handled:
                yield fault(stream.name, row.number, "confirmed-by-preparer")
        if row.action in HANDLING_ACTIONS:
            handled |= people


def _stored_otherwise(stream: Stream, stored: Sequence[ByRole]) -> Iterator[Fault]:
    """Records whose members are not those stored with their meeting; a decision that is missing is named elsewhere."""
    records: list[Row[Any]] = [row for row in stream.rows if row.action in _RECORDS_DECISION]
    for row, seated in zip(records, stored, strict=False):
        recorded = data_of(row).get("seated")
        if recorded is not None and recorded != seated:
            yield fault(stream.name, row.number, "members-differ")
