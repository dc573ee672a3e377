"""How does a collegial body's decision come in, and when does it become the body's act?

The secretary enters what the meeting decided; the chair confirms it. Quorum, votes and conflicts of interest are
weighed for the day of the meeting, competence and requirements for what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, distinct, func, insert, or_, select, update

from models import Appointment, Decision, Meeting, Person, Recusal
from workflow.cases import predicates
from workflow.cases.actions import prepare
from workflow.cases.actions.context import ActionContext
from workflow.cases.authorization import missing_before
from workflow.cases.proposals import current_text
from workflow.cases.routing import answer_for
from workflow.core.errors import Malformed, NotCompetent, QuorumMissing, RequirementMissing, WorkflowError
from workflow.core.messages import Reason, reason
from workflow.policy.request_domain import GIVEN
from workflow.policy.roles import body_at
from workflow.policy.state_machine import APPROVING, Stop
from workflow.policy.voting_rules import Votes, carried_by_minority, objections
from workflow.trail.entry import as_text

#: How a case ends, by the outcome its deciding body chose.
ENDS_AS = {
    "approve": "approved",
    "approve-amended": "approved",
    "take-note": "noted",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "not-raised": "not-raised",
}


_seats, _meetings, _decisions = Appointment.__table__.c, Meeting.__table__.c, Decision.__table__.c
_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_BODY: BindParameter[int] = bindparam("body")
_DAY: BindParameter[date] = bindparam("day")
_MEMBERS = select(func.count(distinct(_seats.person_id))).where(
    _seats.municipality_id == _MUNICIPALITY,
    _seats.body_id == _BODY,
    or_(_seats.role == "member", _seats.role == "chair"),
    _seats.starts_on <= _DAY,
    or_(_seats.ends_on.is_(None), _seats.ends_on >= _DAY),
    _seats.deputy_for_id.is_(None),
)
_MEETING = select(_meetings.id).where(
    _meetings.municipality_id == _MUNICIPALITY, _meetings.body_id == _BODY, _meetings.held_on == _DAY
)
_EARLIER = select(_decisions.outcome, _decisions.votes_for, _decisions.votes_against, _decisions.casting_vote).where(
    _decisions.municipality_id == _MUNICIPALITY,
    _decisions.case_id == bindparam("case"),
    _decisions.body_id == _BODY,
    _decisions.state == "confirmed",
)
_HOLD = insert(Meeting).returning(Meeting.id)
_ENTER = insert(Decision)
_MOVE = update(Decision).where(
    Decision.municipality_id == bindparam("of_municipality"), Decision.id == bindparam("of_decision")
)


def enter_decision(turn: ActionContext) -> None:
    """Record what a meeting decided; a record not yet confirmed is replaced, and both stay in the trail."""
    s, given = turn.standing, turn.payload
    stop = s.procedure.stop_at(s.state)
    assert stop is not None
    body = body_at(turn.policy, stop, s.responsible)
    if refusal := _outcome_refused(turn, stop):
        raise refusal
    text = _text_decided(turn, stop)
    votes = _weigh(turn, stop, body)
    changes = _changes_weighed(turn, stop)
    set_aside(turn)
    turn.connection.execute(
        _ENTER,
        turn.owned(
            body_id=turn.tenant.body_ids[body],
            step=stop.state,
            outcome=given["outcome"],
            proposal=given.get("proposal") or "",
            text=text,
            changes=changes,
            meeting_id=_meeting(turn, body, given["meeting_date"]),
            decided_on=given["meeting_date"],
            paragraph=given["paragraph"],
            members=votes.members,
            present=votes.present,
            votes_for=votes.votes_for,
            votes_against=votes.votes_against,
            abstained=votes.abstained,
            casting_vote=votes.casting_vote,
            conflicts=given["conflicts"],
            reason=turn.comment,
            entered_by_id=s.actor.id,
            entered_at=turn.now,
            state="entered",
            policy_version_id=s.case.policy_version_id,
            clauses=list(s.case.clauses),
        ),
    )
    turn.data |= _told(turn, body, votes)
    turn.words["text"] = text
    if changes:
        turn.words["changes"] = as_text(changes)


def set_aside(turn: ActionContext) -> None:
    """Let a record that waits to be confirmed wait no longer: another replaces it, or the chair has returned it."""
    if (pending := turn.standing.pending) is not None:
        turn.connection.execute(
            update(Decision)
            .where(Decision.municipality_id == turn.municipality_id, Decision.id == pending.id)
            .values(state="replaced")
        )


def _outcome_refused(turn: ActionContext, stop: Stop) -> WorkflowError | None:
    s, outcome = turn.standing, turn.payload["outcome"]
    if turn.payload["meeting_date"] > s.today:
        return Malformed(reason("meeting-in-future", field="meeting_date"))
    if outcome not in s.procedure.outcomes_at(stop.state):
        code = "not-first-body" if outcome == "not-raised" else "outcome-not-open"
        return NotCompetent(reason(code, outcome=outcome))
    if outcome == "not-raised" and predicates.matter_must_be_answered(s):
        return NotCompetent(reason("must-be-answered"))
    if outcome == "take-note" and s.request.engagement != "policy" and s.request.act != "evaluate":
        return NotCompetent(reason("note-is-no-answer"))
    if outcome in ("refer-back", "not-raised") and not turn.comment and not turn.payload.get("text"):
        return Malformed(reason("reason-needed", field="comment"))
    if outcome == "recommend" and not turn.payload.get("proposal"):
        return Malformed(reason("field-missing", field="proposal"))
    return None


def _text_decided(turn: ActionContext, stop: Stop) -> str:
    given, case = turn.payload, turn.standing.case
    amended = given["outcome"] == "approve-amended" or given.get("proposal") == "amended"
    if given.get("text") and (amended or stop.step == "recommend"):
        return str(given["text"])
    changed = any(given.get(name) for name in ("attributes", "fields_", "goals"))
    if amended and not changed:
        raise Malformed(reason("field-missing", field="text"))
    return current_text(turn.connection, turn.municipality_id, case.id, case.proposal_version)


def _weigh(turn: ActionContext, stop: Stop, body: str) -> Votes:
    given = turn.payload
    votes = Votes(
        members=_members_on(turn, body, given["meeting_date"]),
        present=given["present"],
        conflicted=len(set(given["conflicts"])),
        votes_for=given.get("votes_for"),
        votes_against=given.get("votes_against"),
        abstained=given.get("abstained"),
        casting_vote=given["casting_vote"],
    )
    _known_people(turn, given["conflicts"])
    rules, names = turn.policy.law.collegial, turn.policy.body(body).names
    used = _minority_right_used(turn, stop.kind, body, given["outcome"])
    if against := tuple(objections(rules, stop.kind, names, votes, given["outcome"], minority_used=used)):
        raise QuorumMissing(*against)
    return votes


def _members_on(turn: ActionContext, body: str, day: date) -> int:
    given = {"municipality": turn.municipality_id, "body": turn.tenant.body_ids[body], "day": day}
    return int(turn.connection.execute(_MEMBERS, given).scalar_one())


def _known_people(turn: ActionContext, usernames: list[str]) -> dict[str, int]:
    if not usernames:
        return {}
    rows = turn.connection.execute(
        select(Person.username, Person.id).where(
            Person.municipality_id == turn.municipality_id, Person.username.in_(usernames)
        )
    )
    known = {row.username: int(row.id) for row in rows}
    if strangers := [name for name in usernames if name not in known]:
        raise Malformed(*(reason("unknown-person", username=name, field="conflicts") for name in strangers))
    return known


def _minority_right_used(turn: ActionContext, kind: str, body: str, outcome: str) -> bool:
    if not any(outcome in right.outcomes and kind in right.bodies for right in turn.policy.law.collegial.minority):
        return False
    given = {
        "municipality": turn.municipality_id,
        "case": turn.standing.case.id,
        "body": turn.tenant.body_ids[body],
    }
    earlier = turn.connection.execute(_EARLIER, given)
    rules = turn.policy.law.collegial
    return any(
        carried_by_minority(rules, kind, Votes(0, 0, 0, in_favour, against, casting_vote=casting), chosen)
        for chosen, in_favour, against, casting in earlier
    )


def _changes_weighed(turn: ActionContext, stop: Stop) -> dict[str, Any]:
    """What an amended approval changes, judged again; raises when another body is competent or something is missing."""
    if stop.step != "decide" or turn.payload["outcome"] not in APPROVING:
        return {}
    s, given = turn.standing, turn.payload
    amends = given["outcome"] == "approve-amended"
    before = dict(turn.changes), dict(turn.words), dict(turn.data)
    if amends:
        prepare.change_request(turn, given)
        prepare.principal_needs_a_reason(turn.request_now(), turn.changes.get("fields", s.fields))
    changes, request = turn.changes, turn.request_now()
    turn.changes, turn.words, turn.data = before  # they become the case's when the chair confirms
    answer = answer_for(turn.policy, request)
    if (answer.route, answer.body) != (s.case.route, s.case.decides):
        raise NotCompetent(reason("other-body", clauses=answer.clauses))
    fields, goals = changes.get("fields", dict(s.case.fields)), tuple(changes.get("goals", s.case.goals))
    lacking: tuple[Reason, ...] = missing_before(turn.policy, request, "decide", fields, goals)
    if lacking:
        raise RequirementMissing(*lacking)
    return changes


def _meeting(turn: ActionContext, body: str, day: date) -> int:
    given = {"municipality": turn.municipality_id, "body": turn.tenant.body_ids[body], "day": day}
    found = turn.connection.execute(_MEETING, given).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = {
        "municipality_id": turn.municipality_id,
        "body_id": turn.tenant.body_ids[body],
        "held_on": day,
        "created_at": turn.now,
    }
    return int(turn.connection.execute(_HOLD, row).scalar_one())


def _told(turn: ActionContext, body: str, votes: Votes) -> dict[str, Any]:
    given = turn.payload
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


def confirm(turn: ActionContext) -> None:
    """Make an entered decision the body's act: what it changed becomes the case's, its text the proposal."""
    s = turn.standing
    pending = s.pending
    assert pending is not None  # the state says so
    turn.outcome = pending.outcome
    given = {"of_municipality": turn.municipality_id, "of_decision": pending.id}
    turn.connection.execute(
        _MOVE, {**given, "state": "confirmed", "confirmed_by_id": s.actor.id, "confirmed_at": turn.now}
    )
    turn.data |= {
        "body": turn.tenant.body_keys[pending.body_id],
        "outcome": pending.outcome,
        "proposal": pending.proposal,
        "meeting_date": pending.decided_on.isoformat(),
        "paragraph": pending.paragraph,
    }
    _recuse(turn, pending.conflicts)
    if pending.outcome == "postpone":
        turn.changes["postponements"] = s.case.postponements + 1
    if pending.proposal == "amended" or pending.outcome == "approve-amended":
        prepare.propose(turn, pending.text, body_id=pending.body_id)
    if pending.outcome in ENDS_AS:
        turn.changes["outcome"] = ENDS_AS[pending.outcome]
    if pending.changes:
        _take_over(turn, pending.changes)


def _take_over(turn: ActionContext, changes: Mapping[str, Any]) -> None:
    """What the body changed becomes the case's, and the entry tells of it."""
    turn.changes |= changes
    answer = answer_for(turn.policy, turn.request_now())
    turn.changes["clauses"] = list(answer.clauses)
    turn.clauses = answer.clauses
    turn.data["request_changed"] = {name: value for name, value in changes.items() if name in GIVEN}
    if "goals" in changes:
        turn.data["goals"] = list(changes["goals"])
    if "fields" in changes:
        turn.words["fields"] = as_text(changes["fields"])


def _recuse(turn: ActionContext, usernames: list[str]) -> None:
    known = _known_people(turn, usernames)
    new = [id_ for id_ in known.values() if id_ not in turn.standing.recused]
    if new:
        turn.connection.execute(insert(Recusal), [turn.owned(person_id=id_, recorded_at=turn.now) for id_ in new])
