"""How are conditions read?

A condition is equality, a set or a range over the declared attributes of a request. Nothing here is evaluated, so
nothing in a pack can run. The examples of a clause, in the same attributes, are read by `workflow.policy.claims`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from marshmallow import ValidationError

from workflow.policy.domain import ATTRIBUTES, FUNDING, PERCENT, UNSET, pairs
from workflow.policy.loading.fields import number, one_of, several, truth, unknown
from workflow.policy.model import COLLEGIAL, Condition, Span

#: Kinds of body that an answer can name.
DECIDING_KINDS = (*COLLEGIAL, "administration")


@cache
def attribute(name: str) -> Callable[[object], object]:
    """How one value of an attribute is read; `unset` is how a pack writes that nobody said."""
    if name == FUNDING:
        return number(PERCENT.low, PERCENT.high)
    if True in ATTRIBUTES[name]:
        return truth
    word = one_of([known for known in ATTRIBUTES[name] if isinstance(known, str)], name)
    return (lambda value: None if value == UNSET else word(value)) if name == "initiative" else word


def _span(value: Mapping[str, object]) -> Span:
    if set(value) != {"from", "to"}:
        raise ValidationError("should be a value, a list or {from: …, to: …}")
    read = number(PERCENT.low, PERCENT.high)
    low, high = read(value["from"]), read(value["to"])
    if low > high:
        raise ValidationError(f"from {low} to {high} is empty")
    return Span(low, high)


def _wanted(name: str, value: object) -> tuple[object, ...] | Span:
    if name == FUNDING and isinstance(value, dict):
        return _span(value)
    if name == "otherwise":
        return tuple(several(one_of(DECIDING_KINDS, "body kind"), at_least=1, scalar=True)(value))
    return tuple(several(attribute(name), at_least=1, scalar=True)(value))


def condition_over(*more: str) -> Callable[[object], Condition]:
    """A condition over the attributes of a request, and others that the law may ask about."""
    known = (*ATTRIBUTES, FUNDING, *more)

    def read(value: object) -> Condition:
        if not isinstance(value, dict):
            raise ValidationError("should be a map of attributes")
        terms: list[tuple[str, tuple[object, ...] | Span]] = []
        for name, wanted in value.items():
            if name not in known:
                raise ValidationError({name: [unknown("attribute", name, known)]})
            try:
                terms.append((name, _wanted(name, wanted)))
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from None
        condition = Condition(tuple(terms))
        if not any(pairs(condition)):
            raise ValidationError("no request has this act for this engagement")
        return condition

    return read
