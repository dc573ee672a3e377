"""Calendar days that come from outside, from `FIRST_DAY` to `LAST_DAY`.

Forms, API, tables, packs and addresses read their days here. A day is written YYYY-MM-DD. The range leaves room on
both sides: periods that a policy counts from any of these days stay within what `date` and `datetime` can hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
#: Message of a schema for a day outside the range; `day_reason` turns it into a reason.
OUT_OF_RANGE = f"Must be a day from {FIRST_DAY} to {LAST_DAY}."

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_A_DAY = "not a valid date"


def is_recordable(day: date) -> bool:
    """Whether a day lies in the range."""
    return FIRST_DAY <= day <= LAST_DAY


def day_of_text(text: object) -> date | None:
    """The day that a text names, in the range or not; None for a text that names none."""
    if not isinstance(text, str) or not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_day(text: object, field: str) -> date:
    """The day that a text names; raises `Malformed`, naming the field, for no day or one outside the range."""
    day = day_of_text(text)
    if day is None:
        raise Malformed(reason("field-wrong", field=field, why=_NOT_A_DAY))
    return checked_day(day, field)


def checked_day(day: date, field: str) -> date:
    """A day, if it lies in the range; raises `Malformed`, naming the field."""
    if not is_recordable(day):
        raise Malformed(range_reason(field))
    return day


def range_reason(field: str) -> Reason:
    """The reason for a day outside the range."""
    return reason("day-out-of-range", field=field, first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat())


class Day(fields.Date):
    """A day in the range, in a schema of what somebody sends; the API's description shows the range."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **options: Any) -> None:
        given = dict(metadata or {})
        about = f"{given.get('description', '')} From {FIRST_DAY} to {LAST_DAY}.".strip()
        super().__init__(metadata=given | {"description": about}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> date:
        day = day_of_text(value)
        if day is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        if not is_recordable(day):
            raise ValidationError(OUT_OF_RANGE)
        return day
