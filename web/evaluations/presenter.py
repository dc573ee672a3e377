"""The page of an evaluation: its rule, deadline, reporter, deciding body, the reader's actions, and its history.

Who decides is the answer of the policy in force today; nothing here is a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Case, Deadline, Person
from web.auth.session import User
from web.cases.list_queries import readable
from web.evaluations.queries import StreamEvent, events_of
from workflow.cases.authorization import Verdict
from workflow.cases.services import Services
from workflow.core.errors import NotMandated
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION, OPEN, stream_of
from workflow.evaluations.service import ACTIONS, EvaluationContext, authorize, officers
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.named_twins import registered_facts
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import Request
from workflow.policy.roles import preparing_seat
from workflow.scheduling.extensions import bound_by, extension_seat

#: The act of the case that follows from a report, for an engagement and for the policy itself.
_ACTS: Mapping[str, tuple[str, str]] = {"keep": ("evaluate", "revise"), "end": ("terminate", "repeal")}


@dataclass(frozen=True, slots=True)
class DecidingBody:
    """The body that decides if the report proposes to keep the engagement, or to end it."""

    #: keep or end.
    proposal: str
    act: str
    answer: Answer
    #: Key of the body; empty where the policy forbids it.
    body: str


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """The values of an evaluation's page for one reader."""

    tenant: Tenant
    context: EvaluationContext
    #: The policy in force today, under which the case is opened.
    in_force: Policy
    deciding_bodies: tuple[DecidingBody, ...]
    #: The deadline's row; None where it has none.
    deadline: Any
    offers_extension: bool
    #: Newest first.
    events: tuple[StreamEvent, ...]
    #: Resulting cases that the reader may see, by number.
    cases: Mapping[str, Any]
    #: Names of the people who can report today.
    reporters: tuple[str, ...]
    #: Name of the reporter; empty before the report.
    reported_by: str

    @property
    def row(self) -> Any:
        """The evaluation's row."""
        return self.context.row

    @property
    def engagement(self) -> Any:
        """The row of what is evaluated."""
        return self.context.engagement

    @property
    def rule(self) -> EvaluationRule:
        """The policy's rule that demands it."""
        return self.context.rule

    @property
    def today(self) -> date:
        """The date in the municipality."""
        return self.context.today

    @property
    def is_policy(self) -> bool:
        """Whether the policy itself is evaluated."""
        return bool(self.engagement.kind == "policy")

    @property
    def is_open(self) -> bool:
        """Whether the report is still missing."""
        return self.row.state in ("pending", "under-way")

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each action for the reader now."""
        return {action: authorize(self.context, action) for action in ACTIONS}

    @property
    def answers(self) -> tuple[tuple[Mapping[str, str], str], ...]:
        """Each question with the report's answer."""
        answers = dict(self.row.report or {}).get("answers", {})
        return tuple((question.names, str(answers.get(question.key, ""))) for question in self.rule.questions)


def load(db: Session, services: Services, tenant: Tenant, user: User, s: EvaluationContext) -> EvaluationView:
    """The page of an evaluation, in a fixed number of statements."""
    _id, in_force = services.policies.in_force(db.connection(), tenant.id, s.today)
    deadline = db.execute(
        select(
            *(Deadline.id, Deadline.state, Deadline.due_on, Deadline.version, Deadline.cycle),
            *(Deadline.waits_role, Deadline.waits_body_id),
        ).where(Deadline.kind == EVALUATION, Deadline.subject == s.row.number)
    ).one_or_none()
    streams = [s.row.number, *([stream_of(tenant.key, deadline.id)] if deadline else [])]
    events = events_of(db, streams)
    return EvaluationView(
        tenant,
        s,
        in_force,
        tuple(_deciding_bodies(in_force, s)),
        deadline,
        deadline is not None and deadline.state == OPEN and _offers_extension(tenant, s, deadline),
        events,
        _cases(db, services, user, _numbers(s, events), s.today),
        tuple(row.name for row in officers(db.connection(), tenant, s.reports, s.today)),
        _name(db, s.row.reported_by_id),
    )


def _offers_extension(tenant: Tenant, s: EvaluationContext, deadline: Row[*tuple[Any, ...]]) -> bool:
    try:
        extension_seat(s.actor, s.policy, s.responsible, bound_by(tenant, deadline), None)
    except NotMandated:
        return False
    return True


def officers_to_choose(db: Session, view: EvaluationView) -> tuple[Any, ...]:
    """Officers to choose from for the resulting case; empty where the reporter is an officer, who then has it."""
    s = view.context
    seat = preparing_seat(s.policy, "officer", s.responsible)
    return () if s.actor.holds(*seat) else tuple(officers(db.connection(), view.tenant, seat, s.today))


def _deciding_bodies(policy: Policy, s: EvaluationContext) -> Iterator[DecidingBody]:
    e = s.engagement
    for proposal, acts in _ACTS.items():
        act = acts[e.kind == "policy"]
        request = Request(
            e.kind,
            act,
            policy.body(s.responsible).kind,
            initiative="own",
            **registered_facts(policy.named_nordic_twins, e),
        )
        answer = who_decides(policy, request, s.today)
        body = deciding_body_key(policy, answer, s.responsible) if answer.is_decided else ""
        yield DecidingBody(proposal, act, answer, body)


def _numbers(s: EvaluationContext, events: tuple[StreamEvent, ...]) -> set[str]:
    """Numbers of the resulting cases."""
    numbers = {str(event.data[name]) for event in events for name in ("case", "opens") if event.data.get(name)}
    return numbers | ({s.row.decided_in} if s.row.decided_in else set())


def _cases(db: Session, services: Services, user: User, numbers: set[str], today: date) -> dict[str, Any]:
    """The cases that the reader may see, by number."""
    if not numbers:
        return {}
    c = Case.__table__.c
    query = select(Case.__table__).where(c.municipality_id == user.municipality.id, c.number.in_(sorted(numbers)))
    return {row.number: row for row in db.connection().execute(query) if readable(db, services, user, row, today)}


def _name(db: Session, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return str(db.execute(select(Person.name).where(Person.id == person_id)).scalar_one())
