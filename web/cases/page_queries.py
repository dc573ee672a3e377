"""Queries of the case page and the action forms: one statement each, none per row."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models import (
    Appointment,
    Body,
    CaseReference,
    Consultation,
    Decision,
    Disclosure,
    Document,
    Engagement,
    Evaluation,
    Mandate,
    Person,
    Proposal,
    Substitute,
    TrailEntry,
)
from workflow.cases.case_references import is_dangling
from workflow.cases.context import CaseContext
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.policy.roles import preparing_seat

#: Versions of the proposal, and entries of the history, that a page shows; the trail has them all.
VERSIONS, EVENTS = 12, 100

_DANGLING = select(CaseReference.mentioned).where(
    CaseReference.case_id == bindparam("case"), is_dangling(CaseReference.mentioned)
)
_PRESIDED = select(Person.name).where(Person.id.in_(bindparam("chairs", expanding=True))).order_by(Person.name)


def proposals(db: Session, case_id: int) -> tuple[Any, ...]:
    """The latest versions of the proposal, newest first, and one more to compare the last with."""
    columns = (Proposal.version, Proposal.text, Proposal.body_id, Proposal.author_id, Proposal.created_at)
    query = select(*columns).where(Proposal.case_id == case_id).order_by(Proposal.version.desc()).limit(VERSIONS + 1)
    return tuple(db.execute(query))


def decisions(db: Session, case_id: int) -> tuple[Any, ...]:
    """What bodies have decided, newest first; a record that was replaced is left to the trail."""
    d = Decision
    columns = (d.id, d.body_id, d.step, d.outcome, d.proposal, d.changes, d.decided_on, d.paragraph)
    votes = (d.members, d.present, d.votes_for, d.votes_against, d.abstained, d.casting_vote, d.conflicts, d.reason)
    record = (d.entered_by_id, d.entered_at, d.state, d.confirmed_by_id, d.confirmed_at, d.clauses)
    query = select(*columns, *votes, *record, Mandate.reference).outerjoin(Mandate, Mandate.id == d.mandate_id)
    return tuple(db.execute(query.where(d.case_id == case_id, d.state != "replaced").order_by(d.id.desc())))


def opinions(db: Session, s: CaseContext) -> tuple[Any, ...]:
    """Bodies consulted, the latest round first; nothing is read where the route consults nobody."""
    if not any(stop.step == "consult" for stop in s.procedure.stops):
        return ()
    c = Consultation
    columns = (c.body_id, c.round, c.state, c.due_on, c.opinion, c.given_at, c.given_by_id)
    return tuple(db.execute(select(*columns).where(c.case_id == s.case.id).order_by(c.round.desc(), c.id)))


def documents(db: Session, case_id: int) -> tuple[Any, ...]:
    """Documents of a case without their content, in the order of registration."""
    d = Document
    columns = (d.number, d.direction, d.title, d.correspondent, d.file_name, d.media_type, d.size, d.digest)
    more = (d.dated_on, d.registered_at, d.registered_by_id)
    return tuple(db.execute(select(*columns, *more).where(d.case_id == case_id).order_by(d.id)))


def document_contents(db: Session, case_id: int, numbers: set[str]) -> dict[str, bytes]:
    """Contents of some documents of a case, by number."""
    query = select(Document.number, Document.content).where(
        Document.case_id == case_id, Document.number.in_(sorted(numbers))
    )
    return {row.number: row.content for row in db.execute(query)}


def entries(db: Session, number: str) -> tuple[Any, ...]:
    """The latest entries of the trail with their comments, newest first."""
    e = TrailEntry
    who = (e.actor, e.actor_role, e.actor_body, e.on_behalf_of, e.mandate)
    columns = (e.number, e.at, *who, e.action, e.from_state, e.to_state, e.data)
    comment = and_(Disclosure.stream == e.stream, Disclosure.number == e.number, Disclosure.field == "comment")
    query = select(*columns, Disclosure.value).outerjoin(Disclosure, comment)
    return tuple(db.execute(query.where(e.stream == number).order_by(e.number.desc()).limit(EVENTS)))


def names_of(db: Session, ids: set[int], public_ids: set[str], usernames: set[str]) -> dict[Any, str]:
    """Names by id, by public id and by user name."""
    query = select(Person.id, Person.public_id, Person.username, Person.name).where(
        or_(
            Person.id.in_(sorted(ids)),
            Person.public_id.in_(sorted(public_ids)),
            Person.username.in_(sorted(usernames)),
        )
    )
    return {key: name for *keys, name in db.execute(query) for key in keys}


def holders(db: Session, s: CaseContext) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Holders today of the seat the case waits for, or of the draft; each with the names of their substitutes.

    A record waits for whoever chaired the meeting.
    """
    case, today, stand_in = s.case, s.today, aliased(Person)
    if s.seated.chairs:
        return tuple((name, ()) for name in db.scalars(_PRESIDED, {"chairs": sorted(s.seated.chairs)}))
    if case.waits_role is not None:
        whose = (Appointment.body_id == case.waits_body_id, Appointment.role == case.waits_role)
    elif case.waits_person_id is not None:
        role, body = preparing_seat(s.policy, "officer", s.responsible)
        seat = exists().where(Body.id == Appointment.body_id, Body.key == body)
        whose = (Appointment.person_id == case.waits_person_id, and_(Appointment.role == role, seat))
    else:
        return ()
    standing_in = and_(
        Substitute.person_id == Appointment.person_id,
        Substitute.body_id == Appointment.body_id,
        Substitute.role == Appointment.role,
        Substitute.starts_on <= today,
        Substitute.ends_on >= today,
    )
    query = (
        select(Person.name, stand_in.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .outerjoin(Substitute, standing_in)
        .outerjoin(stand_in, and_(stand_in.id == Substitute.substitute_id, stand_in.is_active))
        .where(
            *whose,
            Appointment.deputy_for_id.is_(None),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
            Person.is_active,
        )
        .order_by(Person.name, stand_in.name)
        .limit(5)
    )
    found: dict[str, list[str]] = {}
    for holder, substitute in db.execute(query):
        found.setdefault(holder, []).extend([substitute] if substitute else [])
    return tuple((holder, tuple(dict.fromkeys(names))) for holder, names in found.items())


def engagement(db: Session, services: Services, tenant: Tenant, s: CaseContext) -> tuple[str, str] | None:
    """Number and title of the engagement a case concerns; None where it is kept secret from the reader."""
    if s.case.engagement_id is None:
        return None
    readable = reader_of(db, services.policies, tenant, s.actor).may_read_engagement()
    query = select(Engagement.number, Engagement.title).where(Engagement.id == s.case.engagement_id, readable)
    row = db.execute(query).one_or_none()
    return None if row is None else (row.number, row.title)


def evaluation(db: Session, id_: int | None) -> str:
    """Number of the evaluation that a case decides; empty where it decides none."""
    if id_ is None:
        return ""
    return db.execute(select(Evaluation.number).where(Evaluation.id == id_)).scalar_one()


def people_in(db: Session, body_id: int, roles: tuple[str, ...], today: date) -> list[Any]:
    """Id, user name and name of the people appointed to a body in any of some roles today, by name."""
    query = (
        select(Person.id, Person.username, Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.body_id == body_id,
            Appointment.role.in_(roles),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
            Appointment.deputy_for_id.is_(None),
            Person.is_active,
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return list(db.execute(query))


def proposal_digest(db: Session, case_id: int, version: int) -> str:
    """Digest of a version of a case's proposal; empty where there is none."""
    query = select(Proposal.digest).where(Proposal.case_id == case_id, Proposal.version == version)
    return db.execute(query).scalar_one_or_none() or ""


def dangling(db: Session, case_id: int) -> tuple[str, ...]:
    """Numbers that a case mentions and that no case here bears."""
    return tuple(db.execute(_DANGLING, {"case": case_id}).scalars())
