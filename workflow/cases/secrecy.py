"""Secrecy of cases and of what comes of them: one rule, as a predicate over a case and as a condition in SQL.

A case that carries a mark is read by its officer, by whoever opened it, by the bodies on its way, by those who sign,
and by auditors. An engagement that such a case has entered or changed is read by the same people and by those who
report its evaluations, and so is all that belongs to it: evaluations, documents, funding, contacts. The mark stands on
the case alone, so that lifting it there opens everything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, and_, exists, false, literal_column, or_, select, true
from sqlalchemy.orm import Session, aliased

from models import Case, Engagement
from workflow.cases.acting_roles import Substitution
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import Purpose, acts_for
from workflow.policy.roles import Seat, bodies_on_the_way, seat, signing_seats
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.store import Policies

#: Acts whose conclusion writes into the register what a case holds.
WRITING_ACTS = acts_for(Purpose.BEGIN, Purpose.PROLONG, Purpose.END)
#: Written out, so that SQLite sees that its partial index holds the rows.
_NO_MARK: ColumnElement[str] = literal_column("''")


class Person(Protocol):
    """Who reads: the signed-in person or the owner of a token."""

    @property
    def id(self) -> int:
        """Id of the person."""

    @property
    def all_seats(self) -> frozenset[Seat]:
        """Seats they may act from today."""

    @property
    def stands_in(self) -> tuple[Substitution, ...]:
        """Absent people they stand in for."""


def seats_see_it(policy: Policy, procedure: Procedure, responsible: str, seats: Collection[Seat]) -> bool:
    """Whether one of the seats is that of an auditor, of a body on a case's way or of somebody who signs."""
    bodies = bodies_on_the_way(policy, procedure, responsible)
    signing = signing_seats(policy, procedure, responsible)
    return any(body in bodies or role == "auditor" or (role, body) in signing for role, body in seats)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person may read of what is kept secret."""

    #: An auditor reads everything.
    is_auditor: bool
    #: The person, and the officers they stand in for.
    officers: tuple[int, ...]
    opener: int
    #: Policy version, route and responsible body of the secret cases on whose way they sit.
    ways: tuple[tuple[int, str, int], ...]

    def may_read_engagement(self) -> ColumnElement[bool]:
        """The condition on `Engagement` that it is not kept secret from the reader."""
        if self.is_auditor:
            return true()
        secret = aliased(Case)
        return ~exists().where(_wrote(secret), ~self._reads(secret)).correlate(Engagement)

    def _reads(self, case: type[Case]) -> ColumnElement[bool]:
        ways = [
            and_(case.policy_version_id == version, case.route == route, case.responsible_body_id == body)
            for version, route, body in self.ways
        ]
        return or_(case.officer_id.in_(self.officers), case.opened_by_id == self.opener, *ways or [false()])


def engagement_is_secret() -> ColumnElement[bool]:
    """The condition on `Engagement` that a mark lies on it, whoever reads: what leaves the house names it by number."""
    return exists().where(_wrote(aliased(Case))).correlate(Engagement)


def secrecy_of_engagement(connection: Connection, tenant: Tenant, engagement_id: int) -> tuple[str, str] | None:
    """Law and note of the mark on an engagement, the latest first; None where there is none."""
    secret = aliased(Case)
    query = (
        select(secret.secrecy_law, secret.secrecy_note)
        .select_from(Engagement)
        .join(secret, _wrote(secret))
        .where(Engagement.municipality_id == tenant.id, Engagement.id == engagement_id)
        .order_by(secret.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.secrecy_law, row.secrecy_note)


def reader_of(db: Connection | Session, policies: Policies, tenant: Tenant, person: Person) -> Reader:
    """What a person may read of what is secret: one statement over the secret cases' ways, none for an auditor."""
    away = (one.id for one in person.stands_in if one.seat[0] == "officer")
    officers = (person.id, *away)
    if any(role == "auditor" for role, _body in person.all_seats):
        return Reader(True, officers, person.id, ())
    columns = (Case.policy_version_id, Case.route, Case.responsible_body_id)
    secret = (Case.municipality_id == tenant.id, Case.secrecy_law != _NO_MARK, Case.engagement_id.is_not(None))
    found = db.execute(select(*columns).where(*secret).distinct()).all()
    connection = db.connection() if isinstance(db, Session) else db
    return Reader(
        False,
        officers,
        person.id,
        tuple(
            (version, route, body)
            for version, route, body in found
            if _sits_on(policies.by_id(connection, tenant.id, version), route, tenant.body_keys[body], person)
        ),
    )


def _sits_on(policy: Policy, route: str, responsible: str, person: Person) -> bool:
    procedure = procedure_for(policy, route, policy.body(responsible).kind)
    reporting = {seat(policy, rule.reports, responsible) for rule in policy.evaluations}
    return seats_see_it(policy, procedure, responsible, person.all_seats) or bool(reporting & person.all_seats)


def _wrote(case: type[Case]) -> ColumnElement[bool]:
    """That a secret case has been concluded and has written into the engagement."""
    return and_(
        case.municipality_id == Engagement.municipality_id,
        case.engagement_id == Engagement.id,
        case.secrecy_law != _NO_MARK,
        case.state == "concluded",
        case.act.in_(WRITING_ACTS),
    )
