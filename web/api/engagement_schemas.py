"""Schemas of engagements and evaluations."""

from __future__ import annotations

from marshmallow import fields, validate

from web.api.problem_schemas import AvailableActionSchema
from web.api.schemas import (
    ApiSchema,
    WaitsForSchema,
    attributes_schema,
    boolean,
    integer,
    many,
    next_page,
    nullable_date,
    nullable_string,
    string,
    strings,
)
from web.register.queries import STATUSES
from workflow.policy.request_domain import ENGAGEMENTS, REGISTERED
from workflow.register.details import SOURCES
from workflow.register.details_schema import PARTNER_KINDS

#: Status of an engagement as its row has it; `standing` is what it is today by its dates.
ENGAGEMENT_STATUSES = ("active", "noted", "ended")
EVALUATION_STATES = ("pending", "under-way", "reported", "decided", "cancelled")


class EngagementPartnerSchema(ApiSchema):
    """The partner of an engagement."""

    name = string(attribute="partner_name")
    country = string(attribute="partner_country")


class EngagementSummarySchema(attributes_schema(REGISTERED)):  # type: ignore[misc]
    """An engagement in a list."""

    number = string()
    kind = string(validate=validate.OneOf(ENGAGEMENTS))
    title = string()
    status = string(validate=validate.OneOf(ENGAGEMENT_STATUSES))
    municipality = string()
    partner = fields.Nested(EngagementPartnerSchema, required=True)
    responsible = string("Key of the responsible body.")
    starts_on = nullable_date()
    ends_on = nullable_date()
    standing = string("What it is today by its dates.", validate=validate.OneOf(STATUSES))
    partner_kind = string("Empty where nobody has said.", validate=validate.OneOf(("", *PARTNER_KINDS)))
    latitude = fields.Float(required=True, allow_none=True, metadata={"description": "Degrees north (WGS 84)."})
    longitude = fields.Float(required=True, allow_none=True, metadata={"description": "Degrees east."})
    participants = fields.Integer(required=True, allow_none=True)
    example = boolean(attribute="is_example")


class FundingSchema(ApiSchema):
    """Money for one year from one source."""

    year = integer()
    source = string(validate=validate.OneOf(SOURCES))
    funder = string("Who pays, or the programme's name.")
    amount = integer("Whole units of the currency.")
    currency = string("ISO 4217.")
    report_due_on = nullable_date()


class EngagementEvaluationSchema(ApiSchema):
    """An evaluation of an engagement."""

    rule = string()
    state = string()
    due_on = fields.Date(required=True)


class EngagementSchema(EngagementSummarySchema):
    """An engagement in the register."""

    goals = strings()
    fields_ = fields.Dict(required=True, data_key="fields", attribute="row.fields")
    notice_on = nullable_date()
    signature = fields.Dict(required=True)
    origin = string(validate=validate.OneOf(("case", "register")))
    source = string("What an engagement from before rests on.")
    entered_by = nullable_string("Number of the case.")
    changed_by = nullable_string("Number of the case.")
    evaluations = many(EngagementEvaluationSchema)
    details_version = integer("How often its details were changed.")
    funding = many(FundingSchema)


class EngagementListSchema(ApiSchema):
    """A page of engagements."""

    items = many(EngagementSummarySchema)
    next = next_page()


class EvaluationSummarySchema(ApiSchema):
    """An evaluation in a list."""

    number = string("URL-safe and unique, like `orebro-v-00012`.")
    municipality = string()
    engagement_number = string("What is evaluated.")
    engagement = string(validate=validate.OneOf(ENGAGEMENTS))
    title = string()
    responsible = string("Key of the responsible body.")
    rule = string("Id of the policy's rule that asks for it.")
    state = string(validate=validate.OneOf(EVALUATION_STATES))
    due_on = fields.Date(required=True)
    late = boolean("It should have been reported by now.")
    reports = fields.Nested(
        WaitsForSchema, required=True, allow_none=True, metadata={"description": "The seat that reports."}
    )
    proposes = nullable_string("continue, renegotiate or terminate: what the report proposes.")
    outcome = nullable_string("continue, renegotiate or terminate: what the competent body decided.")
    decided_in = nullable_string("Number of the case in which it is, or was, decided.")
    version = integer("Number of entries in its trail.")
    example = boolean("Made up for the demo.")


class QuestionSchema(ApiSchema):
    """A question that the policy asks."""

    key = string("Where its answer stands in the payload's `answers`.")
    names = fields.Dict(required=True, metadata={"description": "By language."})


class EvaluationSchema(EvaluationSummarySchema):
    """An evaluation, as the caller may see it."""

    clauses = strings("Ids of clauses.", attribute="context.rule.clauses")
    assumed = nullable_string("Why the rule goes further than the document.", attribute="context.rule.assumed")
    weighs_value = boolean("Whether value is weighed against cost.", attribute="context.rule.weighs_value")
    questions = many(QuestionSchema, attribute="context.rule.questions")
    policy_version = string(attribute="context.policy.version")
    report = fields.Dict(required=True, metadata={"description": "Answers, worth and reasons; empty before."})
    reported_by = nullable_string("User name.")
    reported_on = nullable_date()
    decided_on = nullable_date()
    deadline_open = boolean("Whether reminders may still be raised.")
    available_actions = many(AvailableActionSchema)


class EvaluationListSchema(ApiSchema):
    """A page of evaluations."""

    items = many(EvaluationSummarySchema)
    next = next_page()
