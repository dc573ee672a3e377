"""How are conditions and claims read?

A condition is equality, a set or a range over the declared attributes of a request; a claim is a request in the same
attributes with the one thing that must come of it. Nothing here is evaluated, so nothing in a pack can run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from marshmallow import ValidationError

from workflow.policy.domain import ATTRIBUTES, FUNDING, PERCENT, UNSET, pairs
from workflow.policy.fields import number, one_of, several, truth, unknown
from workflow.policy.values import COLLEGIAL, REQUIREMENT_FIELDS, Claim, Condition, Span

#: Kinds of body that an answer can name.
DECIDING_KINDS = (*COLLEGIAL, "administration")


def _attribute(name: str, value: object) -> object:
    """One value of an attribute; `unset` is how a pack writes that nobody said."""
    if name == FUNDING:
        return number(PERCENT.low, PERCENT.high)(value)
    domain = ATTRIBUTES[name]
    if name == "initiative" and value == UNSET:
        return None
    if True in domain:
        return truth(value)
    return one_of([known for known in domain if isinstance(known, str)], name)(value)


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
    return tuple(several(lambda item: _attribute(name, item), at_least=1, scalar=True)(value))


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


def claims(value: object) -> tuple[Claim, ...]:
    """Examples; one whose attributes have several values is one example for each."""
    found: list[Claim] = []
    for position, item in enumerate(value if isinstance(value, list) else [None]):
        try:
            found += [replace(claim(one), position=position) for one in _each(item)]
        except ValidationError as error:
            raise ValidationError({position: error.messages}) from None
    return tuple(found)


def _each(item: object) -> list[object]:
    if not isinstance(item, dict):
        return [item]
    lists = {name: item[name] for name in (*ATTRIBUTES, FUNDING) if isinstance(item.get(name), list)}
    for name, values in lists.items():
        if not values:
            raise ValidationError({name: ["is empty"]})
    return [{**item, **dict(zip(lists, one, strict=True))} for one in product(*lists.values())]


OUTCOMES = ("decided_by", "refused", "requires", "requires_not", "heard")


def claim(value: object) -> Claim:
    """An example: what is given of a request, and the one thing that must come of it."""
    if not isinstance(value, dict):
        raise ValidationError("should be a map")
    given: list[tuple[str, object]] = []
    came: dict[str, Any] = {}
    readers: dict[str, Callable[[object], Any]] = {
        "decided_by": one_of(DECIDING_KINDS, "body kind"),
        "refused": _only_true,
        "requires": one_of(REQUIREMENT_FIELDS, "requirement"),
        "requires_not": one_of(REQUIREMENT_FIELDS, "requirement"),
        "heard": one_of(DECIDING_KINDS, "body kind"),
        "reading": _only_true,
    }
    for name, item in value.items():
        try:
            if name in readers:
                came[name] = readers[name](item)
            elif name in (*ATTRIBUTES, FUNDING):
                given.append((name, _attribute(name, item)))
            else:
                raise ValidationError(unknown("attribute", name, (*ATTRIBUTES, FUNDING, *readers)))
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None
    return _sound(Claim(tuple(given), **came), came)


def _only_true(value: object) -> bool:
    if value is not True:
        raise ValidationError("is true or left out")
    return True


def _sound(claim: Claim, came: Collection[str]) -> Claim:
    given = dict(claim.given)
    for name in ("engagement", "act"):
        if name not in given:
            raise ValidationError(f"an example names its {name}")
    if len([name for name in came if name in OUTCOMES]) != 1:
        raise ValidationError(f"an example has exactly one of {', '.join(OUTCOMES)}")
    if not any(pairs(Condition(tuple((name, (given[name],)) for name in ("engagement", "act"))))):
        raise ValidationError("no request has this act for this engagement")
    return claim
