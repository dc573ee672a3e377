"""Dates of a demo script.

Most steps are dated in working days before today, so that the demo always shows matters under way; what comes from a
document keeps the document's date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflow.core.calendar import ONE_DAY, is_working_day, months_later

#: A number of working days before today, or a date.
ScriptDate = int | date
#: The oldest step dated relative to today, working days.
OLDEST = 57
#: The day of the demo's set-up, working days before today.
SET_UP = OLDEST + 3
FIRST_HOUR = time(9)
BETWEEN_STEPS = timedelta(minutes=7)


@dataclass(frozen=True, slots=True)
class ScriptCalendar:
    """Dates of a script, seen from a day in a municipality."""

    today: date
    country: str
    timezone: str

    def day(self, at: ScriptDate) -> date:
        """The date itself, or the one a number of working days before today."""
        if isinstance(at, date):
            return at
        found, left = self.today, at
        while left:
            found -= ONE_DAY
            left -= is_working_day(found, self.country)
        return found

    def instant(self, at: ScriptDate, position: int) -> datetime:
        """An instant of that day in office hours, later the higher its position."""
        first = datetime.combine(self.day(at), FIRST_HOUR, ZoneInfo(self.timezone))
        return (first + position * BETWEEN_STEPS).astimezone(UTC)

    def resolve(self, value: Any) -> Any:
        """A value with every `{months: N}` in it replaced by the date N months from today, as text."""
        if isinstance(value, Mapping):
            if set(value) == {"months"}:
                return months_later(self.today, value["months"]).isoformat()
            return {name: self.resolve(item) for name, item in value.items()}
        return [self.resolve(item) for item in value] if isinstance(value, list) else value
