"""How does a program read the evaluations, begin one and report it?

Every act goes through `workflow.evaluations.service`, under the version the program has seen; a report answers with
the number of the case in which the competent body decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, select
from werkzeug.exceptions import HTTPException

from models import Deadline, Engagement, Evaluation, Person
from models.database import reading
from web.api import parameters, request_parsing, schemas
from web.api.blueprint import answer, blp, caller
from web.api.cases import tenant_of
from web.api.idempotent_response import answered_once
from web.api.pagination import PAGING, Page
from web.api.problems import told
from web.core.services import services
from web.policies.answer_json import Json
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION
from workflow.evaluations.service import ACTIONS, EvaluationStanding, authorize, evaluate, look
from workflow.policy.model import Policy
from workflow.policy.roles import seat

FILTERS = ("state", "engagement", "late")
STATES = ("pending", "under-way", "reported", "decided", "cancelled")
#: Nobody has reported these yet, so that they can be late.
_TO_REPORT = ("pending", "under-way")

_V, _E = Evaluation, Engagement


@blp.get("/evaluations")
@blp.doc(**parameters.LIST_EVALUATIONS)
@blp.response(200, schemas.EvaluationList)
def list_evaluations() -> Response:
    """Evaluations, newest first: by state, by engagement, or those that are late."""
    here, tenant = services(), caller().tenant
    given = request_parsing.query_of_request((*FILTERS, *PAGING))
    page, wanted = Page.of(given), _wanted(given, here.today(tenant))
    columns = (_V.id, _V.number, _V.state, _V.due_on, _V.rule, _V.policy_version_id, _V.version, _V.proposes)
    outcome = (_V.outcome, _V.decided_in, _E.number.label("engagement"), _E.title, _E.kind, _E.responsible_body_id)
    query = select(*columns, *outcome, _E.is_example).join(_E, _E.id == _V.engagement_id)
    with reading(here.engine, tenant.id) as session:
        rows = session.execute(
            query.where(_V.id < page.before, *wanted).order_by(_V.id.desc()).limit(page.limit + 1)
        ).all()
        versions = {row.policy_version_id for row in rows}
        policies = {id_: here.workflow.policies.by_id(session, tenant.id, id_) for id_ in versions}
    items = [_head(tenant, row, policies[row.policy_version_id], here.today(tenant)) for row in rows[: page.limit]]
    return answer(page.as_json(items, rows))


@blp.get("/evaluations/<number>")
@blp.response(200, schemas.EvaluationInFull)
def read_evaluation(number: str) -> Response:
    """One evaluation: what it asks, who reports it, what came of it, and what the caller may do."""
    tenant_of(number)
    return answer(evaluation_as_json(number))


@blp.post("/evaluations/<number>/actions")
@blp.doc(**parameters.ACT_ON_EVALUATION)
@blp.response(200, schemas.EvaluationInFull)
def act_on_evaluation(number: str) -> Response:
    """Begin or report an evaluation; a report opens the case named in `decided_in`."""
    here, who = services(), caller()
    tenant_of(number)

    def act() -> str:
        evaluate(
            here.workflow,
            who.person_id,
            number,
            given["action"],
            given["payload"],
            now=here.now(),
            expected_version=given["version"],
        )
        return number

    try:
        given = request_parsing.envelope_of_request()
        if given["comment"]:  # reasons stand in the report itself
            raise Malformed(reason("field-unknown", field="comment"))
        return answered_once(here, who, act, evaluation_as_json, 200)
    except (Malformed, HTTPException):
        look(here.workflow, who.person_id, number, now=here.now())  # that there is no such evaluation is said first
        raise


def evaluation_as_json(number: str) -> Json:
    """An evaluation as the caller sees it; raises `NotFound`."""
    here, who = services(), caller()
    s = look(here.workflow, who.person_id, number, now=here.now())
    with reading(here.engine, who.tenant.id) as session:
        deadline = session.execute(
            select(Deadline.due_on, Deadline.state, Deadline.version).where(
                Deadline.kind == EVALUATION, Deadline.subject == number
            )
        ).one_or_none()
        by = session.scalar(select(Person.username).where(Person.id == s.row.reported_by_id))
    return _told(who.tenant, s, deadline, by)


def _wanted(given: Mapping[str, str], today: date) -> list[ColumnElement[bool]]:
    """Conditions that the filters put; raises `Malformed` for a value nobody has."""
    found: list[ColumnElement[bool]] = [_V.engagement_id.is_not(None)]
    if "state" in given:
        if given["state"] not in STATES:
            raise Malformed(reason("field-wrong", field="state", why=f"none of {', '.join(STATES)}"))
        found.append(_V.state == given["state"])
    if "late" in given:
        if given["late"] not in ("true", "false"):
            raise Malformed(reason("field-wrong", field="late", why="not a valid boolean"))
        late = _V.state.in_(_TO_REPORT) & (_V.due_on < today)
        found.append(late if given["late"] == "true" else ~late)
    if "engagement" in given:
        found.append(_E.number == given["engagement"])
    return found


def _head(tenant: Tenant, row: Any, policy: Policy, today: date) -> Json:
    rule = next((rule for rule in policy.evaluations if rule.id == row.rule), None)
    responsible = tenant.body_keys[row.responsible_body_id]
    reports = None
    if rule is not None:
        role, body = seat(policy, rule.reports, responsible)
        reports = {"role": role, "body_key": body}
    return {
        "number": row.number,
        "municipality": tenant.key,
        "engagement_number": row.engagement,
        "engagement": row.kind,
        "title": row.title,
        "responsible": responsible,
        "rule": row.rule,
        "state": row.state,
        "due_on": row.due_on.isoformat(),
        "late": row.state in _TO_REPORT and row.due_on < today,
        "reports": reports,
        "proposes": row.proposes or None,
        "outcome": row.outcome or None,
        "decided_in": row.decided_in or None,
        "version": row.version,
        "example": row.is_example,
    }


def _told(tenant: Tenant, s: EvaluationStanding, deadline: Any, reported_by: str | None) -> Json:
    row, e, rule = s.row, s.engagement, s.rule
    role, body = s.reports
    return {
        "number": row.number,
        "municipality": tenant.key,
        "engagement_number": e.number,
        "engagement": e.kind,
        "title": e.title,
        "responsible": s.responsible,
        "rule": row.rule,
        "state": row.state,
        "due_on": row.due_on.isoformat(),
        "late": row.state in _TO_REPORT and row.due_on < s.today,
        "reports": {"role": role, "body_key": body},
        "proposes": row.proposes or None,
        "outcome": row.outcome or None,
        "decided_in": row.decided_in or None,
        "version": row.version,
        "example": e.is_example,
        "clauses": list(rule.clauses),
        "assumed": rule.assumed,
        "weighs_value": rule.weighs_value,
        "questions": [{"key": question.key, "names": dict(question.names)} for question in rule.questions],
        "policy_version": s.policy.version,
        "report": dict(row.report),
        "reported_by": reported_by,
        "reported_on": _day(row.reported_on),
        "decided_on": _day(row.decided_on),
        "deadline_open": deadline is not None and deadline.state == "open",
        "available_actions": list(_actions(s)),
    }


def _actions(s: EvaluationStanding) -> Iterator[Json]:
    for action in ACTIONS:
        verdict = authorize(s, action)
        yield {
            "action": action,
            "allowed": verdict.allowed,
            "reasons": [told(why) for why in verdict.reasons],
            "clauses": list(verdict.clauses),
        }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
