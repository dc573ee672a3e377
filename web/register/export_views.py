"""Export of the register as CSV or XLSX, in the format that the import reads.

Rows are read in batches by key, each in a short session of its own, and streamed. A text that a spreadsheet might run
as a formula gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, request, stream_with_context
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import select

from models import Engagement
from models.database import reading
from web.auth.session import User, signed_in
from web.core.headers import disposition
from web.core.services import services
from web.register.queries import RegisterFilter, filter_from_args, keys, matching, status_on
from workflow.cases.secrecy import reader_of
from workflow.core.tenants import Tenant
from workflow.register.csv_tables import DANGEROUS
from workflow.register.import_rows import COLUMNS, TOLD_ONLY

bp = Blueprint("exports", __name__)

#: Engagements read at a time; bytes of a workbook sent at a time.
BATCH, PIECE = 250, 64 * 1024
HEADING = ("number", "status", *COLUMNS, "notice_on", "origin")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The value of one cell.
Value = str | int | float
assert set(HEADING) == {*COLUMNS, *TOLD_ONLY}


@bp.get("/engagements/export.<form>")
def export(form: str) -> Response:
    """The filtered register as `csv` or `xlsx`."""
    if form not in ("csv", "xlsx"):
        abort(404)
    user = signed_in()
    filters = filter_from_args(request.args, user.municipality)
    today = services().today(user.municipality)
    rows = _rows(user, replace(filters, after=()), today)
    return _answer(rows, form, f"{user.municipality.key}-{today.isoformat()}.{form}")


@bp.get("/engagements/import/empty.csv")
def empty() -> Response:
    """An empty import file: the columns alone."""
    return _answer((), "csv", "engagements.csv", COLUMNS)


def _answer(rows: Iterable[list[Value]], form: str, name: str, heading: Iterable[str] = HEADING) -> Response:
    pieces = _as_csv(rows, heading) if form == "csv" else _as_xlsx(rows, heading)
    mimetype = "text/csv" if form == "csv" else XLSX
    return Response(stream_with_context(pieces), mimetype=mimetype, headers={"Content-Disposition": disposition(name)})


def _rows(user: User, filters: RegisterFilter, today: date) -> Iterator[list[Value]]:
    """The matching rows in their order; no session is open while a row is being sent."""
    here, tenant = services(), user.municipality
    while True:
        with reading(here.engine, tenant.id) as db:
            reader = reader_of(db, here.workflow.policies, tenant, user)
            rows = keys(db, matching(db, tenant, reader, filters, today), filters, BATCH)
            ids = [row.id for row in rows[:BATCH]]
            columns = [getattr(Engagement, name) for name in _READ]
            found = {row.id: row for row in db.execute(select(*columns).where(Engagement.id.in_(ids)))}
        for id_ in ids:
            yield _row(tenant, found[id_], today)
        if len(rows) <= BATCH:
            return
        filters = replace(filters, after=tuple(rows[BATCH - 1]))


_READ = (
    *("id", "number", "status", "kind", "title", "partner_name", "partner_country", "partner_kind", "scope", "source"),
    *("responsible_body_id", "starts_on", "ends_on", "notice_on", "entered_by", "goals", "fields", "origin"),
    *("named_nordic_twin", "eu_funded", "external_funding", "participants", "latitude", "longitude"),
)


def _row(tenant: Tenant, row: Any, today: date) -> list[Value]:
    values = dict(row._mapping) | {
        "status": status_on(row.status, row.ends_on, row.notice_on, today),
        "responsible": tenant.body_keys[row.responsible_body_id],
        # the source of an engagement entered by a case is that case
        "source": row.source or row.entered_by or "",
        "goals": "; ".join(row.goals),
        "purpose": str(row.fields.get("purpose", "")),
        "representatives": "; ".join(map(str, row.fields.get("representatives", []))),
    }
    return [_value(values[name]) for name in HEADING]


def _value(value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    return harmless(value.isoformat() if isinstance(value, date) else str(value))


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula; the import removes the apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def _as_csv(rows: Iterable[list[Value]], heading: Iterable[str]) -> Iterator[bytes]:
    """CSV as Nordic spreadsheets read it: UTF-8 with a byte order mark, cells separated by semicolons."""
    yield b"\xef\xbb\xbf"
    yield _csv_line(heading)
    for row in rows:
        yield _csv_line(row)


def _csv_line(cells: Iterable[Value]) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def _as_xlsx(rows: Iterable[list[Value]], heading: Iterable[str]) -> Iterator[bytes]:
    """A workbook, written row by row into a temporary file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("register")
    sheet.append(list(heading))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _cell(sheet: Any, value: Value) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value="".join(c for c in value if c >= " " or c in "\n\t"))
    cell.data_type = "s"  # a string, even where it begins with an equals sign
    return cell
