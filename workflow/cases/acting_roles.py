"""Acting roles: the seats a person may act from today, their own and those of absent people they substitute for.

A substitute never has more than the absent person has that day: both must be active, the absent person must hold the
seat and the substitute an appointment of their own in the same body. `workflow.people.substitutes` names substitutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)

from models import Appointment, Decision, MeetingMember, Person, Substitute
from workflow.policy.roles import Seat as Seat

#: Roles without substitutes: a member's deputy is called to the meeting, an auditor and an administrator are appointed
#: in person.
NEVER_SUBSTITUTED = ("admin", "auditor", "member")
#: Appointments that do not make somebody one of the body's own people.
APART = ("admin", "auditor")
#: The role of who chaired a meeting and no longer chairs the body: they confirm what was entered of it, no more.
PRESIDING = "presiding"
#: Appointments of those who are elected; only they stand in for a chair.
ELECTED = ("chair", "member")


@dataclass(frozen=True, slots=True, order=True)
class Substitution:
    """An absent person, and the seat of theirs that somebody else may act from today."""

    seat: Seat
    public_id: str
    id: int
    username: str
    name: str


class Capacity(NamedTuple):
    """A seat to act from, and whose it is when it is not one's own."""

    seat: Seat
    absent: Substitution | None = None

    @property
    def on_behalf_of(self) -> str:
        """Opaque id of the absent person; empty for a seat of one's own."""
        return self.absent.public_id if self.absent else ""


def capacities(own: frozenset[Seat], stands_in: tuple[Substitution, ...], seat: Seat) -> tuple[Capacity, ...]:
    """Capacities in which somebody may act from a seat: their own first, then for each absent person."""
    mine = (Capacity(seat),) if seat in own else ()
    return (*mine, *(Capacity(seat, absent) for absent in stands_in if absent.seat == seat))


def bodies_as(own: frozenset[Seat], stands_in: tuple[Substitution, ...], role: str) -> tuple[str, ...]:
    """Keys of the bodies in which somebody may act in a role today, first those where they hold it."""
    held = sorted(body for named, body in own if named == role)
    return tuple(dict.fromkeys((*held, *sorted(one.seat[1] for one in stands_in if one.seat[0] == role))))


# -- from the database

MUNICIPALITY: BindParameter[int] = bindparam("municipality")
ACTOR: BindParameter[int] = bindparam("actor")
TODAY: BindParameter[date] = bindparam("today")

_absent, _theirs, _mine = Person.__table__.alias("absent"), Appointment.__table__, Appointment.__table__.alias("mine")
_sub = Substitute.__table__.c


def holds_today(appointment: Any) -> tuple[ColumnElement[bool], ...]:
    """Conditions under which an appointment gives its seat today; a deputy for meetings has none."""
    return (
        appointment.starts_on <= TODAY,
        or_(appointment.ends_on.is_(None), appointment.ends_on >= TODAY),
        appointment.deputy_for_id.is_(None),
    )


def _literals(*texts: str) -> list[ColumnElement[str]]:
    """Constants written into the SQL; a list passed as parameters would be expanded for every statement."""
    return [literal_column(f"'{text}'", String) for text in texts]


_NOBODY, _CHAIR = _literals("", "chair")
_OWN = select(
    _theirs.c.role,
    _theirs.c.body_id,
    literal_column("0", Integer).label("absent_id"),
    _NOBODY.label("absent_public_id"),
    _NOBODY.label("absent_username"),
    _NOBODY.label("absent_name"),
).where(_theirs.c.municipality_id == MUNICIPALITY, _theirs.c.person_id == ACTOR, *holds_today(_theirs.c))

_DECISION, _SEATED = Decision.__table__.c, MeetingMember.__table__.c


