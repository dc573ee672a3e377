"""Migration of a running case to the policy version in force.

By an administrator, with reasons, one case at a time and each in its own transaction with its trail entry, and only
where nothing is skipped (`workflow.policy.diff.migration` says where it would stand). A case that is not moved stays
under its version for good. Moving decides nothing, but it chooses the rules, so four eyes count it: who has prepared a
case or acted on its route does not move it, and who has moved it does not act on that route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models import Engagement
from workflow import deadlines
from workflow.cases import gate, predicates
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.result import ActionResult
from workflow.cases.authorization import Verdict, four_eyes_objections, missing_before
from workflow.cases.context import CaseContext
from workflow.cases.routing import pinned, request_data
from workflow.cases.services import Services
from workflow.cases.written import BeforeCommit, written_by
from workflow.core.calendar import after
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotCompetent, NotMandated, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.deadlines import CONSULTATION, STEP, Due
from workflow.policy.actions import OPERATIONS
from workflow.policy.competence import Answer
from workflow.policy.diff.migration import CasePosition, Destination, destination
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.request_domain import Request
from workflow.policy.roles import Seat, next_seat
from workflow.policy.state_machine import Stop, procedure_for
from workflow.versions.service import may_administer

#: The operation's name in the trail.
MOVE = "move"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case in a bulk: its new version, or why it stays where it is."""

    number: str
    version: int | None
    reasons: tuple[Reason, ...] = ()


def move(
    services: Services,
    actor_id: int,
    number: str,
    version: str,
    *,
    now: datetime,
    expected_version: int,
    comment: str,
    before_commit: BeforeCommit | None = None,
) -> ActionResult:
    """Move a case to the version in force, which must be the one named; `before_commit` runs in its transaction.

    Raises `NotFound`, `Malformed` without reasons given, `NotMandated`, `CaseChanged`, then `NotCompetent` with the
    clause where the new version forbids the request, or `ActionNotOpen` with every step that would be skipped.
    """
    with gate.transaction(services, actor_id, number, MOVE, now=now) as context:
        s = context.case_context
        context.comment = str(clean(comment, "comment")).strip()
        if not context.comment:
            raise Malformed(reason("reason-needed", field="comment"))
        context.verdict = _authorize(s)
        if s.case.version != expected_version:
            raise CaseChanged(reason("changed", version=s.case.version))
        version_id, new = services.policies.in_force(context.connection, context.municipality_id, s.today)
        request = _request(context.connection, s, new)
        to = _open(s, request, new.on(s.today), version)
        assert to.answer is not None  # an open destination has one
        _repin(context, _Under(version_id, new, request, to.state, to.answer))
        result = gate.write(context, to.state)
        if before_commit is not None:
            before_commit(replace(written_by(context, result), history=None))
        return result


def foreseen(services: Services, connection: Connection, tenant: Tenant, s: CaseContext) -> tuple[Policy, Destination]:
    """The version in force today, and where a case would stand under it or every reason why it stays."""
    _id, in_force = services.policies.in_force(connection, tenant.id, s.today)
    new = in_force.on(s.today)
    request = _request(connection, s, new)
    try:
        return new, _open(s, request, new, new.version)
    except WorkflowError as refusal:
        answer = destination(_stand(s, request), new).answer
        return new, Destination("", answer, refusal.reasons)


def move_all(
    services: Services, actor_id: int, cases: Iterable[tuple[str, int]], version: str, *, now: datetime, comment: str
) -> tuple[Outcome, ...]:
    """Move some cases (number and the version seen), each by itself; what cannot be moved stays and says why."""
    outcomes = []
    for number, seen in cases:
        try:
            reached = move(services, actor_id, number, version, now=now, expected_version=seen, comment=comment)
            outcomes.append(Outcome(number, reached.version))
        except (NotCompetent, ActionNotOpen, CaseChanged, NotMandated) as refusal:
            outcomes.append(Outcome(number, None, refusal.reasons))
    return tuple(outcomes)


