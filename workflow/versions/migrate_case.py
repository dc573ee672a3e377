"""How is a running case moved to the version of the policy in force?

By an administrator, with reasons, one case at a time and each in its own transaction with its trail entry, and only
where nothing is skipped (`workflow.policy.diff.migration` says where it would stand). Nobody is moved silently: what
is not
moved stays under its version for good. Moving decides nothing, but it chooses the rules, so four eyes count it: who
has prepared a case or acted on its way does not move it, and who has moved it does not act on that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, update

from models import Case
from models.database import writing
from workflow import deadlines
from workflow.cases import predicates
from workflow.cases.authorization import missing_before
from workflow.cases.context import CaseContext
from workflow.cases.gate import Also, Gate
from workflow.cases.routing import pinned, request_data
from workflow.core.calendar import after
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotCompetent, NotMandated, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.deadlines import CONSULTATION, STEP, Due
from workflow.policy.diff.migration import Destination, Stand, destination
from workflow.policy.model import Answer, Policy
from workflow.policy.roles import Seat, turn_of
from workflow.policy.state_machine import Stop, procedure_for
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant
from workflow.versions.service import may_administer

#: How the trail calls it.
MOVE = "move"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case in a bulk: its new version, or why it stays where it is."""

    number: str
    version: int | None
    reasons: tuple[Reason, ...] = ()


def move(
    gate: Gate,
    actor_id: int,
    number: str,
    version: str,
    *,
    now: datetime,
    expected_version: int,
    comment: str,
    also: Also | None = None,
) -> int:
    """Move a case to the version in force, which must be the one named; returns the case's new version.

    Raises `NotFound`, `Malformed` without reasons given, `NotMandated`, `CaseChanged`, then `NotCompetent` with the
    clause where the new version forbids the request, or `ActionNotOpen` with every step that would be skipped.
    """
    tenant = gate.tenants.tenant_of(number)
    try:
        with writing(gate.engine, tenant.id) as connection:
            s = gate.standing(connection, tenant, actor_id, number, now=now, lock=True)
            words = str(clean(comment, "comment")).strip()
            if not words:
                raise Malformed(reason("reason-needed", field="comment"))
            _may_move(s)
            if s.case.version != expected_version:
                raise CaseChanged(reason("changed", version=s.case.version))
            version_id, new = gate.policies.in_force(connection, tenant.id, s.today)
            to = _open(s, new, version)
            assert to.answer is not None  # an open destination has one
            reached = _write(connection, tenant, s, _Under(version_id, new, to.state, to.answer), words, now)
            if also is not None:
                also(connection, s.actor, number, reached)
            return reached
    except WorkflowError as refusal:
        gate.log_refusal(tenant, actor_id, number, MOVE, refusal, now=now)
        raise


def foreseen(gate: Gate, connection: Connection, tenant: Tenant, s: CaseContext) -> tuple[Policy, Destination]:
    """The version in force today, and where a case would stand under it or every reason why it stays."""
    _id, new = gate.policies.in_force(connection, tenant.id, s.today)
    try:
        return new, _open(s, new, new.version)
    except WorkflowError as refusal:
        answer = destination(_stand(s), new).answer
        return new, Destination("", answer, refusal.reasons)


def move_all(
    gate: Gate, actor_id: int, cases: Iterable[tuple[str, int]], version: str, *, now: datetime, comment: str
) -> tuple[Outcome, ...]:
    """Move some cases (number and the version seen), each by itself; what cannot be moved stays and says why."""
    outcomes = []
    for number, seen in cases:
        try:
            reached = move(gate, actor_id, number, version, now=now, expected_version=seen, comment=comment)
            outcomes.append(Outcome(number, reached))
        except (NotCompetent, ActionNotOpen, CaseChanged, NotMandated) as refusal:
            outcomes.append(Outcome(number, None, refusal.reasons))
    return tuple(outcomes)


