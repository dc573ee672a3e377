"""Schemas of a policy pack and of a country's law.

The keys are those of the dataclasses they make; here stands only where a file differs from the value: maps by name,
rows that do not decide, days before the last day. `workflow.policy.loading.cross_references` checks that names refer
to something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from workflow.core.calendar import Within
from workflow.policy.clauses import Clause
from workflow.policy.conditions import Condition, condition_over
from workflow.policy.loading.derived_schema import Strict, Value, listed, nested, reader, schema_of
from workflow.policy.model import BodySpec, GoalGroup, KindSpec, Law, Municipality, PolicyDocument
from workflow.policy.named_twins import NamedTwins
from workflow.policy.pack_messages import invalid
from workflow.policy.pack_rules import EvaluationRule, Ladder, Requirement, Row, Rung, Step
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.policy.shape import AtLeast, Key
from workflow.policy.value_readers import by_key, clause_id, one_of, period, several, slug, some_time, text
from workflow.policy.vocabulary import DECIDES, LADDERS, RESPONSIBLE_KINDS
from workflow.policy.voting_rules import AbstentionRule, CollegialRules, PreparerRule, TieRule

_read_condition = condition_over()
_decides = Value(one_of(DECIDES, "deciding body kind"))
#: What only a clause of the law says: its examples of meetings, and under which form of government and when it holds.
OF_THE_LAW = ("meetings", "where", "valid_from", "valid_until")
#: A row that refuses names neither body nor route, and the clause that forbids.
ProhibitionSchema = schema_of(
    Row,
    without=("decides", "route", "where", "valid_from", "valid_until"),
    clauses=Value(several(clause_id, at_least=1)),
)
RowSchema = schema_of(
    Row, without=("where",), when=Value(_read_condition, default=Condition()), decides=_decides, route=Value(slug)
)
#: A row of the law may also look at what the pack's own table would answer.
LawRowSchema = schema_of(Row, when=Value(condition_over("otherwise")), decides=_decides, route=Value(slug))


def _rung(tell: str, after: Within | None, before: Within | None) -> Rung:
    """A rung; so long before the last day counts as less than none after it."""
    if before is not None and after is None:
        return Rung(Within(-before.amount, before.unit), tell)
    if after is not None and before is None:
        return Rung(after, tell)
    raise invalid("after-or-before")


RungSchema = schema_of(Rung, makes=_rung, after=Value(period, default=None), before=Value(some_time, default=None))
EvaluationSchema = schema_of(EvaluationRule, ladder=listed(RungSchema, default=()))


def _clauses(schema: type[Strict]) -> Callable[[object], dict[str, Clause]]:
    """A reader of clauses by id."""
    read_all = by_key(clause_id, reader(schema))
    return lambda value: {id_: Clause(id=id_, **parts) for id_, parts in read_all(value).items()}


ClauseSchema = schema_of(Clause, makes=dict, without=("id", *OF_THE_LAW))
LawClauseSchema = schema_of(
    Clause,
    makes=dict,
    without=("id", "voice", "reason", "enforced_by"),
    kind=Value(one_of(("law",), "clause kind")),
    section=Value(text),
)


_kinds = by_key(one_of(ENGAGEMENTS, "engagement"), reader(schema_of(KindSpec)))
_routes = by_key(slug, several(reader(schema_of(Step)), at_least=1))
_ladders = by_key(one_of(LADDERS, "ladder"), reader(schema_of(Ladder, rungs=listed(RungSchema, at_least=1))))


@dataclass(frozen=True, slots=True)
class Pack:
    """The contents of a pack's file, before its country's law is added."""

    municipality: Municipality
    document: PolicyDocument
    bodies: Annotated[tuple[BodySpec, ...], AtLeast(1)]
    default_responsible: Annotated[str, Key(one_of(RESPONSIBLE_KINDS, "kind of responsible body"))]
    goals: Annotated[tuple[GoalGroup, ...], AtLeast(0, default=())]
    named_nordic_twins: Annotated[NamedTwins | None, Key(reader(schema_of(NamedTwins)), default=None)]
    kinds: Annotated[Mapping[str, KindSpec], Key(_kinds)]
    prohibitions: Annotated[tuple[Row, ...], Key(several(reader(ProhibitionSchema)), default=())]
    competence: Annotated[tuple[Row, ...], Key(several(reader(RowSchema), at_least=1))]
    requirements: Annotated[tuple[Requirement, ...], AtLeast(0, default=())]
    routes: Annotated[Mapping[str, tuple[Step, ...]], Key(_routes)]
    evaluations: Annotated[tuple[EvaluationRule, ...], Key(several(reader(EvaluationSchema)), default=())]
    ladders: Annotated[Mapping[str, Ladder], Key(_ladders, default={})]
    clauses: Annotated[Mapping[str, Clause], Key(_clauses(ClauseSchema))]


@dataclass(frozen=True, slots=True)
class Country:
    """The contents of a law's file."""

    law: Law
    routes: Mapping[str, tuple[Step, ...]]
    clauses: Mapping[str, Clause]


def _over_time(shape: type) -> Value:
    """One rule that always holds, or a list of rules with the days on which each does."""
    read = reader(schema_of(shape))
    read_all = several(read, at_least=1)
    return Value(lambda value: read_all(value) if isinstance(value, list) else (read(value),))


def _country(routes: Mapping[str, tuple[Step, ...]], clauses: Mapping[str, Clause], **law: Any) -> Country:
    return Country(Law(**law), routes, clauses)


PackSchema = schema_of(Pack)
LawSchema = schema_of(
    Law,
    makes=_country,
    rows=listed(LawRowSchema, default=()),
    founding=listed(RowSchema, at_least=1),
    collegial=nested(
        schema_of(
            CollegialRules,
            tie=_over_time(TieRule),
            abstention=_over_time(AbstentionRule),
            preparer=_over_time(PreparerRule),
        )
    ),
    routes=Value(_routes),
    clauses=Value(_clauses(LawClauseSchema)),
)
