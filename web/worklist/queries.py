"""Which cases wait for a person?

Every seat a person holds has its own short stretch of an index, so that a page costs the same among ten cases and among
a million. Pages go on by key: last day first, what has none at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, literal, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Case, Consultation, Person
from web.auth.session import User
from workflow.policy.model import Policy
from workflow.policy.roles import Seat, preparing_seat

PAGE = 25
#: One query whose rows have any columns.
Part = Select[*tuple[Any, ...]]
#: What a row is; cases come first among those due on the same day.
CASE, CONSULTATION = 0, 1
#: An evaluation, the third of what a person's own deadlines are, always has a last day.
_CURSOR = re.compile(r"^(?!none\.2)(\d{4}-\d\d-\d\d|none)\.([012])\.(\d{1,9})$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after which a page goes on."""

    due_on: date | None
    what: int
    id: int

    @classmethod
    def read(cls, given: str) -> Cursor:
        """What `str` wrote; raises `ValueError` for anything else."""
        found = _CURSOR.match(given)
        if found is None:
            raise ValueError(given)
        day, what, id_ = found.groups()
        return cls(None if day == "none" else date.fromisoformat(day), int(what), int(id_))

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.due_on.isoformat() if self.due_on else 'none'}.{self.what}.{self.id}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the reader."""

    what: int
    id: int
    due_on: date | None
    #: The seat it waits for; empty for what waits for the person alone.
    role: str
    body: str
    number: str
    title: str
    state: str
    engagement: str
    act: str
    responsible: str
    officer: str
    is_example: bool
    #: Names of those who are away and whose turn it is, where the reader has it through them alone.
    absent: tuple[str, ...] = ()

    @property
    def cursor(self) -> Cursor:
        """The place after this row."""
        return Cursor(self.due_on, self.what, self.id)

    @property
    def next_action(self) -> str:
        """The action the reader is asked for."""
        if self.what == CONSULTATION:
            return "give-opinion"
        if self.state.startswith("confirm-"):
            return "confirm"
        step = self.state.partition(":")[0]
        if step in ("recommend", "decide"):
            return "approve" if self.role == "manager" else "enter-decision"
        return {"draft": "submit", "review": "endorse", "consult": "close-consultation"}.get(step, step)


def waiting_for(db: Session, user: User, policy: Policy, after: Cursor | None) -> tuple[list[Waiting], Cursor | None]:
    """One page of what waits for a person or for whom they stand in for, and where the next begins; one statement."""
    parts = union_all(*(select(part.subquery()) for part in _parts(user, policy, after))).subquery("parts")
    # cut to one page before anything is joined: among many seats PostgreSQL would rather read the whole table
    in_order = (parts.c.due_on.is_(None), parts.c.due_on, parts.c.what, parts.c.id)
    keys = select(parts).order_by(*in_order).limit(PAGE + 1).subquery("keys")
    query = (
        select(
            keys.c.what,
            keys.c.id,
            keys.c.due_on,
            keys.c.role,
            keys.c.body_id,
            Case.number,
            Case.title,
            Case.state,
            Case.engagement,
            Case.act,
            Case.responsible_body_id,
            Case.officer_id,
            Person.name,
            Case.is_example,
        )
        .select_from(keys)
        .join(Case, Case.id == keys.c.case_id)
        .join(Person, Person.id == Case.officer_id)
        .order_by(keys.c.due_on.is_(None), keys.c.due_on, keys.c.what, keys.c.id)
        .limit(PAGE + 1)
    )
    names, found = user.municipality.body_keys, db.execute(query)
    rows = [
        Waiting(
            *(what, id_, due, role, names.get(body, ""), number, title, state, kind, act, names[own], officer, example),
            _absent(user, role, names.get(body, ""), officer_id),
        )
        for what, id_, due, role, body, number, title, state, kind, act, own, officer_id, officer, example in found
    ]
    return rows[:PAGE], rows[PAGE - 1].cursor if len(rows) > PAGE else None


def _absent(user: User, role: str, body: str, officer_id: int) -> tuple[str, ...]:
    """Names of those through whom alone the reader has it: nobody where it is the reader's own."""
    if role:
        if (role, body) in user.seats:
            return ()
        return tuple(sorted({one.name for one in user.stands_in if one.seat == (role, body)}))
    away = {one.name for one in user.stands_in if one.id == officer_id and one.seat[0] == "officer"}
    return () if officer_id == user.id else tuple(sorted(away))


def _parts(user: User, policy: Policy, after: Cursor | None) -> Iterator[Part]:
    """One limited query per seat and calendar: what has a last day, and what has none."""
    body_ids = user.municipality.body_ids
    mine = _cases(literal(""), literal(0)).where(Case.waits_person_id == user.id)
    yield from _stretches(mine, Case.due_on, Case.id, CASE, after)
    for absent in user.stands_in:
        if bodies := _prepared_from(user, policy, absent.seat):
            theirs = _cases(literal(""), literal(0)).where(
                Case.waits_person_id == absent.id, Case.responsible_body_id.in_(bodies)
            )
            yield from _stretches(theirs, Case.due_on, Case.id, CASE, after)
    for role, body in sorted(user.all_seats):
        seat = _cases(literal(role), literal(body_ids[body])).where(
            Case.waits_body_id == body_ids[body], Case.waits_role == role
        )
        yield from _stretches(seat, Case.due_on, Case.id, CASE, after)
    for body in user.bodies_as("secretary"):
        asked = (
            select(
                literal(CONSULTATION).label("what"),
                Consultation.id.label("id"),
                Consultation.due_on.label("due_on"),
                Consultation.case_id.label("case_id"),
                literal("secretary").label("role"),
                literal(body_ids[body]).label("body_id"),
            )
            .join(Case, Case.id == Consultation.case_id)
            .where(Consultation.body_id == body_ids[body], Consultation.state == "asked", Case.state == "consult")
        )
        yield from _stretches(asked, Consultation.due_on, Consultation.id, CONSULTATION, after)


def _prepared_from(user: User, policy: Policy, seat: Seat) -> list[int]:
    """Ids of the bodies whose drafts are prepared from an officer's seat."""
    bodies = policy.responsible_bodies()
    return [user.municipality.body_ids[b.key] for b in bodies if preparing_seat(policy, "officer", b.key) == seat]


def _cases(role: Any, body_id: Any) -> Part:
    return select(
        literal(CASE).label("what"),
        Case.id.label("id"),
        Case.due_on.label("due_on"),
        Case.id.label("case_id"),
        role.label("role"),
        body_id.label("body_id"),
    )


def _stretches(
    part: Part,
    due_on: InstrumentedAttribute[date | None],
    id_: InstrumentedAttribute[int],
    what: int,
    after: Cursor | None,
) -> Iterator[Part]:
    """The rows of one part after a place: those with a last day in its order, then those without."""
    # by the index's own order in both: ordered by id alone, PostgreSQL would rather walk every case there is
    dated = part.where(due_on.is_not(None)).order_by(due_on, id_).limit(PAGE + 1)
    undated = part.where(due_on.is_(None)).order_by(due_on, id_).limit(PAGE + 1)
    if after is None:
        yield from (dated, undated)
    elif after.due_on is None:
        if what >= after.what:
            yield undated.where(id_ > after.id) if what == after.what else undated
    else:
        if what == after.what:
            yield dated.where(tuple_(due_on, id_) > tuple_(after.due_on, after.id))
        else:
            yield dated.where(due_on >= after.due_on if what > after.what else due_on > after.due_on)
        yield undated
