"""Decision of a collegial body: entered by the secretary, confirmed by the chair.

Quorum, votes and conflicts of interest are weighed for the day of the meeting (`voting`), competence and requirements
for what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import bindparam, insert, update

from models import Decision, Recusal
from workflow.cases import predicates
from workflow.cases.actions import meetings, prepare
from workflow.cases.actions.chronology import check_meeting
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import REQUEST_CHANGES, ActionDeclaration
from workflow.cases.actions.voting import known_people, weigh_votes
from workflow.cases.authorization import missing_before
from workflow.cases.payloads import LONG_TEXT, Attributes, CaseFields, Nothing, StrictSchema, name_list, text_field
from workflow.cases.routing import answer_for
from workflow.core.dates import Day
from workflow.core.errors import Malformed, NotCompetent, RequirementMissing, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.core.text_validation import Line
from workflow.policy.actions import ACTIONS, APPROVING, DECIDING, ENDS_AS, RECOMMENDING
from workflow.policy.request_domain import GIVEN, Request
from workflow.policy.roles import body_at
from workflow.policy.state_machine import Stop
from workflow.policy.voting_rules import Votes
from workflow.trail.entry import as_text

#: Outcomes that say why, in the comment or else in the text.
NEEDS_REASONS = ("refer-back", "not-raised")

_ENTER = insert(Decision)
_MOVE = update(Decision).where(
    Decision.municipality_id == bindparam("of_municipality"), Decision.id == bindparam("of_decision")
)


class EnterDecision(StrictSchema):
    """What a body's secretary records; votes are left out when nobody called for a count."""

    outcome = fields.String(required=True, validate=validate.OneOf(sorted({*RECOMMENDING, *DECIDING})))
    meeting_date = Day(required=True)
    paragraph = Line(100, at_least=1, required=True)
    present = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    votes_for = fields.Integer(data_key="for", strict=True, validate=validate.Range(0, 1000), allow_none=True)
    votes_against = fields.Integer(data_key="against", strict=True, validate=validate.Range(0, 1000), allow_none=True)
    abstained = fields.Integer(strict=True, validate=validate.Range(0, 1000), allow_none=True)
    casting_vote = fields.String(validate=validate.OneOf(("for", "against", "")), load_default="")
    conflicts = name_list(load_default=list)
    proposal = fields.String(validate=validate.OneOf(("adopt", "amended", "decline", "none")), allow_none=True)
    text = text_field(LONG_TEXT, allow_none=True)
    attributes = fields.Nested(Attributes)
    fields_ = fields.Nested(CaseFields, data_key="fields")
    goals = fields.List(text_field())


def enter_decision(context: ActionContext) -> None:
    """Record what a meeting decided; a record not yet confirmed is replaced, and both stay in the trail."""
    s, given = context.case_context, context.payload
    stop = s.procedure.stop_at(s.state)
    assert stop is not None
    body = body_at(context.policy, stop, s.responsible)
    check_meeting(context, stop, given["meeting_date"])
    if refusal := _outcome_refused(context, stop):
        raise refusal
    if given["outcome"] in NEEDS_REASONS and not context.comment:
        context.comment = str(given["text"])
    text = _text_decided(context, stop)
    met_on = given["meeting_date"]
    sitting = meetings.sitting_of(context, body, met_on, given["paragraph"])
    votes = weigh_votes(context, stop, body, sitting.members)
    changes = _changes_weighed(context, stop)
    set_aside(context)
    context.connection.execute(
        _ENTER,
        context.owned(
            body_id=context.tenant.body_ids[body],
            step=stop.state,
            outcome=given["outcome"],
            proposal=given.get("proposal") or "",
            text=text,
            changes=changes,
            meeting_id=meetings.hold(context, body, met_on, sitting),
            decided_on=met_on,
            paragraph=given["paragraph"],
            members=votes.members,
            present=votes.present,
            votes_for=votes.votes_for,
            votes_against=votes.votes_against,
            abstained=votes.abstained,
            casting_vote=votes.casting_vote,
            conflicts=given["conflicts"],
            reason=context.comment,
            entered_by_id=s.actor.id,
            entered_at=context.now,
            state="entered",
            policy_version_id=s.case.policy_version_id,
            clauses=list(s.case.clauses),
        ),
    )
    context.data |= _entry_data(context, body, votes) | {"seated": sitting.as_data}
    context.texts["text"] = text
    if changes:
        context.texts["changes"] = as_text(changes)


def set_aside(context: ActionContext) -> None:
    """Set aside a decision that waits to be confirmed: another replaces it, or the chair returns it."""
    if (pending := context.case_context.pending) is not None:
        context.connection.execute(
            update(Decision)
            .where(Decision.municipality_id == context.municipality_id, Decision.id == pending.id)
            .values(state=ACTIONS[context.action].entered_decision_becomes)
        )


def _outcome_refused(context: ActionContext, stop: Stop) -> WorkflowError | None:
    s, outcome = context.case_context, context.payload["outcome"]
    if outcome not in s.procedure.outcomes_at(stop.state):
        code = "not-first-body" if outcome == "not-raised" else "outcome-not-open"
        return NotCompetent(reason(code, outcome=outcome))
    if outcome == "not-raised" and predicates.matter_must_be_answered(s):
        return NotCompetent(reason("must-be-answered"))
    if outcome == "take-note" and s.request.engagement != "policy" and s.request.act != "evaluate":
        return NotCompetent(reason("note-is-no-answer"))
    if outcome in NEEDS_REASONS and not context.comment and not context.payload.get("text"):
        return Malformed(reason("reason-needed", field="comment"))
    if outcome == "recommend" and not context.payload.get("proposal"):
        return Malformed(reason("field-missing", field="proposal"))
    return None


