"""Schemas of the answer who decides: route, requirements and rulings. Also dumped by the command, so without Flask."""

from __future__ import annotations

from marshmallow import fields, validate

from web.api.schemas import (
    ApiSchema,
    Instant,
    attributes_schema,
    boolean,
    clause_ids,
    many,
    nullable_string,
    string,
    strings,
)
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS, FACTS
from workflow.policy.vocabulary import RESPONSIBLE_KINDS, STEPS


class RequestAttributesSchema(attributes_schema(FACTS)):  # type: ignore[misc]
    """Attributes of a request that the policy's conditions read."""

    responsible = string("Kind of the responsible body.", validate=validate.OneOf(RESPONSIBLE_KINDS))


class RouteStopSchema(ApiSchema):
    """One step of a route."""

    step = string(validate=validate.OneOf(STEPS))
    state = string("The state of a case that is here.")
    by = string("A kind of body, `responsible`, or ROLE@BODY.")
    body_key = nullable_string("Null in a consultation, where several are asked.")
    body_name = string("What the municipality calls it.")
    within = nullable_string("Time allowed: `N days` or `N workdays`.")
    clauses = clause_ids()
    assumed = nullable_string("Why the step goes further than the document.")


class RequirementSchema(ApiSchema):
    """What must be there before a step."""

    id = string()
    field = string("Its place: in `fields`, `goals`, or `attributes` for `initiative`.")
    before = string(validate=validate.OneOf(STEPS))
    clauses = clause_ids()
    assumed = boolean()
    options = fields.List(fields.String(), metadata={"description": "Goals of which at least one is needed."})


class RulingSchema(ApiSchema):
    """The municipality's ruling on one assumption."""

    assumption = string("As it stands in `assumptions`.")
    verdict = string(
        "`open` until somebody has ruled on it.", validate=validate.OneOf(("open", "confirmed", "rejected"))
    )
    by = nullable_string("Who recorded it.")
    at = Instant(required=True, allow_none=True, metadata={"description": "When, an instant in UTC."})
    note = string("On whose word, or why not; empty while it is open.")


class WhoDecidesSchema(ApiSchema):
    """Who decides a request, on which route and by which clause; or the clause that forbids it."""

    municipality = string()
    policy_version = string()
    engagement = string(validate=validate.OneOf(ENGAGEMENTS))
    act = string(validate=validate.OneOf(ALL_ACTS))
    responsible = string("Key of the responsible body.")
    attributes = fields.Nested(RequestAttributesSchema, required=True, attribute="request")
    outcome = string(validate=validate.OneOf(("decided", "refused")), attribute="answer.outcome")
    body = nullable_string("Kind of the deciding body.", attribute="answer.body")
    body_key = nullable_string()
    body_name = nullable_string()
    route = many(RouteStopSchema)
    requirements = many(RequirementSchema)
    clauses = strings("Ids of clauses.", attribute="answer.clauses")
    assumed = boolean()
    assumptions = strings(attribute="answer.assumptions")
    rulings = many(RulingSchema)
