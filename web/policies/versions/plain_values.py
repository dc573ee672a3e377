"""Values of a policy as plain JSON; conditions are written as in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from workflow.policy.conditions import Condition
from workflow.policy.request_domain import UNSET, Span


def condition(one: Condition) -> dict[str, object]:
    """A condition as a pack writes it; an empty one holds for everything."""
    return {name: _term(values) for name, values in one.terms}


def _term(values: tuple[object, ...] | Span) -> object:
    if isinstance(values, Span):
        return {"from": values.low, "to": values.high}
    return [UNSET if value is None else value for value in values]


def plain(value: Any) -> Any:
    """Any value of a policy as plain JSON."""
    if isinstance(value, Condition):
        return condition(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
