"""What may a manager do: pass a case on, send it back, give it to another officer, decide it under a mandate?"""

from __future__ import annotations

from sqlalchemy import insert

from models import Decision
from workflow.cases.actions import decide, prepare
from workflow.cases.actions.context import ActionContext
from workflow.cases.context import people_in
from workflow.cases.proposals import current_text
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.core.messages import reason
from workflow.policy.roles import preparing_seat


def reassign(turn: ActionContext) -> None:
    """Give the case to another officer of the same administration; the former one keeps nothing but the history."""
    s = turn.standing
    seat = preparing_seat(turn.policy, "officer", s.responsible)
    people = people_in(turn.connection, turn.municipality_id, seat, s.today)
    found = next((one for one in people if one.username == turn.payload["officer"]), None)
    if found is None:
        raise Malformed(reason("unknown-person", username=turn.payload["officer"], field="officer"))
    turn.changes["officer_id"] = found.id
    turn.data["officer"] = found.public_id


def endorse(turn: ActionContext) -> None:
    """Pass a case on; a manager who finds it a matter of principle says so with a reason, and it is judged again."""
    is_principal = turn.standing.request.principal
    wanted = turn.payload.get("principal", is_principal)
    if wanted == is_principal:
        return
    if is_principal:  # lowering it could take the case from the council: its officer must ask for that anew
        raise Malformed(reason("only-raised", field="principal"))
    why = turn.payload.get("reason") or turn.comment
    if not why:
        raise Malformed(reason("reason-needed", field="reason"))
    turn.changes["principal"] = wanted
    turn.words["principal_reason"] = why
    prepare.tell_fields(turn, {**turn.standing.fields, "principal_reason": why})
    prepare.repin(turn)
    assert turn.procedure is not None
    review = turn.procedure.stop_at("review")
    if review is None:  # a route that has no review cannot be entered in the middle
        raise ActionNotOpen(reason("not-open", state="review"))


def refer_back(turn: ActionContext) -> None:
    """Send the case back to its officer, or the chair the record to the secretary; always with reasons."""
    if not turn.comment:
        raise Malformed(reason("reason-needed", field="comment"))
    if turn.standing.pending is not None:
        turn.data["record"] = "returned"
        decide.set_aside(turn)


def approve(turn: ActionContext) -> None:
    """An administration decides, through its manager, under a mandate of its parent body."""
    _decide(turn, "approve")
    turn.changes["outcome"] = "approved"


def reject(turn: ActionContext) -> None:
    """An administration says no, through its manager, under a mandate; with reasons."""
    if not turn.comment:
        raise Malformed(reason("reason-needed", field="comment"))
    _decide(turn, "reject")
    turn.changes["outcome"] = "rejected"


def _decide(turn: ActionContext, outcome: str) -> None:
    s, mandate = turn.standing, turn.verdict.mandate
    assert mandate is not None  # the judge asked for it
    text = current_text(turn.connection, turn.municipality_id, s.case.id, s.case.proposal_version)
    turn.connection.execute(
        insert(Decision),
        turn.owned(
            body_id=turn.tenant.body_ids[s.deciding],
            step=s.state,
            outcome=outcome,
            text=text,
            changes={},
            decided_on=s.today,
            conflicts=[],
            reason=turn.comment,
            entered_by_id=s.actor.id,
            entered_at=turn.now,
            state="confirmed",
            confirmed_by_id=s.actor.id,
            confirmed_at=turn.now,
            mandate_id=mandate.id,
            policy_version_id=s.case.policy_version_id,
            clauses=list(s.case.clauses),
        ),
    )
    turn.data |= {"outcome": outcome, "body": s.deciding, "mandate": mandate.reference}
    turn.words["text"] = text
