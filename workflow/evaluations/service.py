"""Acts on evaluations: start and report.

The seat that the policy names starts and reports. The report opens a case, in which the competent body decides on its
own route; a report that proposes to end the engagement opens the termination case. Each act is an entry in the
evaluation's own stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import Connection, Row, select

from models import Engagement, Evaluation
from models.database import reading, writing
from workflow import deadlines
from workflow.cases import payloads
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor, people_in
from workflow.cases.authorization import Verdict
from workflow.cases.gate import open_in
from workflow.cases.opening import FromEvaluation
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.cases.written import BeforeCommit, Written
from workflow.core.calendar import local_day
from workflow.core.errors import (
    ActionNotOpen,
    CaseChanged,
    Malformed,
    NotCompetent,
    NotFound,
    NotMandated,
    RequirementMissing,
)
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION
from workflow.evaluations.schedule import Planned
from workflow.evaluations.trail_entries import MOVES, notify, write
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.roles import Seat, preparing_seat, seat
from workflow.policy.store import Policies
from workflow.trail.entry import as_text

#: Payloads of what people do themselves; the rest follows from the case that decides.
ACTIONS: Mapping[str, type[Schema]] = {"start-evaluation": payloads.Nothing, "report-evaluation": payloads.Report}


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """Everything an act on an evaluation is judged by."""

    row: Row[Any]
    engagement: Row[Any]
    policy: Policy
    rule: EvaluationRule
    #: Key of the responsible body.
    responsible: str
    #: The seat that reports.
    reports: Seat
    actor: Actor
    today: date

    @property
    def planned(self) -> Planned:
        """The engagement as planning knows it."""
        return Planned(self.engagement.id, self.engagement.number, self.responsible, self.row.policy_version_id)


def evaluate(
    services: Services,
    actor_id: int,
    number: str,
    action: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    expected_version: int,
    before_commit: BeforeCommit | None = None,
) -> str:
    """Take one action on one evaluation: `start-evaluation` or `report-evaluation`.

    Returns the number of the case a report opens, else an empty text. Refusals come in the gate's order: not found,
    malformed, not mandated, changed meanwhile, not open, missing or refused.
    """
    tenant = services.tenants.tenant_of(number)
    with (
        refusals_logged(services.engine, tenant, actor_id, number, action, now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        if action not in ACTIONS:
            raise Malformed(reason("unknown-action", action=action, field="action"))
        s = load_context(connection, services.policies, tenant, actor_id, number, now=now, lock=True)
        given = payloads.read(ACTIONS[action], payload)
        verdict = authorize(s, action)
        if not verdict.allowed and verdict.error is NotMandated:
            raise NotMandated(*verdict.reasons)
        if s.row.version != expected_version:
            raise CaseChanged(reason("evaluation-changed"))
        if not verdict.allowed:
            raise verdict.error(*verdict.reasons)
        case = ""
        if action == "report-evaluation":
            case = _report(connection, services.policies, tenant, s, given, now)
        else:
            write(connection, tenant, s.row, s.policy, action, s.actor, s.reports, {}, {}, {}, now=now)
        if before_commit is not None:
            before_commit(Written(connection, s.actor, number, expected_version + 1))
        return case


def look(services: Services, actor_id: int, number: str, *, now: datetime) -> EvaluationContext:
    """The same standing for a page that only reads; raises `NotFound`."""
    tenant = services.tenants.tenant_of(number)
    with reading(services.engine, tenant.id) as session:
        return load_context(session.connection(), services.policies, tenant, actor_id, number, now=now, lock=False)


def authorize(s: EvaluationContext, action: str) -> Verdict:
    """Whether this person may do this now: who may, then whether it is open."""
    if not s.actor.holds(*s.reports):
        role, body = s.reports
        why = reason("not-appointed", role=role, body=body, body_names=s.policy.body(body).names)
        return Verdict(False, (why,))
    if s.row.state not in MOVES[action][0]:
        return Verdict(False, (reason("evaluation-not-open", state=s.row.state),), seat=s.reports, error=ActionNotOpen)
    return Verdict(True, (), s.rule.clauses, s.reports)


def load_context(
    connection: Connection,
    policies: Policies,
    tenant: Tenant,
    actor_id: int,
    number: str,
    *,
    now: datetime,
    lock: bool,
) -> EvaluationContext:
    """What an act on an evaluation is authorized by, in the caller's transaction; raises `NotFound`."""
    today = local_day(now, tenant.timezone)
    actor = load_actor(connection, tenant.id, actor_id, today)
    if not actor.all_seats:
        raise NotFound(reason("evaluation-not-found"))
    query = select(Evaluation.__table__).where(Evaluation.municipality_id == tenant.id, Evaluation.number == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None or row.engagement_id is None:
        raise NotFound(reason("evaluation-not-found"))
    readable = reader_of(connection, policies, tenant, actor).may_read_engagement()
    mine = (Engagement.municipality_id == tenant.id, Engagement.id == row.engagement_id, readable)
    engagement = connection.execute(select(Engagement.__table__).where(*mine)).one_or_none()
    if engagement is None:
        raise NotFound(reason("evaluation-not-found"))
    policy = policies.by_id(connection, tenant.id, row.policy_version_id)
    rule, responsible = policy.evaluation(row.rule), tenant.body_keys[engagement.responsible_body_id]
    return EvaluationContext(
        row, engagement, policy, rule, responsible, seat(policy, rule.reports, responsible), actor, today
    )


def _report(
    connection: Connection,
    policies: Policies,
    tenant: Tenant,
    s: EvaluationContext,
    given: dict[str, Any],
    now: datetime,
) -> str:
    """File the report and open the case in which the competent body decides; returns the case's number."""
    _require_whole(s.rule, given)
    officer_id = _officer(connection, tenant, s, given["officer"])
    proposes = given["proposes"]
    draft = {
        "municipality": tenant.key,
        "engagement": s.engagement.kind,
        "act": _act(s.engagement.kind, proposes),
        "title": s.engagement.title,
        "text": _text(s, given, tenant.language),
        "origin": "own",
        "engagement_number": s.engagement.number,
        "attributes": {"initiative": "own"},
        "fields": {"evaluation_outcome": proposes},
    }
    concluding = FromEvaluation(s.row.id, s.row.number, s.reports, officer_id)
    opening = payloads.read(payloads.Opening, draft)
    case = open_in(
        connection,
        tenant,
        policies,
        s.actor,
        opening,
        now=now,
        evaluation=concluding,
        is_example=s.engagement.is_example,
    )
    report = {"answers": dict(given["answers"]), "worth": given["worth"], "reasons": given["reasons"]}
    values = {
        "report": report,
        "proposes": proposes,
        "reported_by_id": s.actor.id,
        "reported_on": s.today,
        "decided_in": case,
    }
    data = {"proposes": proposes, "worth": given["worth"], "case": case}
    words = {"report": as_text(report)}
    write(connection, tenant, s.row, s.policy, "report-evaluation", s.actor, s.reports, values, data, words, now=now)
    deadlines.close(connection, tenant, EVALUATION, s.row.number)
    officer = preparing_seat(s.policy, "officer", s.responsible)
    notify(connection, tenant, s.engagement.id, officer, "evaluation-reported", s.rule.clauses, now)
    return case


def _require_whole(rule: EvaluationRule, given: Mapping[str, Any]) -> None:
    """Every question answered, and value against cost weighed where the policy weighs it."""
    known = {question.key for question in rule.questions}
    strangers = [key for key in given["answers"] if key not in known]
    if strangers:
        raise Malformed(*(reason("field-unknown", field=f"answers.{key}") for key in strangers))
    lacking = [
        reason("missing", clauses=rule.clauses, field=f"answers.{question.key}")
        for question in rule.questions
        if not given["answers"].get(question.key, "").strip()
    ]
    if rule.weighs_value and not given["worth"]:
        lacking.append(reason("worth-needed", clauses=rule.clauses, field="worth"))
    if lacking:
        raise RequirementMissing(*lacking)
    if rule.weighs_value and given["proposes"] != "terminate":
        if given["worth"] == "none":
            raise NotCompetent(reason("no-value-left", clauses=rule.clauses, field="proposes"))
        if given["worth"] == "less" and not given["reasons"].strip():
            raise RequirementMissing(reason("reasons-to-go-on", clauses=rule.clauses, field="reasons"))


def _act(kind: str, proposes: str) -> str:
    if kind == "policy":
        return "repeal" if proposes == "terminate" else "revise"
    return "terminate" if proposes == "terminate" else "evaluate"


def _officer(connection: Connection, tenant: Tenant, s: EvaluationContext, username: str) -> int:
    """The officer who is to have the case: the reporter, the one named, or the only one there is."""
    role, body = preparing_seat(s.policy, "officer", s.responsible)
    if not username and s.actor.holds(role, body):
        return s.actor.id
    found: dict[str, int] = {
        person.username: person.id for person in officers(connection, tenant, (role, body), s.today)
    }
    if username in found:
        return found[username]
    if not username and len(found) == 1:
        return next(iter(found.values()))
    raise Malformed(reason("whose-case", field="officer", body=body, body_names=s.policy.body(body).names))


def officers(connection: Connection, tenant: Tenant, officers_seat: Seat, today: date) -> list[Row[Any]]:
    """People who sit in a seat today: id, user name and name, by name."""
    return people_in(connection, tenant.id, officers_seat, today)


def _text(s: EvaluationContext, given: Mapping[str, Any], language: str) -> str:
    """The report as the proposal's text: each question in the municipality's language, with its answer."""
    parts = [
        f"{question.names.get(language, question.names['en'])}\n{given['answers'][question.key].strip()}"
        for question in s.rule.questions
    ]
    return "\n\n".join([s.engagement.title, *parts, *([given["reasons"].strip()] if given["reasons"].strip() else [])])
