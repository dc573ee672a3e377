"""FEEL cells from sets of values, and back.

A cell is written so that FEEL and Python read it alike, and engines of either kind run it; it is read as editors of
decision tables write it. Over finite domains every cell is a set of values, and every set of values has a cell.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from workflow.policy.interchange.feel_reader import Reader, counts
from workflow.policy.interchange.feel_tokens import CellInvalid, tokens

ANYTHING = "-"
#: Cells are short; a longer one is none.
MAX_TEXT = 2_000


def cell_text(values: Collection[object], domain: tuple[object, ...]) -> str:
    """A cell that admits some values of a column and no other."""
    if len(values) == len(domain):
        return ANYTHING
    if counts(domain):
        return _stretches([value for value in domain if value in values], domain)
    literals = [literal_text(value) for value in domain if value in values]
    return literals[0] if len(literals) == 1 else f"? in ({', '.join(literals)})"


def literal_text(value: object) -> str:
    """One value."""
    return json.dumps(value, ensure_ascii=False)


def _stretches(values: list[object], domain: tuple[object, ...]) -> str:
    """Whole numbers as comparisons, stretch by stretch."""
    known = [int(str(value)) for value in values]
    lows = [value for value in known if value - 1 not in known]
    highs = [value for value in known if value + 1 not in known]
    stretches = list(zip(lows, highs, strict=True))
    if len(stretches) > 1:
        return " or ".join(f"(? >= {low} and ? <= {high})" for low, high in stretches)
    ((low, high),) = stretches
    if low == high:
        return str(low)
    if low == domain[0]:
        return f"<= {high}"
    return f">= {low}" if high == domain[-1] else f"? >= {low} and ? <= {high}"


def read(text: str, domain: tuple[object, ...]) -> frozenset[object]:
    """The values of a column that a cell admits; raises `CellInvalid` saying what it cannot read."""
    if len(text) > MAX_TEXT:
        raise CellInvalid(f"is longer than {MAX_TEXT} characters")
    if text.strip() in ("", ANYTHING):
        return frozenset(domain)
    found = Reader(tuple(tokens(text)), domain).cell()
    if not found:
        raise CellInvalid("admits no value at all")
    return found
