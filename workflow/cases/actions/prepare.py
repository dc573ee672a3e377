"""Actions of the case's officer: amend, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import ANSWER_CHANGES, REQUEST_CHANGES, ActionDeclaration
from workflow.cases.case_references import note_mentions
from workflow.cases.payloads import Amendment, Nothing
from workflow.cases.proposals import add_version
from workflow.cases.routing import answer_for, pinned, request_data
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.text_validation import normal
from workflow.policy.model import Policy
from workflow.policy.request_domain import ACTS_ON_REGISTERED, GIVEN, GIVEN_OR_REGISTERED, Request
from workflow.policy.state_machine import procedure_for
from workflow.trail.entry import as_text


def jsonable(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as JSON stores them: dates as ISO text, empty ones left out, text in NFC."""
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in fields.items()}
    return {
        name: normal(value.strip()) if isinstance(value, str) else value
        for name, value in plain.items()
        if value not in (None, "", []) and not (isinstance(value, str) and not value.strip())
    }


def check_fields(request: Request, fields: Mapping[str, Any]) -> None:
    """Raises `Malformed` for a matter of principle without a reason, and for an end before the start."""
    if request.principal and not fields.get("principal_reason"):
        raise Malformed(reason("field-missing", field="fields.principal_reason"))
    starts_on, ends_on = fields.get("starts_on"), fields.get("ends_on")
    if starts_on and ends_on and str(ends_on) < str(starts_on):
        raise Malformed(reason("field-wrong", field="fields.ends_on", why="before it starts"))


def check_goals(goals: list[str], policy: Policy) -> None:
    """Raises `Malformed` for a goal the policy does not have."""
    known = {goal.key for group in policy.goals for goal in group.items}
    for goal in goals:
        if goal not in known:
            raise Malformed(reason("field-wrong", field="goals", why=goal))


def amend(context: ActionContext) -> None:
    """Change the text or the attributes of a draft; competence is determined again and the route re-pinned."""
    given, case = context.payload, context.case
    if "title" in given:
        context.changes["title"] = normal(given["title"])
        context.texts["title"] = given["title"]
    if "partner" in given:
        context.changes |= {"partner_name": given["partner"]["name"], "partner_country": given["partner"]["country"]}
        context.texts["partner"] = as_text(dict(given["partner"]))
    if "secrecy" in given:
        context.changes |= {"secrecy_law": given["secrecy"]["law"], "secrecy_note": given["secrecy"]["note"]}
        context.texts["secrecy"] = as_text(dict(given["secrecy"]))
        context.data["secret"] = bool(given["secrecy"]["law"])
    change_request(context, given)
    judge_at_present(context)
    if "text" in given:
        propose(context, given["text"], body_id=None)
    repin(context)
    check_fields(context.request_now(), context.changes.get("fields", dict(case.fields)))


def change_request(context: ActionContext, given: Any) -> None:
    """Take over changed attributes, fields and goals; raises `Malformed` for what the register decides."""
    case = context.case
    for name, value in given.get("attributes", {}).items():
        if name in GIVEN_OR_REGISTERED and case.act in ACTS_ON_REGISTERED and value != getattr(case, name):
            raise Malformed(reason("derived", field=f"attributes.{name}"))
        if name in GIVEN:
            context.changes[name] = value
    if "fields_" in given:
        set_fields(context, {**case.fields, **given["fields_"]})
    if "goals" in given:
        check_goals(given["goals"], context.policy)
        context.changes["goals"] = list(given["goals"])
        context.data["goals"] = list(given["goals"])


def set_fields(context: ActionContext, fields: dict[str, Any]) -> None:
    """Set the answers to the form's questions; the reason for a matter of principle has a column of its own too."""
    context.changes["fields"] = jsonable(fields)
    context.changes["principal_reason"] = context.changes["fields"].get("principal_reason", "")
    context.texts["fields"] = as_text(context.changes["fields"])


def propose(context: ActionContext, text: str, *, body_id: int | None) -> None:
    """Carry a changed text on as the next version of the proposal, and note the cases it mentions."""
    case = context.case
    context.changes["proposal_version"] = case.proposal_version + 1
    add_version(
        context.connection,
        context.municipality_id,
        case.id,
        case.proposal_version + 1,
        text,
        author_id=context.case_context.actor.id,
        body_id=body_id,
        now=context.now,
    )
    context.texts["text"] = text
    context.data["proposal_version"] = case.proposal_version + 1
    note_mentions(context.connection, context.municipality_id, case.id, (case.number, case.external_number), text)


def repin(context: ActionContext) -> None:
    """Ask again who decides the changed request and pin its route; raises `NotCompetent` when it is forbidden."""
    request, s = context.request_now(), context.case_context
    answer = answer_for(context.policy, request, s.today)
    assert answer.route is not None
    context.changes |= pinned(context.policy, context.tenant, answer, s.responsible)
    context.procedure = procedure_for(context.policy, answer.route, request.responsible)
    context.data |= request_data(request, s.responsible, answer)
    context.clauses = answer.clauses or None


def judge_at_present(context: ActionContext) -> None:
    """Judge the case at the engagement's present version from now on; one that has ended keeps the earlier version."""
    present = context.case_context.engagement
    if present is None or present.status == "ended":
        return
    context.changes["engagement_version"] = present.version
    context.data["engagement_version"] = present.version


def submit(context: ActionContext) -> None:
    """Hand the case in, by the law of the day; from now on others than its author and manager see it."""
    s = context.case_context
    answer = answer_for(context.policy, s.request, s.today)
    if (answer.route, answer.body) != (s.case.route, s.case.decides):
        repin(context)
    judge_at_present(context)
    context.changes["submitted_by_id"] = context.case_context.actor.id


def withdraw(context: ActionContext) -> None:
    """Take the request back; number, registered documents and published notices remain."""
    context.changes["outcome"] = "withdrawn"


DECLARATIONS = (
    ActionDeclaration(
        "amend",
        Amendment,
        amend,
        REQUEST_CHANGES
        | ANSWER_CHANGES
        | {"title", "partner_name", "partner_country", "secrecy_law", "secrecy_note", "proposal_version"}
        | {"engagement_version"},
    ),
    ActionDeclaration("submit", Nothing, submit, ANSWER_CHANGES | {"submitted_by_id", "engagement_version"}),
    ActionDeclaration("withdraw", Nothing, withdraw, frozenset({"outcome"})),
)
