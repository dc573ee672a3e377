"""Queries for one case as the API shows it, on the caller's connection and so in the caller's transaction.

The case's row carries the current proposal and the user names of its officer and opener. What the history rules out
is not read: without a decision taken there are no decisions and no recorded conflicts of interest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, distinct, func, or_, select
from sqlalchemy.orm import Session

from models import Appointment, Case, Decision, Document, Engagement, Mandate, Person, Proposal, Recusal
from workflow.cases import predicates
from workflow.cases.actor import Actor
from workflow.cases.context import CaseContext, context_of, with_history
from workflow.cases.records import CaseRecord
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.store import Policies

#: Actions that write a decision.
_DECIDING = ("enter-decision", "approve", "reject")

_c, _e, _d, _a = Case.__table__.c, Engagement.__table__.c, Decision.__table__.c, Appointment.__table__.c
_p, _doc, _m, _r = (one.__table__.c for one in (Proposal, Document, Mandate, Recusal))
_officer, _opener = Person.__table__.alias("officer"), Person.__table__.alias("opener")
_enterer, _confirmer = Person.__table__.alias("enterer"), Person.__table__.alias("confirmer")
_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_CASE_ID: BindParameter[int] = bindparam("case")

_CASE = (
    select(
        Case.__table__,
        _p.text.label("proposal_text"),
        _p.digest.label("proposal_digest"),
        _officer.c.username.label("officer"),
        _officer.c.name.label("officer_name"),
        _opener.c.username.label("opened_by"),
        select(_r.id).where(_r.case_id == _c.id).exists().label("has_recusals"),
    )
    .outerjoin(Proposal.__table__, (_p.case_id == _c.id) & (_p.version == _c.proposal_version))
    .join(_officer, _officer.c.id == _c.officer_id)
    .join(_opener, _opener.c.id == _c.opened_by_id)
    .where(_c.municipality_id == _MUNICIPALITY, _c.number == bindparam("number"))
)
_DOCUMENTS = (
    select(
        *(_doc.number, _doc.title, _doc.direction, _doc.correspondent, _doc.file_name, _doc.media_type, _doc.size),
        *(_doc.digest, _doc.dated_on, _doc.registered_at),
    )
    .where(_doc.municipality_id == _MUNICIPALITY, _doc.case_id == _CASE_ID)
    .order_by(_doc.id)
)
_DECISIONS = (
    select(
        *(_d.body_id, _d.step, _d.outcome, _d.proposal, _d.text, _d.decided_on, _d.paragraph, _d.reason, _d.clauses),
        *(_d.members, _d.present, _d.votes_for, _d.votes_against, _d.abstained, _d.casting_vote, _d.conflicts),
        *(_d.state, _d.entered_at, _d.confirmed_at, _m.reference.label("mandate")),
        *(_enterer.c.username.label("entered_by"), _confirmer.c.username.label("confirmed_by")),
    )
    .join(_enterer, _enterer.c.id == _d.entered_by_id)
    .outerjoin(_confirmer, _confirmer.c.id == _d.confirmed_by_id)
    .outerjoin(Mandate.__table__, _m.id == _d.mandate_id)
    .where(_d.municipality_id == _MUNICIPALITY, _d.case_id == _CASE_ID)
    .order_by(_d.id)
)
_ENGAGEMENTS = (
    select(_e.number)
    .where(
        _e.municipality_id == _MUNICIPALITY,
        or_(_e.id == bindparam("engagement"), _e.entered_by == bindparam("number")),
    )
    .order_by(_e.id)
)
_MEMBERS = select(func.count(distinct(_a.person_id))).where(
    _a.municipality_id == _MUNICIPALITY,
    _a.body_id == bindparam("body"),
    _a.role.in_(("member", "chair")),
    _a.starts_on <= bindparam("today"),
    or_(_a.ends_on.is_(None), _a.ends_on >= bindparam("today")),
    _a.deputy_for_id.is_(None),
)


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A case with everything an answer about it is made of."""

    context: CaseContext
    #: The case's row with its proposal and the names of its officer and opener.
    row: Row[Any]
    documents: Sequence[Row[*tuple[Any, ...]]]
    decisions: Sequence[Row[*tuple[Any, ...]]]
    #: Numbers of the engagements it concerns or entered.
    engagements: Sequence[str]
    #: Members today of the body whose turn it is; None where no body meets.
    members: int | None


def load_case(
    policies: Policies, connection: Connection, tenant: Tenant, actor: Actor, number: str, today: date
) -> CaseRows:
    """A case as one person may see it; raises `NotFound` where they may not."""
    given: dict[str, Any] = {"municipality": tenant.id, "number": number}
    row = connection.execute(_CASE, given).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    policy = policies.by_id(connection, tenant.id, row.policy_version_id)
    context = with_history(
        connection, context_of(tenant, actor, policy, CaseRecord.of(row), today), has_recusals=bool(row.has_recusals)
    )
    was_decided = any(done.action in _DECIDING for done in context.history)
    stop = context.procedure.stop_at(row.state)
    if not predicates.actor_may_see_the_case(context):
        raise NotFound(reason("not-found"))
    given |= {"case": row.id, "engagement": row.engagement_id}
    members = None
    if stop is not None and stop.is_collegial:
        of_body = {"municipality": tenant.id, "body": row.waits_body_id, "today": today}
        members = int(connection.execute(_MEMBERS, of_body).scalar_one())
    return CaseRows(
        context,
        row,
        connection.execute(_DOCUMENTS, given).all(),
        connection.execute(_DECISIONS, given).all() if was_decided else (),
        connection.execute(_ENGAGEMENTS, given).scalars().all(),
        members,
    )


def visible_context(
    policies: Policies, source: Session, tenant: Tenant, actor: Actor, row: Row[Any], today: date
) -> CaseContext | None:
    """The context of a listed case, None where the person may not see it."""
    policy = policies.by_id(source, tenant.id, row.policy_version_id)
    context = context_of(tenant, actor, policy, CaseRecord.of(row), today)
    return context if predicates.actor_may_see_the_case(context) else None
