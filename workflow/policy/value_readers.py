"""Value readers: from one plain value of a policy pack to a typed one.

Each reader returns the value or raises marshmallow's `ValidationError`. Conditions and claims have readers of their own
in `workflow.policy.conditions` and `workflow.policy.claims`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from marshmallow import ValidationError

from workflow.core.calendar import Within
from workflow.core.dates import FIRST_DAY, LAST_DAY, day_of_text, is_recordable
from workflow.core.text_validation import is_visible
from workflow.policy.pack_messages import PackMessage, invalid, pack_message, shown, unknown
from workflow.policy.vocabulary import BODY_KINDS, ROLES, TURN

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
#: No hyphen: a municipality's key is what stands before the first one in a case number.
MUNICIPALITY_KEY = re.compile(r"[a-z][a-z0-9]{1,30}\Z")
LANGUAGE = re.compile(r"[a-z]{2}\Z")
CLAUSE_ID = re.compile(r"[a-z0-9]+/[a-z0-9]+([.-][a-z0-9]+)*\Z")
PERIOD = re.compile(r"(0|[1-9][0-9]{0,3}) (days|workdays)\Z")
MONTHS = re.compile(r"([1-9][0-9]{0,2}) months\Z")
#: Texts are paraphrases of a sentence or two, not documents.
MAX_TEXT = 2_000


def text(value: object) -> str:
    """A text that says something."""
    if not isinstance(value, str):
        raise invalid("no-text")
    if not is_visible(value):
        raise invalid("no-value")
    if len(value) > MAX_TEXT:
        raise invalid("too-long", most=MAX_TEXT)
    return value


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise invalid("no-truth")
    return value


def number(low: int, high: int) -> Callable[[object], int]:
    """A whole number within limits."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise invalid("no-number", low=low, high=high)
        return value

    return read


def day(value: object) -> date:
    """A date written YYYY-MM-DD."""
    found = day_of_text(value)
    if found is None:
        raise invalid("no-day")
    if not is_recordable(found) and found != date.min:  # from date.min on, the law alone holds
        raise invalid("day-out-of-range", first=FIRST_DAY, last=LAST_DAY)
    return found


def one_of(known: Collection[str], what: str) -> Callable[[object], str]:
    """One of the known texts."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValidationError([unknown(what, value, known)])
        return value

    return read


def rest_of_a_text(name: object) -> PackMessage:
    """The message about an unknown key without a value: a comma ends an unquoted text in braces."""
    return pack_message("unknown-key-without-value", value=shown(name))


def matching(pattern: re.Pattern[str], otherwise: str) -> Callable[[object], str]:
    """A text of a certain form; `otherwise` is the code of the message about another."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > 80 or not pattern.match(value):
            raise invalid(otherwise, value=shown(value))
        return value

    return read


slug = matching(KEY, "no-key")
clause_id = matching(CLAUSE_ID, "no-clause-id")


def several(read: Callable[[object], Any], *, at_least: int = 0, scalar: bool = False) -> Callable[[object], Any]:
    """A list of different values; with `scalar`, one value may stand without brackets."""

    def read_all(value: object) -> tuple[Any, ...]:
        if scalar and not isinstance(value, list | dict):
            return (read(value),)
        if not isinstance(value, list):
            raise invalid("no-list-but-text" if isinstance(value, str) else "no-list")
        if len(value) < at_least:
            raise invalid("empty")
        return tuple(_each(value, read))

    return read_all


def _each(values: list[Any], read: Callable[[object], Any]) -> list[Any]:
    found: list[Any] = []
    for position, value in enumerate(values):
        try:
            item = read(value)
        except ValidationError as error:
            raise ValidationError({position: error.messages}) from None
        if item in found:
            raise ValidationError({position: [pack_message("twice", value=shown(value))]})
        found.append(item)
    return found


def texts(value: object) -> dict[str, str]:
    """A text in several languages, by language code."""
    if not isinstance(value, dict):
        raise invalid("no-texts")
    return by_key(matching(LANGUAGE, "no-language-code"), text)(value)


def by_key(read_key: Callable[[object], str], read: Callable[[object], Any]) -> Callable[[object], dict[str, Any]]:
    """A map from keys of one form to values of one form."""

    def read_map(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid("no-map")
        found: dict[str, Any] = {}
        for name, item in value.items():
            try:
                key = read_key(name)
            except ValidationError as error:
                raise ValidationError({name: error.messages if item is not None else [rest_of_a_text(name)]}) from None
            try:
                found[key] = read(item)
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from None
        return found

    return read_map


def period(value: object) -> Within:
    """A number of days or working days."""
    found = PERIOD.match(value) if isinstance(value, str) else None
    if found is None:
        raise invalid("no-period", value=shown(value))
    return Within(int(found[1]), found[2])


def some_time(value: object) -> Within:
    """A period of at least a day."""
    found = period(value)
    if found.amount == 0:
        raise invalid("no-time")
    return found


def months(value: object) -> int:
    """A number of months."""
    found = MONTHS.match(value) if isinstance(value, str) else None
    if found is None:
        raise invalid("no-months", value=shown(value))
    return int(found[1])


def seat(value: object) -> str:
    """ROLE@KIND or ROLE@responsible."""
    role, at, where = value.partition("@") if isinstance(value, str) else ("", "", "")
    if not at:
        raise invalid("no-seat", value=shown(value))
    one_of(ROLES, "role")(role)
    one_of((*BODY_KINDS, "responsible"), "body kind")(where)
    return str(value)


def seat_or_turn(value: object) -> str:
    """ROLE@KIND, ROLE@responsible, or `turn` for whoever it waits for."""
    return TURN if value == TURN else seat(value)
