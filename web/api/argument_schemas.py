"""Schemas of what can be sent to the API: query parameters, and the bodies of POSTs."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from web.api.engagement_schemas import ENGAGEMENT_STATUSES, EVALUATION_STATES
from web.api.request_parsing import ArgumentsSchema, WholeNumber
from web.register.queries import SORTS, STATUSES
from workflow.cases.actions import ACTION_DECLARATIONS
from workflow.cases.payloads import LONG_TEXT
from workflow.evaluations.service import ACTIONS as EVALUATING
from workflow.policy.attribute_fields import query_schema
from workflow.policy.diff.impact import KINDS as IMPACTS
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, FACTS
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

#: Entries on a page unless asked otherwise, and at most.
PAGE_SIZE, LARGEST_PAGE = 25, 100


def _one_of(values: Any, description: str = "", **options: Any) -> fields.String:
    """A parameter with few values."""
    choice = validate.OneOf(tuple(values), error=f"none of {', '.join(sorted(values))}")
    return fields.String(validate=choice, metadata=_described(description), **options)


def _text(description: str, **options: Any) -> fields.String:
    return fields.String(metadata=_described(description), **options)


def _documented(description: str, **schema: Any) -> fields.String:
    """A parameter that the policy itself reads and refuses; the document says what it takes."""
    return fields.String(metadata=_described(description) | schema)


def _described(description: str) -> dict[str, Any]:
    return {"description": description} if description else {}


class PageQuerySchema(ArgumentsSchema):
    """Parameters of every list."""

    after = _text("Where the page begins; taken from `next`.", load_default="")
    limit = WholeNumber(
        LARGEST_PAGE,
        load_default=PAGE_SIZE,
        metadata={"description": "Entries on a page.", "minimum": 1, "maximum": LARGEST_PAGE},
    )


class CaseQuerySchema(PageQuerySchema):
    """Filters of the list of cases."""

    state = _text("Where the case is, like `decide:council`.")
    engagement = fields.String(
        validate=validate.OneOf(ENGAGEMENTS, error=f"none of {', '.join(ENGAGEMENTS)}"),
        metadata={"description": "Kind of engagement."},
    )
    responsible = _text("Key of the responsible body.")
    waiting = fields.String(
        validate=validate.OneOf(("me",), error="only “me”"),
        metadata={"description": "Only what waits for the caller."},
    )


class EngagementQuerySchema(PageQuerySchema):
    """Filters and order of the register."""

    kind = _one_of(ENGAGEMENTS, "Kind of engagement.")
    status = _one_of(ENGAGEMENT_STATUSES)
    standing = _one_of(STATUSES, "What it is today by its dates.")
    country = _text("The partner's country as the register has it, mostly ISO 3166 alpha-2.")
    responsible = _text("Key of the responsible body.")
    q = _text("Beginnings of words of the title or of the partner's name; or a whole number.")
    sort = _one_of(SORTS, "The order.", load_default=SORTS[0])


class EvaluationQuerySchema(PageQuerySchema):
    """Filters of the list of evaluations."""

    state = fields.String(
        validate=validate.OneOf(EVALUATION_STATES, error=f"none of {', '.join(EVALUATION_STATES)}"),
        metadata={"description": "How far it has come."},
    )
    engagement = _text("Number of the engagement that is evaluated.")
    late = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Only those that should have been reported by now, or only the others."},
    )


class MunicipalityQuerySchema(ArgumentsSchema):
    """The municipality that is meant."""

    municipality = _text("Key of the caller's municipality.", required=True)


class ImpactQuerySchema(PageQuerySchema, MunicipalityQuerySchema):
    """The municipality, and which of its open cases are listed."""

    kind = _one_of(IMPACTS, "Only cases of which this would come.")


_FactsQuerySchema = MunicipalityQuerySchema.from_dict(
    {name: _documented(ATTRIBUTES[name].description, **query_schema(ATTRIBUTES[name])) for name in FACTS}
)


class WhoDecidesQuerySchema(_FactsQuerySchema):  # type: ignore[misc, valid-type]
    """A request; the policy reads its attributes, and refuses those it does not know."""

    engagement = fields.String(
        required=True, metadata={"description": "Kind of engagement.", "enum": list(ENGAGEMENTS)}
    )
    act = fields.String(required=True, metadata={"description": "What is asked.", "enum": list(ALL_ACTS)})
    responsible = _documented(f"A kind of body ({', '.join(RESPONSIBLE_KINDS)}) or the key of one.")
    partner = _documented(
        "With whom the engagement is; it decides `named_nordic_twin` where the policy names the towns."
    )
    on = _documented("The day whose law and policy answer, written YYYY-MM-DD; today where it is left out.")


#: Schemas of what actions ask for, by their name in the document.
PAYLOADS = {action.schema.__name__: action.schema for action in ACTION_DECLARATIONS.values()}
#: The same of what is done to an evaluation.
EVALUATION_PAYLOADS = {schema.__name__: schema for schema in EVALUATING.values()}


def _payload(description: str, names: Any) -> fields.Dict:
    offered = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return fields.Dict(load_default=dict, metadata={"description": description, "anyOf": offered})


class ActSchema(ArgumentsSchema):
    """One action on a case."""

    action = fields.String(
        required=True,
        metadata={
            "description": "One of the case's `available_actions`.",
            "enum": list(ACTION_DECLARATIONS),
        },
    )
    version = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "The version of the case that the sender has seen; another one is refused with 409."},
    )
    payload = _payload("What the action asks for.", PAYLOADS)
    comment = fields.String(
        load_default="",
        validate=validate.Length(max=LONG_TEXT),
        metadata={"description": "Reasons, kept in the trail."},
    )


class EvaluationActSchema(ArgumentsSchema):
    """One act on an evaluation; reasons stand in the report itself."""

    action = fields.String(
        required=True,
        metadata={"description": "One of the evaluation's `available_actions`.", "enum": list(EVALUATING)},
    )
    version = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "The version of the case that the sender has seen; another one is refused with 409."},
    )
    payload = _payload("What the act asks for; nothing to begin it.", EVALUATION_PAYLOADS)
    comment = fields.String(
        load_default="",
        validate=validate.Length(max=0, error="Unknown field."),
        metadata={"description": "Nothing: reasons stand in the report itself."},
    )
