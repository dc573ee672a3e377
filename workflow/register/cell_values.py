"""Values of table cells: dates, numbers, yes or no, degrees.

A formula is refused, and so is a value that could be read in two ways.
"""

from __future__ import annotations

import re

from workflow.core.dates import checked_day, day_of_text
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
    """A day as ISO 8601 writes it, from that or from day.month.year.

    Raises `Malformed` for what could be two days, and for a day outside the range.
    """
    found = _NORDIC_DAY.match(text)
    day = day_of_text(f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text)
    if day is None:
        raise Malformed(reason("cell-date", field=column))
    return checked_day(day, column).isoformat()


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
