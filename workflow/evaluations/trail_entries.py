"""Trail entries and notices of evaluations.

Called by `workflow.evaluations.service` and `workflow.evaluations.case_outcome` inside their transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from models import Evaluation, Notice
from workflow.cases.actor import Actor
from workflow.core.errors import CaseChanged
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.roles import Seat
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant

#: From which states an action leads where.
MOVES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "start-evaluation": (("pending",), "under-way"),
    "report-evaluation": (("pending", "under-way"), "reported"),
    "return-evaluation": (("reported",), "under-way"),
    "decide-evaluation": (("reported",), "decided"),
}


def write(
    connection: Connection,
    tenant: Tenant,
    row: Row[Any],
    policy: Policy,
    action: str,
    actor: Actor,
    acted_from: Seat,
    values: Mapping[str, Any],
    data: Mapping[str, Any],
    words: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Append the entry and move the evaluation; the version in the condition makes a lost race visible."""
    to = MOVES[action][1]
    entry = Entry(
        municipality=tenant.key,
        stream=row.number,
        number=row.version + 1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=acted_from[0],
        actor_body=acted_from[1],
        on_behalf_of=actor.on_behalf_at(acted_from),
        action=action,
        from_state=row.state,
        to_state=to,
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash=row.head_hash,
        clauses=policy.evaluation(row.rule).clauses,
        data=data,
    )
    head = append(connection, tenant.id, entry, words)
    moved = connection.execute(
        update(Evaluation)
        .where(Evaluation.municipality_id == tenant.id, Evaluation.id == row.id, Evaluation.version == row.version)
        .values(state=to, version=row.version + 1, head_hash=head, **values)
    )
    if moved.rowcount != 1:
        raise CaseChanged(reason("evaluation-changed"))


def notify(
    connection: Connection,
    tenant: Tenant,
    engagement_id: int,
    held: Seat,
    what: str,
    clauses: tuple[str, ...],
    now: datetime,
    case_id: int | None = None,
) -> None:
    """Tell a seat what has become of an evaluation, citing the clause that asks for it."""
    role, body = held
    row = {
        "municipality_id": tenant.id,
        "body_id": tenant.body_ids[body],
        "role": role,
        "kind": what,
        "case_id": case_id,
        "engagement_id": engagement_id,
        "clause": clauses[0] if clauses else "",
        "created_at": now,
    }
    connection.execute(insert(Notice), row)
