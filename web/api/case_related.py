"""What belongs to a case and does not stand in its row?

Its proposal, documents, decisions and people, the engagements it concerns, and how many members the body has whose
turn it is: read with a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from models import Appointment, Decision, Document, Engagement, Mandate, Person, Proposal
from workflow.cases.context import CaseContext


@dataclass(frozen=True, slots=True)
class Beside:
    """What belongs to a case and does not stand in its row."""

    proposal: Any
    documents: Sequence[Any]
    decisions: Sequence[Any]
    #: User names by id.
    people: dict[int, str]
    #: What the case's officer is called.
    officer: str
    #: Numbers of the engagements it concerns or entered.
    engagements: tuple[str, ...]
    #: Members today of the body whose turn it is; None where no body meets.
    members: int | None


def beside(session: Session, s: CaseContext) -> Beside:
    """What belongs to a case that somebody looks at."""
    case = s.case
    proposal = session.execute(
        select(Proposal.text, Proposal.digest).where(
            Proposal.case_id == case.id, Proposal.version == case.proposal_version
        )
    ).one_or_none()
    documents, decisions = _documents(session, case.id), _decisions(session, case.id)
    named = {case.officer_id, case.opened_by_id, *(row.entered_by_id for row in decisions)}
    named |= {row.confirmed_by_id for row in decisions if row.confirmed_by_id is not None}
    query = select(Person.id, Person.username, Person.name).where(Person.id.in_(sorted(named)))
    people = session.execute(query).all()
    concerned = or_(Engagement.id == case.engagement_id, Engagement.entered_by == case.number)
    engagements = session.execute(select(Engagement.number).where(concerned).order_by(Engagement.id)).scalars()
    return Beside(
        proposal,
        documents,
        decisions,
        {row.id: row.username for row in people},
        next(row.name for row in people if row.id == case.officer_id),
        tuple(engagements),
        _members(session, s),
    )


def _documents(session: Session, case_id: int) -> Sequence[Any]:
    d = Document
    columns = (d.number, d.title, d.direction, d.correspondent, d.file_name, d.media_type, d.size, d.digest)
    query = select(*columns, d.dated_on, d.registered_at).where(d.case_id == case_id).order_by(d.id)
    return session.execute(query).all()


def _decisions(session: Session, case_id: int) -> Sequence[Any]:
    d = Decision
    what = (d.body_id, d.step, d.outcome, d.proposal, d.text, d.decided_on, d.paragraph, d.reason, d.clauses)
    votes = (d.members, d.present, d.votes_for, d.votes_against, d.abstained, d.casting_vote, d.conflicts)
    record = (d.state, d.entered_by_id, d.entered_at, d.confirmed_by_id, d.confirmed_at, Mandate.reference)
    query = select(*what, *votes, *record).outerjoin(Mandate, Mandate.id == d.mandate_id)
    return session.execute(query.where(d.case_id == case_id).order_by(d.id)).all()


def _members(session: Session, s: CaseContext) -> int | None:
    """How many sit today in the body that meets at this state."""
    stop = s.procedure.stop_at(s.state)
    if stop is None or not stop.is_collegial:
        return None
    query = select(func.count(distinct(Appointment.person_id))).where(
        Appointment.body_id == s.case.waits_body_id,
        Appointment.role.in_(("member", "chair")),
        Appointment.starts_on <= s.today,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= s.today),
        Appointment.deputy_for_id.is_(None),
    )
    return int(session.execute(query).scalar_one())
