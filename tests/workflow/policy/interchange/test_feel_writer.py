"""FEEL cells mean the same when written and when read."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.policy.interchange.feel_columns import COLUMNS
from workflow.policy.interchange.feel_writer import cell_text, read

ENVIRONMENT = {"true": True, "false": False, "null": None}


@st.composite
def cells(draw: st.DrawFn) -> tuple[tuple[object, ...], frozenset[object]]:
    """Some values of a column, scattered or in a stretch from the beginning, to the end or between; never none."""
    column = draw(st.sampled_from(COLUMNS))
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(column) - 1)] * 2)))
    stretches = st.sampled_from([column[: last + 1], column[first:], column[first : last + 1]]).map(frozenset)
    return column, draw(st.one_of(stretches, st.frozensets(st.sampled_from(column), min_size=1)))


@settings(deadline=None)
@given(cells())
def test_what_is_written_is_read_as_it_was_meant(cell: tuple[tuple[object, ...], frozenset[object]]) -> None:
    column, values = cell
    assert read(cell_text(values, column), column) == values


@settings(deadline=None)
@given(cells())
def test_what_is_written_means_the_same_in_python(cell: tuple[tuple[object, ...], frozenset[object]]) -> None:
    """Engines that know no FEEL read a cell as Python, `?` being the value; a cell without it is compared."""
    column, values = cell
    text = cell_text(values, column)
    for value in column if text != "-" else ():
        if text.startswith(("<", ">")):
            told = f"{value!r} {text}"
        else:
            told = text.replace("?", f"({value!r})") if "?" in text else f"({value!r}) == ({text})"
        assert eval(told, dict(ENVIRONMENT)) == (value in values), told  # noqa: S307 - our own cell
