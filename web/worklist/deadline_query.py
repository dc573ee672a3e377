"""By when must this person, in every seat they may act from, do what?

The cases and opinions that wait for them, as on the first page, and the evaluations that their seats report; in one
list, what is due first on top, page by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from models import Deadline, Engagement, PolicyVersion
from web.auth.session import User
from web.worklist.queries import SOONEST_FIRST, Waiting, waiting_for
from workflow.cases.gate import Gate
from workflow.deadlines import EVALUATION, OPEN
from workflow.policy.model import RESPONSIBLE_KINDS, EvaluationRule, Policy
from workflow.policy.roles import Seat, seat

PAGE = 25
#: Evaluations due so many days ahead, or fewer; the calendar has the others.
AHEAD = timedelta(days=180)
#: What a row is in a cursor, after `web.worklist.queries`'s cases and consultations.
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
    def key(self) -> tuple[date | None, int, int]:
        """Its key in the list's order."""
        return self.due_on, self.what, self.id

    @property
    def order(self) -> tuple[bool, date, int, int]:
        """Where it stands: the last day first, what has none at the end."""
        return self.due_on is None, self.due_on or date.max, self.what, self.id


def own_deadlines(
    db: Session, gate: Gate, user: User, policy: Policy, after: tuple[Any, ...], today: date
) -> tuple[Sequence[Own], str]:
    """One page of what a person must do, and where the next one begins."""
    waiting, more = waiting_for(db, user, policy, after)
    found = sorted(
        [*(_waiting(row) for row in waiting), *reports(db, gate, user, today + AHEAD, after)],
        key=lambda row: row.order,
    )
    is_more = bool(more) or len(found) > PAGE
    return found[:PAGE], SOONEST_FIRST.cursor(found[PAGE - 1].key) if is_more and len(found) >= PAGE else ""


def _waiting(row: Waiting) -> Own:
    told = (row.role, row.body, row.absent, row.next_action, row.is_example)
    return Own(row.what, row.id, row.due_on, row.number, row.title, *told)


def reports(db: Session, gate: Gate, user: User, last: date, after: tuple[Any, ...] = ()) -> Iterator[Own]:
    """Evaluations due by a day that the person's seats report and that nobody has reported yet, one page of them."""
    seats = dict(_reporting(db, gate, user))
    if not seats:
        return
    query = _matching(seats, after, last)
    for row in db.execute(query.order_by(_D.due_on, _D.id).limit(PAGE + 1)):
        role, body = held = seats[row.policy_version_id, row.ladder, row.body_id]
        absent = () if held in user.seats else tuple(one.name for one in user.stands_in if one.seat == held)
        told = (role, body, absent, "report-evaluation", row.is_example)
        yield Own(REPORT, row.id, row.due_on, row.subject, row.title, *told)


#: Policy version, ladder and responsible body of evaluations, to the seat that reports them.
_Seats = dict[tuple[int, str, int], Seat]


def _matching(seats: _Seats, after: tuple[Any, ...], last: date) -> Select[*tuple[Any, ...]]:
    """One limited query for each body, each a short stretch of an index; what they find is joined afterwards."""
    bodies: dict[int, list[tuple[int, str]]] = {}
    for version_id, ladder, body_id in seats:
        bodies.setdefault(body_id, []).append((version_id, ladder))
    parts = [_of_body(body_id, rules, after, last) for body_id, rules in bodies.items()]
    keys = union_all(*(select(part.subquery()) for part in parts)).subquery("keys")
    columns = (_D.id, _D.subject, _D.due_on, _D.ladder, _D.policy_version_id, _D.body_id, _E.title, _E.is_example)
    return select(*columns).select_from(keys).join(_D, _D.id == keys.c.id).join(_E, _E.id == _D.engagement_id)


def _of_body(
    body_id: int, rules: list[tuple[int, str]], after: tuple[Any, ...], last: date
) -> Select[*tuple[Any, ...]]:
    named = [and_(_D.policy_version_id == version_id, _D.ladder == ladder) for version_id, ladder in rules]
    query = select(_D.id.label("id")).where(_D.body_id == body_id, _D.state == OPEN, _D.due_on <= last, or_(*named))
    return SOONEST_FIRST.over(_D.due_on, REPORT, _D.id).page(query, after, PAGE)


def _reporting(db: Session, gate: Gate, user: User) -> Iterator[tuple[tuple[int, str, int], Seat]]:
    """Which evaluations the person reports: by version, rule and body whose matter it is."""
    tenant = user.municipality
    for version_id in db.execute(select(PolicyVersion.id)).scalars().all():
        policy = gate.policies.by_id(db.connection(), tenant.id, version_id)
        for rule in policy.evaluations:
            for body in policy.bodies:
                if body.kind in RESPONSIBLE_KINDS and body.key in tenant.body_ids:
                    held = _seat(policy, rule, body.key)
                    if held is not None and user.holds(*held):
                        yield (version_id, f"{EVALUATION}:{rule.id}", tenant.body_ids[body.key]), held


def _seat(policy: Policy, rule: EvaluationRule, body: str) -> Seat | None:
    """The seat that reports for a body; None where the body has no administration."""
    try:
        return seat(policy, rule.reports, body)
    except KeyError:
        return None
