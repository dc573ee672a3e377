"""Which day is it there, which days are working days, and when does a day end?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.calendar import Within, after, end_of, is_working_day, local_day, months_later

ZONES = ("Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen")
COUNTRIES = ("se", "no", "dk")
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("se", date(2026, 6, 6), "national day on a Saturday"),
        ("se", date(2025, 6, 6), "national day"),
        ("se", date(2026, 1, 6), "epiphany"),
        ("se", date(2026, 5, 1), "first of May"),
        ("no", date(2028, 5, 17), "constitution day"),
        ("no", date(2026, 4, 2), "Maundy Thursday"),
        ("no", date(2026, 5, 25), "Whit Monday"),
        ("dk", date(2026, 4, 2), "Maundy Thursday"),
        ("dk", date(2026, 5, 25), "Whit Monday"),
        ("dk", date(2026, 4, 3), "Good Friday"),
    ],
)
def test_public_holiday_is_no_working_day(country: str, day: date, name: str) -> None:
    assert not is_working_day(day, country), name


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("no", date(2025, 6, 6), "only Sweden's national day"),
        ("dk", date(2025, 6, 6), "only Sweden's national day"),
        ("se", date(2028, 5, 17), "only Norway's constitution day"),
        ("dk", date(2028, 5, 17), "only Norway's constitution day"),
        ("se", date(2026, 4, 2), "no holiday in Sweden"),
        ("se", date(2026, 5, 25), "no holiday in Sweden since 2005"),
        ("dk", date(2024, 4, 26), "the Great Prayer Day was given up after 2023"),
    ],
)
def test_holiday_of_another_country_is_a_working_day(country: str, day: date, name: str) -> None:
    assert is_working_day(day, country), name


def test_great_prayer_day_was_a_danish_holiday_until_2023() -> None:
    assert not is_working_day(date(2023, 5, 5), "dk")


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2027, 1, 1), date(2026, 4, 6), date(2026, 5, 14)])
def test_christmas_new_year_easter_monday_and_ascension_are_holidays_everywhere(country: str, day: date) -> None:
    assert not is_working_day(day, country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_weekend_is_never_working_time(country: str) -> None:
    assert [is_working_day(date(2026, 9, 14) + timedelta(days=n), country) for n in range(7)] == [True] * 5 + [
        False
    ] * 2


def test_period_of_days_counts_every_day_after_the_first() -> None:
    assert after(date(2026, 12, 20), Within(60, "days"), "se") == date(2027, 2, 18)


def test_period_of_working_days_leaves_out_the_first_weekends_and_holidays() -> None:
    # Tuesday 22 December; the 25th is a holiday, so is New Year's Day
    assert after(date(2026, 12, 22), Within(1, "workdays"), "no") == date(2026, 12, 23)
    assert after(date(2026, 12, 23), Within(2, "workdays"), "no") == date(2026, 12, 28)
    assert after(date(2026, 9, 15), Within(10, "workdays"), "se") == date(2026, 9, 29)


def test_same_period_ends_on_another_day_in_another_country() -> None:
    # Whit Monday 2026 and Sweden's national day 2025
    assert after(date(2026, 5, 22), Within(1, "workdays"), "se") == date(2026, 5, 25)
    assert after(date(2026, 5, 22), Within(1, "workdays"), "no") == date(2026, 5, 26)
    assert after(date(2025, 6, 5), Within(1, "workdays"), "se") == date(2025, 6, 9)
    assert after(date(2025, 6, 5), Within(1, "workdays"), "no") == date(2025, 6, 6)


@given(days, st.integers(1, 60), st.sampled_from(COUNTRIES))
def test_last_day_is_a_working_day_and_as_many_lie_between(start: date, amount: int, country: str) -> None:
    last = after(start, Within(amount, "workdays"), country)
    between = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
    assert is_working_day(last, country)
    assert sum(is_working_day(day, country) for day in between) == amount


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 24, date(2028, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2029, 12, 31), -6, date(2029, 6, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 10), -1, date(2025, 12, 10)),
        (date(2026, 7, 7), 0, date(2026, 7, 7)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(start: date, months: int, day: date) -> None:
    assert months_later(start, months) == day


@given(days, st.integers(-240, 240))
def test_months_never_leave_the_month_they_count_to(start: date, months: int) -> None:
    found = months_later(start, months)
    assert (found.year - start.year) * 12 + found.month - start.month == months
    assert found.day == start.day or (found.day < start.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),  # clocks went forward in the morning
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),  # and back
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, 0, tzinfo=UTC)),
    ],
)
def test_day_ends_at_midnight_there(zone: str, day: date, instant: datetime) -> None:
    assert end_of(day, zone) == instant
    assert end_of(day, zone).tzinfo is UTC


@given(days, st.sampled_from(ZONES))
def test_last_instant_of_a_day_is_that_day_and_its_end_the_next(day: date, zone: str) -> None:
    end = end_of(day, zone)
    assert local_day(end - timedelta(microseconds=1), zone) == day
    assert local_day(end, zone) == day + timedelta(days=1)


@given(st.integers(0, 60 * 365 * 86_400), st.sampled_from(ZONES))
def test_day_of_an_instant_is_the_one_on_the_wall(seconds: int, zone: str) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert local_day(now, zone) == now.astimezone(ZoneInfo(zone)).date()
    assert end_of(local_day(now, zone), zone) > now


def test_just_before_midnight_in_utc_is_tomorrow_in_the_north() -> None:
    assert local_day(datetime(2026, 9, 15, 22, 30, tzinfo=UTC), "Europe/Oslo") == date(2026, 9, 16)
    assert local_day(datetime(2026, 1, 15, 22, 30, tzinfo=UTC), "Europe/Oslo") == date(2026, 1, 15)


def test_year_of_a_case_begins_at_midnight_in_the_municipality() -> None:
    assert local_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Stockholm").year == 2027
