"""Deadlines of appointments and mandates that end.

The ladder notifies only while some case waits for the seat that falls vacant. A new last day replaces the deadline.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from workflow import deadlines
from workflow.core.calendar import local_day
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant
from workflow.deadlines import Due
from workflow.policy.roles import Seat
from workflow.policy.store import Policies


def expect(
    connection: Connection, tenant: Tenant, kind: str, id_: int, seat: Seat, ends_on: date | None, *, now: datetime
) -> None:
    """Set the deadline of an appointment or a mandate that ends; without a last day, or one that is past, none."""
    today = local_day(now, tenant.timezone)
    if ends_on is None or ends_on < today:
        deadlines.close(connection, tenant, kind, str(id_))
        return
    try:
        version_id, policy = Policies(connection.engine).in_force(connection, tenant.id, today)
    except NotFound:  # nobody has laid down yet who is told
        return
    due = Due(kind, str(id_), kind, ends_on, seat[1], seat)
    deadlines.set_deadlines(connection, tenant, policy, version_id, [due], now=now)
