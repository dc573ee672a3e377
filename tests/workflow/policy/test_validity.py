"""Days on which rules of the law hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.policy.validity import covers, first_days, holding, period_of

DAY = timedelta(days=1)
A, B = date(2024, 1, 1), date(2026, 7, 1)


class Days(NamedTuple):
    valid_from: date | None = None
    valid_until: date | None = None


DATES = st.none() | st.dates(date(2000, 1, 1), date(2050, 12, 31))
RULES = st.lists(st.builds(Days, DATES, DATES), max_size=6)


@pytest.mark.parametrize(
    ("rule", "on", "holds"),
    [
        (Days(), A, True),
        (Days(valid_from=A), A, True),
        (Days(valid_from=A), A - DAY, False),
        (Days(valid_until=A), A, True),
        (Days(valid_until=A), A + DAY, False),
    ],
)
def test_first_and_last_day_are_included(rule: Days, on: date, holds: bool) -> None:
    assert (holding((rule,), on) == (rule,)) is holds


def test_a_period_begins_with_a_first_day_and_after_a_last_one() -> None:
    assert first_days((Days(valid_until=A), Days(valid_from=A + DAY), Days(valid_from=B))) == (date.min, A + DAY, B)


@given(RULES, st.dates(date(1999, 1, 1), date(2051, 12, 31)))
def test_within_a_period_the_same_rules_hold(rules: list[Days], on: date) -> None:
    assert holding(rules, on) == holding(rules, period_of(on, first_days(rules)))


@given(st.builds(Days, DATES, DATES), st.builds(Days, DATES, DATES), st.dates(date(1999, 1, 1), date(2051, 12, 31)))
def test_what_covers_a_rule_holds_whenever_it_does(outer: Days, inner: Days, on: date) -> None:
    if covers(outer, inner) and holding((inner,), on):
        assert holding((outer,), on)
