"""Tables read from CSV and XLSX files.

Nothing in a file is executed: a formula is an error of its row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.register.cell_values import Cell, cell_of
from workflow.register.xlsx_tables import MAX_COLUMNS, read_workbook

#: Largest file, bytes, and its rows below the heading.
MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 5_000
#: What begins a cell that a spreadsheet might run; written with an apostrophe before it, taken off again here.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number in the file, and its cells by column."""

    number: int
    cells: dict[str, str]
    faults: tuple[Reason, ...] = ()


def read_table(content: bytes, known: Iterable[str]) -> tuple[Line, ...]:
    """The rows of a CSV or XLSX file whose columns are all known; raises `Malformed` where no row can be told."""
    if len(content) > MAX_BYTES:
        raise Malformed(reason("table-too-large", megabytes=MAX_BYTES // 1024**2, field="file"))
    if not content.strip():
        raise Malformed(reason("document-empty", field="file"))
    rows = read_workbook(content) if content.startswith(b"PK") else _text(content)
    heading = [cell if isinstance(cell, str) else "" for cell in next(rows, (1, []))[1]]
    columns = _columns(heading, frozenset(known))
    lines = []
    for number, cells in rows:
        if any(cells):
            lines.append(_line(number, cells, columns))
        if len(lines) > MAX_ROWS:
            raise Malformed(reason("table-too-long", rows=MAX_ROWS, field="file"))
    if not lines:
        raise Malformed(reason("table-empty", field="file"))
    return tuple(lines)


def _columns(heading: list[str], known: frozenset[str]) -> list[str]:
    names = [name.strip().lower().replace(" ", "_") for name in heading[: MAX_COLUMNS + 1]]
    while names and not names[-1]:
        names.pop()
    faults = [reason("column-unknown", column=name, field="file") for name in names if name not in known]
    twice = {name for name in names if name in known and names.count(name) > 1}
    faults += [reason("column-twice", column=name, field="file") for name in sorted(twice)]
    if not names:
        raise Malformed(reason("table-empty", field="file"))
    if faults:
        raise Malformed(*faults[:20])
    return names


def _line(number: int, cells: list[Cell], columns: list[str]) -> Line:
    faults = [_named(cell, name) for cell, name in zip(cells, columns, strict=False) if isinstance(cell, Reason)]
    if any(cells[len(columns) :]):
        faults.append(reason("row-cells", field="row"))
    told = {name: _plain(cell) for cell, name in zip(cells, columns, strict=False) if cell and isinstance(cell, str)}
    return Line(number, told, tuple(faults))


def _named(why: Reason, column: str) -> Reason:
    return Reason(why.code, {**why.values, "field": column}, why.clauses)


def _plain(text: str) -> str:
    """A cell's text; the apostrophe that kept a spreadsheet from running it is taken off."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text


# -- CSV


def _text(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what older spreadsheets in our languages write
    if "\x00" in text:
        raise Malformed(reason("table-unreadable", field="file"))
    first = text.partition("\n")[0]
    parted_by = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    try:
        for cells in rows:
            yield rows.line_num, [cell_of(cell) for cell in cells]
    except csv.Error:
        raise Malformed(reason("table-unreadable", field="file")) from None
