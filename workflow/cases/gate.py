"""How does anything change? Through this gate and no other way.

`Gate.act` opens its own short transaction, loads the actor and locks the case, asks the judge, performs the action,
fires the machine, writes the case and its trail entry, and commits. A refusal leaves nothing behind but a line in the
access log. The screens, the API, the command line and the demo all come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from models import AccessLog, Case, Person
from models.database import reading, writing
from workflow import deadlines
from workflow.cases import payloads, predicates
from workflow.cases.actions import PERFORM, consult
from workflow.cases.actions.context import ActionContext
from workflow.cases.authorization import Verdict, authorize, naming_officer
from workflow.cases.context import (
    Actor,
    CaseContext,
    load_actor,
    load_case,
    load_history,
    load_mandates,
    load_pending,
    load_recused,
    request_of,
)
from workflow.core.calendar import after, local_day
from workflow.core.errors import CaseChanged, Malformed, NotFound, NotMandated, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant, Tenants
from workflow.core.text_validation import clean, is_storable
from workflow.deadlines import CONSULTATION, STEP, Due
from workflow.evaluations.case_outcome import settle
from workflow.policy.roles import turn_of
from workflow.policy.state_machine import FINAL, Procedure, Stop, procedure_for
from workflow.policy.store import Policies
from workflow.register import case_outcome as register_case_outcome
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant

#: Runs in a change's own transaction before it commits, with the connection, the actor, and the number and version
#: written. What it raises rolls the change back.
Also: TypeAlias = Callable[[Connection, Actor, str, int], None]

#: The clock: it closes consultations whose last day is over, and does nothing else to a case.
SYSTEM = Actor(0, "system", "", "system", frozenset())

#: The one statement that moves a case; the version in its condition makes a lost race visible.
_MOVE_CASE = update(Case).where(
    Case.municipality_id == bindparam("of_municipality"),
    Case.id == bindparam("of_case"),
    Case.version == bindparam("of_version"),
)


class Gate:
    """The only way to change a case; one per engine, safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.tenants = Tenants(engine)
        self.policies = Policies(engine)

    def act(
        self,
        actor_id: int,
        case_number: str,
        action: str,
        payload: Mapping[str, Any],
        *,
        now: datetime,
        expected_version: int,
        comment: str = "",
        also: Also | None = None,
    ) -> int:
        """Take one action on one case; returns the case's new version. Raises a `WorkflowError` with its reasons.

        Refusals come in one order: not found, malformed, not mandated, changed meanwhile, not open, missing or refused.
        `also` writes or reads beside the act, in its transaction.
        """
        tenant = self.tenants.tenant_of(case_number)
        try:
            with writing(self.engine, tenant.id) as connection:
                standing = self.standing(connection, tenant, actor_id, case_number, now=now, lock=True)
                turn = _admit(
                    self.policies, connection, tenant, standing, action, payload, comment, now, expected_version
                )
                PERFORM[action](turn)
                version = _commit(turn)
                if also is not None:
                    also(connection, standing.actor, case_number, version)
                return version
        except WorkflowError as refusal:
            self.log_refusal(tenant, actor_id, case_number, action, refusal, now=now)
            raise

    def standing(
        self, connection: Connection, tenant: Tenant, actor_id: int, number: str, *, now: datetime, lock: bool = False
    ) -> CaseContext:
        """Everything an act on a case is judged by; raises `NotFound` when the actor may not see the case."""
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        standing = self._standing(connection, tenant, actor, number, now=now, lock=lock)
        if not predicates.actor_may_see_the_case(standing):
            raise NotFound(reason("not-found"))
        return standing

    def _standing(
        self, connection: Connection, tenant: Tenant, actor: Actor, number: str, *, now: datetime, lock: bool
    ) -> CaseContext:
        today = local_day(now, tenant.timezone)
        case = load_case(connection, tenant.id, number, lock=lock)
        policy = self.policies.by_id(connection, tenant.id, case.policy_version_id)
        responsible = tenant.body_keys[case.responsible_body_id]
        deciding = tenant.body_keys[case.deciding_body_id]
        kind = policy.body(responsible).kind
        procedure = procedure_for(policy, case.route, kind)
        stop = procedure.stop_at(case.state)
        by_mandate = stop is not None and stop.step == "decide" and not stop.is_collegial
        entered = case.state.startswith("confirm-")
        return CaseContext(
            case=case,
            responsible=responsible,
            deciding=deciding,
            actor=actor,
            policy=policy,
            procedure=procedure,
            request=request_of(case, kind),
            history=load_history(connection, tenant.id, number),
            recused=load_recused(connection, tenant.id, case.id),
            mandates=load_mandates(connection, tenant.id, case.deciding_body_id, today) if by_mandate else (),
            pending=load_pending(connection, tenant.id, case.id) if entered else None,
            today=today,
        )

    def close_consultation(self, tenant: Tenant, number: str, *, now: datetime) -> bool:
        """Close a consultation whose last day is over, as the clock's own act; False where there is none to close.

        Who has not answered is recorded as silent, which is no consent; the next body decides as it would have.
        """
        with writing(self.engine, tenant.id) as connection:
            standing = self._standing(connection, tenant, SYSTEM, number, now=now, lock=True)
            last_day = standing.case.due_on
            if standing.state != "consult" or last_day is None or standing.today <= last_day:
                return False
            verdict = Verdict(True, (), tuple(standing.case.clauses), ("system", ""))
            turn = ActionContext(
                "close-consultation", connection, tenant, standing, verdict, {}, "", now, self.policies
            )
            PERFORM[turn.action](turn)
            _commit(turn)
        return True

    def look(self, actor_id: int, number: str, *, now: datetime) -> CaseContext:
        """The same standing for a page that only reads."""
        tenant = self.tenants.tenant_of(number)
        with reading(self.engine, tenant.id) as session:
            return self.standing(session.connection(), tenant, actor_id, number, now=now)

    def log_refusal(
        self, tenant: Tenant, actor_id: int, subject: str, action: str, refusal: WorkflowError, *, now: datetime
    ) -> None:
        """Write a refusal to the access log, in a transaction of its own after the rollback."""
        detail = {"error": type(refusal).__name__, "reasons": [why.code for why in refusal.reasons]}
        row = {
            "municipality_id": tenant.id,
            "at": now,
            "person_id": actor_id,
            "what": "refused",
            "subject": subject,
            "action": action if is_storable(action) else "?",
            "detail": detail | {"clauses": list(refusal.clauses)},
        }
        with writing(self.engine, tenant.id) as connection:
            connection.execute(insert(AccessLog), row)


