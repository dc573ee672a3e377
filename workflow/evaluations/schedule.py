"""Schedule of an engagement's evaluations and of its agreed end.

The policy's evaluation rules give evaluations with a due day each; an agreed end gives a deadline, on which the
engagement lapses unless a case has renewed it. Written in the transaction that enters, renews or ends the engagement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from models import Evaluation
from workflow import deadlines
from workflow.core.calendar import end_of, months_later
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION, EXPIRY, Due
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import Request

#: Data of the trail entry of the act that plans.
EntryData = dict[str, Any]
#: States of an evaluation that is not over.
UNFINISHED = ("pending", "under-way", "reported")
#: States of one that nothing has come of yet, so that another plan may replace it.
UNTOUCHED = ("pending", "under-way")

_PLAN = insert(Evaluation)


@dataclass(frozen=True, slots=True)
class Planned:
    """The engagement that is planned for."""

    id: int
    number: str
    #: Key of the responsible body.
    body: str
    policy_version_id: int


def plan(
    connection: Connection,
    tenant: Tenant,
    policy: Policy,
    request: Request,
    engagement: Planned,
    *,
    starts: date,
    ends: date | None,
    now: datetime,
) -> EntryData:
    """Plan the evaluations and the end of an engagement that has been entered or registered."""
    due = [(rule, day) for rule in rules_for(policy, request) if (day := due_day(rule, starts, ends)) is not None]
    dues = _evaluations(connection, tenant, engagement, due)
    if ends is not None:
        dues.append(_end(engagement, ends))
    deadlines.set_deadlines(connection, tenant, policy, engagement.policy_version_id, dues, now=now)
    return _entry_data(dues)


def plan_next(
    connection: Connection,
    tenant: Tenant,
    policy: Policy,
    engagement: Planned,
    rules: Iterable[EvaluationRule],
    *,
    since: date,
    now: datetime,
) -> EntryData:
    """Plan the next evaluation under each rule that comes again at intervals."""
    due = [(rule, months_later(since, rule.every)) for rule in rules if rule.every is not None]
    dues = _evaluations(connection, tenant, engagement, due)
    deadlines.set_deadlines(connection, tenant, policy, engagement.policy_version_id, dues, now=now)
    return _entry_data(dues)


def renewed(
    connection: Connection,
    tenant: Tenant,
    policy: Policy,
    request: Request,
    engagement: Planned,
    *,
    ends: date | None,
    now: datetime,
) -> EntryData:
    """Plan anew what hangs on the agreed end: the evaluation before it, and the end itself."""
    rules = [rule for rule in rules_for(policy, request) if rule.before_expiry is not None]
    cancelled = cancel(connection, tenant, engagement.id, [rule.id for rule in rules])
    due = [(rule, day) for rule in rules if (day := due_day(rule, ends or date.max, ends)) is not None]
    dues = _evaluations(connection, tenant, engagement, due)
    if ends is None:
        deadlines.close(connection, tenant, EXPIRY, engagement.number)
    else:
        dues.append(_end(engagement, ends))
    deadlines.set_deadlines(connection, tenant, policy, engagement.policy_version_id, dues, now=now)
    return _entry_data(dues, cancelled)


def ended(
    connection: Connection,
    tenant: Tenant,
    policy: Policy,
    engagement: Planned,
    *,
    ends: date,
    today: date,
    now: datetime,
) -> EntryData:
    """Nothing is evaluated any more; an end still to come stays a deadline, on which the engagement lapses."""
    cancelled = cancel(connection, tenant, engagement.id)
    if ends < today:
        deadlines.close(connection, tenant, EXPIRY, engagement.number)
        return _entry_data((), cancelled)
    due = _end(engagement, ends)
    deadlines.set_deadlines(connection, tenant, policy, engagement.policy_version_id, [due], now=now)
    return _entry_data([due], cancelled)


def cancel(connection: Connection, tenant: Tenant, engagement_id: int, rules: Iterable[str] | None = None) -> list[str]:
    """Cancel an engagement's evaluations that nothing has come of yet, of some rules or of all; returns their numbers.

    They get no entry of their own: that of the act which makes them pointless names them.
    """
    of_it = [
        Evaluation.municipality_id == tenant.id,
        Evaluation.engagement_id == engagement_id,
        Evaluation.state.in_(UNTOUCHED),
    ]
    if rules is not None:
        of_it.append(Evaluation.rule.in_(list(rules)))
    cancelling = update(Evaluation).where(*of_it).values(state="cancelled").returning(Evaluation.number)
    numbers = list(connection.execute(cancelling).scalars())
    deadlines.close(connection, tenant, EVALUATION, *numbers)
    return sorted(numbers)


def rules_for(policy: Policy, request: Request) -> list[EvaluationRule]:
    """Evaluation rules that hold for an engagement."""
    return [rule for rule in policy.evaluations if rule.when.holds(request)]


def due_day(rule: EvaluationRule, starts: date, ends: date | None) -> date | None:
    """The first day an evaluation is due; None when it stands before an expiry that is not agreed."""
    if rule.on is not None:
        return rule.on
    if rule.every is not None:
        return months_later(starts, rule.every)
    return months_later(ends, -(rule.before_expiry or 0)) if ends else None


def _entry_data(dues: Iterable[Due], cancelled: Iterable[str] = ()) -> EntryData:
    data: EntryData = {"due": {f"{due.kind} {due.subject}": due.due_on.isoformat() for due in dues}}
    return {name: found for name, found in (data | {"cancelled": list(cancelled)}).items() if found}


def _end(engagement: Planned, ends: date) -> Due:
    return Due(EXPIRY, engagement.number, EXPIRY, ends, engagement.body, engagement_id=engagement.id)


def _evaluations(
    connection: Connection, tenant: Tenant, engagement: Planned, due: list[tuple[EvaluationRule, date]]
) -> list[Due]:
    """Write the evaluations; returns the deadlines they are to have."""
    if not due:
        return []
    first = next_in(connection, tenant.id, "v", len(due))
    numbers = [f"{tenant.key}-v-{first + index:05d}" for index in range(len(due))]
    rows = [
        {
            "municipality_id": tenant.id,
            "number": number,
            "engagement_id": engagement.id,
            "rule": rule.id,
            "policy_version_id": engagement.policy_version_id,
            "state": "pending",
            "due_on": day,
            "due_at": end_of(day, tenant.timezone),
            "version": 0,
            "head_hash": "",
            "report": {},
        }
        for number, (rule, day) in zip(numbers, due, strict=True)
    ]
    connection.execute(_PLAN, rows)
    return [
        Due(EVALUATION, number, f"{EVALUATION}:{rule.id}", day, engagement.body, engagement_id=engagement.id)
        for number, (rule, day) in zip(numbers, due, strict=True)
    ]
