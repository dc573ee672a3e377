"""Queries for the cases and opinions that wait for a person.

Each of the person's acting roles is read from its own short range of an index, so that a page costs the same among ten
cases and among a million. Pages are ordered by last day, rows without one at the end.
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
#: A query with any columns.
Part = Select[*tuple[Any, ...]]
#: Kinds of row; cases come first among rows with the same last day.
CASE, CONSULTATION = 0, 1
#: Kind 2, an evaluation (`web.worklist.deadline_queries.REPORT`), always has a last day.
_CURSOR = re.compile(r"^(?!none\.2)(\d{4}-\d\d-\d\d|none)\.([012])\.(\d{1,9})$")


@dataclass(frozen=True, slots=True)
class WorklistCursor:
    """The position after which a page starts."""

    due_on: date | None
    what: int
    id: int

    @classmethod
    def read(cls, given: str) -> WorklistCursor:
        """The inverse of `str`; raises `ValueError` for an invalid text."""
        found = _CURSOR.match(given)
        if found is None:
            raise ValueError(given)
        day, what, id_ = found.groups()
        return cls(None if day == "none" else date.fromisoformat(day), int(what), int(id_))

    def __str__(self) -> str:
        """The cursor as a URL parameter."""
        return f"{self.due_on.isoformat() if self.due_on else 'none'}.{self.what}.{self.id}"


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A case or an opinion that waits for the reader."""

    what: int
    id: int
    due_on: date | None
    #: The acting role it waits for; empty where it waits for the person as officer.
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
    #: Names of absent people, where the reader has the row only as their substitute.
    absent: tuple[str, ...] = ()

    @property
    def cursor(self) -> WorklistCursor:
        """The position after this row."""
        return WorklistCursor(self.due_on, self.what, self.id)

    @property
    def next_action(self) -> str:
        """The action expected of the reader."""
        if self.what == CONSULTATION:
            return "give-opinion"
        if self.state.startswith("confirm-"):
            return "confirm"
        step = self.state.partition(":")[0]
        if step in ("recommend", "decide"):
            return "approve" if self.role == "manager" else "enter-decision"
        return {"draft": "submit", "review": "endorse", "consult": "close-consultation"}.get(step, step)


def worklist_page(
    db: Session, user: User, policy: Policy, after: WorklistCursor | None
) -> tuple[list[WorklistRow], WorklistCursor | None]:
    """A page of what waits for a person and those they substitute, and the cursor of the next; one statement."""
    parts = union_all(*(select(part.subquery()) for part in _parts(user, policy, after))).subquery("parts")
    # limited to one page before the joins: with many seats PostgreSQL would otherwise read the whole table
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
        WorklistRow(
            *(what, id_, due, role, names.get(body, ""), number, title, state, kind, act, names[own], officer, example),
            _absent(user, role, names.get(body, ""), officer_id),
        )
        for what, id_, due, role, body, number, title, state, kind, act, own, officer_id, officer, example in found
    ]
    return rows[:PAGE], rows[PAGE - 1].cursor if len(rows) > PAGE else None


def _absent(user: User, role: str, body: str, officer_id: int) -> tuple[str, ...]:
    """Names of the absent people for whom the reader has a row; empty where it is the reader's own."""
    if role:
        if (role, body) in user.seats:
            return ()
        return tuple(sorted({one.name for one in user.stands_in if one.seat == (role, body)}))
    away = {one.name for one in user.stands_in if one.id == officer_id and one.seat[0] == "officer"}
    return () if officer_id == user.id else tuple(sorted(away))


def _parts(user: User, policy: Policy, after: WorklistCursor | None) -> Iterator[Part]:
    """One limited query per seat for rows with a last day, and one for rows without."""
    body_ids = user.municipality.body_ids
    mine = _cases(literal(""), literal(0)).where(Case.waits_person_id == user.id)
    yield from _ranges(mine, Case.due_on, Case.id, CASE, after)
    for absent in user.stands_in:
        if bodies := _prepared_from(user, policy, absent.seat):
            theirs = _cases(literal(""), literal(0)).where(
                Case.waits_person_id == absent.id, Case.responsible_body_id.in_(bodies)
            )
            yield from _ranges(theirs, Case.due_on, Case.id, CASE, after)
    for role, body in sorted(user.all_seats):
        seat = _cases(literal(role), literal(body_ids[body])).where(
            Case.waits_body_id == body_ids[body], Case.waits_role == role
        )
        yield from _ranges(seat, Case.due_on, Case.id, CASE, after)
    for body in user.bodies_as("secretary"):
        opinions = (
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
        yield from _ranges(opinions, Consultation.due_on, Consultation.id, CONSULTATION, after)


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


def _ranges(
    part: Part,
    due_on: InstrumentedAttribute[date | None],
    id_: InstrumentedAttribute[int],
    what: int,
    after: WorklistCursor | None,
) -> Iterator[Part]:
    """The rows of one part after a cursor: those with a last day in its order, then those without."""
    # in the index's order for both: ordered by id alone, PostgreSQL would read every case
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