def _is_presided(municipality_id: Any, person_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Conditions under which a decision waits to be confirmed whose meeting a person chaired."""
    return (
        _DECISION.municipality_id == municipality_id,
        literal_column("decision.state = 'entered'", Boolean),
        _SEATED.meeting_id == _DECISION.meeting_id,
        _SEATED.person_id == person_id,
        _SEATED.role == _CHAIR,
    )


#: Bodies in which a person chaired a meeting one of whose decisions waits to be confirmed, whoever chairs them today.
_PRESIDED = select(
    literal_column(f"'{PRESIDING}'", String),
    _DECISION.body_id,
    literal_column("0", Integer).label("absent_id"),
    _NOBODY.label("absent_public_id"),
    _NOBODY.label("absent_username"),
    _NOBODY.label("absent_name"),
).where(*_is_presided(MUNICIPALITY, ACTOR))

#: The absent person of a substitution, to be joined by `Substitute.person_id`.
ABSENT = _absent


def is_in_force(municipality_id: Any, substitute_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Conditions under which a substitution holds today: both hold what they must, and the absent person is active.

    The absent person must hold the seat, and the substitute a seat in the same body; for a chair, an elected one.
    """
    mine, theirs = _mine.c, _theirs.c
    return (
        _sub.municipality_id == municipality_id,
        _sub.starts_on <= TODAY,
        _sub.ends_on >= TODAY,
        _sub.role.not_in(_literals(*NEVER_SUBSTITUTED)),
        _absent.c.is_active,
        select(theirs.id)
        .where(
            theirs.municipality_id == municipality_id,
            theirs.person_id == _sub.person_id,
            theirs.body_id == _sub.body_id,
            theirs.role == _sub.role,
            *holds_today(theirs),
        )
        .exists(),
        select(mine.id)
        .where(
            mine.municipality_id == municipality_id,
            mine.person_id == substitute_id,
            mine.body_id == _sub.body_id,
            or_(mine.role.in_(_literals(*ELECTED)), and_(_sub.role != _CHAIR, mine.role.not_in(_literals(*APART)))),
            *holds_today(mine),
        )
        .exists(),
    )


def is_seated(municipality_id: Any, person_id: Any) -> ColumnElement[bool]:
    """Whether somebody holds a seat today, stands in at one, or has a record to confirm; without, they read nothing."""
    seat = Appointment.__table__.alias("seat").c
    held = select(seat.id).where(
        seat.municipality_id == municipality_id, seat.person_id == person_id, *holds_today(seat)
    )
    stood = (
        select(_sub.id)
        .join(_absent, _absent.c.id == _sub.person_id)
        .where(_sub.substitute_id == person_id, *is_in_force(municipality_id, person_id))
    )
    presided = select(_DECISION.id).where(*_is_presided(municipality_id, person_id))
    return or_(held.exists(), stood.exists(), presided.exists())


_STOOD = (
    select(_sub.role, _sub.body_id, _absent.c.id, _absent.c.public_id, _absent.c.username, _absent.c.name)
    .join(_absent, _absent.c.id == _sub.person_id)
    .where(_sub.substitute_id == ACTOR, *is_in_force(MUNICIPALITY, ACTOR))
)

#: Rows (role, body_id, absent_…) of everything `actor` may act from `today`; no absent person where the seat is theirs.
SEATS_TODAY = union_all(_OWN, _STOOD, _PRESIDED).subquery("seats")


def seats_of(rows: Iterable[Row[Any] | Any]) -> tuple[frozenset[Seat], tuple[Substitution, ...]]:
    """Own seats and substitutions; rows carry role, body (its key) and the columns of `SEATS_TODAY`."""
    own, others = set(), set()
    for row in rows:
        if row.role is None:
            continue
        seat = (row.role, row.body)
        if row.absent_id:
            others.add(Substitution(seat, row.absent_public_id, row.absent_id, row.absent_username, row.absent_name))
        else:
            own.add(seat)
    own -= {(PRESIDING, body) for role, body in own if role == "chair"}
    return frozenset(own), tuple(sorted(others))
