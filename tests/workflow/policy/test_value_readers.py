"""Readers of the values of a pack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from workflow.core.calendar import Within
from workflow.policy import value_readers as read
from workflow.policy.pack_messages import PackMessage

COLOURS = read.one_of(("red", "green"), "key")


@pytest.mark.parametrize(
    ("reader", "written", "value"),
    [
        (read.text, "Örebro", "Örebro"),
        (read.truth, False, False),
        (read.number(0, 100), 100, 100),
        (read.day, "2026-02-28", date(2026, 2, 28)),
        (read.slug, "own-matters-2", "own-matters-2"),
        (read.clause_id, "orebro/twins.time-limited", "orebro/twins.time-limited"),
        (read.period, "0 days", Within(0, "days")),
        (read.some_time, "10 workdays", Within(10, "workdays")),
        (read.months, "24 months", 24),
        (read.seat, "chair@executive-board", "chair@executive-board"),
        (read.seat_or_turn, "turn", "turn"),
        (read.several(COLOURS), ["red", "green"], ("red", "green")),
        (read.several(COLOURS, scalar=True), "red", ("red",)),
        (read.texts, {"sv": "Mål", "en": "Goal"}, {"sv": "Mål", "en": "Goal"}),
    ],
)
def test_a_value_becomes_what_it_says(reader: Callable[[object], object], written: object, value: object) -> None:
    assert reader(written) == value


@pytest.mark.parametrize(
    ("reader", "written", "says"),
    [
        (read.text, 3, "should be text (put it in quotes)"),
        (read.text, " ", "has no value"),
        (read.text, "x" * 2001, "is longer than 2000 characters"),
        (read.truth, "yes", "should be true or false"),
        (read.number(0, 100), True, "should be a whole number from 0 to 100"),
        (read.day, "2026-02-29", "should be a date written YYYY-MM-DD"),
        (read.day, "1899-12-31", "should be a date from 1900-01-01 to 2200-12-31"),
        (COLOURS, "grene", "unknown key 'grene'; did you mean green?"),
        (COLOURS, "blue", "unknown key 'blue'; known: red, green"),
        (COLOURS, [{}], "unknown key this list; known: red, green"),
        (read.slug, "Own", "'Own' is not a key of small letters, digits and single hyphens"),
        (read.clause_id, "orebro", "'orebro' is not a clause id like municipality/section.rule"),
        (read.period, "10 weeks", "'10 weeks' is not a period like '60 days' or '10 workdays'"),
        (read.some_time, "0 days", "should be at least one day"),
        (read.months, "0 months", "'0 months' is not a period like '24 months'"),
        (read.seat, "chair", "'chair' is not ROLE@KIND or ROLE@responsible"),
        (read.seat, "king@council", "unknown role 'king'"),
        (read.several(COLOURS), "red", "should be a list: put it in brackets"),
        (read.several(COLOURS), {"a": 1}, "should be a list"),
        (read.several(COLOURS, at_least=1), [], "is empty"),
        (read.texts, "Mål", "should be a text in each language, like {sv: …, en: …}"),
    ],
)
def test_another_value_is_refused_with_what_it_should_be(
    reader: Callable[[object], object], written: object, says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        reader(written)
    (message,) = refused.value.messages
    assert str(message).startswith(says)


def test_an_item_that_stands_twice_is_named_by_its_position() -> None:
    with pytest.raises(ValidationError) as refused:
        read.several(COLOURS)(["red", "green", "red"])
    assert {where: list(map(str, some)) for where, some in refused.value.messages_dict.items()} == {
        2: ["'red' stands here twice"]
    }


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_whatever_stands_there_is_read_or_refused_by_a_code(written: object) -> None:
    for reader in (read.text, read.truth, read.day, read.slug, read.period, read.months, read.seat, COLOURS):
        messages = list[object]()
        try:
            reader(written)
        except ValidationError as error:
            messages = [*error.messages]
        assert all(isinstance(message, PackMessage) and "\n" not in str(message) for message in messages)
