"""Base of the API's schemas: each describes an answer in the OpenAPI document and makes it.

A field that is required is in every answer, null included; another is left out where it has no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, missing
from marshmallow.fields import Field

from workflow.policy.attribute_fields import attribute_field
from workflow.policy.request_domain import ATTRIBUTES
from workflow.trail.entry import instant


class ApiSchema(Schema):
    """Takes a field's value from the object dumped, else from the database row that the object has as `row`."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value, or `missing` for an optional field without one."""
        value = _value_of(obj, attr)
        if value is missing and hasattr(obj, "row"):
            value = _value_of(obj.row, attr)
        return missing if value is None and attr in self._optional else value

    def on_bind_field(self, field_name: str, field_obj: Field[Any]) -> None:
        """Note which attributes are left out where they have no value."""
        if not field_obj.required:
            self._optional.add(field_obj.attribute or field_name)

    def __init__(self, **options: Any) -> None:
        self._optional: set[str] = set()
        super().__init__(**options)


def _value_of(obj: Any, path: str) -> Any:
    """The value at a dotted path of attributes or keys; `missing` where there is none."""
    for name in path.split(".") if "." in path else (path,):
        obj = obj.get(name, missing) if isinstance(obj, dict) else getattr(obj, name, missing)
    return obj


class Instant(fields.DateTime):
    """An instant in UTC with microseconds, written as the trail writes it."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_options: Any) -> str | None:
        return None if value is None else instant(value)


class NonEmpty(fields.String):
    """A text, null in the answer where it is empty."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return super()._serialize(value or None, attr, obj, **options)


def string(description: str = "", **options: Any) -> fields.String:
    """A text that is never null."""
    return fields.String(required=True, metadata=_described(description), **options)


def nullable_string(description: str = "", **options: Any) -> fields.String:
    """A text or null; an empty text is null."""
    return NonEmpty(required=True, allow_none=True, metadata=_described(description), **options)


def boolean(description: str = "", **options: Any) -> fields.Boolean:
    """True or false."""
    return fields.Boolean(required=True, metadata=_described(description), **options)


def integer(description: str = "", **options: Any) -> fields.Integer:
    """A whole number."""
    return fields.Integer(required=True, metadata=_described(description), **options)


def nullable_date(description: str = "", **options: Any) -> fields.Date:
    """A date or null."""
    return fields.Date(required=True, allow_none=True, metadata=_described(description), **options)


def many(schema: type[Schema], description: str = "", **options: Any) -> fields.List[Any]:
    """A list of objects."""
    return fields.List(fields.Nested(schema), required=True, metadata=_described(description), **options)


def strings(description: str = "", **options: Any) -> fields.List[Any]:
    """A list of texts."""
    return fields.List(fields.String(), required=True, metadata=_described(description), **options)


def clause_ids() -> fields.List[Any]:
    """Ids of clauses."""
    return strings("Ids of clauses.")


def next_page() -> fields.String:
    """The address of a list's next page."""
    return nullable_string("Address of the next page.")


def _described(description: str) -> dict[str, str]:
    return {"description": description} if description else {}


def attributes_schema(names: Iterable[str]) -> type[Schema]:
    """A schema with attributes of a request as its fields."""
    return ApiSchema.from_dict(
        {
            name: attribute_field(ATTRIBUTES[name], required=True, metadata=_described(ATTRIBUTES[name].description))
            for name in names
        }
    )


class WaitsForSchema(ApiSchema):
    """The seat that acts next."""

    role = string()
    body_key = string()
    person = fields.String(metadata={"description": "User name, where it waits for one person."})
