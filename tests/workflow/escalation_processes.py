"""Processes that escalate deadlines until killed, with and without their safeguards."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from models import Deadline
from models.database import connect, reading
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged
from workflow.core.tenants import Tenant
from workflow.engine import services_for
from workflow.scheduling import escalation


def sweep(url: str, key: str, now: datetime, batch: int, fault: str) -> None:
    """Climb batch after batch, until killed."""
    FAULTS[fault]()
    engine = connect(url)
    services = services_for(engine)
    tenant = services.tenants.tenant(key)
    while True:
        try:
            if escalation.raise_due(services, tenant, now=now, batch=batch).is_empty:
                time.sleep(0.01)
        except CaseChanged:
            continue


def _none() -> None:
    """As it ships."""


def _unguarded() -> None:
    """No lock, no condition, no unique rung, no entry: each alone is enough, so all must go for harm to be done."""

    def pick(services: Services, tenant: Tenant, now: datetime, batch: int) -> list[Row[Any]]:
        with reading(services.engine, tenant.id) as session:
            query = select(*(getattr(Deadline, name) for name in escalation._COLUMNS)).where(Deadline.next_at <= now)
            return list(session.execute(query.order_by(Deadline.next_at, Deadline.id).limit(batch)))

    def raise_due(services: Services, tenant: Tenant, *, now: datetime, batch: int) -> escalation.BatchResult:
        rows = pick(services, tenant, now, batch)
        escalation.pick = lambda *_: rows
        return as_it_ships(services, tenant, now=now, batch=batch)

    as_it_ships = escalation.raise_due
    escalation.raise_due = raise_due  # type: ignore[assignment]
    _unconditional()
    _ambiguous()


def _unconditional() -> None:
    """The move is written whatever has become of the deadline since it was read."""
    values = escalation._CLIMB._values  # type: ignore[attr-defined]
    escalation._CLIMB = (
        update(Deadline)
        .where(Deadline.id == bindparam("of_id"), Deadline.municipality_id == bindparam("of_municipality"))
        .values({column.name: value for column, value in values.items()})
    )


def _ambiguous() -> None:
    """A notice names no rung, so that no other can be its double, and no entry is written, whose number would be."""
    notice, write = escalation._notice, escalation.write_all

    def unnamed(*given: Any) -> dict[str, Any]:
        return notice(*given) | {"rung": None}

    def unrecorded(connection: Connection, statement: Any, rows: Any) -> int:
        return 0 if statement is escalation._ENTRIES else write(connection, statement, rows)

    escalation._notice = unnamed
    escalation.write_all = unrecorded


def _in_two() -> None:
    """The move is committed before anybody is told, so that a death in between loses the telling."""
    write = escalation.write_all

    def committing(connection: Connection, statement: Any, rows: Any) -> int:
        written = write(connection, statement, rows)
        if statement is escalation._CLIMB:
            connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
            time.sleep(0.005)
            if connection.dialect.name == "sqlite":
                connection.connection.cursor().execute("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(
                    "SELECT set_config('instans.municipality', (SELECT id::text FROM municipality LIMIT 1), true)"
                )
        return written

    escalation.write_all = committing


FAULTS = {"": _none, "unguarded": _unguarded, "in two transactions": _in_two}
