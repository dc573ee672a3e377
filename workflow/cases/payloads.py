"""Payload schemas shared by several actions, and the reader of payloads.

A wrong, missing or unknown field is `Malformed` and named. Whether the content is allowed is for authorization and the
action. An action's own schema is declared with it in `workflow.cases.actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from workflow.core.dates import OUT_OF_RANGE, Day, range_reason
from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.core.text_validation import Line, clean, line_reason
from workflow.policy.attribute_fields import attribute_field
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, GIVEN
from workflow.policy.requirement_kinds import CASE_FIELDS, Shape

#: What can come of an evaluation.
EVALUATION_OUTCOMES = ("continue", "renegotiate", "terminate")
#: Value against cost: at least as much, less, or none left.
WORTHS = ("enough", "less", "none")

LONG_TEXT = 100_000
SHORT_TEXT = 500


def text_field(limit: int = SHORT_TEXT, **options: Any) -> fields.String:
    """A text field of at most `limit` characters."""
    return fields.String(validate=validate.Length(max=limit), **options)


def name_list(**options: Any) -> fields.List[Any]:
    """A list of at most 200 names."""
    return fields.List(Line(SHORT_TEXT), validate=validate.Length(max=200), **options)


class StrictSchema(Schema):
    """A payload in which an unknown field is wrong."""

    class Meta:
        unknown = RAISE
        ordered = True


#: Attributes of a request that a person may give.
Attributes = StrictSchema.from_dict({name: attribute_field(ATTRIBUTES[name]) for name in GIVEN}, name="Attributes")

#: How a field that requirements ask for is read.
_SHAPES: Mapping[Shape, Callable[[], fields.Field[Any]]] = {
    Shape.LINE: text_field,
    Shape.TEXT: lambda: text_field(LONG_TEXT),
    Shape.NAMES: name_list,
    Shape.DAY: lambda: Day(allow_none=True),
}


class CaseFields(StrictSchema.from_dict({name: _SHAPES[shape]() for name, shape in CASE_FIELDS.items()})):  # type: ignore[misc]
    """Fields of a case, besides its attributes; those that requirements ask for are declared with them."""

    starts_on = Day(allow_none=True)
    notice_on = Day(allow_none=True)
    principal_reason = text_field(LONG_TEXT)
    cost = text_field()
    consultation_ends_on = Day(allow_none=True)
    #: What is to come of the evaluation that the case decides.
    evaluation_outcome = fields.String(validate=validate.OneOf(EVALUATION_OUTCOMES))


class Partner(StrictSchema):
    """The partner of an engagement."""

    name = Line(SHORT_TEXT, load_default="")
    country = text_field(load_default="")


class Secrecy(StrictSchema):
    """The law a case is kept secret under, and a note."""

    law = text_field(load_default="")
    note = text_field(load_default="")


class Amendment(StrictSchema):
    """Changes of a draft."""

    title = Line(SHORT_TEXT, at_least=1)
    attributes = fields.Nested(Attributes)
    partner = fields.Nested(Partner)
    fields_ = fields.Nested(CaseFields, data_key="fields")
    goals = fields.List(text_field(), validate=validate.Length(max=100))
    text = text_field(LONG_TEXT)
    secrecy = fields.Nested(Secrecy)


class Opening(Amendment):
    """A new request."""

    municipality = text_field(required=True)
    engagement = fields.String(required=True, validate=validate.OneOf(ENGAGEMENTS))
    act = fields.String(required=True, validate=validate.OneOf(ALL_ACTS))
    title = Line(SHORT_TEXT, at_least=1, required=True)
    responsible = text_field(allow_none=True)
    engagement_number = text_field(allow_none=True)
    external_number = text_field(load_default="")
    origin = fields.String(
        validate=validate.OneOf(("own", "motion", "citizens-proposal", "other-body", "outside")), load_default="own"
    )


class Report(StrictSchema):
    """What an evaluation has found, and what its reporter proposes."""

    answers = fields.Dict(text_field(required=True), text_field(LONG_TEXT, required=True), load_default=dict)
    worth = fields.String(validate=validate.OneOf(("", *WORTHS)), load_default="")
    proposes = fields.String(required=True, validate=validate.OneOf(EVALUATION_OUTCOMES))
    reasons = text_field(LONG_TEXT, load_default="")
    officer = text_field(load_default="")


class Extension(StrictSchema):
    """A later last day, and why."""

    until = Day(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, LONG_TEXT))


class Nothing(StrictSchema):
    """An action without content."""


class Move(StrictSchema):
    """The version of the policy that a case is to be moved to."""

    to = text_field(required=True)


_reader = cache(lambda schema: schema())


def read(schema: type[Schema], payload: object) -> dict[str, Any]:
    """A payload as Python values; raises `Malformed` with a reason per field."""
    try:
        return dict(_reader(schema).load(clean(payload)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None


def field_reasons(messages: object, path: str = "") -> list[Reason]:
    """Reasons, one per field, for what marshmallow found wrong."""
    if isinstance(messages, Mapping):
        nested = ((f"{path}.{name}" if path else str(name), inner) for name, inner in messages.items())
        return [why for where, inner in nested for why in field_reasons(inner, where.removesuffix("._schema"))]
    texts = messages if isinstance(messages, list) else [messages]
    return [_field_reason(path, str(text)) for text in texts]


def _field_reason(field: str, text: str) -> Reason:
    if text == "Unknown field.":
        return reason("field-unknown", field=field)
    if text == "Missing data for required field.":
        return reason("field-missing", field=field)
    if text == OUT_OF_RANGE:
        return range_reason(field)
    if found := line_reason(text, field):
        return found
    return reason("field-wrong", field=field or "payload", why=text.rstrip(".").lower())
