"""Consultation: asking other bodies, their opinions, and the end.

Silence is recorded as silence and never as agreement.
"""

from __future__ import annotations

from datetime import date

from marshmallow import fields, validate
from sqlalchemy import func, insert, select, update

from models import Consultation
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import ActionDeclaration
from workflow.cases.authorization import authorize
from workflow.cases.payloads import LONG_TEXT, Nothing, StrictSchema, text_field
from workflow.core.calendar import after
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.roles import consulted
from workflow.policy.state_machine import Stop


class Opinion(StrictSchema):
    """A consulted body's answer."""

    opinion = fields.String(required=True, validate=validate.Length(1, LONG_TEXT))
    body = text_field()


def start(context: ActionContext, stop: Stop) -> None:
    """Ask every consulted body for its opinion by the consultation's last day."""
    s = context.case_context
    round_ = 1 + (
        context.connection.execute(
            select(func.max(Consultation.round)).where(
                Consultation.municipality_id == context.municipality_id, Consultation.case_id == s.case.id
            )
        ).scalar()
        or 0
    )
    due = last_day(context, stop)
    asked = consulted(context.policy, stop, s.responsible)
    rows = [
        context.owned(body_id=context.tenant.body_ids[key], round=round_, state="asked", due_on=due, opinion="")
        for key in asked
    ]
    if rows:
        context.connection.execute(insert(Consultation), rows)
    context.data["asked"] = list(asked)


def last_day(context: ActionContext, stop: Stop) -> date | None:
    """The consultation's last day: as the case sets it, else as the policy's step does."""
    answers = context.changes.get("fields", context.case_context.fields)
    if given := answers.get("consultation_ends_on"):
        return date.fromisoformat(str(given))
    within = stop.source.within
    return None if within is None else after(context.case_context.today, within, context.tenant.country)


def give_opinion(context: ActionContext) -> None:
    """A consulted body's opinion, recorded by its secretary; raises `Malformed` when the body is not asked."""
    s = context.case_context
    stop = s.procedure.stop_at(s.state)
    assert stop is not None
    asked = consulted(context.policy, stop, s.responsible)
    mine = [key for key in s.actor.bodies_as("secretary") if key in asked]
    body = context.payload.get("body") or mine[0]
    if body not in mine:
        raise Malformed(reason("field-wrong", field="body", why="not one of your bodies that were asked"))
    context.verdict = authorize(s, "give-opinion", at=("secretary", body))  # the seat acted from is that body's
    if not context.verdict.allowed:
        raise context.verdict.error(*context.verdict.reasons)
    written = context.connection.execute(
        update(Consultation)
        .where(
            Consultation.municipality_id == context.municipality_id,
            Consultation.case_id == s.case.id,
            Consultation.body_id == context.tenant.body_ids[body],
            Consultation.state == "asked",
        )
        .values(state="given", opinion=context.payload["opinion"], given_at=context.now, given_by_id=s.actor.id)
    )
    if not written.rowcount:
        raise Malformed(reason("field-wrong", field="body", why="has already answered"))
    context.data["body"] = body
    context.texts["opinion"] = context.payload["opinion"]


def close_consultation(context: ActionContext) -> None:
    """End the consultation; bodies that have not answered are recorded as silent."""
    s = context.case_context
    open_ = (
        Consultation.municipality_id == context.municipality_id,
        Consultation.case_id == s.case.id,
        Consultation.state == "asked",
    )
    silent = context.connection.execute(select(Consultation.body_id).where(*open_)).scalars().all()
    context.connection.execute(update(Consultation).where(*open_).values(state="silent"))
    context.data["silent"] = sorted(context.tenant.body_keys[id_] for id_ in silent)


DECLARATIONS = (
    ActionDeclaration("give-opinion", Opinion, give_opinion),
    ActionDeclaration("close-consultation", Nothing, close_consultation),
)
