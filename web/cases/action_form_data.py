"""What must the form of one action know beside the case itself?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Appointment, Person, Proposal
from web.cases.presenter import CaseView
from workflow.policy.roles import body_at, preparing_seat


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read for one action's form; empty where the action needs nothing."""

    #: User name and name: officers who can have the case, or members of the body that decides.
    people: tuple[tuple[str, str], ...] = ()
    #: Digest of the text as it stands.
    digest: str = ""


def beside(db: Session, view: CaseView, action: str) -> Beside:
    """Read what an action's form needs, in at most one statement."""
    s = view.standing
    if action == "reassign":
        role, body = preparing_seat(s.policy, "officer", s.responsible)
        found = _seated(db, view.tenant.body_ids[body], (role,), s.today)
        return Beside(tuple((username, name) for id_, username, name in found if id_ != s.case.officer_id))
    stop = s.procedure.stop_at(s.state)
    if action == "enter-decision" and stop is not None and stop.is_collegial:
        body = body_at(s.policy, stop, s.responsible)
        members = _seated(db, view.tenant.body_ids[body], ("member", "chair"), s.today)
        return Beside(tuple((username, name) for _id, username, name in members))
    if action == "sign":
        wanted = (Proposal.case_id == s.case.id, Proposal.version == s.case.proposal_version)
        return Beside(digest=db.execute(select(Proposal.digest).where(*wanted)).scalar_one_or_none() or "")
    return Beside()


def _seated(db: Session, body_id: int, roles: tuple[str, ...], today: date) -> list[Any]:
    """People who sit in a body today, each once, by name."""
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
