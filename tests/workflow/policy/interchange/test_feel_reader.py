"""Reading of cells in FEEL."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.policy.interchange.feel_columns import COLUMNS, INITIATIVES, KINDS, PERCENT, SCOPES, YES_OR_NO
from workflow.policy.interchange.feel_tokens import CellInvalid, literal
from workflow.policy.interchange.feel_writer import read


@pytest.mark.parametrize(
    ("cell", "column", "why"),
    [
        ('"vist"', KINDS, "unknown value 'vist'; did you mean visit?"),
        ("visit", KINDS, "visit is a text: write it in quotation marks"),
        ("twin-agreement", KINDS, "twin-agreement is a text: write it in quotation marks"),
        ('"visit" "exchange"', KINDS, "says '\"exchange\"' where nothing more is expected"),
        ('"visit", ', KINDS, "ends too early"),
        ('("visit"', KINDS, "says nothing where ')' is expected"),
        ('starts with(?, "v")', KINDS, "unknown value 'starts'"),
        ('contains(?, "v")', KINDS, "unknown value 'contains'"),
        ('>= "visit"', KINDS, "compares with >=, and the column holds no numbers"),
        ('"visit" or "exchange"', KINDS, "joins with 'or' what is no test of '?'"),
        ("?", KINDS, "says nothing where a comparison is expected"),
        ("? visit", KINDS, "says 'visit' where a comparison is expected"),
        ("1", KINDS, "unknown value '1'"),
        ('"visit', KINDS, "cannot be read from '\"visit' on"),
        ("${visit}", KINDS, "cannot be read from '${visit}' on"),
        ("True", YES_OR_NO, "did you mean true?"),
        ('"true"', YES_OR_NO, "unknown value 'true'"),
        ("1", YES_OR_NO, "unknown value '1'; known: false, true"),
        ("null", YES_OR_NO, "unknown value 'null'"),
        ("101", PERCENT, "101 is no whole number from 0 to 100"),
        ("-1", PERCENT, "-1 is no whole number from 0 to 100"),
        ("99.5", PERCENT, "99.5 is no percentage: a whole number"),
        ('"50"', PERCENT, "is no whole number from 0 to 100"),
        ("true", PERCENT, "true is no whole number from 0 to 100"),
        ("[0..", PERCENT, "ends too early"),
        ("[0..101]", PERCENT, "101 is no whole number"),
        ("[0..99", PERCENT, "ends too early"),
        ("< 0", PERCENT, "admits no value at all"),
        ("[60..40]", PERCENT, "admits no value at all"),
        ('not("own-area", "municipality")', SCOPES, "admits no value at all"),
        ("10 and 20", PERCENT, "joins with 'and' what is no test of '?'"),
        ("not(" * 30 + "5" + ")" * 30, PERCENT, "is nested deeper than 20 levels"),
        (" " * 3000, PERCENT, "is longer than 2000 characters"),
        ("9" * 2000, PERCENT, "is no percentage: a whole number"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_is_wrong(cell: str, column: tuple[object, ...], why: str) -> None:
    with pytest.raises(CellInvalid) as refused:
        read(cell, column)
    assert why in str(refused.value)


@pytest.mark.parametrize("cell", ['"a", "b"', "", "(", '"a" + "b"'])
def test_an_output_says_one_thing(cell: str) -> None:
    with pytest.raises(CellInvalid):
        literal(cell)


PIECES = (
    '"',
    '"visit"',
    "visit",
    "true",
    "null",
    "?",
    "not",
    "in",
    "and",
    "or",
    ",",
    "..",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">=",
    "5",
    "-",
    " ",
    "å",
    "\\",
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(COLUMNS))
def test_whatever_stands_in_a_cell_is_read_or_refused(cell: str, column: tuple[object, ...]) -> None:
    try:
        found = read(cell, column)
    except CellInvalid:
        return
    assert found
    assert found <= {*column}


@pytest.mark.parametrize(
    ("cell", "column", "admitted"),
    [
        ("-", SCOPES, {*SCOPES}),
        ("", SCOPES, {*SCOPES}),
        ('"visit"', KINDS, {"visit"}),
        (' "visit" , "exchange" ', KINDS, {"visit", "exchange"}),
        ('? in ("visit", "exchange")', KINDS, {"visit", "exchange"}),
        ('["visit", "exchange"]', KINDS, {"visit", "exchange"}),
        ('not("visit", "exchange")', KINDS, {*KINDS} - {"visit", "exchange"}),
        ('not(not("visit"))', KINDS, {"visit"}),
        ('? = "visit" or ? = "exchange"', KINDS, {"visit", "exchange"}),
        ('!= "visit"', KINDS, {*KINDS} - {"visit"}),
        ("true", YES_OR_NO, {True}),
        ("false", YES_OR_NO, {False}),
        ("not(true)", YES_OR_NO, {False}),
        ("null", INITIATIVES, {None}),
        ('null, "own"', INITIATIVES, {None, "own"}),
        ("100", PERCENT, {100}),
        ("[0..99]", PERCENT, {*range(100)}),
        ("[0..99)", PERCENT, {*range(99)}),
        ("(0..99]", PERCENT, {*range(1, 100)}),
        ("]0..99[", PERCENT, {*range(1, 99)}),
        ("0, [50..60]", PERCENT, {0, *range(50, 61)}),
        ("< 100", PERCENT, {*range(100)}),
        (">= 50", PERCENT, {*range(50, 101)}),
        ("? > 10 and ? <= 12", PERCENT, {11, 12}),
        ("(? > 10 and ? <= 12) or ? = 50", PERCENT, {11, 12, 50}),
        ("? in [10..12]", PERCENT, {10, 11, 12}),
    ],
)
def test_what_editors_write_is_read(cell: str, column: tuple[object, ...], admitted: set[object]) -> None:
    assert read(cell, column) == admitted


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from("[(]"), st.sampled_from("])["))
def test_an_interval_admits_what_lies_in_it(low: int, high: int, opening: str, closing: str) -> None:
    inside = {
        n for n in PERCENT if (low <= n if opening == "[" else low < n) and (n <= high if closing == "]" else n < high)
    }
    cell = f"{opening}{low}..{high}{closing}"
    if inside:
        assert read(cell, PERCENT) == inside
        assert read(f"not({cell})", PERCENT) == {*PERCENT} - inside or len(inside) == 101
    else:
        with pytest.raises(CellInvalid, match="admits no value"):
            read(cell, PERCENT)
