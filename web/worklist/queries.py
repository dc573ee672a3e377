"""Queries for the cases and opinions that wait for a person.

Each of the person's acting roles is read from its own short range of an index, so that a page costs the same among ten
cases and among a million. Pages are ordered by last day, rows without one at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from models import Case, Consultation, Decision, MeetingMember, Person
from web.auth.session import User
from web.ui.pagination import Key, Keyset
from workflow.cases.acting_roles import PRESIDING
from workflow.policy.actions import AWAITING_COUNTERPART
from workflow.policy.model import Policy
from workflow.policy.roles import Seat, preparing_seat

PAGE = 25
#: A query with any columns.
Part = Select[*tuple[Any, ...]]
#: Kinds of row; cases come first among rows with the same last day.
CASE, CONSULTATION = 0, 1
#: By last day, rows without one at the end; evaluations are kind 2 (`web.worklist.deadline_queries.REPORT`).
SOONEST_FIRST = Keyset("waiting", (Key(Case.due_on, date, nullable=True), Key(CASE), Key(Case.id)))

#: What is expected of whoever a case waits for, by step or state; an action of the same name for others.
_NEXT_ACTIONS = {
    "draft": "submit",
    "review": "endorse",
    "consult": "close-consultation",
    AWAITING_COUNTERPART: "record-counterpart",
}


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
    #: Whether a draft has been handed in before, and was referred back.
    was_submitted: bool
    #: Names of absent people, where the reader has the row only as their substitute.
    absent: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[date | None, int, int]:
        """Its key in the list's order."""
        return self.due_on, self.what, self.id

    @property
    def next_action(self) -> str:
        """The action expected of the reader."""
        if self.what == CONSULTATION:
            return "give-opinion"
        if self.state.startswith("confirm-"):
            return "confirm"
        if self.state == "draft" and self.was_submitted:
            return "resubmit"
        step = self.state.partition(":")[0]
        if step in ("recommend", "decide"):
            return "approve" if self.role == "manager" else "enter-decision"
        return _NEXT_ACTIONS.get(step, step)


def worklist_page(db: Session, user: User, policy: Policy, after: tuple[Any, ...]) -> tuple[Sequence[WorklistRow], str]:
    """A page of what waits for a person and those they substitute, and the cursor of the next; one statement."""
    parts = union_all(*(select(part.subquery()) for part in _parts(user, policy, after))).subquery("parts")
    # limited to one page before the joins: with many seats PostgreSQL would otherwise read the whole table
    in_order = SOONEST_FIRST.over(parts.c.due_on, parts.c.what, parts.c.id).order_by()
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
            Case.submitted_by_id,
        )
        .select_from(keys)
        .join(Case, Case.id == keys.c.case_id)
        .join(Person, Person.id == Case.officer_id)
        .order_by(*SOONEST_FIRST.over(keys.c.due_on, keys.c.what, keys.c.id).order_by())
        .limit(PAGE + 1)
    )
    names, found = user.municipality.body_keys, db.execute(query)
    rows = [
        WorklistRow(
            *(what, id_, due, role, names.get(body, ""), number, title, state, kind, act, names[own], officer, example),
            by is not None,
            _absent(user, role, names.get(body, ""), officer_id),
        )
        for what, id_, due, role, body, number, title, state, kind, act, own, officer_id, officer, example, by in found
    ]
    return SOONEST_FIRST.cut(rows, PAGE, lambda row: row.key)


def _absent(user: User, role: str, body: str, officer_id: int) -> tuple[str, ...]:
    """Names of the absent people for whom the reader has a row; empty where it is the reader's own."""
    if role:
        if (role, body) in user.seats:
            return ()
        return tuple(sorted({one.name for one in user.stands_in if one.seat == (role, body)}))
    away = {one.name for one in user.stands_in if one.id == officer_id and one.seat[0] == "officer"}
    return () if officer_id == user.id else tuple(sorted(away))


def _parts(user: User, policy: Policy, after: tuple[Any, ...]) -> Iterator[Part]:
    """One limited query per seat for rows with a last day, and one for rows without."""
    body_ids = user.municipality.body_ids
    mine = _cases(literal(""), literal(0)).where(Case.waits_person_id == user.id)
    yield from SOONEST_FIRST.over(Case.due_on, CASE, Case.id).stretches(mine, after, PAGE)
    for absent in user.stands_in:
        if bodies := _prepared_from(user, policy, absent.seat):
            theirs = _cases(literal(""), literal(0)).where(
                Case.waits_person_id == absent.id, Case.responsible_body_id.in_(bodies)
            )
            yield from SOONEST_FIRST.over(Case.due_on, CASE, Case.id).stretches(theirs, after, PAGE)
    for role, body in sorted(user.all_seats):
        seat = _cases(literal(role), literal(body_ids[body])).where(
            Case.waits_body_id == body_ids[body], Case.waits_role == role
        )
        yield from SOONEST_FIRST.over(Case.due_on, CASE, Case.id).stretches(seat, after, PAGE)
    for body in user.bodies_as(PRESIDING):
        records = _cases(literal(PRESIDING), literal(body_ids[body])).where(
            Case.waits_body_id == body_ids[body], Case.waits_role == "chair", Case.id.in_(_records_presided_by(user.id))
        )
        yield from SOONEST_FIRST.over(Case.due_on, CASE, Case.id).stretches(records, after, PAGE)
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
        yield from SOONEST_FIRST.over(Consultation.due_on, CONSULTATION, Consultation.id).stretches(
            opinions, after, PAGE
        )


def _records_presided_by(person_id: int) -> Select[int]:
    """Ids of the cases with a record that waits, of a meeting that a person chaired."""
    of_meeting = MeetingMember.meeting_id == Decision.meeting_id
    mine = (MeetingMember.person_id == person_id, MeetingMember.role == "chair")
    return select(Decision.case_id).join(MeetingMember, of_meeting).where(Decision.state == "entered", *mine)


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
