"""The case gate, the only writer of cases.

Every operation has one shape. In one short transaction the case is locked and loaded, the actor is authorized, the
operation collects its changes in an `ActionContext`, and the trail entry and the case are written. A refusal leaves
nothing behind but a line in the access log. Screens, API, command line, scheduler and demo all come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, insert, update

from models import Case
from models.database import reading, writing
from workflow import deadlines
from workflow.cases import payloads
from workflow.cases.access_log import refusals_logged
from workflow.cases.actions import ACTION_DECLARATIONS, consult
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.result import ActionResult
from workflow.cases.actor import SYSTEM, Actor, load_actor
from workflow.cases.authorization import Verdict, authorize, visible_context, with_officer_name
from workflow.cases.case_references import note_mentions
from workflow.cases.context import CaseContext, load_context
from workflow.cases.engagement import engagement_changed
from workflow.cases.next_step import next_step_columns, update_deadline
from workflow.cases.opening import FromEvaluation, new_case
from workflow.cases.outcomes import OutcomeHooks
from workflow.cases.payloads import Opening
from workflow.cases.proposals import add_version
from workflow.cases.services import Services
from workflow.cases.written import BeforeCommit, Written, written_by
from workflow.core.calendar import local_day
from workflow.core.errors import CaseChanged, Malformed, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.deadlines import STEP
from workflow.policy.state_machine import FINAL
from workflow.policy.store import Policies
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant

#: What an action carries: its payload, or a function that settles it in the action's transaction by the case as it is
#: then. What the function raises rolls the transaction back.
Payload: TypeAlias = Mapping[str, Any] | Callable[[ActionContext], Mapping[str, Any]]
#: Settles a draft in its opening's transaction; what it raises rolls the transaction back.
Settle: TypeAlias = Callable[[Connection, Mapping[str, Any]], Mapping[str, Any]]

_INSERT_CASE = insert(Case).returning(Case.id)
#: The version in the condition makes a lost race visible.
_UPDATE_CASE = update(Case).where(
    Case.municipality_id == bindparam("of_municipality"),
    Case.id == bindparam("of_case"),
    Case.version == bindparam("of_version"),
)
_SET_LAST_DAY = update(Case).where(
    Case.municipality_id == bindparam("of_municipality"), Case.id == bindparam("of_case")
)


# -- the operations


def open_case(
    services: Services,
    actor_id: int,
    draft: Mapping[str, Any],
    *,
    now: datetime,
    is_example: bool = False,
    settle: Settle | None = None,
    before_commit: BeforeCommit | None = None,
) -> str:
    """Open a draft of a request and return its case number; `settle` and `before_commit` run in its transaction.

    Raises `Malformed` for what cannot be read, `NotMandated` for whoever is no officer of the administration that
    prepares the matter, and `NotCompetent` with the clause for what the policy forbids.
    """
    key = str(draft.get("municipality", "")) if isinstance(draft, Mapping) else ""
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "open", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        given = payloads.read(Opening, draft if settle is None else settle(connection, draft))
        number = open_in(connection, tenant, services.policies, actor, given, now=now, is_example=is_example)
        if before_commit is not None:
            before_commit(Written(connection, actor, number, 1))
        return number


def open_in(
    connection: Connection,
    tenant: Tenant,
    policies: Policies,
    actor: Actor,
    given: Mapping[str, Any],
    *,
    now: datetime,
    evaluation: FromEvaluation | None = None,
    is_example: bool = False,
) -> str:
    """Open a case in the caller's transaction, from an opening payload already read; raises as `open_case`."""
    new = new_case(connection, tenant, policies, actor, given, now=now, evaluation=evaluation, is_example=is_example)
    head = append(connection, tenant.id, new.entry, new.texts)
    case_id = connection.execute(_INSERT_CASE, {**new.row, "head_hash": head}).scalar_one()
    add_version(connection, tenant.id, case_id, 1, new.proposal, author_id=actor.id, body_id=None, now=now)
    own_numbers = (new.number, given["external_number"])
    note_mentions(connection, tenant.id, case_id, own_numbers, given["title"], new.proposal)
    return new.number


def act(
    services: Services,
    actor_id: int,
    number: str,
    action: str,
    payload: Payload,
    *,
    now: datetime,
    expected_version: int,
    comment: str = "",
    before_commit: BeforeCommit | None = None,
) -> ActionResult:
    """Take one action on one case. Raises a `WorkflowError` with its reasons.

    Refusals come in one order: not found, malformed, not mandated, changed meanwhile, not open, missing or refused.
    """
    with transaction(services, actor_id, number, action, now=now) as context:
        _authorize(context, payload, comment, expected_version)
        result = _perform(context, services.outcome_hooks)
        if before_commit is not None:
            before_commit(written_by(context, result))
        return result


def close_consultation(services: Services, tenant: Tenant, number: str, *, now: datetime) -> bool:
    """Close a consultation whose last day is over, as the scheduler's own action; False where there is none to close.

    Who has not answered is recorded as silent, which is no consent; the next body decides as it would have.
    """
    action = "close-consultation"
    with writing(services.engine, tenant.id) as connection:
        s = load_context(connection, tenant, services.policies, SYSTEM, number, now=now, lock=True)
        last_day = s.case.due_on
        if s.state != "consult" or last_day is None or s.today <= last_day:
            return False
        context = ActionContext(action, connection, tenant, services.policies, s, now)
        context.verdict = Verdict(True, (), tuple(s.case.clauses), ("system", ""))
        _perform(context, services.outcome_hooks)
    return True