def _may_move(s: CaseContext) -> None:
    if not may_administer(s.actor):
        raise NotMandated(reason("admins-only"))
    if predicates.actor_is_recused(s):
        raise NotMandated(reason("recused"))
    if predicates.actor_prepared_the_case(s):
        raise NotMandated(reason("four-eyes-submitted"))
    if predicates.actor_has_acted_on_this_way(s):
        raise NotMandated(reason("four-eyes-acted"))


def _open(s: CaseContext, new: Policy, version: str) -> Destination:
    """Where the case would stand; raises with every reason why it stays."""
    if new.version != version:
        raise ActionNotOpen(reason("move-not-in-force", version=new.version))
    if new.digest == s.policy.digest:
        raise ActionNotOpen(reason("move-same"))
    to = destination(_stand(s), new)
    if not to.is_open:
        forbidden = to.answer is not None and not to.answer.is_decided
        raise (NotCompetent if forbidden else ActionNotOpen)(*to.reasons)
    if s.state == "sign":  # what is decided is not opened again to fill in what the new version asks for
        lacking = missing_before(new, s.request, "sign", s.fields, tuple(s.case.goals))
        if lacking:
            raise ActionNotOpen(*lacking)
    return to


def _stand(s: CaseContext) -> Stand:
    return Stand(s.policy, s.request, s.responsible, s.case.route, s.state)


@dataclass(frozen=True, slots=True)
class _Under:
    """What the case is pinned to from now on."""

    version_id: int
    policy: Policy
    state: str
    answer: Answer


def _write(connection: Connection, tenant: Tenant, s: CaseContext, to: _Under, comment: str, now: datetime) -> int:
    """The case, its deadline and its trail entry."""
    case = s.case
    columns = {
        "policy_version_id": to.version_id,
        "state": to.state,
        **pinned(to.policy, tenant, to.answer, s.responsible),
    }
    columns |= _waiting(connection, tenant, s, to, now)
    version = int(case.version) + 1
    head = append(connection, tenant.id, _entry(tenant, s, to, version, now), {"comment": comment})
    written = connection.execute(
        update(Case)
        .where(Case.municipality_id == tenant.id, Case.id == case.id, Case.version == case.version)
        .values(**columns, version=version, head_hash=head, changed_at=now)
    )
    if written.rowcount != 1:
        raise CaseChanged(reason("changed", version=case.version))
    return version


def _waiting(connection: Connection, tenant: Tenant, s: CaseContext, to: _Under, now: datetime) -> Mapping[str, Any]:
    """Whose turn it is under the new version; the day by which stays, and the new version's ladder is climbed."""
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
        deadlines.set_anew(connection, tenant, to.policy, to.version_id, [due], now=now)
    return {
        "waits_role": seat[0] if seat else None,
        "waits_body_id": tenant.body_ids[seat[1]] if seat else None,
        "waits_person_id": None if seat else s.case.officer_id,
        "due_on": due_on,
    }


def _seat(s: CaseContext, to: _Under) -> Seat | None:
    procedure = procedure_for(to.policy, to.answer.route or "", s.request.responsible)
    used = frozenset((done.role, done.body) for done in predicates.acts_on_this_way(s))
    return turn_of(to.policy, procedure, to.state, s.responsible, used)


def _due_on(tenant: Tenant, s: CaseContext, stop: Stop) -> date | None:
    within = stop.source.within
    return None if within is None else after(s.today, within, tenant.country)


def _entry(tenant: Tenant, s: CaseContext, to: _Under, version: int, now: datetime) -> Entry:
    return Entry(
        municipality=tenant.key,
        stream=s.case.number,
        number=version,
        at=instant(now),
        actor=s.actor.public_id,
        actor_role="admin",
        actor_body=s.actor.bodies_as("admin")[0],
        action=MOVE,
        from_state=s.state,
        to_state=to.state,
        policy_version=to.policy.version,
        policy_digest=to.policy.digest,
        previous_hash=s.case.head_hash,
        clauses=to.answer.clauses,
        data={**request_data(s.request, s.responsible, to.answer), "from_policy": s.policy.version},
    )
