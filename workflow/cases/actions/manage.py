"""Actions of a manager: reassign, endorse, refer back, and approve or reject under a mandate."""

from __future__ import annotations

from marshmallow import fields
from sqlalchemy import insert

from models import Decision
from workflow.cases.actions import decide, prepare
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import ANSWER_CHANGES, ActionDeclaration
from workflow.cases.actor import people_in
from workflow.cases.payloads import LONG_TEXT, Nothing, StrictSchema, text_field
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.core.messages import reason
from workflow.policy.roles import preparing_seat


class Reassignment(StrictSchema):
    """Who is to have the case."""

    officer = text_field(required=True)


class Endorsement(StrictSchema):
    """A manager's passing on, with or without raising the matter to one of principle."""

    principal = fields.Boolean()
    reason = text_field(LONG_TEXT)


def reassign(context: ActionContext) -> None:
    """Give the case to another officer of the same administration; the former one keeps nothing but the history."""
    s = context.case_context
    seat = preparing_seat(context.policy, "officer", s.responsible)
    people = people_in(context.connection, context.municipality_id, seat, s.today)
    found = next((one for one in people if one.username == context.payload["officer"]), None)
    if found is None:
        raise Malformed(reason("unknown-person", username=context.payload["officer"], field="officer"))
    context.changes["officer_id"] = found.id
    context.data["officer"] = found.public_id


def endorse(context: ActionContext) -> None:
    """Pass a case on; a manager who finds it a matter of principle says so with a reason, and it is judged again."""
    is_principal = context.case_context.request.principal
    wanted = context.payload.get("principal", is_principal)
    if wanted == is_principal:
        return
    if is_principal:  # lowering it could take the case from the council: its officer must ask for that anew
        raise Malformed(reason("only-raised", field="principal"))
    why = context.payload.get("reason") or context.comment
    if not why:
        raise Malformed(reason("reason-needed", field="reason"))
    context.changes["principal"] = wanted
    context.texts["principal_reason"] = why
    prepare.set_fields(context, {**context.case_context.fields, "principal_reason": why})
    prepare.repin(context)
    assert context.procedure is not None
    review = context.procedure.stop_at("review")
    if review is None:  # a route that has no review cannot be entered in the middle
        raise ActionNotOpen(reason("not-open", state="review"))


def refer_back(context: ActionContext) -> None:
    """Send the case back to its officer, or the chair the record to the secretary; always with reasons."""
    if not context.comment:
        raise Malformed(reason("reason-needed", field="comment"))
    if context.case_context.pending is not None:
        context.data["record"] = "returned"
        decide.set_aside(context)


def approve(context: ActionContext) -> None:
    """An administration decides, through its manager, under a mandate of its parent body."""
    s = context.case_context
    decide.check_competent(context, s.request, s.today)
    _decide(context, "approve")
    context.changes["outcome"] = "approved"


def reject(context: ActionContext) -> None:
    """An administration says no, through its manager, under a mandate; with reasons."""
    if not context.comment:
        raise Malformed(reason("reason-needed", field="comment"))
    _decide(context, "reject")
    context.changes["outcome"] = "rejected"


def _decide(context: ActionContext, outcome: str) -> None:
    s, mandate = context.case_context, context.verdict.mandate if context.verdict else None
    assert mandate is not None  # authorization demands it
    proposal = context.proposal()
    context.connection.execute(
        insert(Decision),
        context.owned(
            body_id=context.tenant.body_ids[s.deciding],
            step=s.state,
            outcome=outcome,
            text=proposal,
            changes={},
            decided_on=s.today,
            conflicts=[],
            reason=context.comment,
            entered_by_id=s.actor.id,
            entered_at=context.now,
            state="confirmed",
            confirmed_by_id=s.actor.id,
            confirmed_at=context.now,
            mandate_id=mandate.id,
            policy_version_id=s.case.policy_version_id,
            clauses=list(s.case.clauses),
        ),
    )
    context.data |= {"outcome": outcome, "body": s.deciding, "mandate": mandate.reference}
    context.texts["text"] = proposal


DECLARATIONS = (
    ActionDeclaration("reassign", Reassignment, reassign, frozenset({"officer_id"})),
    ActionDeclaration("endorse", Endorsement, endorse, ANSWER_CHANGES | {"principal", "fields", "principal_reason"}),
    ActionDeclaration("refer-back", Nothing, refer_back),
    ActionDeclaration("approve", Nothing, approve, frozenset({"outcome"})),
    ActionDeclaration("reject", Nothing, reject, frozenset({"outcome"})),
)
