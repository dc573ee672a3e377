"""Authorization context: the case, actor, policy version and history that a verdict depends on.

Loaded with a few plain statements and frozen. Authorization and actions work on these values alone, so that a button on
a screen, the API and the gate give the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, or_, select
from sqlalchemy import case as when

from models import Body, Case, Mandate, Recusal, TrailEntry
from workflow.cases.acting_roles import MUNICIPALITY, TODAY
from workflow.cases.actor import Actor
from workflow.cases.engagement import EngagementNow, load_engagement
from workflow.cases.pending_decision import NOT_KNOWN, MeetingMembers, load_pending
from workflow.cases.records import CaseRecord
from workflow.core.calendar import local_day
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.actions import WITH_OUTCOME
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request, facts_of
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.store import Policies


@dataclass(frozen=True, slots=True)
class Done:
    """One earlier entry of the case's trail, as far as authorization needs it."""

    number: int
    action: str
    actor: str
    role: str
    body: str
    from_state: str
    to_state: str
    #: Opaque id of the person stood in for; empty where the actor acted in their own right.
    on_behalf_of: str = ""
    #: The instant, as the trail writes it, and for the actions of `READ_WITH_DATA` the entry's data.
    at: str = ""
    data: str = ""

    def touches(self, people: frozenset[str]) -> bool:
        """Whether it was done by one of these people (opaque ids), or for one."""
        return self.actor in people or self.on_behalf_of in people


@dataclass(frozen=True, slots=True)
class GivenMandate:
    """A mandate that holds today."""

    id: int
    from_body: str
    to_body: str
    engagements: tuple[str, ...]
    acts: tuple[str, ...]
    reference: str

    def covers(self, request: Request) -> bool:
        """Whether the mandate covers a request; empty lists cover everything."""
        return (not self.engagements or request.engagement in self.engagements) and (
            not self.acts or request.act in self.acts
        )


@dataclass(frozen=True, slots=True)
class CaseContext:
    """What an action on a case is authorized by."""

    case: CaseRecord
    responsible: str
    deciding: str
    actor: Actor
    policy: Policy
    procedure: Procedure
    request: Request
    today: date
    history: tuple[Done, ...] = ()
    recused: frozenset[int] = frozenset()
    mandates: tuple[GivenMandate, ...] = ()
    #: The decision that waits to be confirmed, if any, and who sat in the body at its meeting.
    pending: Row[Any] | None = None
    seated: MeetingMembers = NOT_KNOWN
    #: The engagement an open case concerns, as the register has it.
    engagement: EngagementNow | None = None

    @property
    def state(self) -> str:
        """The state the case is in."""
        return self.case.state

    @property
    def fields(self) -> Mapping[str, Any]:
        """Answers the case gives to the questions of its form, by field."""
        return dict(self.case.fields)


def request_of(case: CaseRecord | Case, responsible_kind: str) -> Request:
    """The request a case makes."""
    return Request(
        engagement=case.engagement,
        act=case.act,
        responsible=responsible_kind,
        **facts_of(case),
    )


_CASE_ID: BindParameter[int] = bindparam("case")
_NUMBER: BindParameter[str] = bindparam("number")

_cases, _entries, _mandates = Case.__table__.c, TrailEntry.__table__.c, Mandate.__table__.c
_recusals = Recusal.__table__.c

#: With whether anybody is recorded as having a conflict of interest: mostly nobody is, and nothing more is read.
_CASE = select(
    Case.__table__,
    select(_recusals.id).where(_recusals.case_id == _cases.id).exists().label("has_recusals"),
).where(_cases.municipality_id == MUNICIPALITY, _cases.number == _NUMBER)
#: Leaves the key free: the scheduler's notices refer to a case while it holds the engagement that the case waits for.
_LOCKED_CASE = _CASE.with_for_update(key_share=True)
#: Actions whose entries' data is read with the history.
READ_WITH_DATA = (*sorted(WITH_OUTCOME), "attach")
_HISTORY = (
    select(
        _entries.number,
        _entries.action,
        _entries.actor,
        _entries.actor_role,
        _entries.actor_body,
        _entries.from_state,
        _entries.to_state,
        _entries.on_behalf_of,
        _entries.at,
        when((or_(*(_entries.action == name for name in READ_WITH_DATA)), _entries.data), else_=""),
    )
    .where(_entries.municipality_id == MUNICIPALITY, _entries.stream == _NUMBER)
    .order_by(_entries.number)
)
_RECUSED = select(_recusals.person_id).where(_recusals.municipality_id == MUNICIPALITY, _recusals.case_id == _CASE_ID)
_giver, _holder = Body.__table__.alias("giver"), Body.__table__.alias("holder")
_HELD_MANDATES = (
    select(
        _mandates.id,
        _giver.c.key.label("giver"),
        _holder.c.key.label("holder"),
        _mandates.engagements,
        _mandates.acts,
        _mandates.reference,
    )
    .join(_giver, _giver.c.id == _mandates.from_body_id)
    .join(_holder, _holder.c.id == _mandates.to_body_id)
    .where(
        _mandates.municipality_id == MUNICIPALITY,
        _mandates.to_body_id == bindparam("holder_id"),
        _mandates.starts_on <= TODAY,
        or_(_mandates.ends_on.is_(None), _mandates.ends_on >= TODAY),
    )
    .order_by(_mandates.id)
)


