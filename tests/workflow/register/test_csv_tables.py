"""How is a table read, and what is never run, guessed or unpacked?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from workflow.core.errors import Malformed
from workflow.register import xlsx_tables
from workflow.register.cell_values import day_of, degrees_of, truth_of, whole_of
from workflow.register.csv_tables import MAX_BYTES, MAX_ROWS, read_table

KNOWN = ("kind", "title", "starts_on")


def book(*rows: list[Any]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def codes(content: bytes) -> list[str]:
    with pytest.raises(Malformed) as caught:
        read_table(content, KNOWN)
    return [why.code for why in caught.value.reasons]


# -- refusals


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ["document-empty"]),
        (b" \n", ["document-empty"]),
        (b"x" * (MAX_BYTES + 1), ["table-too-large"]),
        (b"kind;title\n", ["table-empty"]),
        (b"kind;colour\nvisit;red\n", ["column-unknown"]),
        (b"kind;title;kind\na;b;c\n", ["column-twice"]),
        (b'kind;title\n"a;b\n', ["table-unreadable"]),
        (b"kind;title\n\x00;b\n", ["table-unreadable"]),
        (b"PK\x03\x04 nothing of the kind", ["table-unreadable"]),
        (b"kind\n" + b"a\n" * (MAX_ROWS + 1), ["table-too-long"]),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(content: bytes, told: list[str]) -> None:
    assert codes(content) == told


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def test_a_workbook_that_would_swell_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_args: object, **_more: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(xlsx_tables, "load_workbook", opened)
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": bytes(xlsx_tables.MAX_UNPACKED)})
    assert len(bomb) < MAX_BYTES
    assert codes(bomb) == ["table-swollen"]
    many = archive({"xl/workbook.xml": b"", **{f"xl/{n}.xml": b"" for n in range(xlsx_tables.MAX_PARTS)}})
    assert codes(many) == ["table-swollen"]


@pytest.mark.parametrize("parts", [{}, {"word/document.xml": b""}, {"xl/workbook.xml": b"", "xl/vbaProject.bin": b""}])
def test_an_archive_that_is_no_plain_workbook_is_refused(parts: dict[str, bytes]) -> None:
    assert codes(archive(parts)) in (["table-unreadable"], ["table-empty"])


def _entities(content: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = bomb + b"]>" + sheet.replace(b"<v>0</v>", b"<v>&j;</v>")
    return archive(parts)


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _garbled(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c t='zz'><v>1"
    return archive(parts)


@pytest.mark.parametrize("harm", [_entities, _cut, _garbled])
def test_a_workbook_made_to_harm_is_refused_in_words(harm: Callable[[bytes], bytes]) -> None:
    assert codes(harm(book(["kind", "title"], ["visit", "x"]))) == ["table-unreadable"]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused_in_words(content: bytes) -> None:
    for given_bytes in (content, b"PK\x03\x04" + content, b"kind;title\n" + content):
        with suppress(Malformed):
            assert read_table(given_bytes, KNOWN)


def test_formulas_and_errors_are_faults_of_their_row_and_never_run() -> None:
    content = book(["kind", "title"], ["visit", "=1+1"], ["#DIV/0!", "Fine"], ["visit", '=HYPERLINK("http://x")'])
    lines = read_table(content, KNOWN)
    assert [[(why.code, why.values["field"]) for why in line.faults] for line in lines] == [
        [("cell-formula", "title")],
        [("cell-error", "kind")],
        [("cell-formula", "title")],
    ]
    (line,) = read_table(b"kind;title\nvisit;=cmd|' /C calc'!A0\n", KNOWN)
    assert [why.code for why in line.faults] == ["cell-formula"]
    assert "title" not in line.cells


def test_a_time_of_day_is_no_date_and_a_duration_neither() -> None:
    lines = read_table(
        book(["title", "starts_on"], ["a", datetime(2026, 5, 31, 12)], ["b", timedelta(3)]),  # noqa: DTZ001
        KNOWN,
    )
    assert [[why.code for why in line.faults] for line in lines] == [["cell-date"], ["cell-date"]]


def test_cells_beyond_the_columns_are_a_fault() -> None:
    lines = read_table(b"kind;title\nvisit;a;b\nvisit;a;;\n", KNOWN)
    assert [[why.code for why in line.faults] for line in lines] == [["row-cells"], []]


@pytest.mark.parametrize("text", ["03/04/2026", "45000", "31.02.2026", "2026-5-1", "May 2026", "20260531", "1.1.26"])
def test_what_could_be_two_days_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        day_of(text, "starts_on")


@pytest.mark.parametrize(
    ("read", "text"), [(truth_of, "perhaps"), (whole_of, "1.5"), (whole_of, "-1"), (whole_of, "१"), (degrees_of, "1e3")]
)
def test_what_is_no_answer_and_no_number_is_refused(read: Callable[[str, str], object], text: str) -> None:
    with pytest.raises(Malformed):
        read(text, "column")


# -- what is read


@pytest.mark.parametrize(
    "content",
    [
        'kind;title;starts_on\r\nvisit;Åbo;31.5.2026\r\n;;\r\nvisit;"b;c";\r\n'.encode(),
        "\ufeffkind\ttitle\tstarts_on\nvisit\tÅbo\t31.5.2026\n\nvisit\tb;c\t\n".encode(),
        "Kind,Title,Starts on\nvisit,Åbo,31.5.2026\n\nvisit,b;c,\n".encode("cp1252"),
        book(["kind", "title", "starts_on"], ["visit", "Åbo", "31.5.2026"], [], ["visit", "b;c"]),
    ],
    ids=["semicolons", "tabs", "commas of an old spreadsheet", "workbook"],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(content: bytes) -> None:
    first, second = read_table(content, KNOWN)
    assert first.cells == {"kind": "visit", "title": "Åbo", "starts_on": "31.5.2026"}
    assert second.cells == {"kind": "visit", "title": "b;c"}
    assert (first.number, second.number) == (2, 4)


def test_numbers_dates_and_answers_of_a_workbook_become_plain_text() -> None:
    content = book(["kind", "title", "starts_on"], [True, 50.0, date(2026, 5, 31)], [1.5, "'=x", datetime(1998, 4, 1)])  # noqa: DTZ001
    assert [line.cells for line in read_table(content, KNOWN)] == [
        {"kind": "yes", "title": "50", "starts_on": "2026-05-31"},
        {"kind": "1.5", "title": "=x", "starts_on": "1998-04-01"},
    ]


@pytest.mark.parametrize("text", ["2026-05-31", "31.5.2026", "31.05.2026", "31-05-2026"])
def test_a_day_is_read_as_it_is_written_here(text: str) -> None:
    assert day_of(text, "starts_on") == "2026-05-31"


def test_degrees_are_read_with_a_point_or_a_comma() -> None:
    assert (degrees_of("-33,9", "latitude"), degrees_of("55.70393", "latitude")) == (-33.9, 55.70393)
    assert [truth_of(text, "x") for text in ("Ja", "nei", "X", "0")] == [True, False, True, False]
