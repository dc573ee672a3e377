"""The decision of a case that waits to be confirmed, and who sat in the body at its meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from models import Decision, MeetingMember, Person
from workflow.cases.acting_roles import MUNICIPALITY

_decisions, _seated, _sat = Decision.__table__.c, MeetingMember.__table__.c, Person.__table__.alias("sat")


@dataclass(frozen=True, slots=True)
class MeetingMembers:
    """Ids of those who sat in a body on the day of the meeting whose decision waits to be confirmed."""

    #: Of active people; empty where nobody chaired, who did is gone, or it is not known (meetings of 0.1.0).
    chairs: frozenset[int] = frozenset()
    everybody: frozenset[int] = frozenset()


#: Where no decision waits, or nothing is known of its meeting.
NOT_KNOWN = MeetingMembers()


#: Columns of one who sat in the body at a decision's meeting, and the tables they are joined from.
SAT_THERE = (
    _seated.person_id.label("seated_id"),
    _seated.role.label("seated_as"),
    _sat.c.is_active.label("seated_is_active"),
)
SAT_IN, SAT = (
    (MeetingMember.__table__, _seated.meeting_id == _decisions.meeting_id),
    (_sat, _sat.c.id == _seated.person_id),
)
#: One row for each who sat in the body, or one where that is not known.
_PENDING = (
    select(Decision.__table__, *SAT_THERE)
    .outerjoin(*SAT_IN)
    .outerjoin(*SAT)
    .where(
        _decisions.municipality_id == MUNICIPALITY,
        _decisions.case_id == bindparam("case"),
        _decisions.state == "entered",
    )
)


def load_pending(connection: Connection, municipality_id: int, case_id: int) -> tuple[Row[Any] | None, MeetingMembers]:
    """The decision that has been entered and not yet confirmed, and who sat in the body at its meeting."""
    return pending_in(connection.execute(_PENDING, {"municipality": municipality_id, "case": case_id}).all())


def pending_in(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Row[Any] | None, MeetingMembers]:
    """The decision that waits, and who sat in the body, from its rows joined with `SAT_THERE`."""
    if not rows:
        return None, NOT_KNOWN
    chairs = (row.seated_id for row in rows if row.seated_as == "chair" and row.seated_is_active)
    return rows[0], MeetingMembers(frozenset(chairs), frozenset(row.seated_id for row in rows if row.seated_id))
