"""Expiry: consultations closed and engagements ended by the clock.

A consulted body that has not answered is recorded as silent. An engagement whose agreed end has passed and that no
case has renewed is ended in the register. Neither is a decision.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from models import Engagement, Notice
from models.database import writing
from workflow import deadlines
from workflow.cases import gate
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenant
from workflow.deadlines import CONSULTATION, EXPIRY
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.policy.roles import coordinator_seat, preparing_seat
from workflow.trail.journal import Act, record


def end(services: Services, tenant: Tenant, ladder: str, subject: str, *, now: datetime) -> bool:
    """End what waits no longer; False where it has been ended, renewed or extended meanwhile."""
    if ladder == CONSULTATION:
        return gate.close_consultation(services, tenant, subject, now=now)
    return lapse(services, tenant, subject, now=now)


def lapse(services: Services, tenant: Tenant, number: str, *, now: datetime) -> bool:
    """End an engagement whose agreed last day is over; False where it is not, or it has ended already."""
    today = local_day(now, tenant.timezone)
    with writing(services.engine, tenant.id) as connection:
        of_it = (Engagement.municipality_id == tenant.id, Engagement.number == number)
        row = connection.execute(select(Engagement.__table__).where(*of_it).with_for_update()).one()
        if row.ends_on is not None and row.ends_on >= today:
            return False  # renewed meanwhile: its deadline has been set anew
        deadlines.close(connection, tenant, EXPIRY, number)
        if row.ends_on is None or row.status == "ended":
            return False
        connection.execute(update(Engagement).where(*of_it).values(status="ended"))
        version_id, policy = services.policies.in_force(connection, tenant.id, today)
        responsible = tenant.body_keys[row.responsible_body_id]
        planned = Planned(row.id, number, responsible, version_id)
        told = schedule.ended(connection, tenant, policy, planned, ends=row.ends_on, today=today, now=now)
        seats = (preparing_seat(policy, "officer", responsible), coordinator_seat(policy))
        notices = [
            {
                "municipality_id": tenant.id,
                "body_id": tenant.body_ids[body],
                "role": role,
                "kind": "lapsed",
                "engagement_id": row.id,
                "clause": "",
                "created_at": now,
                "due_on": row.ends_on,
                "is_dispatched": False,
            }
            for role, body in seats
        ]
        connection.execute(insert(Notice), notices)
        done = Act(
            "lapse",
            policy_version=policy.version,
            policy_digest=policy.digest,
            data={"engagement": number, "ends_on": row.ends_on.isoformat()} | told,
        )
        record(connection, tenant.id, done, now=now)
    return True
