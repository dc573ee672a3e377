"""Extension of deadlines.

The responsible body's manager or the international coordinator extends a deadline, with a reason; the entry stands in
the deadline's own stream of the trail. Who decides, and what is demanded, stays as it was. Nobody extends a deadline
that binds themselves, and none is extended beyond the end of the ladder that began with its first last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from models import Consultation, Deadline, Evaluation, TrailEntry
from models.database import writing
from workflow import deadlines
from workflow.cases import gate, payloads
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor
from workflow.cases.authorization import visible_context
from workflow.cases.services import Services
from workflow.core.calendar import end_of, local_day
from workflow.core.dates import read_day
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.deadlines import CONSULTATION, EVALUATION, OPEN, STEP
from workflow.policy.model import Policy
from workflow.policy.roles import Seat, coordinator_seat, preparing_seat
from workflow.trail.append import append
from workflow.trail.entry import Entry, from_text, instant

#: What may be given more time; an agreement's end is moved by a case that renews it, an appointment's by appointing.
EXTENDED = (STEP, EVALUATION)
#: The action of an extension's entry.
EXTEND = "extend"


def record_extension(
    services: Services,
    actor_id: int,
    subject: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    expected_cycle: int,
) -> None:
    """Set a later last day for a case's step or an evaluation; its ladder begins anew.

    `expected_cycle` is the cycle that the person has seen: it changes with every new last day, another step's too, and
    not with a reminder. Who may not see a case may not move its day either.

    Raises `NotFound`, `Malformed`, `NotMandated`, `CaseChanged` or `ActionNotOpen`, in that order.
    """
    tenant = services.tenants.tenant_of(subject)
    with (
        refusals_logged(services.engine, tenant, actor_id, subject, "extend-deadline", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        given = payloads.read(payloads.Extension, payload)
        today = local_day(now, tenant.timezone)
        actor = load_actor(connection, tenant.id, actor_id, today)
        row = _row(connection, tenant, kind, subject)
        officer_id = None
        if kind == STEP:  # not found for who may not see it
            s = visible_context(connection, tenant, services.policies, actor_id, subject, now=now)
            officer_id = s.case.officer_id
        policy = services.policies.by_id(connection, tenant.id, row.policy_version_id)
        held = extension_seat(actor, policy, tenant.body_keys[row.body_id], bound_by(tenant, row), officer_id)
        if row.cycle != expected_cycle:
            raise CaseChanged(reason("deadline-changed"))
        if row.state != OPEN:
            raise ActionNotOpen(reason("deadline-not-found"))
        if given["until"] <= max(row.due_on, today):
            raise Malformed(reason("deadline-not-later", field="until"))
        if given["until"] > (latest := latest_day(connection, tenant, policy, row)):
            raise Malformed(reason("deadline-too-late", field="until", day=latest.isoformat()))
        _extend(connection, tenant, row, policy, actor, held, given, now)


def extension_seat(actor: Actor, policy: Policy, responsible: str, waits: Seat | None, officer_id: int | None) -> Seat:
    """The seat from which a person may extend a deadline; raises `NotMandated`, also for whom the deadline binds.

    It binds whoever holds the seat it waits for, or where it waits for none, the case's officer.
    """
    seats = (preparing_seat(policy, "manager", responsible), coordinator_seat(policy))
    held = next((seat for seat in seats if actor.holds(*seat)), None)
    if held is None:
        role, body = seats[0]
        raise NotMandated(reason("not-appointed", role=role, body=body, body_names=policy.body(body).names))
    stands_in_for = {absent.id for absent in actor.stands_in}
    is_bound = actor.holds(*waits) if waits is not None else officer_id in {actor.id, *stands_in_for}
    if is_bound:
        raise NotMandated(reason("own-deadline"))
    return held


def bound_by(tenant: Tenant, row: Any) -> Seat | None:
    """The seat that a deadline, or a case, waits for; None where it waits for an officer or nobody."""
    return (row.waits_role, tenant.body_keys[row.waits_body_id]) if row.waits_role else None


def latest_day(connection: Connection, tenant: Tenant, policy: Policy, row: Row[Any]) -> date:
    """The end of the ladder of a deadline's first last day, however often it has been extended since."""
    entries = select(TrailEntry.data).where(
        TrailEntry.municipality_id == tenant.id,
        TrailEntry.stream == deadlines.stream_of(tenant.key, row.id),
        TrailEntry.action == EXTEND,
    )
    first, cycle = row.due_on, row.cycle
    for data in map(from_text, connection.execute(entries.order_by(TrailEntry.number.desc())).scalars()):
        # entries of 0.1.0 do not say which cycle they ended: theirs is followed by the day
        if data.get("until") != first.isoformat() or data.get("cycle", cycle - 1) != cycle - 1:
            break
        first, cycle = read_day(data["from"], "from"), cycle - 1
    return deadlines.ladder_end(policy.ladder(row.ladder), first, tenant.country)


def _row(connection: Connection, tenant: Tenant, kind: str, subject: str) -> Row[Any]:
    query = select(Deadline.__table__).where(
        Deadline.municipality_id == tenant.id, Deadline.kind == kind, Deadline.subject == subject
    )
    row = connection.execute(query.with_for_update()).one_or_none() if kind in EXTENDED else None
    if row is None:
        raise NotFound(reason("deadline-not-found"))
    return row


def _extend(
    connection: Connection,
    tenant: Tenant,
    row: Row[Any],
    policy: Policy,
    actor: Actor,
    held: Seat,
    given: Mapping[str, Any],
    now: datetime,
) -> None:
    until: date = given["until"]
    entry = Entry(
        municipality=tenant.key,
        stream=deadlines.stream_of(tenant.key, row.id),
        number=row.version + 1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=held[0],
        actor_body=held[1],
        on_behalf_of=actor.on_behalf_at(held),
        action=EXTEND,
        from_state="",
        to_state="",
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash=row.head_hash,
        data={
            "kind": row.kind,
            "subject": row.subject,
            "cycle": row.cycle,
            "from": row.due_on.isoformat(),
            "until": until.isoformat(),
        },
    )
    head = append(connection, tenant.id, entry, {"reason": given["reason"]})
    rungs = policy.ladder(row.ladder)
    first = deadlines.first_rung(rungs, until, tenant, now)
    values = {
        "cycle": row.cycle + 1,
        "due_on": until,
        "due_at": end_of(until, tenant.timezone),
        "next_rung": first,
        "next_at": deadlines.next_at(rungs, first, row.ladder, until, tenant),
        "version": row.version + 1,
        "head_hash": head,
    }
    of_it = (Deadline.municipality_id == tenant.id, Deadline.id == row.id)
    connection.execute(update(Deadline).where(*of_it).values(**values))
    _show(connection, tenant, row, until)


def _show(connection: Connection, tenant: Tenant, row: Row[Any], until: date) -> None:
    """Show the new day on the case or evaluation, where lists are ordered by it."""
    if row.kind == EVALUATION:
        of_it = (Evaluation.municipality_id == tenant.id, Evaluation.number == row.subject)
        days = {"due_on": until, "due_at": end_of(until, tenant.timezone)}
        connection.execute(update(Evaluation).where(*of_it).values(**days))
        return
    gate.set_last_day(connection, tenant, row.case_id, until)
    if row.ladder == CONSULTATION:
        asked = (
            Consultation.municipality_id == tenant.id,
            Consultation.case_id == row.case_id,
            Consultation.state == "asked",
        )
        connection.execute(update(Consultation).where(*asked).values(due_on=until))
