"""Tables read from XLSX workbooks.

The archive is checked first: a workbook that unpacks beyond the limit, or whose parts declare entities, is refused. A
formula is an error of its row.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.register.cell_values import Cell, cell_of

#: What a workbook may unpack to, bytes, and its parts.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_PARTS = 500
#: Bytes of a part in which a declaration would stand.
PROLOGUE = 64 * 1024
#: Columns that are read; empty rows that are passed over before we believe that nothing follows.
MAX_COLUMNS = 60
MAX_EMPTY = 1_000


def read_workbook(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first sheet with their numbers; raises `Malformed` for what is no plain workbook."""
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
        return cell_of(str(value))
    return reason("cell-date", field="")