def _authorize(s: CaseContext) -> Verdict:
    """The verdict on moving a case, from an administrator's seat; raises `NotMandated`."""
    if not may_administer(s.actor):
        raise NotMandated(reason("admins-only"))
    if objection := next(four_eyes_objections(s, OPERATIONS[MOVE]), None):
        raise NotMandated(objection)
    return Verdict(True, (), tuple(s.case.clauses), ("admin", s.actor.bodies_as("admin")[0]))


def _open(s: CaseContext, request: Request, new: Policy, version: str) -> Destination:
    """Where the case would stand, its request as the new version reads it; raises with every reason why it stays."""
    if new.version != version:
        raise ActionNotOpen(reason("move-not-in-force", version=new.version))
    if new.digest == s.policy.digest:
        raise ActionNotOpen(reason("move-same"))
    to = destination(_stand(s, request), new)
    if not to.is_open:
        forbidden = to.answer is not None and not to.answer.is_decided
        raise (NotCompetent if forbidden else ActionNotOpen)(*to.reasons)
    if s.state == "sign":  # what is decided is not opened again to fill in what the new version asks for
        lacking = missing_before(new, request, "sign", s.fields, tuple(s.case.goals))
        if lacking:
            raise ActionNotOpen(*lacking)
    return to


def _stand(s: CaseContext, request: Request) -> CasePosition:
    return CasePosition(s.policy, request, s.responsible, s.case.route, s.state)


def _request(connection: Connection, s: CaseContext, new: Policy) -> Request:
    """The request as the new version reads it, which may name other Nordic twin towns."""
    if s.case.engagement_id is None or new.named_nordic_twins is None:
        return s.request
    partner = connection.execute(
        select(Engagement.partner_name).where(
            Engagement.municipality_id == s.case.municipality_id, Engagement.id == s.case.engagement_id
        )
    ).scalar_one()
    return s.request.with_(named_nordic_twin=partner in new.named_nordic_twins)


@dataclass(frozen=True, slots=True)
class _Under:
    """What the case is pinned to from now on."""

    version_id: int
    policy: Policy
    request: Request
    state: str
    answer: Answer


def _repin(context: ActionContext, to: _Under) -> None:
    """Pin the case to the new version: its route, the next step and the deadline."""
    s = context.case_context
    context.moved_to, context.clauses = to.policy, to.answer.clauses
    context.changes |= {
        ATTRIBUTE: to.request.named_nordic_twin,
        "policy_version_id": to.version_id,
        **pinned(to.policy, context.tenant, to.answer, s.responsible),
        **_next_step(context, to),
    }
    context.data |= {**request_data(to.request, s.responsible, to.answer), "from_policy": s.policy.version}


def _next_step(context: ActionContext, to: _Under) -> Mapping[str, Any]:
    """Case columns for the next actor; the last day stays, and the new version's ladder begins."""
    s, connection, tenant = context.case_context, context.connection, context.tenant
    stop = procedure_for(to.policy, to.answer.route or "", s.request.responsible).stop_at(to.state)
    assert stop is not None  # it has not ended
    if stop.step == "draft":
        return {}
    seat = _seat(s, to)
    due_on = s.case.due_on or _due_on(tenant, s, stop)
    if due_on is None:
        deadlines.close(connection, tenant, STEP, s.case.number)
    else:
        ladder = CONSULTATION if stop.step == "consult" else STEP
        due = Due(STEP, s.case.number, ladder, due_on, s.responsible, seat, case_id=s.case.id)
        deadlines.set_deadlines(connection, tenant, to.policy, to.version_id, [due], now=context.now)
    return {
        "waits_role": seat[0] if seat else None,
        "waits_body_id": tenant.body_ids[seat[1]] if seat else None,
        "waits_person_id": None if seat else s.case.officer_id,
        "due_on": due_on,
    }


def _seat(s: CaseContext, to: _Under) -> Seat | None:
    procedure = procedure_for(to.policy, to.answer.route or "", s.request.responsible)
    used = frozenset((done.role, done.body) for done in predicates.counted_actions_since_submission(s))
    return next_seat(to.policy, procedure, to.state, s.responsible, used)


def _due_on(tenant: Tenant, s: CaseContext, stop: Stop) -> date | None:
    within = stop.source.within
    return None if within is None else after(s.today, within, tenant.country)
