"""Recipients of mail addressed to a seat.

Every active person with an address who holds the seat today, and their substitutes of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, select

from models import Appointment, Person, Substitute
from workflow.cases.acting_roles import ABSENT, holds_today, is_in_force

#: Id of a body and the role in it.
SeatId = tuple[int, str]
#: What a person may want: a mail for each notice, one a day, or none.
WANTS = ("each", "daily", "none")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person who is told."""

    person_id: int
    #: each or daily.
    wanted: str


_wants = (Person.is_active, Person.email != "", Person.mail_wanted.in_(("each", "daily")))


def recipients(
    connection: Connection, municipality_id: int, seats: Iterable[SeatId], today: date
) -> Mapping[SeatId, tuple[Recipient, ...]]:
    """Who is told of what is addressed to some seats, each person once a seat; two statements."""
    wanted = sorted(set(seats))
    found: dict[SeatId, dict[int, Recipient]] = {seat: {} for seat in wanted}
    for query in (_holders(municipality_id, wanted), _stand_ins(municipality_id, wanted)):
        for body_id, role, person_id, wants in connection.execute(query, {"today": today}):
            if (body_id, role) in found:  # asked by body and by role, which an index answers
                found[body_id, role].setdefault(person_id, Recipient(person_id, wants))
    return {seat: tuple(people[id_] for id_ in sorted(people)) for seat, people in found.items()}


def _holders(municipality_id: int, seats: list[SeatId]) -> Select[int, str, int, str]:
    a = Appointment
    return (
        select(a.body_id, a.role, Person.id, Person.mail_wanted)
        .join(Person, Person.id == a.person_id)
        .where(a.municipality_id == municipality_id, *_asked(a, seats), *holds_today(a), *_wants)
    )


def _stand_ins(municipality_id: int, seats: list[SeatId]) -> Select[int, str, int, str]:
    """As `workflow.cases.acting_roles` has it: a substitute has no more than the absent person has that day."""
    s = Substitute
    return (
        select(s.body_id, s.role, Person.id, Person.mail_wanted)
        .join(Person, Person.id == s.substitute_id)
        .join(ABSENT, ABSENT.c.id == s.person_id)
        .where(*_asked(s, seats), *is_in_force(municipality_id, s.substitute_id), *_wants)
    )


def _asked(table: type[Appointment] | type[Substitute], seats: list[SeatId]) -> tuple[ColumnElement[bool], ...]:
    return table.body_id.in_({body for body, _role in seats}), table.role.in_({role for _body, role in seats})
