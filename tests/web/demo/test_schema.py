"""Schema and dates of the demo's scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.worlds import CONFIG, MUNICIPALITIES
from web.demo.dates import ScriptCalendar
from web.demo.schema import read_script, scripts
from workflow.core.errors import PolicyInvalid

OSLO = (CONFIG / "demo" / "oslo.yaml").read_text(encoding="utf-8")


def test_every_municipality_has_its_script() -> None:
    assert tuple(scripts()) == MUNICIPALITIES


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_titles_tell_the_cases_of_a_script_apart(key: str) -> None:
    titles = [case.title for case in scripts()[key].cases]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("line", "instead", "key"),
    [
        ("members: Eksempelmedlem", "memberz: Eksempelmedlem", "memberz"),
        ("{at: 3, by: officer, do: open}", "{at: 3, by: officer, do: opn}", "do"),
        ("{at: 3, by: officer, do: open}", "{at: 3, by: officer, do: submit}", "script"),
        ("{at: 3, by: officer, do: open}", "{at: 3, by: officer, do: open, how: fast}", "how"),
        ("{at: 3, by: officer, do: open}", "{at: 0, by: officer, do: open}", "at"),
        ("{at: 3, by: officer, do: open}", "{at: 2022-13-01, by: officer, do: open}", "at"),
        ("seats: [secretary@byradet]", "seats: [boss@byradet]", "seats"),
        ("seats: [secretary@byradet]", "seats: [secretary]", "seats"),
        ("    example: false", "    example: perhaps", "engagements"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_line(tmp_path: Path, line: str, instead: str, key: str) -> None:
    path = tmp_path / "oslo.yaml"
    assert line in OSLO
    path.write_text(OSLO.replace(line, instead, 1), encoding="utf-8")
    with pytest.raises(PolicyInvalid) as caught:
        read_script(path)
    assert caught.value.line is not None
    assert key in caught.value.key


@pytest.mark.parametrize(
    ("today", "ago", "day"),
    [
        (date(2026, 3, 9), 1, date(2026, 3, 6)),  # over a weekend
        (date(2026, 3, 8), 1, date(2026, 3, 6)),  # on a Sunday
        (date(2027, 1, 4), 1, date(2026, 12, 31)),  # over a weekend that New Year lengthens
        (date(2026, 3, 4), 5, date(2026, 2, 25)),
    ],
)
def test_days_ago_are_working_days(today: date, ago: int, day: date) -> None:
    assert ScriptCalendar(today, "se", "Europe/Stockholm").day(ago) == day


def test_acts_of_one_day_follow_each_other_in_office_hours() -> None:
    days = ScriptCalendar(date(2026, 7, 15), "no", "Europe/Oslo")
    assert days.instant(date(2022, 5, 25), 0) == datetime(2022, 5, 25, 7, 0, tzinfo=UTC)
    assert days.instant(1, 1) > days.instant(1, 0)


def test_months_become_dates_wherever_they_stand() -> None:
    days = ScriptCalendar(date(2026, 8, 31), "dk", "Europe/Copenhagen")
    given = {"fields": {"ends_on": {"months": 18}, "purpose": "x"}, "list": [{"months": -2}, 3]}
    assert days.resolve(given) == {"fields": {"ends_on": "2028-02-29", "purpose": "x"}, "list": ["2026-06-30", 3]}
