"""How do other bodies give their opinion, and what if they are silent?

Silence is recorded as silence and never as agreement.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update

from models import Consultation
from workflow.cases.actions.context import ActionContext
from workflow.cases.authorization import authorize
from workflow.core.calendar import after
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.roles import consulted
from workflow.policy.state_machine import Stop


def start(turn: ActionContext, stop: Stop) -> None:
    """Ask every consulted body for its opinion by the consultation's last day."""
    s = turn.standing
    round_ = 1 + (
        turn.connection.execute(
            select(func.max(Consultation.round)).where(
                Consultation.municipality_id == turn.municipality_id, Consultation.case_id == s.case.id
            )
        ).scalar()
        or 0
    )
    due = last_day(turn, stop)
    asked = consulted(turn.policy, stop, s.responsible)
    rows = [
        turn.owned(body_id=turn.tenant.body_ids[key], round=round_, state="asked", due_on=due, opinion="")
        for key in asked
    ]
    if rows:
        turn.connection.execute(insert(Consultation), rows)
    turn.data["asked"] = list(asked)


def last_day(turn: ActionContext, stop: Stop) -> date | None:
    """The consultation's last day: as the case sets it, else as the policy's step does."""
    fields = turn.changes.get("fields", turn.standing.fields)
    if given := fields.get("consultation_ends_on"):
        return date.fromisoformat(str(given))
    within = stop.source.within
    return None if within is None else after(turn.standing.today, within, turn.tenant.country)


def give_opinion(turn: ActionContext) -> None:
    """A consulted body's opinion, recorded by its secretary; raises `Malformed` when the body is not asked."""
    s = turn.standing
    stop = s.procedure.stop_at(s.state)
    assert stop is not None
    asked = consulted(turn.policy, stop, s.responsible)
    mine = [key for key in s.actor.bodies_as("secretary") if key in asked]
    body = turn.payload.get("body") or mine[0]
    if body not in mine:
        raise Malformed(reason("field-wrong", field="body", why="not one of your bodies that were asked"))
    turn.verdict = authorize(s, "give-opinion", at=("secretary", body))  # the seat acted from is that body's
    if not turn.verdict.allowed:
        raise turn.verdict.error(*turn.verdict.reasons)
    written = turn.connection.execute(
        update(Consultation)
        .where(
            Consultation.municipality_id == turn.municipality_id,
            Consultation.case_id == s.case.id,
            Consultation.body_id == turn.tenant.body_ids[body],
            Consultation.state == "asked",
        )
        .values(state="given", opinion=turn.payload["opinion"], given_at=turn.now, given_by_id=s.actor.id)
    )
    if not written.rowcount:
        raise Malformed(reason("field-wrong", field="body", why="has already answered"))
    turn.data["body"] = body
    turn.words["opinion"] = turn.payload["opinion"]


def close_consultation(turn: ActionContext) -> None:
    """End the consultation; bodies that have not answered are recorded as silent."""
    s = turn.standing
    open_ = (
        Consultation.municipality_id == turn.municipality_id,
        Consultation.case_id == s.case.id,
        Consultation.state == "asked",
    )
    silent = turn.connection.execute(select(Consultation.body_id).where(*open_)).scalars().all()
    turn.connection.execute(update(Consultation).where(*open_).values(state="silent"))
    turn.data["silent"] = sorted(turn.tenant.body_keys[id_] for id_ in silent)
