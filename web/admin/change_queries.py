"""Queries for proposed changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Appointment, Person, ProposedChange
from web.auth.session import User
from workflow.people.change_kinds import KINDS
from workflow.people.changes import may_confirm

#: Open proposals on the page, the oldest first.
MOST = 100


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One open proposal."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    proposed_at: datetime
    expires_at: datetime
    #: Whom it concerns, and their e-mail address now; None for a mandate.
    name: str | None
    username: str | None
    email: str | None
    person_id: int | None
    proposer: str
    proposer_id: int
    #: Role and body key of the appointment that ends; empty for every other change.
    role: str = ""
    body: str = ""
    #: Whether the reader proposed it, and whether the reader can confirm it.
    is_own: bool = False
    may_confirm: bool = False


def open_proposals(db: Session, user: User, now: datetime, *, about: str = "") -> Sequence[ProposalRow]:
    """Open proposals, the oldest first; with `about`, those that concern one person."""
    person, proposer, p = aliased(Person), aliased(Person), ProposedChange
    query = (
        select(p.id, p.kind, p.payload, p.proposed_at, p.expires_at, person.name, person.username)
        .add_columns(person.email, person.id, proposer.name, proposer.id)
        .outerjoin(person, person.id == p.person_id)
        .join(proposer, proposer.id == p.proposed_by_id)
        .where(p.state == "open", p.expires_at > now)
        .order_by(p.id)
        .limit(MOST)
    )
    if about:
        query = query.where(person.username == about)
    rows = [ProposalRow(*row) for row in db.execute(query)]
    can, seats = _confirmable(db, user, rows, now), _seats(db, user, rows)
    return [
        replace(
            row,
            role=seats.get(row.payload.get("id"), ("", ""))[0],
            body=seats.get(row.payload.get("id"), ("", ""))[1],
            is_own=row.proposer_id == user.id,
            may_confirm=row.id in can,
        )
        for row in rows
    ]


def _seats(db: Session, user: User, rows: Sequence[ProposalRow]) -> Mapping[object, tuple[str, str]]:
    """Role and body key of the appointments that are to end, by id."""
    ids = [row.payload["id"] for row in rows if row.kind == "end-appointment"]
    if not ids:
        return {}
    found = db.execute(select(Appointment.id, Appointment.role, Appointment.body_id).where(Appointment.id.in_(ids)))
    return {row.id: (row.role, user.municipality.body_keys[row.body_id]) for row in found}


def _confirmable(db: Session, user: User, rows: Sequence[ProposalRow], now: datetime) -> frozenset[int]:
    """Ids of the proposals that the reader can confirm; those of one proposer, person and body are judged once."""
    judged: dict[tuple[object, ...], bool] = {}
    found = set()
    for row in rows:
        alike = (row.kind, row.proposer_id, row.person_id, row.payload.get("body"), row.payload.get("id"))
        if alike not in judged:
            asked = {
                "kind": row.kind,
                "payload": row.payload,
                "person_id": row.person_id,
                "proposed_by_id": row.proposer_id,
            }
            judged[alike] = may_confirm(db.connection(), user.municipality, KINDS, user.id, asked, now)
        if judged[alike]:
            found.add(row.id)
    return frozenset(found)
