"""Schemas of cases and trails."""

from __future__ import annotations

from marshmallow import fields, validate

from web.api.problem_schemas import AvailableActionSchema
from web.api.schemas import (
    ApiSchema,
    Instant,
    WaitsForSchema,
    attributes_schema,
    boolean,
    clause_ids,
    integer,
    many,
    next_page,
    nullable_date,
    nullable_string,
    string,
    strings,
)
from web.api.who_decides_schemas import RequirementSchema, RouteStopSchema
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS, FACTS
from workflow.policy.vocabulary import BODY_KINDS


class CaseAttributesSchema(attributes_schema(FACTS)):  # type: ignore[misc]
    """Attributes of a case that its policy's conditions read."""


class CaseRouteStopSchema(RouteStopSchema):
    """One step of a case's route."""

    done = boolean()
    current = boolean()


class CaseRequirementSchema(RequirementSchema):
    """What must be there before a step of a case, and whether it is."""

    met = boolean()


class CaseSummarySchema(ApiSchema):
    """A case in a list."""

    number = string("URL-safe and unique, like `orebro-2026-00012`.")
    external_number = string()
    title = string()
    municipality = string()
    engagement = string(validate=validate.OneOf(ENGAGEMENTS))
    act = string(validate=validate.OneOf(ALL_ACTS))
    responsible = string("Key of the responsible body.")
    state = string()
    outcome = nullable_string("approved, noted, rejected, withdrawn or not-raised, once it is final.")
    version = integer("Number of entries in its trail.")
    body_kind = string("Kind of the deciding body.", validate=validate.OneOf(BODY_KINDS), attribute="decides")
    body_key = string("The deciding body.")
    due_on = nullable_date()
    opened_at = Instant(required=True)
    changed_at = Instant(required=True)
    example = boolean("Made up for the demo.", attribute="is_example")
    body_name = string()


class CaseSecrecySchema(ApiSchema):
    """The law a case is kept secret under, and a note."""

    law = string(attribute="secrecy_law")
    note = string(attribute="secrecy_note")


class CasePartnerSchema(ApiSchema):
    """The partner a case names."""

    name = string(attribute="partner_name")
    country = string(attribute="partner_country")


class ProposalSchema(ApiSchema):
    """The current text of the proposal."""

    version = integer(attribute="proposal_version")
    text = fields.String(required=True, attribute="proposal_text")
    digest = string("SHA-256 of the text in NFC and UTF-8.", attribute="proposal_digest")


class DocumentSchema(ApiSchema):
    """A registered document."""

    number = string()
    title = string()
    direction = string(validate=validate.OneOf(("incoming", "outgoing", "drawn-up")))
    correspondent = string()
    file_name = string()
    media_type = string()
    size = integer("Bytes.")
    digest = string("SHA-256 of the content.")
    dated_on = fields.Date(required=True)
    registered_at = Instant(required=True)


class DecisionSchema(ApiSchema):
    """What a body recommended or decided."""

    body_key = string()
    body_name = string()
    step = string("The state it was taken in.")
    state = string(validate=validate.OneOf(("entered", "confirmed", "replaced")))
    outcome = string()
    proposal = string()
    text = string()
    decided_on = fields.Date(required=True)
    paragraph = string()
    members = fields.Integer(required=True, allow_none=True)
    present = fields.Integer(required=True, allow_none=True)
    votes_for = fields.Integer(required=True, allow_none=True, data_key="for")
    votes_against = fields.Integer(required=True, allow_none=True, data_key="against")
    abstained = fields.Integer(required=True, allow_none=True)
    casting_vote = string()
    conflicts = strings()
    reason = string()
    entered_by = string()
    entered_at = Instant(required=True)
    confirmed_by = nullable_string()
    confirmed_at = Instant(required=True, allow_none=True)
    mandate = nullable_string("Reference of the mandate used.")
    clauses = clause_ids()


class CaseSchema(CaseSummarySchema):
    """A case, as the caller may see it."""

    attributes = fields.Nested(CaseAttributesSchema, required=True)
    waits_for = fields.Nested(WaitsForSchema, required=True, allow_none=True)
    route = many(CaseRouteStopSchema)
    requirements = many(CaseRequirementSchema)
    clauses = clause_ids()
    assumptions = strings()
    policy_version = string()
    policy_digest = string()
    origin = string()
    officer = string()
    opened_by = string()
    partner = fields.Nested(CasePartnerSchema, required=True)
    fields_ = fields.Dict(required=True, data_key="fields", attribute="row.fields")
    goals = strings()
    engagements = strings("Numbers it concerns or entered in the register.")
    secrecy = fields.Nested(CaseSecrecySchema, required=True)
    postponements = integer()
    closed_at = Instant(required=True, allow_none=True)
    proposal = fields.Nested(ProposalSchema, required=True, allow_none=True)
    documents = many(DocumentSchema)
    decisions = many(DecisionSchema)
    available_actions = many(AvailableActionSchema)
    members = fields.Integer(metadata={"description": "Members today of the body whose turn it is."})
    quorum = fields.Integer(metadata={"description": "How many of them must take part."})


class CaseListSchema(ApiSchema):
    """A page of cases."""

    items = many(CaseSummarySchema)
    next = next_page()


class TrailEntrySchema(ApiSchema):
    """One entry of a trail."""

    number = integer()
    at = string()
    actor = string("Opaque id of the person.")
    actor_role = string()
    actor_body = string()
    on_behalf_of = string()
    mandate = string()
    action = string()
    from_state = string()
    to_state = string()
    policy_version = string()
    policy_digest = string()
    previous_hash = string()
    canonical = string("RFC 8785 JSON of everything above, as it was hashed.")
    hash = string("SHA-256(0x00 ‖ canonical), hexadecimal.")
    clauses = clause_ids()
    data = fields.Dict(required=True)
    words = fields.Dict(
        required=True, metadata={"description": "By field: salt and value behind each of data.committed."}
    )


class TrailSchema(ApiSchema):
    """The trail of a case."""

    case = string()
    version = integer()
    head_hash = string()
    entries = many(TrailEntrySchema)
