"""Queries of what deadlines wait for: consulted bodies without an answer, and seats that some case waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from models import Case, Consultation
from workflow.core.tenants import Tenant
from workflow.deadlines import APPOINTMENT, CONSULTATION, MANDATE
from workflow.policy.roles import Seat


def silent_secretaries(
    connection: Connection, tenant: Tenant, rows: Iterable[Row[Any]]
) -> Mapping[int, tuple[Seat, ...]]:
    """By case: the secretaries of the consulted bodies that have not answered."""
    ids = [row.case_id for row in rows if row.ladder == CONSULTATION]
    if not ids:
        return {}
    query = select(Consultation.case_id, Consultation.body_id).where(
        Consultation.municipality_id == tenant.id, Consultation.case_id.in_(ids), Consultation.state == "asked"
    )
    found: dict[int, tuple[Seat, ...]] = dict.fromkeys(ids, ())
    for case_id, body_id in connection.execute(query.order_by(Consultation.id)):
        found[case_id] += (("secretary", tenant.body_keys[body_id]),)
    return found


def awaited_seats(connection: Connection, tenant: Tenant, rows: Iterable[Row[Any]]) -> set[int]:
    """Ids of those deadlines of appointments and mandates for whose seat some case waits."""
    ending = [row for row in rows if row.kind in (APPOINTMENT, MANDATE)]
    found = set()
    for row in ending:
        waits = select(Case.id).where(
            Case.municipality_id == tenant.id,
            Case.waits_body_id == row.waits_body_id,
            Case.waits_role == row.waits_role,
        )
        if connection.execute(waits.limit(1)).first() is not None:
            found.add(row.id)
    return found
