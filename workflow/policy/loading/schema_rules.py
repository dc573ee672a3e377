"""Which keys do the rules of a pack or a law have: rows, requirements, routes, evaluations?

One strict schema per noun, each making one of `workflow.policy.model`.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load

from workflow.core.calendar import Within
from workflow.policy import model
from workflow.policy.conditions import condition_over
from workflow.policy.loading.base_schema import Strict, listed, reader
from workflow.policy.loading.fields import (
    Value,
    by_key,
    clause_id,
    day,
    months,
    one_of,
    period,
    seat,
    seat_or_turn,
    several,
    slug,
    some_time,
    text,
    truth,
    words,
)

#: Steps that a requirement can stand before.
BEFORE = ("review", "recommend", "decide", "sign")
DECIDES = (*model.COLLEGIAL, "administration", "responsible")
AS_ENTERED = "as-entered"

ASSUMED = Value(text, default=None)
anything = condition_over()
cited = several(clause_id)


class ProhibitionSchema(Strict):
    """A row that refuses."""

    makes = model.Row
    id = Value(slug)
    when = Value(anything)
    clauses = Value(several(clause_id, at_least=1))
    assumed = ASSUMED


class RowSchema(Strict):
    """A row of the competence table."""

    makes = model.Row
    id = Value(slug)
    when = Value(anything, default=model.Condition())
    decides = Value(one_of(DECIDES, "deciding body kind"))
    route = Value(slug)
    clauses = Value(cited)
    assumed = ASSUMED


class RequirementSchema(Strict):
    """What must hold before a step."""

    makes = model.Requirement
    id = Value(one_of(model.REQUIREMENT_FIELDS, "requirement"))
    when = Value(anything, default=model.Condition())
    before = Value(one_of(BEFORE, "step"))
    clauses = Value(cited)
    group = Value(slug, default=None)
    assumed = ASSUMED


class StepSchema(Strict):
    """One stop on a route."""

    makes = model.Step
    step = Value(one_of(model.STEPS, "step"))
    by = Value(several(text, at_least=1, scalar=True))
    within = Value(some_time, default=None)
    clauses = Value(cited, default=())
    assumed = ASSUMED


class QuestionSchema(Strict):
    """A question of an evaluation."""

    makes = model.Question
    key = Value(slug)
    names = Value(words)


class RungSchema(Strict):
    """Who is told how long before or after the last day."""

    makes = model.Rung
    after = Value(period, default=None)
    before = Value(some_time, default=None)
    tell = Value(seat_or_turn)

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """The value; before the last day counts as less than none after it."""
        after, before = data["after"], data["before"]
        if (after is None) == (before is None):
            raise ValidationError("has exactly one of after, before")
        if before is not None:
            after = Within(-before.amount, before.unit)
        return model.Rung(after, data["tell"])


class LadderSchema(Strict):
    """A ladder, and why it is as it is: no document of ours has one."""

    makes = model.Ladder
    rungs = listed(RungSchema, at_least=1)
    assumed = Value(text)


class EvaluationSchema(Strict):
    """When something must be evaluated."""

    makes = model.EvaluationRule
    id = Value(slug)
    when = Value(anything)
    every = Value(months, default=None)
    before_expiry = Value(months, default=None)
    on = Value(day, default=None)
    reports = Value(seat)
    decides = Value(one_of((AS_ENTERED, *DECIDES), "deciding body kind"))
    clauses = Value(cited)
    questions = listed(QuestionSchema, default=())
    ladder = listed(RungSchema, default=())
    weighs_value = Value(truth, default=False)
    assumed = ASSUMED


def route(value: object) -> tuple[model.Step, ...]:
    """The steps of a route."""
    return tuple(several(reader(StepSchema), at_least=1)(value))


def routes(value: object) -> dict[str, tuple[model.Step, ...]]:
    """Routes by name."""
    return by_key(slug, route)(value)


def ladders(value: object) -> dict[str, model.Ladder]:
    """Ladders by what it is that waits."""
    return by_key(one_of(model.LADDERS, "ladder"), reader(LadderSchema))(value)
