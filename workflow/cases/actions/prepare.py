"""What may an officer do with a case of theirs: change it, hand it in, take it back?"""

from __future__ import annotations

from typing import Any

from workflow.cases.actions.context import ActionContext
from workflow.cases.case_references import note_mentions
from workflow.cases.proposals import add_version
from workflow.cases.routing import answer_for, pinned, request_data
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.request_domain import ACTS_ON_REGISTERED, GIVEN, GIVEN_OR_REGISTERED, Request
from workflow.policy.state_machine import procedure_for
from workflow.trail.entry import as_text, normal


def jsonable(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as JSON stores them: dates as ISO text, empty ones left out, text in NFC."""
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in fields.items()}
    return {
        name: normal(value.strip()) if isinstance(value, str) else value
        for name, value in plain.items()
        if value not in (None, "", []) and not (isinstance(value, str) and not value.strip())
    }


def principal_needs_a_reason(request: Request, fields: dict[str, Any]) -> None:
    """A matter of principle is set with a reason; raises `Malformed`."""
    if request.principal and not fields.get("principal_reason"):
        raise Malformed(reason("field-missing", field="fields.principal_reason"))


def unknown_goals(turn_goals: list[str], known: set[str]) -> None:
    """Raises `Malformed` for a goal the policy does not have."""
    for goal in turn_goals:
        if goal not in known:
            raise Malformed(reason("field-wrong", field="goals", why=f"{goal}"))


def amend(turn: ActionContext) -> None:
    """Change the text or the attributes of a draft; competence is judged again and the route re-pinned."""
    given, case = turn.payload, turn.standing.case
    if "title" in given:
        turn.changes["title"] = normal(given["title"])
        turn.words["title"] = given["title"]
    if "partner" in given:
        turn.changes |= {"partner_name": given["partner"]["name"], "partner_country": given["partner"]["country"]}
        turn.words["partner"] = as_text(dict(given["partner"]))
    if "secrecy" in given:
        turn.changes |= {"secrecy_law": given["secrecy"]["law"], "secrecy_note": given["secrecy"]["note"]}
        turn.words["secrecy"] = as_text(dict(given["secrecy"]))
    change_request(turn, given)
    if "text" in given:
        propose(turn, given["text"], body_id=None)
    repin(turn)
    principal_needs_a_reason(turn.request_now(), turn.changes.get("fields", dict(case.fields)))


def change_request(turn: ActionContext, given: Any) -> None:
    """Take over changed attributes, fields and goals; raises `Malformed` for what the register decides."""
    case = turn.standing.case
    for name, value in given.get("attributes", {}).items():
        if name in GIVEN_OR_REGISTERED and case.act in ACTS_ON_REGISTERED and value != getattr(case, name):
            raise Malformed(reason("derived", field=f"attributes.{name}"))
        if name in GIVEN:
            turn.changes[name] = value
    if "fields_" in given:
        tell_fields(turn, {**case.fields, **given["fields_"]})
    if "goals" in given:
        unknown_goals(given["goals"], {goal.key for group in turn.policy.goals for goal in group.items})
        turn.changes["goals"] = list(given["goals"])
        turn.data["goals"] = list(given["goals"])


def tell_fields(turn: ActionContext, fields: dict[str, Any]) -> None:
    """What the case tells from now on; the reason for its importance stands in a column of its own too."""
    turn.changes["fields"] = jsonable(fields)
    turn.changes["principal_reason"] = turn.changes["fields"].get("principal_reason", "")
    turn.words["fields"] = as_text(turn.changes["fields"])


def propose(turn: ActionContext, text: str, *, body_id: int | None) -> None:
    """Carry a changed text on as the next version of the proposal, and note the cases it mentions."""
    case = turn.standing.case
    turn.changes["proposal_version"] = case.proposal_version + 1
    add_version(
        turn.connection,
        turn.municipality_id,
        case.id,
        case.proposal_version + 1,
        text,
        author_id=turn.standing.actor.id,
        body_id=body_id,
        now=turn.now,
    )
    turn.words["text"] = text
    turn.data["proposal_version"] = case.proposal_version + 1
    note_mentions(turn.connection, turn.municipality_id, case.id, (case.number, case.external_number), text)


def repin(turn: ActionContext) -> None:
    """Judge the changed request again and pin the route it gets; raises `NotCompetent` when it is forbidden."""
    request, s = turn.request_now(), turn.standing
    answer = answer_for(turn.policy, request)
    assert answer.route is not None
    turn.changes |= pinned(turn.policy, turn.tenant, answer, s.responsible)
    turn.procedure = procedure_for(turn.policy, answer.route, request.responsible)
    turn.data |= request_data(request, s.responsible, answer)
    turn.clauses = answer.clauses


def submit(turn: ActionContext) -> None:
    """Hand the case in; from now on others than its author and manager see it."""
    answer_for(turn.policy, turn.standing.request)
    turn.changes["submitted_by_id"] = turn.standing.actor.id


def withdraw(turn: ActionContext) -> None:
    """Take the request back; number, registered documents and published notices remain."""
    turn.changes["outcome"] = "withdrawn"
