"""Which days does a script of the demo mean?

Most acts are told as working days before today, so that the demo is always in the midst of things; what comes from a
document keeps the document's date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflow.core.calendar import ONE_DAY, is_working_day, months_later

#: A number of working days before today, or the very day.
When = int | date
#: The oldest act that is told relative to today, working days.
OLDEST = 57
#: The demo is set up before it.
SET_UP = OLDEST + 3
FIRST_HOUR = time(9)
BETWEEN_ACTS = timedelta(minutes=7)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a script means, seen from a day in a municipality."""

    today: date
    country: str
    timezone: str

    def day(self, at: When) -> date:
        """The day itself, or the one a number of working days before today."""
        if isinstance(at, date):
            return at
        found, left = self.today, at
        while left:
            found -= ONE_DAY
            left -= is_working_day(found, self.country)
        return found

    def instant(self, at: When, order: int) -> datetime:
        """A moment of that day in office hours, later the higher its order."""
        first = datetime.combine(self.day(at), FIRST_HOUR, ZoneInfo(self.timezone))
        return (first + order * BETWEEN_ACTS).astimezone(UTC)

    def fill_in(self, value: Any) -> Any:
        """A value with every {months: N} in it replaced by the date N months from today, as text."""
        if isinstance(value, Mapping):
            if set(value) == {"months"}:
                return months_later(self.today, value["months"]).isoformat()
            return {name: self.fill_in(item) for name, item in value.items()}
        return [self.fill_in(item) for item in value] if isinstance(value, list) else value
