"""Queries for one case as the API shows it, on the caller's connection and so in the caller's transaction.

The case's row carries the current proposal and the user names of its officer and opener. What the history rules out
is not read: without a decision taken there are no decisions and no recorded conflicts of interest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, distinct, func, or_, select
from sqlalchemy.orm import Session

from models import Appointment, Case, Decision, Document, Engagement, Mandate, Person, Proposal, Recusal
from workflow.cases import predicates
from workflow.cases.acting_roles import holds_today
from workflow.cases.actions.meetings import VOTERS
from workflow.cases.actor import Actor
from workflow.cases.context import CaseContext, Done, context_of, load_history, with_history
from workflow.cases.pending_decision import SAT, SAT_IN, SAT_THERE, pending_in
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
        _e.number.label("engagement_number"),
        select(func.count(distinct(_a.person_id)))
        .where(
            _a.municipality_id == _MUNICIPALITY,
            _a.body_id == _c.waits_body_id,
            or_(*(_a.role == role for role in VOTERS)),
            *holds_today(_a),
        )
        .scalar_subquery()
        .label("members"),
    )
    .outerjoin(Proposal.__table__, (_p.case_id == _c.id) & (_p.version == _c.proposal_version))
    .join(_officer, _officer.c.id == _c.officer_id)
    .join(_opener, _opener.c.id == _c.opened_by_id)
    .outerjoin(Engagement.__table__, _e.id == _c.engagement_id)
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
#: A decision that waits to be confirmed once for each who sat in the body at its meeting, all others once.
_DECISIONS = (
    select(
        Decision.__table__,
        *(_m.reference.label("mandate"), _enterer.c.username.label("entered_by")),
        *(_confirmer.c.username.label("confirmed_by"), *SAT_THERE),
    )
    .join(_enterer, _enterer.c.id == _d.entered_by_id)
    .outerjoin(_confirmer, _confirmer.c.id == _d.confirmed_by_id)
    .outerjoin(Mandate.__table__, _m.id == _d.mandate_id)
    .outerjoin(SAT_IN[0], and_(_d.state == "entered", SAT_IN[1]))
    .outerjoin(*SAT)
    .where(_d.municipality_id == _MUNICIPALITY, _d.case_id == _CASE_ID)
    .order_by(_d.id)
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
    policies: Policies,
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    number: str,
    today: date,
    history: tuple[Done, ...] | None = None,
) -> CaseRows:
    """A case as one person may see it; raises `NotFound` where they may not. `history`, where it has been read."""
    given: dict[str, Any] = {"municipality": tenant.id, "number": number, "today": today}
    row = connection.execute(_CASE, given).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    s = context_of(
        tenant, actor, policies.by_id(connection, tenant.id, row.policy_version_id), CaseRecord.of(row), today
    )
    done = load_history(connection, tenant.id, number) if history is None else history
    given |= {"case": row.id}
    was_decided = any(one.action in _DECIDING for one in done)
    decisions = connection.execute(_DECISIONS, given).all() if was_decided else []
    pending = pending_in([one for one in decisions if one.state == "entered"])
    s = with_history(connection, s, has_recusals=bool(row.has_recusals), history=done, pending=pending)
    if not predicates.actor_may_see_the_case(s):
        raise NotFound(reason("not-found"))
    stop = s.procedure.stop_at(row.state)
    return CaseRows(
        s,
        row,
        connection.execute(_DOCUMENTS, given).all(),
        tuple({one.id: one for one in decisions}.values()),
        (row.engagement_number,) if row.engagement_number else (),
        int(row.members) if stop is not None and stop.is_collegial else None,
    )


def visible_context(
    policies: Policies, source: Session, tenant: Tenant, actor: Actor, row: Row[Any], today: date
) -> CaseContext | None:
    """The context of a listed case, None where the person may not see it."""
    policy = policies.by_id(source, tenant.id, row.policy_version_id)
    context = context_of(tenant, actor, policy, CaseRecord.of(row), today)
    return context if predicates.actor_may_see_the_case(context) else None
