"""Policy: one version of a municipality's rules with its country's law, as frozen values.

Read from YAML by `workflow.policy.loading.loader`, or from a stored version by `workflow.policy.store`. Rules, clauses,
conditions and voting rules have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, TypeVar

from workflow.policy.clauses import Clause
from workflow.policy.named_twins import NamedTwins
from workflow.policy.pack_rules import AlsoCites, EvaluationRule, Ladder, Requirement, Row, Rung, Step, Where
from workflow.policy.requirement_kinds import CASE_FIELDS
from workflow.policy.shape import Assumed, AtLeast, Key, Slug, Text, Texts
from workflow.policy.validity import first_days, holding, period_of
from workflow.policy.value_readers import LANGUAGE, MUNICIPALITY_KEY, day, matching, one_of, several, slug, texts
from workflow.policy.vocabulary import BODY_KINDS, COLLEGIAL, GOVERNMENTS, RESPONSIBLE_KINDS
from workflow.policy.voting_rules import CollegialRules

_Dated = TypeVar("_Dated", Row, AlsoCites)

#: `law` is the engine's own, for the country's law alone.
STATUSES = ("adopted", "proposed", "law")


@dataclass(frozen=True, slots=True)
class Municipality:
    """Whose policy it is."""

    key: Annotated[str, Key(matching(MUNICIPALITY_KEY, "no-municipality-key"))]
    country: Annotated[str, Key(matching(LANGUAGE, "no-country-code"))]
    language: Annotated[str, Key(matching(LANGUAGE, "no-language-code"))]
    timezone: Text
    names: Texts
    #: Its form of government, where the country's law tells forms apart.
    government: Where = None


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """The document the pack encodes."""

    version: Slug
    title: Texts
    #: adopted, proposed, or `law` for the country's law rows alone.
    status: Annotated[str, Key(one_of(STATUSES, "status"))]
    valid_from: Annotated[date, Key(day)]
    valid_to: Annotated[date | None, Key(day, nullable=True)] = None
    assumed: Assumed = None
    notice: Annotated[Mapping[str, str] | None, Key(texts)] = None


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A body of the municipality."""

    key: Slug
    kind: Annotated[str, Key(one_of(BODY_KINDS, "body kind"))]
    names: Texts
    parent: Annotated[str | None, Key(slug)] = None
    #: Why the pack has a body that its document does not name.
    assumed: Assumed = None

    @property
    def is_collegial(self) -> bool:
        """Whether it meets and votes."""
        return self.kind in COLLEGIAL


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal a request can serve."""

    key: Slug
    names: Texts


@dataclass(frozen=True, slots=True)
class GoalGroup:
    """Goals of which a requirement asks at least one."""

    group: Slug
    names: Texts
    items: Annotated[tuple[Goal, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class KindSpec:
    """How a municipality calls an engagement kind, and the fields its form offers."""

    names: Texts
    fields: Annotated[tuple[str, ...], Key(several(one_of(CASE_FIELDS, "field")))] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """A country's rows and rules."""

    country: Annotated[str, Key(matching(LANGUAGE, "no-country-code"))]
    names: Texts
    rows: tuple[Row, ...]
    founding: tuple[Row, ...]
    also: Annotated[tuple[AlsoCites, ...], AtLeast(0, default=())]
    collegial: CollegialRules
    #: Forms of government that it tells apart; none where its rules are the same for every municipality.
    governments: Annotated[tuple[str, ...], Key(several(one_of(GOVERNMENTS, "form of government")))] = ()

    def on(self, day: date) -> Law:
        """The law of a day: the rows and citations that hold on it, without their dates."""
        return replace(
            self, rows=_undated(self.rows, day), founding=_undated(self.founding, day), also=_undated(self.also, day)
        )


def _undated(rules: tuple[_Dated, ...], day: date) -> tuple[_Dated, ...]:
    return tuple(replace(rule, valid_from=None, valid_until=None) for rule in holding(rules, day))


