"""Values of table cells: dates, numbers, yes or no, degrees.

A formula is refused, and so is a value that could be read in two ways.
"""

from __future__ import annotations

import re
from datetime import date

from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason

#: A cell as text, or why it cannot be one.
Cell = str | Reason


def cell_of(cell: str) -> Cell:
    """A cell of a text: one that begins with an equals sign would be a formula in a spreadsheet."""
    cell = cell.strip()
    return reason("cell-formula", field="") if cell.startswith("=") else cell


_NORDIC_DAY = re.compile(r"^([0-9]{1,2})[.\-]([0-9]{1,2})[.\-]([0-9]{4})$")


def day_of(text: str, column: str) -> str:
    """A day as ISO 8601 writes it, from that or from day.month.year; raises `Malformed` for what could be two days."""
    found = _NORDIC_DAY.match(text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise Malformed(reason("cell-date", field=column))


#: Yes and no in the languages we speak.
_YES = ("yes", "ja", "true", "sann", "sant", "sand", "1", "x")
_NO = ("no", "nej", "nei", "false", "falsk", "usann", "usant", "0")


def truth_of(text: str, column: str) -> bool:
    """Yes or no; raises `Malformed` for anything else."""
    if text.lower() not in (*_YES, *_NO):
        raise Malformed(reason("cell-truth", field=column))
    return text.lower() in _YES


def whole_of(text: str, column: str) -> int:
    """A whole number without signs between its digits; raises `Malformed`."""
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise Malformed(reason("cell-number", field=column))
    return int(text)


def degrees_of(text: str, column: str) -> float:
    """Degrees with a point or a comma; raises `Malformed`."""
    if not re.fullmatch(r"-?[0-9]{1,3}([.,][0-9]{1,15})?", text):
        raise Malformed(reason("cell-number", field=column))
    return float(text.replace(",", "."))
