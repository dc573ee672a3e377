"""Expiry: consultations closed and engagements ended by the clock.

A consulted body that has not answered is recorded as silent. An engagement whose agreed end has passed and that no
case has renewed is ended in the register. Neither is a decision. While a decided renewal waits for its confirmation or
signature the engagement is not ended: the clock looks again at the end of each day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models import Engagement, Notice
from models.database import writing
from workflow import deadlines
from workflow.cases import gate
from workflow.cases.engagement import waiting_renewal
from workflow.cases.services import Services
from workflow.core.calendar import end_of, local_day
from workflow.core.tenants import Tenant
from workflow.deadlines import CONSULTATION, EXPIRY
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.policy.model import Policy
from workflow.policy.roles import coordinator_seat, preparing_seat
from workflow.trail.journal import Act, record

#: Kind of the notice that an engagement past its last day waits for a decided renewal.
RENEWAL_WAITS = "renewal-waits"


def end(services: Services, tenant: Tenant, ladder: str, subject: str, *, now: datetime) -> bool:
    """End what waits no longer; False where it has been ended, renewed or extended meanwhile."""
    if ladder == CONSULTATION:
        return gate.close_consultation(services, tenant, subject, now=now)
    return lapse(services, tenant, subject, now=now)


def lapse(services: Services, tenant: Tenant, number: str, *, now: datetime) -> bool:
    """End an engagement whose agreed last day is over; False where it is not, has ended or a decided renewal waits."""
    today = local_day(now, tenant.timezone)
    with writing(services.engine, tenant.id) as connection:
        of_it = (Engagement.municipality_id == tenant.id, Engagement.number == number)
        row = connection.execute(select(Engagement.__table__).where(*of_it).with_for_update(key_share=True)).one()
        if row.ends_on is not None and row.ends_on >= today:
            return False  # renewed meanwhile: its deadline has been set anew
        is_over = row.ends_on is not None and row.status != "ended"
        if is_over and (renewal_id := waiting_renewal(connection, row)) is not None:
            _wait(services, connection, tenant, row, renewal_id, now=now)
            return False
        deadlines.close(connection, tenant, EXPIRY, number)
        if not is_over:
            return False
        connection.execute(update(Engagement).where(*of_it).values(status="ended", version=row.version + 1))
        version_id, policy = services.policies.in_force(connection, tenant.id, today)
        responsible = tenant.body_keys[row.responsible_body_id]
        planned = Planned(row.id, number, responsible, version_id)
        told = schedule.ended(connection, tenant, policy, planned, ends=row.ends_on, today=today, now=now)
        _notify(connection, tenant, policy, row, "lapsed", now=now)
        done = Act(
            "lapse",
            policy_version=policy.version,
            policy_digest=policy.digest,
            data={"engagement": number, "ends_on": row.ends_on.isoformat(), "register_version": row.version + 1} | told,
        )
        record(connection, tenant.id, done, now=now)
    return True


def _wait(
    services: Services, connection: Connection, tenant: Tenant, row: Row[Any], renewal_id: int, *, now: datetime
) -> None:
    """Look again at the end of the day, and notify once for each last day that a decided renewal is waited for."""
    today = local_day(now, tenant.timezone)
    deadline = deadlines.look_again(connection, tenant, EXPIRY, row.number, end_of(today, tenant.timezone))
    if deadline is None:
        return
    of_it = {"deadline_id": deadline[0], "cycle": deadline[1]}
    notified = select(Notice.id).where(
        Notice.municipality_id == tenant.id,
        Notice.kind == RENEWAL_WAITS,
        *(Notice.__table__.c[k] == v for k, v in of_it.items()),
    )
    if connection.execute(notified.limit(1)).first() is None:
        _version_id, policy = services.policies.in_force(connection, tenant.id, today)
        _notify(connection, tenant, policy, row, RENEWAL_WAITS, now=now, case_id=renewal_id, **of_it)


def _notify(
    connection: Connection, tenant: Tenant, policy: Policy, row: Row[Any], kind: str, *, now: datetime, **more: int
) -> None:
    """Notify the officers of the administration that prepares the engagement's matters, and the coordinator."""
    seats = (preparing_seat(policy, "officer", tenant.body_keys[row.responsible_body_id]), coordinator_seat(policy))
    notices = [
        {
            "municipality_id": tenant.id,
            "body_id": tenant.body_ids[body],
            "role": role,
            "kind": kind,
            "engagement_id": row.id,
            "clause": "",
            "created_at": now,
            "due_on": row.ends_on,
            "is_dispatched": False,
            **more,
        }
        for role, body in seats
    ]
    connection.execute(insert(Notice), notices)
