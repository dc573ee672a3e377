"""Attributes of requests as marshmallow fields and as parameters of the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from workflow.policy.request_domain import UNSET, Attribute


def attribute_field(attribute: Attribute, **options: Any) -> fields.Field[Any]:
    """The field that reads or writes one attribute as JSON; `options` are marshmallow's own."""
    if attribute.is_yes_no:
        return fields.Boolean(**options)
    if span := attribute.span:
        return fields.Integer(strict=True, validate=validate.Range(span.low, span.high), **options)
    if attribute.may_be_unset:
        options |= {"allow_none": True}
    return fields.String(validate=validate.OneOf(attribute.words), **options)


def query_schema(attribute: Attribute) -> Mapping[str, Any]:
    """The JSON schema of one attribute in a query; `unset` says that nobody gave it."""
    if attribute.is_yes_no:
        return {"type": "boolean"}
    if span := attribute.span:
        return {"type": "integer", "minimum": span.low, "maximum": span.high}
    return {"enum": [*attribute.words, UNSET] if attribute.may_be_unset else list(attribute.words)}
