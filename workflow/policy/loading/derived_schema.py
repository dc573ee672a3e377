"""Strict marshmallow schemas, derived from the frozen dataclasses of a pack.

A schema has the keys of its dataclass and lets nothing else through. How a value is read stands in the annotation of
its field (`workflow.policy.shape`); where a file differs from the value, keys are replaced, added or left out by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, ValidationError, missing, post_load, pre_load
from marshmallow.fields import Field as SchemaField

from workflow.policy.pack_messages import pack_message, unknown
from workflow.policy.shape import Key
from workflow.policy.value_readers import rest_of_a_text, several, truth


class Value(SchemaField[Any]):
    """A value read by one function; with `default` the key may be left out."""

    default_error_messages: Any = {  # noqa: RUF012
        "required": [pack_message("missing")],
        "null": [pack_message("no-value")],
    }

    def __init__(
        self,
        read: Callable[[object], Any],
        *,
        default: Any = missing,
        nullable: bool = False,
        data_key: str | None = None,
    ) -> None:
        self.read = read
        super().__init__(required=default is missing, load_default=default, allow_none=nullable, data_key=data_key)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.read(value)


class Strict(Schema):
    """A map with known keys that becomes one value."""

    makes: ClassVar[Callable[..., Any]]
    error_messages: Any = {"type": pack_message("no-map")}  # noqa: RUF012

    @pre_load
    def know_every_key(self, data: Any, **_options: Any) -> Any:
        """Refuse an unknown key, naming the nearest one that is known."""
        known = [field.data_key or name for name, field in self.fields.items()]
        for name, value in data.items() if isinstance(data, dict) else ():
            if name not in known:
                what = unknown("key", name, known) if value is not None else rest_of_a_text(name)
                raise ValidationError({name: [what]})
        return data

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> Any:
        """The value."""
        return type(self).makes(**{name.removesuffix("_"): value for name, value in data.items()})


def schema_of(
    shape: type, *, makes: Callable[..., Any] | None = None, without: tuple[str, ...] = (), **keys: Value
) -> type[Strict]:
    """The schema of a dataclass, without some of its fields and with some keys replaced or added.

    `makes` is called with the values by field name instead of the dataclass.
    """
    hints = get_type_hints(shape, include_extras=True)
    own = {
        field.name: keys.get(field.name) or value_of(hints[field.name], field)
        for field in fields(shape)
        if field.init and field.name not in without
    }
    # a key like `fields` would hide an attribute of marshmallow's own
    named = {name if not hasattr(Strict, name) else f"{name}_": value for name, value in {**own, **keys}.items()}
    for name, value in named.items():
        if name.endswith("_"):
            value.data_key = name.removesuffix("_")
    made = staticmethod(makes or shape)
    return type(f"{shape.__name__}Schema", (Strict,), {"__doc__": shape.__doc__, "makes": made, **named})


def value_of(hint: Any, field: Field[Any]) -> Value:
    """The schema field for a field of a dataclass; `TypeError` where its annotation does not say how it is read."""
    default = missing if field.default is MISSING else field.default
    if get_origin(hint) is Annotated:
        inner, note = get_args(hint)[:2]
        if note.default is not missing:
            default = note.default
        if isinstance(note, Key):
            return Value(note.read, default=default, nullable=note.nullable, data_key=note.name or None)
        return Value(_reader_of(inner, note.number), default=default)
    return Value(_reader_of(hint, 0), default=default)


def _reader_of(hint: Any, at_least: int) -> Callable[[object], Any]:
    if get_origin(hint) in (Union, UnionType) or hint is None:
        raise TypeError(f"say with a Key how {hint} is read")
    if hint is bool:
        return truth
    if get_origin(hint) is tuple:
        return several(_reader_of(get_args(hint)[0], 0), at_least=at_least)
    if isinstance(hint, type) and is_dataclass(hint):
        return reader(schema_of(hint))
    raise TypeError(f"say with a Key how {hint} is read")


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
