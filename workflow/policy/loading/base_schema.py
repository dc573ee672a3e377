"""How is a map with known keys read, and nothing else let through?

The one kind of marshmallow schema that policies and laws are described with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, post_load, pre_load

from workflow.policy.loading.fields import Value, rest_of_a_text, several, unknown


class Strict(Schema):
    """A map with known keys that becomes one value."""

    makes: ClassVar[Any]
    error_messages = {"type": "should be a map"}  # noqa: RUF012

    @pre_load
    def know_every_key(self, data: Any, **_options: Any) -> Any:
        """Refuse a key nobody knows, naming the nearest one that is known."""
        known = [field.data_key or name for name, field in self.fields.items()]
        for name, value in data.items() if isinstance(data, dict) else ():
            if name not in known:
                what = unknown("key", name, known) if value is not None else rest_of_a_text(name)
                raise ValidationError({name: [what]})
        return data

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """The value."""
        return self.makes(**data)


def nested(schema: type[Strict], **default: Any) -> Value:
    """A field that holds one noun."""
    return Value(reader(schema), **default)


def listed(schema: type[Strict], *, at_least: int = 0, **default: Any) -> Value:
    """A field that holds a list of nouns."""
    return Value(several(reader(schema), at_least=at_least), **default)


def reader(schema: type[Strict]) -> Callable[[object], Any]:
    """A function that reads one noun."""
    made = schema()

    def read(value: object) -> Any:
        return made.load(value)  # type: ignore[arg-type]

    return read
