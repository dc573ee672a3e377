"""Payloads of administrative acts."""

from __future__ import annotations

from marshmallow import fields, validate

from workflow.cases.payloads import StrictSchema
from workflow.core.dates import Day
from workflow.core.text_validation import Line
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS
from workflow.policy.vocabulary import ROLES

LANGUAGES = ("sv", "nb", "da", "en")


class NewPerson(StrictSchema):
    """A person to be known here. A `password_hash` comes from the command line alone: administrators set none."""

    name = Line(200, at_least=1, required=True)
    username = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9._-]*@[a-z][a-z0-9]*$"))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    password_hash = fields.String(load_default=None, allow_none=True)
    email = Line(254, load_default="")


class PersonName(StrictSchema):
    """Another name of a person."""

    username = fields.String(required=True)
    name = Line(200, at_least=1, required=True)


class NewAppointment(StrictSchema):
    """A role in a body from a date, cited."""

    username = fields.String(required=True)
    body = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)
    reference = Line(500, load_default="")


class NewMandate(StrictSchema):
    """What a body has delegated to one of its administrations, cited."""

    to_body = fields.String(required=True)
    engagements = fields.List(fields.String(validate=validate.OneOf(ENGAGEMENTS)), load_default=list)
    acts = fields.List(fields.String(validate=validate.OneOf(ALL_ACTS)), load_default=list)
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)
    reference = Line(500, at_least=1, required=True)


class LastDay(StrictSchema):
    """The last day of an appointment or a mandate."""

    id = fields.Integer(required=True)
    ends_on = Day(required=True)


class PersonChange(StrictSchema):
    """What may change about a person."""

    username = fields.String(required=True)
    is_active = fields.Boolean()
    password_hash = fields.String()


class NewSubstitute(StrictSchema):
    """Who is away, who stands in, from which seat and for which days (both included)."""

    #: User name of the person away; left out: whoever names the substitute.
    username = fields.String(load_default="")
    substitute = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    body = fields.String(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)


class SubstitutionEnd(StrictSchema):
    """The new last day of a substitution."""

    id = fields.Integer(required=True)
    ends_on = Day(required=True)
