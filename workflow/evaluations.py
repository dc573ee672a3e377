"""How is an engagement evaluated, and what comes of it?

Whom the policy names starts and reports; the report opens a case, and the body that is competent for it decides there,
on its own route. A report that proposes to end the engagement opens the case to end it. Every act is an entry in the
evaluation's own stream of the trail. When evaluations are due is `workflow.planning`'s question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, insert, select, update

from models import Appointment, Body, Engagement, Evaluation, Notice, Person
from models.database import reading, writing
from workflow import deadlines, payloads, planning
from workflow.actions.turn import Turn
from workflow.calendar import local_day
from workflow.deadlines import EVALUATION, Due
from workflow.directory import Place
from workflow.errors import (
    ActionNotOpen,
    CaseChanged,
    Malformed,
    NotCompetent,
    NotFound,
    NotMandated,
    RequirementMissing,
    WorkflowError,
)
from workflow.judge import Verdict
from workflow.opening import Concluding, begin
from workflow.planning import Planned
from workflow.policy.store import Policies
from workflow.policy.values import EvaluationRule, Policy
from workflow.reasons import reason
from workflow.seats import Seat, coordinator_seat, preparing_seat, seat
from workflow.standing import Actor, load_actor
from workflow.trail.append import append
from workflow.trail.entry import Entry, as_text, instant

if TYPE_CHECKING:
    from workflow.act import Gate

#: From which states an action leads where.
MOVES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "start-evaluation": (("pending",), "under-way"),
    "report-evaluation": (("pending", "under-way"), "reported"),
    "return-evaluation": (("reported",), "under-way"),
    "decide-evaluation": (("reported",), "decided"),
}
#: What people do themselves; the rest follows from the case that decides.
ACTIONS = ("start-evaluation", "report-evaluation")


@dataclass(frozen=True, slots=True)
class EvaluationStanding:
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
    gate: Gate,
    actor_id: int,
    number: str,
    action: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    expected_version: int,
) -> str:
    """Take one action on one evaluation: `start-evaluation` or `report-evaluation`.

    Returns the number of the case a report opens, else an empty text. Refusals come in the gate's order: not found,
    malformed, not mandated, changed meanwhile, not open, missing or refused.
    """
    place = gate.directory.place_of(number)
    try:
        with writing(gate.engine, place.id) as connection:
            if action not in ACTIONS:
                raise Malformed(reason("unknown-action", action=action, field="action"))
            s = _standing(connection, gate.policies, place, actor_id, number, now=now, lock=True)
            given = payloads.read(action, payload)
            verdict = judge(s, action)
            if not verdict.allowed and verdict.error is NotMandated:
                raise NotMandated(*verdict.reasons)
            if s.row.version != expected_version:
                raise CaseChanged(reason("evaluation-changed"))
            if not verdict.allowed:
                raise verdict.error(*verdict.reasons)
            if action == "report-evaluation":
                return _report(connection, gate.policies, place, s, given, now)
            _write(connection, place, s.row, s.policy, action, s.actor, s.reports, {}, {}, {}, now=now)
            return ""
    except WorkflowError as refusal:
        gate.log_refusal(place, actor_id, number, action, refusal, now=now)
        raise


def look(gate: Gate, actor_id: int, number: str, *, now: datetime) -> EvaluationStanding:
    """The same standing for a page that only reads; raises `NotFound`."""
    place = gate.directory.place_of(number)
    with reading(gate.engine, place.id) as session:
        return _standing(session.connection(), gate.policies, place, actor_id, number, now=now, lock=False)


def judge(s: EvaluationStanding, action: str) -> Verdict:
    """Whether this person may do this now: who may, then whether it is open."""
    if not s.actor.holds(*s.reports):
        role, body = s.reports
        why = reason("not-appointed", role=role, body=body, body_names=s.policy.body(body).names)
        return Verdict(False, (why,))
    if s.row.state not in MOVES[action][0]:
        return Verdict(False, (reason("evaluation-not-open", state=s.row.state),), seat=s.reports, error=ActionNotOpen)
    return Verdict(True, (), s.rule.clauses, s.reports)


def _standing(
    connection: Connection,
    policies: Policies,
    place: Place,
    actor_id: int,
    number: str,
    *,
    now: datetime,
    lock: bool,
) -> EvaluationStanding:
    today = local_day(now, place.timezone)
    actor = load_actor(connection, place.id, actor_id, today)
    if not actor.all_seats:
        raise NotFound(reason("evaluation-not-found"))
    query = select(Evaluation.__table__).where(Evaluation.municipality_id == place.id, Evaluation.number == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None or row.engagement_id is None:
        raise NotFound(reason("evaluation-not-found"))
    engagement = connection.execute(
        select(Engagement.__table__).where(Engagement.municipality_id == place.id, Engagement.id == row.engagement_id)
    ).one()
    policy = policies.by_id(connection, place.id, row.policy_version_id)
    rule, responsible = policy.evaluation(row.rule), place.body_keys[engagement.responsible_body_id]
    return EvaluationStanding(
        row, engagement, policy, rule, responsible, seat(policy, rule.reports, responsible), actor, today
    )


def _report(
    connection: Connection,
    policies: Policies,
    place: Place,
    s: EvaluationStanding,
    given: dict[str, Any],
    now: datetime,
) -> str:
    """File the report and open the case in which the competent body decides; returns the case's number."""
    _require_whole(s.rule, given)
    officer_id = _officer(connection, place, s, given["officer"])
    proposes = given["proposes"]
    draft = {
        "municipality": place.key,
        "engagement": s.engagement.kind,
        "act": _act(s.engagement.kind, proposes),
        "title": s.engagement.title,
        "text": _text(s, given, place.language),
        "origin": "own",
        "engagement_number": s.engagement.number,
        "attributes": {"initiative": "own"},
        "fields": {"evaluation_outcome": proposes},
    }
    concluding = Concluding(s.row.id, s.row.number, s.reports, officer_id)
    opening = payloads.read("open", draft)
    case = begin(
        connection,
        place,
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
    _write(connection, place, s.row, s.policy, "report-evaluation", s.actor, s.reports, values, data, words, now=now)
    deadlines.close(connection, place, EVALUATION, s.row.number)
    officer = preparing_seat(s.policy, "officer", s.responsible)
    _tell(connection, place, s.engagement.id, officer, "evaluation-reported", s.rule.clauses, now)
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


def _officer(connection: Connection, place: Place, s: EvaluationStanding, username: str) -> int:
    """The officer who is to have the case: the reporter, the one named, or the only one there is."""
    role, body = preparing_seat(s.policy, "officer", s.responsible)
    if not username and s.actor.holds(role, body):
        return s.actor.id
    found: dict[str, int] = {
        person.username: person.id for person in officers(connection, place, (role, body), s.today)
    }
    if username in found:
        return found[username]
    if not username and len(found) == 1:
        return next(iter(found.values()))
    raise Malformed(reason("whose-case", field="officer", body=body, body_names=s.policy.body(body).names))


def officers(connection: Connection, place: Place, officers_seat: Seat, today: date) -> list[Row[Any]]:
    """People who sit in a seat today: id, user name and name, by name."""
    role, body = officers_seat
    query = (
        select(Person.id, Person.username, Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Body, Body.id == Appointment.body_id)
        .where(
            Person.municipality_id == place.id,
            Person.is_active,
            Appointment.role == role,
            Appointment.starts_on <= today,
            Appointment.ends_on.is_(None) | (Appointment.ends_on >= today),
            Body.key == body,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return list(connection.execute(query))


def _text(s: EvaluationStanding, given: Mapping[str, Any], language: str) -> str:
    """The report as the proposal's text: each question in the municipality's language, with its answer."""
    parts = [
        f"{question.names.get(language, question.names['en'])}\n{given['answers'][question.key].strip()}"
        for question in s.rule.questions
    ]
    return "\n\n".join([s.engagement.title, *parts, *([given["reasons"].strip()] if given["reasons"].strip() else [])])


def settle(turn: Turn, to: str) -> None:
    """What the end of a case means for the evaluation it was to decide, in the case's own transaction.

    Decided as the competent body concluded it; a case that ended without an answer gives the evaluation back.
    """
    row = turn.connection.execute(
        select(Evaluation.__table__)
        .where(Evaluation.municipality_id == turn.municipality_id, Evaluation.id == turn.standing.case.evaluation_id)
        .with_for_update()
    ).one()
    if row.state != "reported" or row.decided_in != turn.standing.case.number:
        return
    policy = turn.policies.by_id(turn.connection, turn.municipality_id, row.policy_version_id)
    outcome = _outcome(turn, to)
    if outcome:
        _decided(turn, row, policy, outcome)
    else:
        _returned(turn, row, policy)


def _outcome(turn: Turn, to: str) -> str:
    """What the body concluded; empty where it gave no answer. To keep what was to be ended is to continue it."""
    act = turn.standing.request.act
    if to == "concluded":
        fields = turn.changes.get("fields", turn.standing.fields)
        ends = act in ("terminate", "repeal")
        return "terminate" if ends else str(fields.get("evaluation_outcome", "continue"))
    return "continue" if to == "rejected" and act in ("terminate", "repeal") else ""


def _decided(turn: Turn, row: Row[Any], policy: Policy, outcome: str) -> None:
    s = turn.standing
    values: dict[str, Any] = {"outcome": outcome, "decided_on": s.today}
    data: dict[str, Any] = {"outcome": outcome, "case": s.case.number}
    number = turn.connection.execute(
        select(Engagement.number).where(
            Engagement.municipality_id == turn.municipality_id, Engagement.id == row.engagement_id
        )
    ).scalar_one()
    planned = Planned(row.engagement_id, number, s.responsible, row.policy_version_id)
    if outcome != "terminate":
        rule = policy.evaluation(row.rule)
        data |= planning.plan_next(turn.connection, turn.place, policy, planned, rule, since=s.today, now=turn.now)
    elif s.request.act not in ("terminate", "repeal"):
        data["opens"] = _open_termination(turn, number)
    _write_turn(turn, row, policy, "decide-evaluation", values, data)
    _told_of(turn, row, policy, "renegotiate" if outcome == "renegotiate" else "evaluation-decided")


def _open_termination(turn: Turn, engagement: str) -> str:
    """The body concluded that it should end, in a case that only evaluates: the case to end it is opened."""
    s = turn.standing
    draft = {
        "municipality": turn.place.key,
        "engagement": s.request.engagement,
        "act": "repeal" if s.request.engagement == "policy" else "terminate",
        "title": s.case.title,
        "origin": "own",
        "engagement_number": engagement,
        "attributes": {"initiative": "own"},
    }
    seat_ = turn.verdict.seat
    assert seat_ is not None  # an allowed verdict names the seat acted from
    concluding = Concluding(s.case.evaluation_id, "", seat_, turn.changes.get("officer_id", s.case.officer_id))
    return begin(
        turn.connection,
        turn.place,
        turn.policies,
        s.actor,
        payloads.read("open", draft),
        now=turn.now,
        evaluation=concluding,
        is_example=s.case.is_example,
    )


def _returned(turn: Turn, row: Row[Any], policy: Policy) -> None:
    """No answer came: the evaluation is under way again, due at once if its day is past."""
    s = turn.standing
    _write_turn(turn, row, policy, "return-evaluation", {"decided_in": ""}, {"case": s.case.number})
    due = Due(
        EVALUATION,
        row.number,
        f"{EVALUATION}:{row.rule}",
        max(row.due_on, s.today),
        s.responsible,
        engagement_id=row.engagement_id,
    )
    deadlines.set_anew(turn.connection, turn.place, policy, row.policy_version_id, [due], now=turn.now)


def _told_of(turn: Turn, row: Row[Any], policy: Policy, what: str) -> None:
    clauses = policy.evaluation(row.rule).clauses
    for held in (coordinator_seat(policy), preparing_seat(policy, "officer", turn.standing.responsible)):
        _tell(turn.connection, turn.place, row.engagement_id, held, what, clauses, turn.now, turn.standing.case.id)


def _tell(
    connection: Connection,
    place: Place,
    engagement_id: int,
    held: Seat,
    what: str,
    clauses: tuple[str, ...],
    now: datetime,
    case_id: int | None = None,
) -> None:
    role, body = held
    row = {
        "municipality_id": place.id,
        "body_id": place.body_ids[body],
        "role": role,
        "kind": what,
        "case_id": case_id,
        "engagement_id": engagement_id,
        "clause": clauses[0] if clauses else "",
        "created_at": now,
    }
    connection.execute(insert(Notice), row)


def _write_turn(
    turn: Turn, row: Row[Any], policy: Policy, action: str, values: dict[str, Any], data: dict[str, Any]
) -> None:
    acted_from = turn.verdict.seat
    assert acted_from is not None  # an allowed verdict names the seat acted from
    s = turn.standing
    _write(turn.connection, turn.place, row, policy, action, s.actor, acted_from, values, data, {}, now=turn.now)


def _write(
    connection: Connection,
    place: Place,
    row: Row[Any],
    policy: Policy,
    action: str,
    actor: Actor,
    acted_from: Seat,
    values: Mapping[str, Any],
    data: Mapping[str, Any],
    words: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Append the entry and move the evaluation; the version in the condition makes a lost race visible."""
    to = MOVES[action][1]
    entry = Entry(
        municipality=place.key,
        stream=row.number,
        number=row.version + 1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=acted_from[0],
        actor_body=acted_from[1],
        on_behalf_of=actor.on_behalf_at(acted_from),
        action=action,
        from_state=row.state,
        to_state=to,
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash=row.head_hash,
        clauses=policy.evaluation(row.rule).clauses,
        data=data,
    )
    head = append(connection, place.id, entry, words)
    moved = connection.execute(
        update(Evaluation)
        .where(Evaluation.municipality_id == place.id, Evaluation.id == row.id, Evaluation.version == row.version)
        .values(state=to, version=row.version + 1, head_hash=head, **values)
    )
    if moved.rowcount != 1:
        raise CaseChanged(reason("evaluation-changed"))