def set_last_day(connection: Connection, tenant: Tenant, case_id: int, day: date) -> None:
    """Show a deadline's new last day on its case, where lists are ordered by it; the case's version stays."""
    connection.execute(_SET_LAST_DAY, {"of_municipality": tenant.id, "of_case": case_id, "due_on": day})


def read_context(services: Services, actor_id: int, number: str, *, now: datetime) -> CaseContext:
    """The context of a case for a page that only reads; raises `NotFound` when the actor may not see the case."""
    tenant = services.tenants.tenant_of(number)
    with reading(services.engine, tenant.id) as session:
        return visible_context(session.connection(), tenant, services.policies, actor_id, number, now=now)


# -- what operations are made of


@contextmanager
def transaction(
    services: Services, actor_id: int, number: str, action: str, *, now: datetime
) -> Iterator[ActionContext]:
    """One transaction over a locked case that the actor may see; a refusal rolls it back and is logged.

    The operation authorizes (`context.verdict`), collects its changes and ends with `write`.
    """
    tenant = services.tenants.tenant_of(number)
    with (
        refusals_logged(services.engine, tenant, actor_id, number, action, now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        s = visible_context(connection, tenant, services.policies, actor_id, number, now=now, lock=True)
        yield ActionContext(action, connection, tenant, services.policies, s, now)


def write(context: ActionContext, to: str) -> ActionResult:
    """Append the trail entry and update the case, which is in state `to` from now on."""
    case, changes = context.case, context.changes
    if context.comment:
        context.texts["comment"] = context.comment
    version = case.version + 1
    head = append(context.connection, context.municipality_id, _entry(context, to, version), context.texts)
    written = context.connection.execute(
        _UPDATE_CASE,
        {
            **changes,
            "state": to,
            "version": version,
            "head_hash": head,
            "changed_at": context.now,
            "of_municipality": context.municipality_id,
            "of_case": case.id,
            "of_version": case.version,
        },
    )
    if written.rowcount != 1:
        raise CaseChanged(reason("changed", version=case.version))
    return ActionResult.of(context, to, version)


def _authorize(context: ActionContext, payload: Payload, comment: str, expected_version: int) -> None:
    """Read the payload and authorize the actor, refusing in the order the contract gives."""
    s, action = context.case_context, context.action
    if action not in ACTION_DECLARATIONS:
        raise Malformed(reason("unknown-action", action=action, field="action"))
    given = payload(context) if callable(payload) else payload
    context.payload = payloads.read(ACTION_DECLARATIONS[action].schema, given)
    context.comment = clean(comment, "comment").strip()
    verdict: Verdict = authorize(s, action)
    if not verdict.allowed and verdict.error is NotMandated:
        raise NotMandated(*with_officer_name(context.connection, s, verdict.reasons))
    if s.case.version != expected_version:
        raise CaseChanged(reason("changed", version=s.case.version))
    if not verdict.allowed:
        raise verdict.error(*verdict.reasons)
    context.verdict = verdict


def _perform(context: ActionContext, hooks: OutcomeHooks) -> ActionResult:
    """Perform the action, fire the state machine, set the next step or run the outcome hooks, and write."""
    declaration = ACTION_DECLARATIONS[context.action]
    declaration.perform(context)
    if undeclared := context.changes.keys() - declaration.changes:
        raise LookupError(f"{context.action} does not declare that it changes {', '.join(sorted(undeclared))}")
    s, changes = context.case_context, context.changes
    procedure = context.procedure or s.procedure
    to = procedure.fire(s.state, context.action, context.outcome)
    if to == "concluded" and (changed := engagement_changed(s.case, s.engagement)):
        # only a body's decision comes this far: its record is taken, and the case goes back as if the body had sent it
        context.data["returned"] = {"reason": changed.code, **changed.values}
        to = procedure.fire(s.state, context.action, "refer-back")
    stop = procedure.stop_at(to)
    if to in FINAL:
        hooks.run(context, to)
        if s.state != "draft":
            deadlines.close(context.connection, context.tenant, STEP, s.case.number)
        changes["closed_at"] = context.now
        changes |= {"waits_body_id": None, "waits_role": None, "waits_person_id": None, "due_on": None}
        return write(context, to)
    if to == "draft":
        changes["outcome"] = None
    if stop is not None and stop.step == "consult" and s.state != to:
        consult.start(context, stop)
    columns = next_step_columns(context, procedure, to)
    update_deadline(context, stop, columns)
    changes |= columns
    return write(context, to)


def _entry(context: ActionContext, to: str, version: int) -> Entry:
    s, verdict = context.case_context, context.verdict
    if verdict is None or not verdict.allowed:
        raise RuntimeError(f"{context.action} was not authorized")
    policy, seat = context.moved_to or s.policy, context.seat
    return Entry(
        municipality=context.tenant.key,
        stream=s.case.number,
        number=version,
        at=instant(context.now),
        actor=s.actor.public_id,
        actor_role=seat[0],
        actor_body=seat[1],
        on_behalf_of=verdict.on_behalf_of,
        mandate=verdict.mandate.reference if verdict.mandate else "",
        action=context.action,
        from_state=s.state,
        to_state=to,
        policy_version=policy.version,
        policy_digest=policy.digest,
        clauses=tuple(s.case.clauses) if context.clauses is None else context.clauses,
        data=context.data,
        previous_hash=s.case.head_hash,
    )