def _admit(
    policies: Policies,
    connection: Connection,
    tenant: Tenant,
    standing: CaseContext,
    action: str,
    payload: Mapping[str, Any],
    comment: str,
    now: datetime,
    expected_version: int,
) -> ActionContext:
    """Read the payload and ask the judge, refusing in the order the contract gives."""
    if action not in PERFORM:
        raise Malformed(reason("unknown-action", action=action, field="action"))
    values, comment = payloads.read(action, payload), clean(comment, "comment").strip()
    verdict: Verdict = authorize(standing, action)
    if not verdict.allowed and verdict.error is NotMandated:
        raise NotMandated(*_told(connection, standing, verdict.reasons))
    if standing.case.version != expected_version:
        raise CaseChanged(reason("changed", version=standing.case.version))
    if not verdict.allowed:
        raise verdict.error(*verdict.reasons)
    return ActionContext(action, connection, tenant, standing, verdict, values, comment, now, policies)


def _told(connection: Connection, s: CaseContext, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons of a refusal, with the officer's name where one speaks of the officer."""
    if all(why.code != "not-yours" for why in reasons):
        return reasons
    officer = connection.execute(
        select(Person.name).where(Person.municipality_id == s.case.municipality_id, Person.id == s.case.officer_id)
    ).scalar_one()
    return tuple(naming_officer(why, officer) for why in reasons)


def _commit(turn: ActionContext) -> int:
    """Fire the machine, then write effects, case and entry; the caller's transaction makes them one."""
    s, case = turn.standing, turn.standing.case
    procedure = turn.procedure or s.procedure
    to = procedure.fire(s.state, turn.action, turn.outcome)
    _settle(turn, procedure, to)
    if turn.comment:
        turn.words["comment"] = turn.comment
    version = int(case.version) + 1
    head = append(turn.connection, turn.municipality_id, _entry(turn, to, version), turn.words)
    written = turn.connection.execute(
        _MOVE_CASE,
        {
            **turn.changes,
            "state": to,
            "version": version,
            "head_hash": head,
            "changed_at": turn.now,
            "of_municipality": turn.municipality_id,
            "of_case": case.id,
            "of_version": case.version,
        },
    )
    if written.rowcount != 1:
        raise CaseChanged(reason("changed", version=case.version))
    return version


def _settle(turn: ActionContext, procedure: Procedure, to: str) -> None:
    """Where the case waits now, until when, and what its end changes."""
    s = turn.standing
    stop = procedure.stop_at(to)
    if to == "concluded":
        register_case_outcome.conclude(turn)
    if to in FINAL:
        if s.state != "draft":
            deadlines.close(turn.connection, turn.tenant, STEP, s.case.number)
        if s.case.evaluation_id is not None:
            settle(turn, to)
        turn.changes["closed_at"] = turn.now
        turn.changes |= {"waits_body_id": None, "waits_role": None, "waits_person_id": None, "due_on": None}
        return
    if to == "draft":
        turn.changes["outcome"] = None
    if stop is not None and stop.step == "consult" and s.state != to:
        consult.start(turn, stop)
    moved = waiting(turn.tenant, turn, procedure, to)
    _keep_time(turn, stop, moved)
    turn.changes |= moved


def _keep_time(turn: ActionContext, stop: Stop | None, moved: Mapping[str, Any]) -> None:
    """A new step sets a new last day; within one, the case may wait for another seat by the same day."""
    case, tenant = turn.standing.case, turn.tenant
    seat = (moved["waits_role"], tenant.body_keys[moved["waits_body_id"]]) if moved["waits_role"] else None
    if "due_on" not in moved:
        if (moved["waits_role"], moved["waits_body_id"]) != (case.waits_role, case.waits_body_id):
            deadlines.hand_on(turn.connection, tenant, STEP, case.number, seat)
    elif moved["due_on"] is None:
        deadlines.close(turn.connection, tenant, STEP, case.number)
    else:
        ladder = CONSULTATION if stop is not None and stop.step == "consult" else STEP
        responsible = turn.standing.responsible
        due = Due(STEP, case.number, ladder, moved["due_on"], responsible, seat, case_id=case.id)
        deadlines.set_anew(turn.connection, tenant, turn.policy, case.policy_version_id, [due], now=turn.now)


def waiting(tenant: Tenant, turn: ActionContext, procedure: Procedure, to: str) -> dict[str, Any]:
    """Columns that say whose turn it is and until when."""
    s = turn.standing
    used = {(done.role, done.body) for done in predicates.acts_on_this_way(s)}
    if turn.action in predicates.INDIVIDUAL_ACTS and turn.verdict.seat is not None:
        used.add(turn.verdict.seat)
    seat = turn_of(s.policy, procedure, to, s.responsible, frozenset(used))
    officer = turn.changes.get("officer_id", s.case.officer_id)
    columns: dict[str, Any] = {
        "waits_role": seat[0] if seat else None,
        "waits_body_id": tenant.body_ids[seat[1]] if seat else None,
        "waits_person_id": None if seat else officer,
    }
    stop = procedure.stop_at(to)
    if stop is not None and (s.procedure.stop_at(s.state) is None or stop.state != _base(s.state)):
        within = stop.source.within
        columns["due_on"] = None if within is None else after(s.today, within, tenant.country)
        if stop.step == "consult":
            columns["due_on"] = consult.last_day(turn, stop)
    return columns


def _base(state: str) -> str:
    return state.removeprefix("confirm-")


def _entry(turn: ActionContext, to: str, version: int) -> Entry:
    s, seat, mandate = turn.standing, turn.verdict.seat, turn.verdict.mandate
    assert seat is not None  # an allowed verdict names the seat acted from
    return Entry(
        municipality=turn.tenant.key,
        stream=s.case.number,
        number=version,
        at=instant(turn.now),
        actor=s.actor.public_id,
        actor_role=seat[0],
        actor_body=seat[1],
        on_behalf_of=turn.verdict.on_behalf_of,
        mandate=mandate.reference if mandate else "",
        action=turn.action,
        from_state=s.state,
        to_state=to,
        policy_version=s.policy.version,
        policy_digest=s.policy.digest,
        clauses=turn.clauses or tuple(s.case.clauses),
        data=turn.data,
        previous_hash=s.case.head_hash,
    )
