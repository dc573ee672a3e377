"""The page of an engagement: its row, evaluations, funding, documents, and the cases the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Case, Document, Engagement, Evaluation, FundingLine
from web.auth.session import User
from web.register.queries import OPEN_EVALUATIONS, status_on
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import REGISTERED
from workflow.policy.roles import coordinator_seat, preparing_seat
from workflow.register.details import MOST_LINES

#: Cases, and evaluations, on an engagement's page.
MOST = 50
#: An evaluation due within so many days stands at the top of the page.
NEAR = 90

_E = Engagement


@dataclass(frozen=True, slots=True)
class DueEvaluation:
    """One evaluation of an engagement, or of the policy, with the rule that demands it."""

    state: str
    due_on: date
    #: None where the policy version no longer has the rule.
    rule: EvaluationRule | None
    #: The policy version the rule stands in.
    policy: Policy
    #: Number of the engagement; empty where the policy stands in no register.
    number: str
    #: Number of the evaluation itself.
    evaluation: str

    @property
    def is_open(self) -> bool:
        """Whether it is neither decided nor cancelled."""
        return self.state in OPEN_EVALUATIONS


@dataclass(frozen=True, slots=True)
class EngagementView:
    """The values of an engagement's page."""

    row: Any
    responsible: str
    status: str
    policy: Policy
    evaluations: tuple[DueEvaluation, ...]
    cases: tuple[Any, ...]
    today: date
    funding: tuple[Any, ...] = ()
    documents: tuple[Any, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether it is active or noted."""
        return self.status in ("active", "noted")

    @property
    def waiting(self) -> tuple[DueEvaluation, ...]:
        """Open evaluations, the most urgent first."""
        return tuple(due for due in self.evaluations if due.is_open)

    @property
    def is_pressing(self) -> bool:
        """Whether an evaluation is late or due within `NEAR` days."""
        return any((due.due_on - self.today).days <= NEAR for due in self.waiting)


def load(db: Session, services: Services, user: User, number: str, today: date) -> EngagementView:
    """An engagement by its number; raises `NotFound`."""
    tenant = user.municipality
    reader = reader_of(db, services.policies, tenant, user)
    query = select(*_columns()).where(_E.number == number, reader.may_read_engagement())
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    _version_id, policy = services.policies.in_force(db.connection(), tenant.id, today)
    return EngagementView(
        row,
        tenant.body_keys[row.responsible_body_id],
        status_on(row.status, row.ends_on, row.notice_on, today),
        policy,
        evaluations(db, services, tenant, Evaluation.engagement_id == row.id),
        _cases(db, user, row),
        today,
        _funding(db, row),
        _documents(db, row),
    )


def may_edit_details(view: EngagementView, user: User) -> bool:
    """Whether a reader may edit an engagement's details: the same seats as `workflow.register.details` admits."""
    seats = (preparing_seat(view.policy, "officer", view.responsible), coordinator_seat(view.policy))
    return any(user.holds(*seat) for seat in seats)


def _columns() -> tuple[InstrumentedAttribute[Any], ...]:
    facts = (_E.id, _E.number, _E.kind, _E.title, _E.status, _E.partner_name, _E.partner_country)
    request = (_E.responsible_body_id, *(getattr(_E, name) for name in REGISTERED), _E.goals, _E.fields)
    dates = (_E.starts_on, _E.ends_on, _E.notice_on, _E.signature, _E.created_at)
    details = (_E.partner_kind, _E.latitude, _E.longitude, _E.contacts, _E.participants, _E.details_version)
    return (*facts, *request, *dates, *details, _E.origin, _E.source, _E.entered_by, _E.changed_by, _E.is_example)


def evaluations(
    db: Session, services: Services, tenant: Tenant, *conditions: ColumnElement[bool]
) -> tuple[DueEvaluation, ...]:
    """Evaluations that meet conditions, by the day they are due."""
    columns = (Evaluation.state, Evaluation.due_on, Evaluation.rule, Evaluation.policy_version_id, _E.number)
    query = select(*columns, Evaluation.number).outerjoin(_E, _E.id == Evaluation.engagement_id).where(*conditions)
    found = db.execute(query.order_by(Evaluation.due_on, Evaluation.id).limit(MOST)).all()
    policies = {id_: services.policies.by_id(db.connection(), tenant.id, id_) for id_ in {row[3] for row in found}}
    return tuple(
        DueEvaluation(state, due_on, _rule(policies[id_], rule), policies[id_], number or "", evaluation)
        for state, due_on, rule, id_, number, evaluation in found
    )


def _rule(policy: Policy, id_: str) -> EvaluationRule | None:
    return next((rule for rule in policy.evaluations if rule.id == id_), None)


def revisions(db: Session, services: Services, tenant: Tenant) -> tuple[DueEvaluation, ...]:
    """Evaluations of the policy itself, whether or not the policy stands in the register."""
    registered = and_(_E.kind == "policy", _E.status != "ended")
    both = (evaluations(db, services, tenant, of_it) for of_it in (Evaluation.engagement_id.is_(None), registered))
    return tuple(sorted((due for found in both for due in found), key=lambda due: due.due_on)[:MOST])


def _cases(db: Session, user: User, row: Any) -> tuple[Any, ...]:
    """Cases about the engagement: submitted and not secret, or the reader's own; auditors see secret ones too."""
    columns = (Case.number, Case.title, Case.act, Case.state, Case.outcome, Case.opened_at, Case.closed_at)
    submitted: ColumnElement[bool] = Case.submitted_by_id.is_not(None)
    if not user.is_any("auditor"):
        submitted = and_(submitted, Case.secrecy_law == "")
    mine = or_(Case.officer_id == user.id, Case.opened_by_id == user.id)
    about_it = (Case.engagement_id == row.id, or_(submitted, mine))
    return tuple(db.execute(select(*columns).where(*about_it).order_by(Case.id.desc()).limit(MOST)))


def _funding(db: Session, row: Any) -> tuple[Any, ...]:
    """Funding lines, the latest year first."""
    f = FundingLine
    columns = (f.id, f.year, f.source, f.funder, f.amount, f.currency, f.report_due_on)
    query = select(*columns).where(f.engagement_id == row.id).order_by(f.year.desc(), f.id.desc())
    return tuple(db.execute(query.limit(MOST_LINES)))


def _documents(db: Session, row: Any) -> tuple[Any, ...]:
    """Documents of the engagement, newest first."""
    d = Document
    columns = (d.number, d.title, d.direction, d.correspondent, d.dated_on, d.registered_at, d.media_type, d.size)
    query = select(*columns, d.digest).where(d.engagement_id == row.id).order_by(d.id.desc())
    return tuple(db.execute(query.limit(MOST)))
