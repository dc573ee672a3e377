"""What may be sent with an action, and is it well formed?

One marshmallow schema per action; a wrong, missing or unknown field is `Malformed` and names it. Whether the content
is allowed is the judge's and the action's question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.core.text_validation import clean
from workflow.policy.attribute_fields import attribute_field
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, GIVEN
from workflow.policy.requirement_kinds import CASE_FIELDS, Shape
from workflow.policy.state_machine import DECIDING, RECOMMENDING

#: What can come of an evaluation.
EVALUATION_OUTCOMES = ("continue", "renegotiate", "terminate")
#: Value against cost: at least as much, less, or none left.
WORTHS = ("enough", "less", "none")

LONG_TEXT = 100_000
SHORT_TEXT = 500


def _text(limit: int = SHORT_TEXT, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=limit), **options)


def _names(**options: Any) -> fields.List[Any]:
    return fields.List(_text(), validate=validate.Length(max=200), **options)


class _Strict(Schema):
    class Meta:
        unknown = RAISE
        ordered = True


#: Attributes of a request that a person may give.
Attributes = _Strict.from_dict({name: attribute_field(ATTRIBUTES[name]) for name in GIVEN}, name="Attributes")

#: How a field that requirements ask for is read.
_SHAPES: Mapping[Shape, Callable[[], fields.Field[Any]]] = {
    Shape.LINE: _text,
    Shape.TEXT: lambda: _text(LONG_TEXT),
    Shape.NAMES: _names,
    Shape.DAY: lambda: fields.Date(allow_none=True),
}


class CaseFields(_Strict.from_dict({name: _SHAPES[shape]() for name, shape in CASE_FIELDS.items()})):  # type: ignore[misc]
    """Fields of a case, besides its attributes; those that requirements ask for are declared with them."""

    starts_on = fields.Date(allow_none=True)
    notice_on = fields.Date(allow_none=True)
    principal_reason = _text(LONG_TEXT)
    cost = _text()
    consultation_ends_on = fields.Date(allow_none=True)
    #: What is to come of the evaluation that the case decides.
    evaluation_outcome = fields.String(validate=validate.OneOf(EVALUATION_OUTCOMES))


class Partner(_Strict):
    """With whom."""

    name = _text(load_default="")
    country = _text(load_default="")


class Secrecy(_Strict):
    """The law a case is kept secret under, and a note."""

    law = _text(load_default="")
    note = _text(load_default="")


class Amendment(_Strict):
    """What may be changed in a draft."""

    title = fields.String(validate=validate.Length(1, SHORT_TEXT))
    attributes = fields.Nested(Attributes)
    partner = fields.Nested(Partner)
    fields_ = fields.Nested(CaseFields, data_key="fields")
    goals = fields.List(_text(), validate=validate.Length(max=100))
    text = _text(LONG_TEXT)
    secrecy = fields.Nested(Secrecy)


class Opening(Amendment):
    """A new request."""

    municipality = _text(required=True)
    engagement = fields.String(required=True, validate=validate.OneOf(ENGAGEMENTS))
    act = fields.String(required=True, validate=validate.OneOf(ALL_ACTS))
    title = fields.String(required=True, validate=validate.Length(1, SHORT_TEXT))
    responsible = _text(allow_none=True)
    engagement_number = _text(allow_none=True)
    external_number = _text(load_default="")
    origin = fields.String(
        validate=validate.OneOf(("own", "motion", "citizens-proposal", "other-body", "outside")), load_default="own"
    )


class EnterDecision(_Strict):
    """What a body's secretary records; votes are left out when nobody called for a count."""

    outcome = fields.String(required=True, validate=validate.OneOf(sorted({*RECOMMENDING, *DECIDING})))
    meeting_date = fields.Date(required=True)
    paragraph = fields.String(required=True, validate=validate.Length(1, 100))
    present = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    votes_for = fields.Integer(data_key="for", strict=True, validate=validate.Range(0, 1000), allow_none=True)
    votes_against = fields.Integer(data_key="against", strict=True, validate=validate.Range(0, 1000), allow_none=True)
    abstained = fields.Integer(strict=True, validate=validate.Range(0, 1000), allow_none=True)
    casting_vote = fields.String(validate=validate.OneOf(("for", "against", "")), load_default="")
    conflicts = _names(load_default=list)
    proposal = fields.String(validate=validate.OneOf(("adopt", "amended", "decline", "none")), allow_none=True)
    text = _text(LONG_TEXT, allow_none=True)
    attributes = fields.Nested(Attributes)
    fields_ = fields.Nested(CaseFields, data_key="fields")
    goals = fields.List(_text())


