"""Conditions of rules, and the readers of their YAML.

A condition is equality, a set or a range over the attributes of a request and nothing else, so that tables can be
checked exhaustively and nothing in a pack can run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import ValidationError

from workflow.policy.pack_messages import invalid, unknown
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENT_KINDS, UNSET, Request, Span
from workflow.policy.value_readers import number, one_of, several, truth
from workflow.policy.vocabulary import DECIDING_KINDS

#: In a row of the law: the kind of body that the pack's own table names.
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a row applies: every named attribute has one of the values (or lies in the span)."""

    terms: tuple[tuple[str, tuple[object, ...] | Span], ...] = ()

    def holds(self, request: Request, otherwise: str | None = None) -> bool:
        """Whether the request meets every term; `otherwise` is the body that the pack's own table names."""
        for name, wanted in self.terms:
            value: Any = otherwise if name == OTHERWISE else getattr(request, name)
            if isinstance(wanted, Span):
                if not wanted.low <= value <= wanted.high:
                    return False
            elif value not in wanted:
                return False
        return True

    def values_of(self, name: str) -> tuple[object, ...] | Span | None:
        """What the condition asks of one attribute; None when it asks nothing."""
        return dict(self.terms).get(name)


@cache
def pairs(condition: Condition) -> tuple[tuple[str, str], ...]:
    """Engagement kinds and acts that a condition admits together; none when it can never hold."""
    return tuple(
        (kind.id, act.id)
        for kind in ENGAGEMENT_KINDS
        if admits(condition, "engagement", kind.id)
        for act in kind.acts
        if admits(condition, "act", act.id)
    )


def admits(condition: Condition, name: str, value: object) -> bool:
    """Whether a condition holds for a value of one attribute, whatever the others are."""
    for term, wanted in condition.terms:
        if term == name:
            if isinstance(wanted, Span):
                if not (isinstance(value, int) and wanted.low <= value <= wanted.high):
                    return False
            elif value not in wanted:
                return False
    return True


@cache
def attribute_reader(name: str) -> Callable[[object], object]:
    """How one value of an attribute is read; `unset` is how a pack writes that nobody gave one."""
    attribute = ATTRIBUTES[name]
    if attribute.span is not None:
        return number(attribute.span.low, attribute.span.high)
    if attribute.is_yes_no:
        return truth
    word = one_of(attribute.words, name)
    return (lambda value: None if value == UNSET else word(value)) if attribute.may_be_unset else word


def _span(value: Mapping[str, object], read: Callable[[object], Any]) -> Span:
    if set(value) != {"from", "to"}:
        raise invalid("no-condition")
    low, high = read(value["from"]), read(value["to"])
    if low > high:
        raise invalid("empty-span", low=low, high=high)
    return Span(low, high)


def _wanted(name: str, value: object) -> tuple[object, ...] | Span:
    if name == OTHERWISE:
        return tuple(several(one_of(DECIDING_KINDS, "body kind"), at_least=1, scalar=True)(value))
    if ATTRIBUTES[name].span is not None and isinstance(value, dict):
        return _span(value, attribute_reader(name))
    return tuple(several(attribute_reader(name), at_least=1, scalar=True)(value))


def condition_over(*more: str) -> Callable[[object], Condition]:
    """A reader of conditions over the attributes of a request, and others that the law may look at."""
    known = (*ATTRIBUTES, *more)

    def read(value: object) -> Condition:
        if not isinstance(value, dict):
            raise invalid("no-attributes")
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
            raise invalid("no-such-act")
        return condition

    return read
