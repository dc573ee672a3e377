"""By when must this person, in every seat they may act from, do what?

The cases and opinions that wait for them, as on the first page, and the evaluations that their seats report; in one
list, what is due first on top, page by key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from models import Deadline, Engagement, PolicyVersion
from web.auth import User
from web.waiting import Cursor, Waiting, waiting_for
from workflow.act import Gate
from workflow.deadlines import EVALUATION, OPEN
from workflow.policy.values import RESPONSIBLE_KINDS, EvaluationRule, Policy
from workflow.seats import Seat, seat

PAGE = 25
#: What a row is in a cursor, after `web.waiting`'s cases and consultations.
REPORT = 2

_D, _E = Deadline, Engagement


@dataclass(frozen=True, slots=True)
class Own:
    """One thing the reader must do."""

    what: int
    id: int
    due_on: date | None
    number: str
    title: str
    #: The seat it waits for; empty for the reader's own draft.
    role: str
    body: str
    #: Names of those who are away and for whom alone the reader has it.
    absent: tuple[str, ...]
    #: The action the reader is asked for.
    next_action: str
    is_example: bool

    @property
    def cursor(self) -> Cursor:
        """The place after this row."""
        return Cursor(self.due_on, self.what, self.id)

    @property
    def order(self) -> tuple[bool, date, int, int]:
        """Where it stands: the last day first, what has none at the end."""
        return self.due_on is None, self.due_on or date.max, self.what, self.id


def own_deadlines(
    db: Session, gate: Gate, user: User, policy: Policy, after: Cursor | None
) -> tuple[list[Own], Cursor | None]:
    """One page of what a person must do, and where the next one begins."""
    waiting, more = waiting_for(db, user, policy, after)
    found = sorted(
        [*(_waiting(row) for row in waiting), *_reports(db, gate, user, after)],
        key=lambda row: row.order,
    )
    is_more = more is not None or len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].cursor if is_more and len(found) >= PAGE else None


def _waiting(row: Waiting) -> Own:
    told = (row.role, row.body, row.absent, row.next_action, row.is_example)
    return Own(row.what, row.id, row.due_on, row.number, row.title, *told)


def _reports(db: Session, gate: Gate, user: User, after: Cursor | None) -> Iterator[Own]:
    """Evaluations that the person's seats report and that nobody has reported yet, one page of them."""
    seats = dict(_reporting(db, gate, user))
    if not seats:
        return
    query = _matching(seats, after)
    for row in db.execute(query.order_by(_D.due_on, _D.id).limit(PAGE + 1)):
        role, body = held = seats[row.policy_version_id, row.ladder, row.body_id]
        absent = () if held in user.seats else tuple(one.name for one in user.stands_in if one.seat == held)
        told = (role, body, absent, "report-evaluation", row.is_example)
        yield Own(REPORT, row.id, row.due_on, row.subject, row.title, *told)


#: Policy version, ladder and responsible body of evaluations, to the seat that reports them.
_Seats = dict[tuple[int, str, int], Seat]


def _matching(seats: _Seats, after: Cursor | None) -> Select[*tuple[Any, ...]]:
    rules: dict[tuple[int, str], list[int]] = {}
    for version_id, ladder, body_id in seats:
        rules.setdefault((version_id, ladder), []).append(body_id)
    named: list[ColumnElement[bool]] = [
        and_(_D.policy_version_id == version_id, _D.ladder == ladder, _D.body_id.in_(bodies))
        for (version_id, ladder), bodies in rules.items()
    ]
    columns = (_D.id, _D.subject, _D.due_on, _D.ladder, _D.policy_version_id, _D.body_id, _E.title, _E.is_example)
    query = select(*columns).join(_E, _E.id == _D.engagement_id)
    query = query.where(_D.state == OPEN, _D.kind == EVALUATION, or_(*named))
    if after is None:
        return query
    if after.due_on is None:  # all of them have a last day, so all of them stood before
        return query.where(_D.id < 0)
    past = or_(_D.due_on > after.due_on, and_(_D.due_on == after.due_on, _D.id > after.id))
    return query.where(past if after.what == REPORT else _D.due_on >= after.due_on)


def _reporting(db: Session, gate: Gate, user: User) -> Iterator[tuple[tuple[int, str, int], Seat]]:
    """Which evaluations the person reports: by version, rule and body whose matter it is."""
    place = user.municipality
    for version_id in db.execute(select(PolicyVersion.id)).scalars().all():
        policy = gate.policies.by_id(db.connection(), place.id, version_id)
        for rule in policy.evaluations:
            for body in policy.bodies:
                if body.kind in RESPONSIBLE_KINDS and body.key in place.body_ids:
                    held = _seat(policy, rule, body.key)
                    if held is not None and user.holds(*held):
                        yield (version_id, f"{EVALUATION}:{rule.id}", place.body_ids[body.key]), held


def _seat(policy: Policy, rule: EvaluationRule, body: str) -> Seat | None:
    """The seat that reports for a body; None where the body has no administration."""
    try:
        return seat(policy, rule.reports, body)
    except KeyError:
        return None