class Endorsement(_Strict):
    """A manager's passing on, with or without raising the matter to one of principle."""

    principal = fields.Boolean()
    reason = _text(LONG_TEXT)


class Reassignment(_Strict):
    """Who is to have the case."""

    officer = _text(required=True)


class Opinion(_Strict):
    """A consulted body's answer."""

    opinion = fields.String(required=True, validate=validate.Length(1, LONG_TEXT))
    body = _text()


class Signature(_Strict):
    """What was signed, by whom and when; a click is not the signature."""

    signatories = _names()
    counterparty = _text()
    signed_on = fields.Date()
    counter_signed_on = fields.Date(allow_none=True)
    method = fields.String(validate=validate.OneOf(("paper", "electronic")))
    document_digest = fields.String(validate=validate.Regexp("^[0-9a-f]{64}$"), allow_none=True)
    notice_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)


class Report(_Strict):
    """What an evaluation has found, and what its reporter proposes."""

    answers = fields.Dict(_text(required=True), _text(LONG_TEXT, required=True), load_default=dict)
    worth = fields.String(validate=validate.OneOf(("", *WORTHS)), load_default="")
    proposes = fields.String(required=True, validate=validate.OneOf(EVALUATION_OUTCOMES))
    reasons = _text(LONG_TEXT, load_default="")
    officer = _text(load_default="")


class Extension(_Strict):
    """A later last day, and why."""

    until = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, LONG_TEXT))


class Nothing(_Strict):
    """An action without content."""


class Move(_Strict):
    """The version of the policy that a case is to be moved to."""

    to = _text(required=True)


SCHEMAS: Mapping[str, type[_Strict]] = {
    "open": Opening,
    "amend": Amendment,
    "reassign": Reassignment,
    "submit": Nothing,
    "endorse": Endorsement,
    "refer-back": Nothing,
    "give-opinion": Opinion,
    "close-consultation": Nothing,
    "enter-decision": EnterDecision,
    "confirm": Nothing,
    "approve": Nothing,
    "reject": Nothing,
    "sign": Signature,
    "withdraw": Nothing,
}
#: Of acts that no machine knows.
BESIDE: Mapping[str, type[_Strict]] = {
    "start-evaluation": Nothing,
    "report-evaluation": Report,
    "extend-deadline": Extension,
    "move": Move,
}
_READERS = {action: schema() for action, schema in {**SCHEMAS, **BESIDE}.items()}


def read(action: str, payload: object) -> dict[str, Any]:
    """The payload of an action as Python values; raises `Malformed` with a reason per field."""
    try:
        return dict(_READERS[action].load(clean(payload)))
    except ValidationError as error:
        raise Malformed(*told(error.messages)) from None


def told(messages: object, path: str = "") -> list[Reason]:
    """Reasons, one per field, for what marshmallow found wrong."""
    if isinstance(messages, Mapping):
        nested = ((f"{path}.{name}" if path else str(name), inner) for name, inner in messages.items())
        return [why for where, inner in nested for why in told(inner, where.removesuffix("._schema"))]
    texts = messages if isinstance(messages, list) else [messages]
    return [_one(path, str(text)) for text in texts]


def _one(field: str, text: str) -> Reason:
    if text == "Unknown field.":
        return reason("field-unknown", field=field)
    if text == "Missing data for required field.":
        return reason("field-missing", field=field)
    return reason("field-wrong", field=field or "payload", why=text.rstrip(".").lower())
