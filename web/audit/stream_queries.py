"""Queries for the trails of evaluations and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Case, Deadline, Engagement, Evaluation
from web.audit.queries import TrailRow, entries_of
from workflow.cases.services import Services
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy


@dataclass(frozen=True, slots=True)
class StreamTrail:
    """The whole trail of an evaluation or of a deadline."""

    name: str
    #: `evaluation`, or the kind of the deadline: step, evaluation, expiry, appointment or mandate.
    kind: str
    is_deadline: bool
    #: Number of the case, evaluation or engagement, or the appointment's or mandate's id.
    subject: str
    #: What it concerns; empty for an appointment or a mandate.
    title: str
    policy: Policy
    #: Key of the responsible body.
    responsible: str
    entries: tuple[TrailRow, ...]
    names: Mapping[str, str]


def stream_trail(db: Session, services: Services, tenant: Tenant, name: str) -> StreamTrail:
    """The whole trail of an evaluation or a deadline, oldest first; raises `NotFound`."""
    kind, _dash, rest = name.removeprefix(f"{tenant.key}-").partition("-")
    is_deadline = kind == "d" and rest.isascii() and rest.isdigit() and len(rest) < 10
    row = _deadline(db, int(rest)) if is_deadline else _evaluation(db, name)
    if row is None:
        raise NotFound(reason("not-found"))
    entries, names = entries_of(db, name)
    return StreamTrail(
        name,
        row.kind if is_deadline else "evaluation",
        is_deadline,
        row.subject,
        row.title or "",
        services.policies.by_id(db.connection(), tenant.id, row.policy_version_id),
        tenant.body_keys[row.body_id],
        entries,
        names,
    )


def _evaluation(db: Session, number: str) -> Any:
    columns = (Evaluation.number.label("subject"), Evaluation.policy_version_id, Engagement.title)
    query = select(*columns, Engagement.responsible_body_id.label("body_id"))
    return db.execute(query.join(Engagement, Engagement.id == Evaluation.engagement_id).where(
        Evaluation.number == number
    )).one_or_none()  # fmt: skip


def _deadline(db: Session, id_: int) -> Any:
    """A deadline; None for one of a draft that was never submitted."""
    columns = (Deadline.kind, Deadline.subject, Deadline.policy_version_id, Deadline.body_id)
    title = (Case.title.label("case_title"), Engagement.title.label("engagement_title"))
    query = select(*columns, *title).outerjoin(Case, Case.id == Deadline.case_id)
    query = query.outerjoin(Engagement, Engagement.id == Deadline.engagement_id)
    row = db.execute(
        query.where(Deadline.id == id_, or_(Deadline.case_id.is_(None), Case.submitted_by_id.is_not(None)))
    ).one_or_none()
    return None if row is None else _Titled(*row[:4], row.case_title or row.engagement_title or "")


@dataclass(frozen=True, slots=True)
class _Titled:
    kind: str
    subject: str
    policy_version_id: int
    body_id: int
    title: str
