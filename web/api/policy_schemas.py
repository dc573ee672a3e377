"""Schemas of policy versions, their differences and their impact."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from web.api.problem_schemas import ReasonSchema
from web.api.schemas import (
    ApiSchema,
    Instant,
    boolean,
    clause_ids,
    integer,
    many,
    next_page,
    nullable_string,
    string,
    strings,
)
from web.policies.versions.plain_values import condition, plain
from web.policies.versions.queries import COMING, EARLIER, IN_FORCE, LAW, WAITS
from workflow.policy.diff.impact import CHANGED_ROUTE, KINDS, NEW_REQUIREMENT, REFUSED, UNCHANGED


class _OwnDate(fields.Date):
    """A date of a policy version, null where the policy names none (which is stored as a day of the year 1)."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_options: Any) -> str | None:
        return value.isoformat() if value is not None and value.year > 1 else None


class _Plain(fields.Raw):
    """Any value of a policy as plain JSON."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return plain(value)


class _Conditions(fields.List[Any]):
    """Conditions as a pack writes them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Dict(), **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> list[Any]:
        return [condition(one) for one in value]


def _version_date(description: str = "") -> fields.Date:
    metadata = {"description": description} if description else {}
    return _OwnDate(required=True, allow_none=True, metadata=metadata)


class PolicyVersionSchema(ApiSchema):
    """One version of the policy."""

    version = string()
    digest = string("SHA-256 of its canonical text, hexadecimal.")
    status = string(validate=validate.OneOf(("adopted", "proposed", "law")))
    standing = string(
        "How it stands today.",
        validate=validate.OneOf((IN_FORCE, COMING, WAITS, EARLIER, LAW)),
        attribute="state",
    )
    valid_from = _version_date("As the document says.")
    valid_to = _version_date()
    governs_from = _version_date("Null while it waits.")
    basis = nullable_string(validate=validate.OneOf(("founding", "decision", "reading", None)))
    case = nullable_string("Number of the case in which it was adopted.")
    loaded_at = Instant(required=True)


class PolicyListSchema(ApiSchema):
    """The versions of a municipality's policy, the one in force first."""

    items = many(PolicyVersionSchema)


class ImpactCountsSchema(ApiSchema):
    """Cases or engagements by kind of impact, each counted once, under its gravest."""

    refused = integer("Nobody could decide it.", attribute=REFUSED)
    changed_route = integer(
        "Another body, other steps, seats or times.", data_key=CHANGED_ROUTE, attribute=CHANGED_ROUTE
    )
    new_requirement = integer(
        "More is required, or at another step.", data_key=NEW_REQUIREMENT, attribute=NEW_REQUIREMENT
    )
    unchanged = integer(attribute=UNCHANGED)


assert {REFUSED, CHANGED_ROUTE, NEW_REQUIREMENT, UNCHANGED} == set(KINDS)  # each has a count above


class ChangedStepSchema(ApiSchema):
    """A step of the route that would be otherwise."""

    what = string(validate=validate.OneOf(("added", "removed", "moved", "seats", "period")))
    stop = string("The step, with the body where it is one of a body: `recommend:council`.")
    was = _Plain(required=True, allow_none=True)
    now = _Plain(required=True, allow_none=True)


class ChangedRequirementSchema(ApiSchema):
    """A requirement that would be new, gone or before another step."""

    what = string(validate=validate.OneOf(("new", "gone", "moved")))
    id = string(attribute="requirement.id")
    group = nullable_string("Group of goals, for `goal` alone.", attribute="requirement.group")
    before = string(attribute="requirement.before")
    passed = boolean("The case has come to that step already.", attribute="is_passed")
    clauses = strings(attribute="requirement.clauses")


class CaseImpactSchema(ApiSchema):
    """What would come of an open case."""

    number = string()
    kind = string(validate=validate.OneOf(KINDS), attribute="impact.kind")
    state = string()
    version = integer("Number of entries in its trail.")
    policy_version = string("The version it is under.")
    was = string("Key of the body that decides it.", attribute="impact.was")
    now = nullable_string("Key of the body that would; null where nobody could.", attribute="impact.now")
    steps = many(ChangedStepSchema, attribute="impact.steps")
    requirements = many(ChangedRequirementSchema, attribute="impact.demands")
    to = nullable_string("The state it would stand in; null where it must stay.", attribute="impact.to.state")
    stays = many(ReasonSchema, "Why it must stay.", attribute="impact.to.reasons")


class PolicyImpactSchema(ApiSchema):
    """What a version would mean for what is under way, and one page of the open cases the caller may see."""

    municipality = string()
    version = string()
    digest = string()
    cases = fields.Nested(ImpactCountsSchema, required=True)
    under_it = integer("Open cases that are under the version already.")
    engagements = fields.Nested(ImpactCountsSchema, required=True)
    items = many(CaseImpactSchema)
    next = next_page()


class ComparedVersionSchema(ApiSchema):
    """One of two compared versions."""

    version = string()
    digest = string()


class PolicyChangeSchema(ApiSchema):
    """One difference of two versions; names in every language the pack gives them in."""

    section = string()
    what = string()
    key = string()
    was = _Plain(required=True, allow_none=True)
    now = _Plain(required=True, allow_none=True)
    when = _Conditions(required=True)
    clauses = clause_ids()
    assumptions = strings()


class PolicyDiffSchema(ApiSchema):
    """All differences of two versions of one municipality's policy."""

    municipality = string(attribute="new.municipality.key")
    old = fields.Nested(ComparedVersionSchema, required=True)
    new = fields.Nested(ComparedVersionSchema, required=True)
    changes = many(PolicyChangeSchema)
