"""Rules of a pack: rows of tables, requirements, routes, ladders and evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from workflow.core.calendar import Within
from workflow.policy.conditions import Condition, condition_over
from workflow.policy.requirement_kinds import REQUIREMENT_KINDS, RequirementKind
from workflow.policy.shape import Assumed, Clauses, Key, Slug, Text, Texts
from workflow.policy.validity import Day
from workflow.policy.value_readers import day, months, one_of, seat, seat_or_turn, several, slug, some_time, text
from workflow.policy.vocabulary import AS_ENTERED, BEFORE, DECIDES, DECIDING_KINDS, GOVERNMENTS, STEPS

_read_condition = condition_over()
When = Annotated[Condition, Key(_read_condition)]
#: The same where the key may be left out: then every request meets it.
Whenever = Annotated[Condition, Key(_read_condition, default=Condition())]
#: The form of government under which a rule of the law holds; None where it holds under every one.
Where = Annotated[str | None, Key(one_of(GOVERNMENTS, "form of government"))]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a competence table; one of prohibitions has neither body nor route."""

    id: Slug
    when: When
    clauses: Clauses
    #: Kind of body, or `responsible`; None in a prohibition.
    decides: Annotated[str | None, Key(one_of(DECIDES, "deciding body kind"))] = None
    route: Annotated[str | None, Key(slug)] = None
    assumed: Assumed = None
    #: This and the rest in a row of the law alone.
    where: Where = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class AlsoCites:
    """Clauses cited besides whenever a decided request matches."""

    when: Whenever
    clauses: Clauses
    decides: Annotated[str | None, Key(one_of(DECIDING_KINDS, "deciding body kind"))] = None
    assumed: Assumed = None
    where: Where = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold before a step."""

    id: Annotated[str, Key(one_of(REQUIREMENT_KINDS, "requirement"))]
    when: Whenever
    #: review, recommend, decide or sign.
    before: Annotated[str, Key(one_of(BEFORE, "step"))]
    clauses: Clauses
    assumed: Assumed = None
    #: Goal group, for `goal` alone.
    group: Annotated[str | None, Key(slug)] = None

    @property
    def kind(self) -> RequirementKind:
        """What it asks for."""
        return REQUIREMENT_KINDS[self.id]

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that must be filled."""
        return tuple(self.kind.fields)


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on a route."""

    step: Annotated[str, Key(one_of(STEPS, "step"))]
    #: ROLE@BODY, a body kind or `responsible`; several kinds in a consultation.
    by: Annotated[tuple[str, ...], Key(several(text, at_least=1, scalar=True))]
    within: Annotated[Within | None, Key(some_time)] = None
    clauses: Clauses = ()
    assumed: Assumed = None


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is notified how many days after the last day; a negative number: before it."""

    after: Within
    #: ROLE@BODY, or `turn`: whoever it waits for.
    tell: Annotated[str, Key(seat_or_turn)]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is notified, rung by rung, of what is coming due or late; it moves nobody's right to decide."""

    rungs: tuple[Rung, ...]
    assumed: Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an evaluation form."""

    key: Slug
    names: Texts


@dataclass(frozen=True, slots=True)
class EvaluationRule:
    """When an engagement (or the policy) must be evaluated, who reports and who decides."""

    id: Slug
    when: When
    reports: Annotated[str, Key(seat)]
    #: A body kind, or `as-entered`.
    decides: Annotated[str, Key(one_of((AS_ENTERED, *DECIDES), "deciding body kind"))]
    clauses: Clauses
    #: Exactly one of the three: months between, months before expiry, one day.
    every: Annotated[int | None, Key(months)] = None
    before_expiry: Annotated[int | None, Key(months)] = None
    on: Annotated[date | None, Key(day)] = None
    questions: tuple[Question, ...] = ()
    ladder: tuple[Rung, ...] = ()
    #: Whether value is weighed against cost: below it, going on needs reasons; none left, a case to end it is opened.
    weighs_value: bool = False
    assumed: Assumed = None
