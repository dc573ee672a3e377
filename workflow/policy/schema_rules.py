"""Which keys do the rules of a pack or a law have: rows, requirements, routes, evaluations?

One strict schema per noun, each making one of `workflow.policy.values`.
"""

from __future__ import annotations

from workflow.policy import values
from workflow.policy.conditions import condition_over
from workflow.policy.fields import (
    Value,
    by_key,
    clause_id,
    day,
    months,
    one_of,
    period,
    seat,
    several,
    slug,
    some_time,
    text,
    words,
)
from workflow.policy.strict import Strict, listed, reader

#: Steps that a requirement can stand before.
BEFORE = ("review", "recommend", "decide", "sign")
DECIDES = (*values.COLLEGIAL, "administration", "responsible")
AS_ENTERED = "as-entered"

ASSUMED = Value(text, default=None)
anything = condition_over()
cited = several(clause_id)


class ProhibitionSchema(Strict):
    """A row that refuses."""

    makes = values.Row
    id = Value(slug)
    when = Value(anything)
    clauses = Value(several(clause_id, at_least=1))
    assumed = ASSUMED


class RowSchema(Strict):
    """A row of the competence table."""

    makes = values.Row
    id = Value(slug)
    when = Value(anything, default=values.Condition())
    decides = Value(one_of(DECIDES, "deciding body kind"))
    route = Value(slug)
    clauses = Value(cited)
    assumed = ASSUMED


class RequirementSchema(Strict):
    """What must hold before a step."""

    makes = values.Requirement
    id = Value(one_of(values.REQUIREMENT_FIELDS, "requirement"))
    when = Value(anything, default=values.Condition())
    before = Value(one_of(BEFORE, "step"))
    clauses = Value(cited)
    group = Value(slug, default=None)
    assumed = ASSUMED


class StepSchema(Strict):
    """One stop on a route."""

    makes = values.Step
    step = Value(one_of(values.STEPS, "step"))
    by = Value(several(text, at_least=1, scalar=True))
    within = Value(some_time, default=None)
    clauses = Value(cited, default=())
    assumed = ASSUMED


class QuestionSchema(Strict):
    """A question of an evaluation."""

    makes = values.Question
    key = Value(slug)
    names = Value(words)


class RungSchema(Strict):
    """Who is told how late."""

    makes = values.Rung
    after = Value(period)
    tell = Value(seat)


class EvaluationSchema(Strict):
    """When something must be evaluated."""

    makes = values.EvaluationRule
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
    assumed = ASSUMED


def route(value: object) -> tuple[values.Step, ...]:
    """The steps of a route."""
    return tuple(several(reader(StepSchema), at_least=1)(value))


def routes(value: object) -> dict[str, tuple[values.Step, ...]]:
    """Routes by name."""
    return by_key(slug, route)(value)
