"""Which keys does a policy pack have, and what becomes of each?

One schema per noun, strict: a key nobody knows is a fault. Tables, requirements, routes and evaluations are in
`workflow.policy.loading.schema_rules`, a country's law is in `workflow.policy.loading.schema_law`. Whether names
refer to something is `workflow.policy.loading.cross_references`' question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, post_load

from workflow.policy import model
from workflow.policy.claims import claims
from workflow.policy.loading.base_schema import Strict, listed, nested, reader
from workflow.policy.loading.fields import (
    LANGUAGE,
    MUNICIPALITY_KEY,
    Value,
    by_key,
    clause_id,
    day,
    matching,
    one_of,
    several,
    slug,
    text,
    words,
)
from workflow.policy.loading.schema_rules import (
    ASSUMED,
    EvaluationSchema,
    ProhibitionSchema,
    RequirementSchema,
    RowSchema,
    ladders,
    routes,
)

#: Fields that a requirement asks for but no form: goals have a list of their own, the initiative is an attribute.
NO_FORM_FIELDS = ("goals", "initiative")
FORM_FIELDS = tuple(name for names in model.REQUIREMENT_FIELDS.values() for name in names if name not in NO_FORM_FIELDS)
CLAUSE_KINDS = ("competence", "representation", "requirement", "prohibition", "evaluation", "duty", "guidance")
#: What the system itself does for a clause.
SYSTEM_DOES = (
    "register",
    "notice",
    "report",
    "glossary",
    "scope",
    "monitoring",
    "case-form",
    "signatories",
    "funding-lines",
    "goals",
)
#: `law` is the engine's own, for the country's law alone.
STATUSES = ("adopted", "proposed", "law")


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack's file says, before its country's law is added."""

    municipality: model.Municipality
    document: model.PolicyDocument
    bodies: tuple[model.BodySpec, ...]
    default_responsible: str
    goals: tuple[model.GoalGroup, ...]
    kinds: Mapping[str, model.KindSpec]
    prohibitions: tuple[model.Row, ...]
    competence: tuple[model.Row, ...]
    requirements: tuple[model.Requirement, ...]
    routes: Mapping[str, tuple[model.Step, ...]]
    evaluations: tuple[model.EvaluationRule, ...]
    ladders: Mapping[str, model.Ladder]
    clauses: Mapping[str, model.Clause]


class MunicipalitySchema(Strict):
    """Whose policy it is."""

    makes = model.Municipality
    key = Value(matching(MUNICIPALITY_KEY, "a municipality key of small letters and digits"))
    country = Value(matching(LANGUAGE, "a country code like se"))
    language = Value(matching(LANGUAGE, "a language code like sv"))
    timezone = Value(text)
    names = Value(words)


class DocumentSchema(Strict):
    """The document a pack encodes."""

    makes = model.PolicyDocument
    version = Value(slug)
    title = Value(words)
    status = Value(one_of(STATUSES, "status"))
    valid_from = Value(day)
    valid_to = Value(day, default=None, nullable=True)
    assumed = ASSUMED
    notice = Value(words, default=None)


class BodySchema(Strict):
    """A body of the municipality."""

    makes = model.BodySpec
    key = Value(slug)
    kind = Value(one_of(model.BODY_KINDS, "body kind"))
    names = Value(words)
    parent = Value(slug, default=None)
    assumed = ASSUMED


class GoalSchema(Strict):
    """One goal."""

    makes = model.Goal
    key = Value(slug)
    names = Value(words)


class GoalGroupSchema(Strict):
    """A group of goals."""

    makes = model.GoalGroup
    group = Value(slug)
    names = Value(words)
    items = listed(GoalSchema, at_least=1)


class KindSchema(Strict):
    """What a municipality calls an engagement kind, and its form."""

    makes = model.KindSpec
    names = Value(words)
    fields_ = Value(several(one_of(FORM_FIELDS, "field")), default=(), data_key="fields")

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """The value."""
        return model.KindSpec(data["names"], data["fields_"])


class ClauseSchema(Strict):
    """A citable place in the pack's document, without its id."""

    makes = dict
    kind = Value(one_of(CLAUSE_KINDS, "clause kind"))
    says = Value(words)
    section = Value(text, default="")
    voice = Value(one_of(("proposal", "response"), "voice"), default=None)
    assumed = ASSUMED
    reason = Value(text, default=None)
    enforced_by = Value(several(one_of(SYSTEM_DOES, "way to enforce"), at_least=1), default=())
    claims = Value(claims, default=())


def clauses_of(schema: type[Strict]) -> Any:
    """A reader of clauses by id."""
    read_all = by_key(clause_id, reader(schema))

    def read(value: object) -> dict[str, model.Clause]:
        return {id_: model.Clause(id=id_, **parts) for id_, parts in read_all(value).items()}

    return read


def kinds(value: object) -> dict[str, model.KindSpec]:
    """All engagement kinds, each with its words."""
    found = by_key(one_of(model.ENGAGEMENTS, "engagement"), reader(KindSchema))(value)
    for name in model.ENGAGEMENTS:
        if name not in found:
            raise ValidationError({name: ["is missing"]})
    return found


class PackSchema(Strict):
    """A policy pack."""

    makes = Pack
    municipality = nested(MunicipalitySchema)
    document = nested(DocumentSchema)
    bodies = listed(BodySchema, at_least=1)
    default_responsible = Value(one_of(model.RESPONSIBLE_KINDS, "kind of responsible body"))
    goals = listed(GoalGroupSchema, default=())
    kinds = Value(kinds)
    prohibitions = listed(ProhibitionSchema, default=())
    competence = listed(RowSchema, at_least=1)
    requirements = listed(RequirementSchema, default=())
    routes = Value(routes)
    evaluations = listed(EvaluationSchema, default=())
    ladders = Value(ladders, default={})
    clauses = Value(clauses_of(ClauseSchema))
