"""Validity of the law's rules: the days on which a rule holds.

A law that is amended keeps the old rule until its last day and gives the new one from its first. A rule without dates
holds on every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Protocol, TypeVar

from workflow.policy.shape import Key
from workflow.policy.value_readers import day

#: First or last day, both inclusive, on which a rule of the law holds.
Day = Annotated[date | None, Key(day)]


class Dated(Protocol):
    """A rule of the law with its first and last day."""

    @property
    def valid_from(self) -> date | None:
        """First day; None where it has always held."""

    @property
    def valid_until(self) -> date | None:
        """Last day; None where it still holds."""


_Rule = TypeVar("_Rule", bound=Dated)


def holding(rules: Iterable[_Rule], on: date) -> tuple[_Rule, ...]:
    """The rules that hold on a day."""
    return tuple(
        rule
        for rule in rules
        if (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_until is None or on <= rule.valid_until)
    )


def first_days(rules: Iterable[Dated]) -> tuple[date, ...]:
    """First days of the periods in which the same rules hold, in order; the first period has begun on `date.min`."""
    found = {date.min}
    for rule in rules:
        if rule.valid_from is not None:
            found.add(rule.valid_from)
        if rule.valid_until is not None:
            found.add(rule.valid_until + timedelta(days=1))
    return tuple(sorted(found))


def period_of(on: date, periods: Iterable[date]) -> date:
    """First day of the period in which a day lies; `periods` are first days, `date.min` among them."""
    return max(first for first in periods if first <= on)


def covers(outer: Dated, inner: Dated) -> bool:
    """Whether one rule holds on every day on which another does."""
    begins = outer.valid_from is None or (inner.valid_from is not None and outer.valid_from <= inner.valid_from)
    ends = outer.valid_until is None or (inner.valid_until is not None and inner.valid_until <= outer.valid_until)
    return begins and ends
