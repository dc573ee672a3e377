"""How does a table come out of a file that somebody brings?

CSV as spreadsheets write it, or XLSX. Nothing in a file is run: a formula is an error of its row. A workbook is looked
at as an archive first, and one that would unpack to far more than it should is not opened. What cannot be read as one
thing only, like 03/04/2026, is an error rather than a guess.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from workflow.errors import Malformed
from workflow.reasons import Reason, reason

#: Largest file, bytes; what a workbook may unpack to, bytes; its parts; rows below the heading; columns.
MAX_BYTES = 4 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 5_000
MAX_COLUMNS = 60
#: Bytes of a workbook's part in which a declaration would stand.
PROLOGUE = 64 * 1024
#: Empty rows that are passed over before we believe that nothing follows.
MAX_EMPTY = 1_000
#: What begins a cell that a spreadsheet might run; written with an apostrophe before it, taken off again here.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

#: A cell as text, or why it cannot be one.
Cell = str | Reason


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
    rows = _workbook(content) if content.startswith(b"PK") else _text(content)
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
            yield rows.line_num, [_from_text(cell) for cell in cells]
    except csv.Error:
        raise Malformed(reason("table-unreadable", field="file")) from None


def _from_text(cell: str) -> Cell:
    """A cell of a text: one that begins with an equals sign would be a formula in a spreadsheet."""
    cell = cell.strip()
    return reason("cell-formula", field="") if cell.startswith("=") else cell


# -- XLSX


def _workbook(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    _look_at_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not concern a table
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            try:
                yield from _sheet(book.worksheets[0])
            finally:
                book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        EOFError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        NotImplementedError,
        OSError,
    ):
        raise Malformed(reason("table-unreadable", field="file")) from None


def _look_at_archive(content: bytes) -> None:
    """Refuse what would swell: sizes stand in the archive, and nothing is ever unpacked beyond them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            encrypted = any(part.flag_bits & 1 for part in parts)
            is_swollen = len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED
            declares = not (is_swollen or encrypted) and any(_declares(archive, part) for part in parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise Malformed(reason("table-unreadable", field="file")) from None
    if is_swollen:
        raise Malformed(reason("table-swollen", field="file"))
    if (
        encrypted
        or declares
        or "xl/workbook.xml" not in names
        or len(names) != len(parts)
        or "xl/vbaProject.bin" in names
    ):
        raise Malformed(reason("table-unreadable", field="file"))


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part declares entities, which no spreadsheet does and which grow when they are read."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return False
    with archive.open(part) as opened:
        return b"<!doctype" in opened.read(PROLOGUE).replace(b"\x00", b"").lower()


def _sheet(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), 1):
        cells = [_from_cell(cell) for cell in row]
        empty = 0 if any(cells) else empty + 1
        if empty > MAX_EMPTY:
            return
        if any(cells) or number == 1:
            yield number, cells


def _from_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return reason("cell-formula", field="")
    if cell.data_type == "e":
        return reason("cell-error", field="")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else reason("cell-date", field="")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float | str):
        return _from_text(str(value))
    return reason("cell-date", field="")


# -- texts as values

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