def _text_decided(context: ActionContext, stop: Stop) -> str:
    given = context.payload
    amended = given["outcome"] == "approve-amended" or given.get("proposal") == "amended"
    if given.get("text") and (amended or stop.step == "recommend"):
        return str(given["text"])
    changed = any(given.get(name) for name in ("attributes", "fields_", "goals"))
    if amended and not changed:
        raise Malformed(reason("field-missing", field="text"))
    return context.proposal()


def _changes_weighed(context: ActionContext, stop: Stop) -> dict[str, Any]:
    """What an approval changes, judged again; raises when another body is competent or something is missing."""
    if stop.step != "decide" or context.payload["outcome"] not in APPROVING:
        return {}
    s, given = context.case_context, context.payload
    amends = given["outcome"] == "approve-amended"
    before = dict(context.changes), dict(context.texts), dict(context.data)
    if amends:
        prepare.change_request(context, given)
        prepare.check_fields(context.request_now(), context.changes.get("fields", s.fields))
    changes, request = context.changes, context.request_now()
    context.changes, context.texts, context.data = before  # they become the case's when the chair confirms
    check_competent(context, request, given["meeting_date"])
    fields, goals = changes.get("fields", dict(s.case.fields)), tuple(changes.get("goals", s.case.goals))
    lacking: tuple[Reason, ...] = missing_before(context.policy, request, "decide", fields, goals)
    if lacking:
        raise RequirementMissing(*lacking)
    return changes


def check_competent(context: ActionContext, request: Request, on: date) -> None:
    """Raises `NotCompetent` where by the law of the day of a decision another body decides, or on another route."""
    case, answer = context.case, answer_for(context.policy, request, on)
    if (answer.route, answer.body) == (case.route, case.decides):
        return
    if request == context.case_context.request:
        raise NotCompetent(reason("law-changed", clauses=answer.clauses, day=on.isoformat()))
    raise NotCompetent(reason("other-body", clauses=answer.clauses))


def _entry_data(context: ActionContext, body: str, votes: Votes) -> dict[str, Any]:
    given = context.payload
    return {
        "body": body,
        "outcome": given["outcome"],
        "proposal": given.get("proposal") or "",
        "meeting_date": given["meeting_date"].isoformat(),
        "paragraph": given["paragraph"],
        "members": votes.members,
        "present": votes.present,
        "for": votes.votes_for,
        "against": votes.votes_against,
        "abstained": votes.abstained,
        "casting_vote": votes.casting_vote,
        "conflicts": len(given["conflicts"]),
    }


def confirm(context: ActionContext) -> None:
    """Make an entered decision the body's act: what it changed becomes the case's, its text the proposal."""
    s = context.case_context
    pending = s.pending
    assert pending is not None  # the state says so
    body = context.tenant.body_keys[pending.body_id]
    meetings.lock(context, pending.meeting_id)
    meetings.meeting_with_free_paragraph(context, body, pending.decided_on, pending.paragraph)
    context.outcome = pending.outcome
    given = {"of_municipality": context.municipality_id, "of_decision": pending.id}
    context.connection.execute(
        _MOVE,
        {
            **given,
            "state": ACTIONS[context.action].entered_decision_becomes,
            "confirmed_by_id": s.actor.id,
            "confirmed_at": context.now,
        },
    )
    context.data |= {
        "body": body,
        "outcome": pending.outcome,
        "proposal": pending.proposal,
        "meeting_date": pending.decided_on.isoformat(),
        "paragraph": pending.paragraph,
    }
    if predicates.chair_is_gone(s):
        context.data["in_place_of_chair"] = True
    _recuse(context, pending.conflicts)
    if pending.outcome == "postpone":
        context.changes["postponements"] = s.case.postponements + 1
    if pending.proposal == "amended" or pending.outcome == "approve-amended":
        prepare.propose(context, pending.text, body_id=pending.body_id)
    if pending.outcome in ENDS_AS:
        context.changes["outcome"] = ENDS_AS[pending.outcome]
    if pending.changes:
        _take_over(context, pending.changes, pending.decided_on)


def _take_over(context: ActionContext, changes: Mapping[str, Any], decided_on: date) -> None:
    """Take over what the body changed into the case and its trail entry."""
    context.changes |= changes
    answer = answer_for(context.policy, context.request_now(), decided_on)
    context.changes["clauses"] = list(answer.clauses)
    context.clauses = answer.clauses or None
    context.data["request_changed"] = {name: value for name, value in changes.items() if name in GIVEN}
    if "goals" in changes:
        context.data["goals"] = list(changes["goals"])
    if "fields" in changes:
        context.texts["fields"] = as_text(changes["fields"])


def _recuse(context: ActionContext, usernames: list[str]) -> None:
    known = known_people(context, usernames)
    new = [id_ for id_ in known.values() if id_ not in context.case_context.recused]
    if new:
        context.connection.execute(
            insert(Recusal), [context.owned(person_id=id_, recorded_at=context.now) for id_ in new]
        )


DECLARATIONS = (
    ActionDeclaration("enter-decision", EnterDecision, enter_decision),
    ActionDeclaration(
        "confirm", Nothing, confirm, REQUEST_CHANGES | {"clauses", "outcome", "postponements", "proposal_version"}
    ),
)
