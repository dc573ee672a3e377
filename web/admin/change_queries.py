"""Queries for proposed changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models import Person, ProposedChange
from web.auth.session import User
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
    #: Whom it concerns, and their e-mail address now.
    name: str
    username: str
    email: str
    proposer: str
    proposer_id: int
    #: Whether the reader proposed it, and whether the reader can confirm it.
    is_own: bool = False
    may_confirm: bool = False


def open_proposals(db: Session, user: User, now: datetime, *, about: str = "") -> Sequence[ProposalRow]:
    """Open proposals, the oldest first; with `about`, those that concern one person."""
    person, proposer, p = aliased(Person), aliased(Person), ProposedChange
    query = (
        select(p.id, p.kind, p.payload, p.proposed_at, p.expires_at, person.name, person.username)
        .add_columns(person.email, proposer.name, proposer.id)
        .join(person, person.id == p.person_id)
        .join(proposer, proposer.id == p.proposed_by_id)
        .where(p.state == "open", p.expires_at > now)
        .order_by(p.id)
        .limit(MOST)
    )
    if about:
        query = query.where(person.username == about)
    connection, tenant = db.connection(), user.municipality
    rows = [ProposalRow(*row) for row in db.execute(query)]
    can = {id_: may_confirm(connection, tenant, user.id, id_, now) for id_ in {row.proposer_id for row in rows}}
    return [_seen_by(row, user, can[row.proposer_id]) for row in rows]


def _seen_by(row: ProposalRow, user: User, can_confirm: bool) -> ProposalRow:
    return replace(row, is_own=row.proposer_id == user.id, may_confirm=can_confirm)
