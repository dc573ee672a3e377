"""Evaluations in the API: read, begin and report them.

Every act goes through `workflow.evaluations.service`, under the version the caller has seen; a report answers with the
number of the case in which the competent body decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from models import Deadline, Engagement, Evaluation, Person
from models.database import reading
from web.api.argument_schemas import EvaluationActSchema, EvaluationQuerySchema
from web.api.blueprint import blp, caller, not_found_before_malformed, tenant_of
from web.api.case_presenter import WaitsFor
from web.api.engagement_schemas import EvaluationListSchema, EvaluationSchema
from web.api.idempotency import ActAnswer, answer_act
from web.api.openapi_fragments import IDEMPOTENCY_KEY
from web.api.pagination import Page, address_after, read_cursor
from web.core.services import services
from web.ui.pagination import LARGEST, Key, Keyset
from workflow.cases.actor import load_actor
from workflow.cases.authorization import Availability
from workflow.cases.secrecy import reader_of
from workflow.cases.written import BeforeCommit, Written
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION
from workflow.evaluations.service import ACTIONS, EvaluationContext, authorize, evaluate, load_context, look
from workflow.policy.model import Policy
from workflow.policy.roles import seat

#: Nobody has reported these yet, so that they can be late.
_TO_REPORT = ("pending", "under-way")

_V, _E = Evaluation, Engagement
NEWEST_FIRST = Keyset("evaluations", (Key(_V.id, descending=True),), first=(LARGEST,))
_DUE = select(Deadline.__table__.c.state)
_USERNAME = select(Person.__table__.c.username)


@dataclass(frozen=True, slots=True)
class EvaluationSummary:
    """An evaluation in a list."""

    tenant: Tenant
    row: Row[Any]
    #: Kind, title, responsible body and mark of the engagement.
    engagement_row: Row[Any]
    engagement_number: str
    #: The seat that reports; None where the policy has no such rule any more.
    reports: WaitsFor | None
    today: date

    @property
    def municipality(self) -> str:
        """Key of the municipality."""
        return self.tenant.key

    @property
    def engagement(self) -> str:
        """Kind of the engagement."""
        return str(self.engagement_row.kind)

    @property
    def title(self) -> str:
        """Title of the engagement."""
        return str(self.engagement_row.title)

    @property
    def responsible(self) -> str:
        """Key of the responsible body."""
        return self.tenant.body_keys[self.engagement_row.responsible_body_id]

    @property
    def late(self) -> bool:
        """Whether it should have been reported by now."""
        return self.row.state in _TO_REPORT and self.row.due_on < self.today

    @property
    def example(self) -> bool:
        """Whether it is made up for the demo."""
        return bool(self.engagement_row.is_example)


@dataclass(frozen=True, slots=True)
class ShownEvaluation(EvaluationSummary):
    """An evaluation as one person may see it."""

    context: EvaluationContext
    deadline_open: bool
    #: User name; None before the report.
    reported_by: str | None

    @property
    def available_actions(self) -> Iterator[Availability]:
        """Every action, and whether the person may take it now."""
        for action in ACTIONS:
            verdict = authorize(self.context, action)
            yield Availability(action, verdict.allowed, verdict.reasons, verdict.clauses)


@blp.get("/evaluations")
@blp.response(200, EvaluationListSchema)
@blp.arguments(EvaluationQuerySchema, location="query")
def list_evaluations(given: Mapping[str, Any]) -> Page:
    """Evaluations, newest first: by state, by engagement, or those that are late."""
    here, tenant = services(), caller().tenant
    today, after = here.today(tenant), read_cursor(NEWEST_FIRST, given)
    columns = (_V.id, _V.number, _V.state, _V.due_on, _V.rule, _V.policy_version_id, _V.version, _V.proposes)
    engagement = (_E.number.label("engagement_number"), _E.title, _E.kind, _E.responsible_body_id, _E.is_example)
    query = select(*columns, _V.outcome, _V.decided_in, *engagement).join(_E, _E.id == _V.engagement_id)
    with reading(here.engine, tenant.id) as session:
        actor = load_actor(session.connection(), tenant.id, caller().person_id, today)
        readable = reader_of(session, here.workflow.policies, tenant, actor).may_read_engagement()
        page = NEWEST_FIRST.page(query.where(*_conditions(given, today), readable), after, given["limit"])
        rows, following = NEWEST_FIRST.cut(session.execute(page).all(), given["limit"], lambda row: (row.id,))
        versions = {row.policy_version_id for row in rows}
        policies = {id_: here.workflow.policies.by_id(session, tenant.id, id_) for id_ in versions}
    items = [_summary(tenant, row, policies[row.policy_version_id], today) for row in rows]
    return Page(items, address_after(following))


@blp.get("/evaluations/<number>")
@blp.response(200, EvaluationSchema)
def read_evaluation(number: str) -> ShownEvaluation:
    """One evaluation: what it asks, who reports it, what came of it, and what the caller may do."""
    here, tenant = services(), tenant_of(number)
    with reading(here.engine, tenant.id) as session:
        connection = session.connection()
        actor = load_actor(connection, tenant.id, caller().person_id, here.today(tenant))
        return read_shown(Written(connection, actor, number, 0), here.now())


@blp.post("/evaluations/<number>/actions")
@blp.doc(parameters=[IDEMPOTENCY_KEY])
@blp.response(200, EvaluationSchema)
@not_found_before_malformed(lambda number: _look(number))
@blp.arguments(EvaluationActSchema)
def act_on_evaluation(given: Mapping[str, Any], number: str) -> Any:
    """Begin or report an evaluation; a report opens the case named in `decided_in`."""
    here, who = services(), caller()
    tenant_of(number)
    now = here.now()

    def act(before_commit: BeforeCommit) -> None:
        evaluate(
            here.workflow,
            who.person_id,
            number,
            given["action"],
            given["payload"],
            now=now,
            expected_version=given["version"],
            before_commit=before_commit,
        )

    answer = answer_act(act, read_shown, 200)
    return (answer.view, 200, answer.headers) if isinstance(answer, ActAnswer) else answer


def read_shown(written: Written, now: datetime) -> ShownEvaluation:
    """An evaluation as an actor sees it; raises `NotFound`."""
    here, tenant, connection, number = services(), caller().tenant, written.connection, written.number
    s = load_context(connection, here.workflow.policies, tenant, written.actor.id, number, now=now, lock=False)
    d, p = Deadline.__table__.c, Person.__table__.c
    of_it = (d.municipality_id == tenant.id, d.kind == EVALUATION, d.subject == number)
    state = connection.execute(_DUE.where(*of_it)).scalar_one_or_none()
    reporter = (p.municipality_id == tenant.id, p.id == s.row.reported_by_id)
    by = connection.execute(_USERNAME.where(*reporter)).scalar_one_or_none()
    shown = (tenant, s.row, s.engagement, s.engagement.number, WaitsFor(*s.reports), s.today)
    return ShownEvaluation(*shown, s, state == "open", by)


def _look(number: str) -> None:
    """Raises `NotFound` where the caller may not see the evaluation."""
    here, who = services(), caller()
    tenant_of(number)
    look(here.workflow, who.person_id, number, now=here.now())


def _conditions(given: Mapping[str, Any], today: date) -> list[ColumnElement[bool]]:
    """Conditions that the filters put."""
    found: list[ColumnElement[bool]] = [_V.engagement_id.is_not(None)]
    if "state" in given:
        found.append(_V.state == given["state"])
    if "late" in given:
        late = _V.state.in_(_TO_REPORT) & (_V.due_on < today)
        found.append(late if given["late"] else ~late)
    if "engagement" in given:
        found.append(_E.number == given["engagement"])
    return found


def _summary(tenant: Tenant, row: Row[Any], policy: Policy, today: date) -> EvaluationSummary:
    rule = next((rule for rule in policy.evaluations if rule.id == row.rule), None)
    responsible = tenant.body_keys[row.responsible_body_id]
    reports = None if rule is None else WaitsFor(*seat(policy, rule.reports, responsible))
    return EvaluationSummary(tenant, row, row, row.engagement_number, reports, today)
