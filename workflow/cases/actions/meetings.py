"""Meetings of a body: one a day, its paragraphs, and who sat in the body that day.

Who sat there is read from the seats of that day when the first decision of the meeting is entered, and stored with it:
what changes in the seats afterwards changes neither its members nor who confirms its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, insert, literal_column, null, or_, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from models import Appointment, Case, Decision, Meeting, MeetingMember, Person
from workflow.cases.acting_roles import holds_today
from workflow.cases.actions.context import ActionContext
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.trail.chronology import normal_paragraph

#: Roles of those who take part in a body's decisions.
VOTERS = ("chair", "member")

_meetings, _seats, _people, _members = (table.__table__.c for table in (Meeting, Appointment, Person, MeetingMember))
_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_OF_DAY = (
    _meetings.municipality_id == _MUNICIPALITY,
    _meetings.body_id == bindparam("body"),
    _meetings.held_on == bindparam("day"),
)
#: A body's meeting of a day, and the paragraphs of it that decide other cases.
_MEETING = (
    select(Meeting.id, Decision.paragraph, Case.number)
    .outerjoin(
        Decision,
        and_(
            Decision.municipality_id == Meeting.municipality_id,
            Decision.meeting_id == Meeting.id,
            Decision.case_id != bindparam("case"),
            Decision.state == "confirmed",
        ),
    )
    .outerjoin(Case, Case.id == Decision.case_id)
    .where(*_OF_DAY)
)
_FIND = select(_meetings.id).where(*_OF_DAY)
#: Two cases that are confirmed at once see each other's paragraphs.
_LOCK = (
    select(_meetings.id)
    .where(_meetings.municipality_id == _MUNICIPALITY, _meetings.id == bindparam("meeting"))
    .with_for_update()
)
#: The same, and a row for each who sat in the body that day.
_SITTING = union_all(
    _MEETING.add_columns(literal_column("0").label("person_id"), literal_column("''"), literal_column("''")),
    select(_meetings.id, null(), null(), _members.person_id, _people.public_id, _members.role)
    .join(MeetingMember.__table__, _members.meeting_id == _meetings.id)
    .join(Person.__table__, _people.id == _members.person_id)
    .where(*_OF_DAY),
)
#: As the seats of the day have it; `today` is that day.
_SEATED_ON = (
    select(_seats.person_id, _people.public_id, _seats.role)
    .join(Person.__table__, _people.id == _seats.person_id)
    .where(
        _seats.municipality_id == _MUNICIPALITY,
        _seats.body_id == bindparam("body"),
        or_(*(_seats.role == role for role in VOTERS)),
        *holds_today(_seats),
    )
    .distinct()
)
_FREEZE = insert(MeetingMember)


class BodyMember(NamedTuple):
    """One person in a body on the day of a meeting."""

    person_id: int
    public_id: str
    #: chair or member.
    role: str


class Sitting(NamedTuple):
    """A meeting and who sat in the body that day."""

    #: None where it is not known yet.
    meeting_id: int | None
    seated: tuple[BodyMember, ...]
    #: Whether who sat there is stored with the meeting already.
    is_frozen: bool

    @property
    def members(self) -> int:
        """The number of people, however many seats each has."""
        return len({one.person_id for one in self.seated})

    @property
    def as_data(self) -> dict[str, list[str]]:
        """Opaque ids by role, for the trail."""
        return by_role((one.role, one.public_id) for one in self.seated)


def by_role(seated: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Opaque ids by role, sorted, of pairs of role and id."""
    found: dict[str, list[str]] = {}
    for role, public_id in sorted(seated):
        found.setdefault(role, []).append(public_id)
    return found


def sitting_of(context: ActionContext, body: str, met_on: date, paragraph: str) -> Sitting:
    """The meeting of a body on a day, as it is stored or would be; raises `Malformed` for a paragraph that is taken."""
    given = {**_of_day(context, body, met_on), "case": context.case.id}
    found = context.connection.execute(_SITTING, given).all()
    meeting_id = _free_of(context, body, paragraph, [row for row in found if not row[3]])
    if members := tuple(BodyMember(*row[3:]) for row in found if row[3]):
        return Sitting(meeting_id, members, True)
    of_body = {"municipality": context.municipality_id, "body": context.tenant.body_ids[body], "today": met_on}
    rows = context.connection.execute(_SEATED_ON, of_body).all()
    return Sitting(meeting_id, tuple(BodyMember(*row) for row in rows), False)


def meeting_with_free_paragraph(context: ActionContext, body: str, met_on: date, paragraph: str) -> int | None:
    """The body's meeting of a day, None where none is known; raises `Malformed`, naming the case, for a paragraph that
    decides another case.
    """
    given = {**_of_day(context, body, met_on), "case": context.case.id}
    return _free_of(context, body, paragraph, context.connection.execute(_MEETING, given).all())


def _free_of(context: ActionContext, body: str, paragraph: str, found: Sequence[Any]) -> int | None:
    """The meeting of the rows of `_MEETING`, unless a paragraph of theirs is the one given."""
    for row in found:
        taken, number = row[1], row[2]
        if number is not None and normal_paragraph(taken) == normal_paragraph(paragraph):
            names = context.policy.body(body).names
            values: dict[str, Any] = {"body": body, "body_names": names, "paragraph": paragraph, "case": number}
            raise Malformed(reason("paragraph-taken", field="paragraph", **values))
    return found[0][0] if found else None


def hold(context: ActionContext, body: str, met_on: date, sitting: Sitting) -> int:
    """Store a meeting and who sat there, unless both are; returns its id."""
    meeting_id, is_frozen = sitting.meeting_id, sitting.is_frozen
    if meeting_id is None:
        meeting_id, is_frozen = _insert(context, body, met_on)
    if sitting.seated and not is_frozen:
        of_meeting = {"municipality_id": context.municipality_id, "meeting_id": meeting_id}
        rows = [{**of_meeting, "person_id": one.person_id, "role": one.role} for one in sitting.seated]
        context.connection.execute(_FREEZE, rows)
    return meeting_id


def _insert(context: ActionContext, body: str, met_on: date) -> tuple[int, bool]:
    """The id of a new meeting, and whether somebody else has stored it meanwhile."""
    row = {
        "municipality_id": context.municipality_id,
        "body_id": context.tenant.body_ids[body],
        "held_on": met_on,
        "created_at": context.now,
    }
    # two cases of one meeting may be entered at once: whoever comes second waits here and finds the row
    dialect = sqlite if context.connection.dialect.name == "sqlite" else postgresql
    hold = dialect.insert(Meeting).on_conflict_do_nothing().returning(Meeting.id)
    new = context.connection.execute(hold, row).scalar()
    if new is None:
        return int(context.connection.execute(_FIND, _of_day(context, body, met_on)).scalar_one()), True
    return int(new), False


def lock(context: ActionContext, meeting_id: int | None) -> None:
    """Keep other confirmations of a meeting away until the transaction ends; SQLite has one writer at a time."""
    if context.connection.dialect.name != "sqlite":
        context.connection.execute(_LOCK, {"municipality": context.municipality_id, "meeting": meeting_id})


def _of_day(context: ActionContext, body: str, met_on: date) -> dict[str, Any]:
    return {"municipality": context.municipality_id, "body": context.tenant.body_ids[body], "day": met_on}