@dataclass(frozen=True)
class Policy:
    """One version of a municipality's policy with its country's law: everything a case is judged by."""

    municipality: Municipality
    document: PolicyDocument
    bodies: tuple[BodySpec, ...]
    default_responsible: str
    goals: tuple[GoalGroup, ...]
    kinds: Mapping[str, KindSpec]
    prohibitions: tuple[Row, ...]
    competence: tuple[Row, ...]
    requirements: tuple[Requirement, ...]
    #: The pack's and the law's routes by name.
    routes: Mapping[str, tuple[Step, ...]]
    evaluations: tuple[EvaluationRule, ...]
    #: The pack's and the law's clauses by id.
    clauses: Mapping[str, Clause]
    law: Law
    #: SHA-256 of the canonical bytes, hexadecimal.
    digest: str
    #: RFC 8785 JSON of the pack and its country's law: what `digest` is taken of and what the database keeps.
    canonical: str = field(default="", repr=False, compare=False)
    #: Ladders of everything but evaluations, by what it is that waits.
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    #: Nordic twin towns that it excepts; None where it goes by the register.
    named_nordic_twins: NamedTwins | None = None
    #: First days of the periods in which the same rows of the law hold; the first is `date.min`.
    periods: tuple[date, ...] = field(default=(), init=False, repr=False, compare=False)
    _bodies_by_key: dict[str, BodySpec] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_period: dict[date, Policy] = field(default_factory=dict, init=False, repr=False, compare=False)
    #: Its compiled procedures by route and kind of responsible body, which `workflow.policy.state_machine` keeps here.
    compiled: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._bodies_by_key.update((body.key, body) for body in self.bodies)
        dated: tuple[Row | AlsoCites, ...] = (*self.law.rows, *self.law.founding, *self.law.also, *self.competence)
        object.__setattr__(self, "periods", first_days(dated))

    def on(self, day: date) -> Policy:
        """The policy with the rows of its country's law that hold on a day; itself where none has dates."""
        if len(self.periods) == 1:
            return self
        first = period_of(day, self.periods)
        if first not in self._by_period:
            competence = _undated(self.competence, first)  # of the law alone: its founding rows
            self._by_period[first] = replace(self, law=self.law.on(first), competence=competence)
        return self._by_period[first]

    @property
    def version(self) -> str:
        """The version's id, like `orebro-2012-2`."""
        return self.document.version

    def body(self, key: str) -> BodySpec:
        """The body with a key; `KeyError` when the policy has none."""
        return self._bodies_by_key[key]

    def has_body(self, key: str) -> bool:
        """Whether the policy knows a body."""
        return key in self._bodies_by_key

    def bodies_of(self, kind: str) -> tuple[BodySpec, ...]:
        """All bodies of a kind, in the pack's order."""
        return tuple(body for body in self.bodies if body.kind == kind)

    def only(self, kind: str) -> BodySpec:
        """The single council or executive board."""
        (body,) = self.bodies_of(kind)
        return body

    def administration_of(self, key: str) -> BodySpec:
        """The administration that prepares a body's matters: its own first one, or the body itself; else `KeyError`."""
        body = self.body(key)
        if not body.is_collegial:
            return body
        below = [other for other in self.bodies if other.parent == key and other.kind == "administration"]
        if not below:
            raise KeyError(f"no administration below {key}")
        return below[0]

    def ladder(self, name: str) -> tuple[Rung, ...]:
        """The rungs of a ladder by its name, `evaluation:RULE` for an evaluation's; none where the policy has none."""
        kind, _colon, rule = name.partition(":")
        if kind == "evaluation":
            return next((one.ladder for one in self.evaluations if one.id == rule), ())
        return self.ladders[name].rungs if name in self.ladders else ()

    def evaluation(self, rule: str) -> EvaluationRule:
        """An evaluation rule by its id; `KeyError` when the policy has none."""
        for one in self.evaluations:
            if one.id == rule:
                return one
        raise KeyError(rule)

    def responsible_kinds(self) -> tuple[str, ...]:
        """Kinds of body whose matter a case can be in this municipality."""
        return tuple(kind for kind in RESPONSIBLE_KINDS if self.bodies_of(kind))

    def responsible_bodies(self) -> Iterator[BodySpec]:
        """Bodies whose matter a case can be."""
        return (body for body in self.bodies if body.kind in RESPONSIBLE_KINDS)
