"""Queries for a person's own deadlines: the rows of the worklist, and the evaluations that their seats report.

One list, ordered by last day and paged by key.
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
from web.worklist.queries import SOONEST_FIRST, WorklistRow, worklist_page
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.deadlines import EVALUATION, OPEN
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.roles import Seat, seat
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

PAGE = 25
#: How far ahead evaluations are listed; later ones are in the calendar of evaluations.
AHEAD = timedelta(days=180)
#: The kind of row after `CASE` and `CONSULTATION` of `web.worklist.queries`.
REPORT = 2

_D, _E = Deadline, Engagement


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A case, an opinion or an evaluation with the reader's last day."""

    what: int
    id: int
    due_on: date | None
    number: str
    title: str
    #: The acting role it waits for; empty for the reader's own draft.
    role: str
    body: str
    #: Names of absent people, where the reader has the row only as their substitute.
    absent: tuple[str, ...]
    #: The action expected of the reader.
    next_action: str
    is_example: bool

    @property
    def key(self) -> tuple[date | None, int, int]:
        """Its key in the list's order."""
        return self.due_on, self.what, self.id

    @property
    def order(self) -> tuple[bool, date, int, int]:
        """The sort key: by last day, rows without one at the end."""
        return self.due_on is None, self.due_on or date.max, self.what, self.id


def own_deadlines(
    db: Session, services: Services, user: User, policy: Policy, after: tuple[Any, ...], today: date
) -> tuple[Sequence[DeadlineRow], str]:
    """A page of a person's deadlines, and the cursor of the next."""
    waiting, more = worklist_page(db, user, policy, after)
    found = sorted(
        [*(_deadline_row(row) for row in waiting), *evaluations_to_report(db, services, user, today + AHEAD, after)],
        key=lambda row: row.order,
    )
    is_more = bool(more) or len(found) > PAGE
    return found[:PAGE], SOONEST_FIRST.cursor(found[PAGE - 1].key) if is_more and len(found) >= PAGE else ""


def _deadline_row(row: WorklistRow) -> DeadlineRow:
    facts = (row.role, row.body, row.absent, row.next_action, row.is_example)
    return DeadlineRow(row.what, row.id, row.due_on, row.number, row.title, *facts)


def evaluations_to_report(
    db: Session, services: Services, user: User, last: date, after: tuple[Any, ...] = ()
) -> Iterator[DeadlineRow]:
    """Unreported evaluations due by a day that the person's seats report; one page."""
    seats = dict(_reporting(db, services, user))
    if not seats:
        return
    reader = reader_of(db, services.policies, user.municipality, user)
    query = _matching(seats, after, last).where(reader.may_read_engagement())
    for row in db.execute(query.order_by(_D.due_on, _D.id).limit(PAGE + 1)):
        role, body = held = seats[row.policy_version_id, row.ladder, row.body_id]
        absent = () if held in user.seats else tuple(one.name for one in user.stands_in if one.seat == held)
        facts = (role, body, absent, "report-evaluation", row.is_example)
        yield DeadlineRow(REPORT, row.id, row.due_on, row.subject, row.title, *facts)


#: The reporting seat of evaluations by policy version, ladder and responsible body.
_Seats = dict[tuple[int, str, int], Seat]


def _matching(seats: _Seats, after: tuple[Any, ...], last: date) -> Select[*tuple[Any, ...]]:
    """One limited query for each body, each a short range of an index, joined afterwards."""
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


def _reporting(db: Session, services: Services, user: User) -> Iterator[tuple[tuple[int, str, int], Seat]]:
    """The evaluations that the person reports, by version, rule and responsible body."""
    tenant = user.municipality
    for version_id in db.execute(select(PolicyVersion.id)).scalars().all():
        policy = services.policies.by_id(db.connection(), tenant.id, version_id)
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