def load_case(
    connection: Connection, municipality_id: int, number: str, *, lock: bool = False
) -> tuple[CaseRecord, bool]:
    """A case, and whether it has recusals; raises `NotFound`.

    `lock` keeps other writers away until the transaction ends (PostgreSQL).
    """
    given = {"municipality": municipality_id, "number": number}
    row = connection.execute(_LOCKED_CASE if lock else _CASE, given).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return CaseRecord.of(row), bool(row.has_recusals)


def load_history(connection: Connection, municipality_id: int, number: str) -> tuple[Done, ...]:
    """What has been done on a case, oldest first."""
    rows: Any = connection.execute(_HISTORY, {"municipality": municipality_id, "number": number})
    return tuple(Done(*row) for row in rows)


def load_recused(connection: Connection, municipality_id: int, case_id: int) -> frozenset[int]:
    """Ids of the people recorded as having a conflict of interest in a case."""
    return frozenset(connection.execute(_RECUSED, {"municipality": municipality_id, "case": case_id}).scalars())


def load_mandates(
    connection: Connection, municipality_id: int, to_body_id: int, today: date
) -> tuple[GivenMandate, ...]:
    """Mandates of a body that hold today."""
    given = {"municipality": municipality_id, "holder_id": to_body_id, "today": today}
    return tuple(
        GivenMandate(row.id, row.giver, row.holder, tuple(row.engagements), tuple(row.acts), row.reference)
        for row in connection.execute(_HELD_MANDATES, given)
    )


def load_context(
    connection: Connection,
    tenant: Tenant,
    policies: Policies,
    actor: Actor,
    number: str,
    *,
    now: datetime,
    lock: bool = False,
) -> CaseContext:
    """The context of an action on a case, whether or not the actor may see the case; raises `NotFound`."""
    case, has_recusals = load_case(connection, tenant.id, number, lock=lock)
    policy = policies.by_id(connection, tenant.id, case.policy_version_id)
    s = context_of(tenant, actor, policy, case, local_day(now, tenant.timezone))
    return with_history(connection, s, has_recusals=has_recusals, lock=lock)


def context_of(tenant: Tenant, actor: Actor, policy: Policy, case: CaseRecord, today: date) -> CaseContext:
    """The context that the case's row alone gives: it answers who may see the case."""
    responsible = tenant.body_keys[case.responsible_body_id]
    kind = policy.body(responsible).kind
    return CaseContext(
        case=case,
        responsible=responsible,
        deciding=tenant.body_keys[case.deciding_body_id],
        actor=actor,
        policy=policy,
        procedure=procedure_for(policy, case.route, kind),
        request=request_of(case, kind),
        today=today,
    )


def with_history(
    connection: Connection,
    s: CaseContext,
    *,
    has_recusals: bool,
    lock: bool = False,
    history: tuple[Done, ...] | None = None,
    pending: tuple[Row[Any] | None, MeetingMembers] | None = None,
) -> CaseContext:
    """A context with what was done on the case, and what else its state makes an action depend on.

    What the caller has read already it passes on: the history, and the decision that waits.
    """
    case, municipality_id = s.case, s.case.municipality_id
    stop = s.procedure.stop_at(case.state)
    by_mandate = stop is not None and stop.step == "decide" and not stop.is_collegial
    if pending is None:
        is_entered = case.state.startswith("confirm-")
        pending = load_pending(connection, municipality_id, case.id) if is_entered else (None, NOT_KNOWN)
    return replace(
        s,
        history=load_history(connection, municipality_id, case.number) if history is None else history,
        recused=load_recused(connection, municipality_id, case.id) if has_recusals else frozenset(),
        mandates=load_mandates(connection, municipality_id, case.deciding_body_id, s.today) if by_mandate else (),
        pending=pending[0],
        seated=pending[1],
        engagement=load_engagement(connection, case, lock=lock),
    )
