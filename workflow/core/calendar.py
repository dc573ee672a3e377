"""Calendar days, working days and instants of a municipality.

Public holidays come from the `holidays` library by country. Instants are UTC; days are the municipality's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = timedelta(days=1)
#: Periods and instants stop here, well inside what `date` and `datetime` hold: beyond it an end is open.
EARLIEST, LATEST = date(2, 1, 1), date(9998, 12, 31)
#: Local time at which people are told of a day's duties.
MORNING = time(7)


@dataclass(frozen=True, slots=True)
class Within:
    """How long a step may take."""

    amount: int
    #: days or workdays.
    unit: str


def local_day(now: datetime, timezone: str) -> date:
    """The date in a time zone at an aware instant."""
    return now.astimezone(ZoneInfo(timezone)).date()


def end_of(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a day ends in a time zone, across daylight-saving changes."""
    return datetime.combine(_clamped(day) + ONE_DAY, time(), ZoneInfo(timezone)).astimezone(UTC)


@lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    # Sweden counts every Sunday as a public holiday unless told not to; weekends are excluded below anyway.
    return frozenset(holidays.country_holidays(country.upper(), years=year))


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday and no public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(country, day.year)


def after(start: date, within: Within, country: str) -> date:
    """The last day of a period that begins the day after `start`; whole days, or working days of the country.

    With a negative amount, the first day of a period that ends the day before `start`.
    """
    if within.unit == "days":
        return _day_number(start.toordinal() + within.amount)
    step = ONE_DAY if within.amount > 0 else -ONE_DAY
    day, left = start, abs(within.amount)
    while left and EARLIEST < day < LATEST:
        day += step
        left -= is_working_day(day, country)
    return day


def morning_of(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a working day begins in a time zone: when people are told of that day's duties."""
    return datetime.combine(_clamped(day), MORNING, ZoneInfo(timezone)).astimezone(UTC)


def months_later(start: date, months: int) -> date:
    """The same day some months later (or earlier), or the last day of that month when it is shorter."""
    month = _clamped(start).year * 12 + start.month - 1 + months
    year, month0 = divmod(min(max(month, EARLIEST.year * 12), LATEST.year * 12 + 11), 12)
    last = (date(year + month0 // 11, (month0 + 1) % 12 + 1, 1) - ONE_DAY).day
    return date(year, month0 + 1, min(start.day, last))


def _clamped(day: date) -> date:
    return min(max(day, EARLIEST), LATEST)


def _day_number(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, EARLIEST.toordinal()), LATEST.toordinal()))
