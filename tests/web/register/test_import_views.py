"""Import and export: validated row by row, registered batch by batch, and equal when exported."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select

from models import Engagement, ImportRun
from models.database import reading
from tests.web.clients import Desk, each_store, engine_of, sit, words
from tests.worlds import World, build
from web.register.export_views import BATCH, HEADING, harmless
from web.register.queries import STATUSES
from workflow.register.csv_tables import DANGEROUS, read_table
from workflow.register.import_rows import COLUMNS, NEEDED, TOLD_ONLY
from workflow.register.service import register_engagement

HEAD = "kind;title;responsible;source\n"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def registered(world: World, title: str, **more: Any) -> str:
    given = {"kind": "membership", "title": title, "source": "Minutes 1993", "responsible": "kommunstyrelsen"}
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given | more, now=world.now)


def tried(desk: Desk, content: str | bytes, name: str = "list.csv") -> str:
    """Send a file to be tried; the address of its page."""
    sent = content.encode() if isinstance(content, str) else content
    answer = desk.upload("/engagements/import", sent, name)
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["Location"])


def rows(count: int) -> str:
    return HEAD + "".join(f"visit;Visit {n};kommunstyrelsen;Minutes § {n}\n" for n in range(count))


def how_many(world: World) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(func.count(Engagement.id))).scalar_one()


# -- refusals


@pytest.mark.parametrize("who", ["manager", "coordinator", "auditor", "admin", "member1"])
def test_nobody_but_an_officer_brings_a_list(app: Flask, world: World, officer: Desk, who: str) -> None:
    path = tried(officer, rows(2))
    desk = sit(app, f"{who}@orebro")
    assert desk.get("/engagements/import").status_code == 403
    assert desk.get(path).status_code == 403
    assert desk.upload("/engagements/import", rows(1).encode()).status_code == 403
    for act in ("begin", "continue", "drop"):
        assert desk.send(f"{path}/{act}").status_code == 403
    assert how_many(world) == 0
    assert "/engagements/import" not in desk.get("/engagements").text


def test_a_stranger_sees_no_list_and_takes_nothing_out(app: Flask) -> None:
    for path in ("/engagements/import", "/engagements/export.csv", "/engagements/export.xlsx"):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


def test_a_form_of_another_site_begins_nothing(officer: Desk, world: World) -> None:
    path = tried(officer, rows(1))
    for act in ("begin", "continue", "drop"):
        assert officer.browser.client.post(f"{path}/{act}").status_code == 400
    assert how_many(world) == 0


@pytest.mark.parametrize("act", ["begin", "continue", "drop"])
def test_looking_changes_nothing(officer: Desk, world: World, act: str) -> None:
    path = tried(officer, rows(1))
    assert officer.get(f"{path}/{act}").status_code == 405
    officer.get(path)
    assert how_many(world) == 0


def test_a_list_of_another_municipality_is_not_there(engine: Engine, app: Flask, officer: Desk) -> None:
    path = tried(officer, rows(1))
    build(engine, "oslo")
    desk = sit(app, "officer@oslo")
    assert desk.get(path).status_code == 404
    assert desk.send(f"{path}/continue").status_code == 404
    assert desk.send(f"{path}/begin").status_code == 404
    assert officer.get("/engagements/import/999999999999").status_code == 404


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"colour;title\nred;x\n", "There is no column called “colour”."),
        (b"kind;title\nvisit;x\n", "The column “responsible” is missing."),
        (b"PK\x03\x04nothing", "neither a CSV text nor an XLSX workbook"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(officer: Desk, world: World, content: bytes, told: str) -> None:
    answer = officer.upload("/engagements/import", content, "x.csv")
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert 'href="#f-file"' in answer.text
    with reading(world.engine, world.tenant.id) as session:
        assert session.execute(select(func.count(ImportRun.id))).scalar_one() == 0


def test_what_a_file_holds_is_never_markup(officer: Desk) -> None:
    evil = "<script>alert(1)</script>"
    path = tried(officer, HEAD + f"{evil};{evil};{evil};x\n", f"{evil}.csv")
    page = officer.get(path).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


# -- a list that comes in


@each_store
def test_a_list_is_tried_then_registered_and_shows_how_far_it_is(
    world: World, officer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.register.import_views.BATCHES", 1)
    monkeypatch.setattr("web.register.import_views.BATCH", 2)
    path = tried(officer, rows(3) + "war;x;kommunstyrelsen;y\n" + "visit;Last;kommunstyrelsen;§ 9\n")
    told = officer.read(path)
    assert "Nothing has been registered yet." in told
    assert "4 rows can be registered." in told
    assert "1 row has errors and would be left out." in told
    assert "5 kind" in told
    assert "Refresh" not in officer.get(path).headers
    assert officer.send(f"{path}/begin").status_code == 303
    page = officer.get(path)
    assert re.search(r'<progress id="progress" value="2" max="5"', page.text)
    assert page.headers["Refresh"].isdigit()
    assert how_many(world) == 2
    officer.send(f"{path}/continue")
    officer.send(f"{path}/continue")
    page = officer.get(path)
    assert "4 engagements were registered." in words(page.text)
    assert "Refresh" not in page.headers
    officer.send(f"{path}/continue")
    assert how_many(world) == 4


def test_the_same_file_again_is_warned_of(officer: Desk, world: World) -> None:
    officer.send(f"{tried(officer, rows(1))}/begin")
    again = tried(officer, rows(1))
    assert "The same file was brought in before" in officer.read(again)
    assert "The same file was brought in before" not in officer.read(tried(officer, rows(2)))
    assert how_many(world) == 1


def test_a_list_can_be_given_up(officer: Desk, world: World) -> None:
    path = tried(officer, rows(1))
    officer.send(f"{path}/drop")
    assert "Given up" in officer.read(path)
    assert "been begun, finished or given up" in words(
        officer.get(officer.send(f"{path}/begin").headers["Location"]).text
    )
    assert how_many(world) == 0


def test_the_page_explains_every_column_and_offers_them_empty(officer: Desk) -> None:
    page = officer.get("/engagements/import").text
    for name in (*COLUMNS, "number"):
        assert f"<dt>{name}</dt>" in page
    (line,) = officer.get("/engagements/import/empty.csv").data.decode("utf-8-sig").splitlines()
    assert set(NEEDED) < set(line.split(";")) == set(COLUMNS)


# -- and goes out


def exported(desk: Desk, form: str, asked: str = "") -> list[dict[str, str]]:
    content = desk.get(f"/engagements/export.{form}{asked}").data
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    sheet: Any = load_workbook(io.BytesIO(content)).active
    heading, *found = ([("" if value is None else str(value)) for value in line] for line in sheet.values)
    return [dict(zip(heading, line, strict=True)) for line in found]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_a_spreadsheet_would_run_is_taken_out_as_text(officer: Desk, world: World, form: str) -> None:
    for begin in DANGEROUS[:4]:
        registered(world, f"{begin}cmd|' /C calc'!A0", source=f"{begin}1", fields={"purpose": f"{begin}SUM(A1)"})
    for line in exported(officer, form):
        assert not any(str(line[name]).startswith(DANGEROUS) for name in ("title", "source", "purpose"))
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(officer.get("/engagements/export.xlsx").data)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["=1", "+45 12", "-x", "@a", "'=1", "'''=1", "plain", "'quoted'", ""])
def test_a_harmless_text_is_read_back_as_it_was(text: str) -> None:
    content = f'title;source\n"{harmless(text)}";x\n'.encode()
    (line,) = read_table(content, ("title", "source"))
    assert line.cells.get("title", "") == text


FULL: dict[str, Any] = {
    "kind": "twin-agreement",
    "partner_name": "Nordic twin town B (example)",
    "partner_country": "FI",
    "partner_kind": "city",
    "scope": "municipality",
    "starts_on": "1998-04-01",
    "ends_on": "2030-12-31",
    "source": "=Minutes; line one",
    "goals": ["develop-operations", "strategy-budget"],
    "fields": {"purpose": "To learn,\nand to teach", "representatives": ["A. Andersson", "B. Berg"]},
    "named_nordic_twin": True,
    "eu_funded": True,
    "external_funding": 40,
    "participants": 12,
    "latitude": -33.9,
    "longitude": 18.42345,
}
SAME = ("kind", "title", "source", "partner_name", "partner_country", "partner_kind", "scope", "goals", "fields")
SAME += (
    "starts_on",
    "ends_on",
    "named_nordic_twin",
    "eu_funded",
    "external_funding",
    "participants",
    "latitude",
    "longitude",
)


@each_store
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_taken_out_can_be_brought_in_again_and_is_the_same(
    engine: Engine, world: World, officer: Desk, form: str
) -> None:
    first = registered(world, "+ Turku", **FULL)
    second = registered(world, "Plain")
    content = officer.get(f"/engagements/export.{form}").data
    refused = officer.read(tried(officer, content, f"out.{form}"))
    assert f"{first} is in the register already." in refused
    assert f"{second} is in the register already." in refused
    lines = read_table(content, (*COLUMNS, *TOLD_ONLY))
    new = "\n".join([";".join(COLUMNS), *(";".join(_quoted(line.cells.get(c, "")) for c in COLUMNS) for line in lines)])
    officer.send(f"{tried(officer, new)}/begin")
    with reading(world.engine, world.tenant.id) as session:
        columns = [getattr(Engagement, name) for name in SAME]
        found = [tuple(row) for row in session.execute(select(*columns).order_by(Engagement.title, Engagement.id))]
    assert len(found) == 4
    assert found[0] == found[1]
    assert found[2] == found[3]


def _quoted(text: str) -> str:
    return '"' + harmless(text).replace('"', '""') + '"'


@each_store
def test_the_register_is_taken_out_in_batches_each_engagement_once(
    world: World, officer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.register.export_views.BATCH", 2)
    numbers = [registered(world, f"Network {n % 3}") for n in range(7)]
    for asked in ("", "?sort=title", "?sort=partner", "?sort=ends"):
        assert sorted(line["number"] for line in exported(officer, "csv", asked)) == numbers
    assert [line["title"] for line in exported(officer, "csv", "?q=network+1")] == ["Network 1", "Network 1"]
    assert BATCH > 2


def test_anybody_here_takes_out_what_they_can_read_without_contact_persons(app: Flask, world: World) -> None:
    registered(world, "Network")
    answer = sit(app, "member1@orebro").get("/engagements/export.csv")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert set(HEADING) == {*COLUMNS, *TOLD_ONLY}
    (line,) = exported(sit(app, "member1@orebro"), "csv")
    assert line["status"] in STATUSES
    assert sit(app, "member1@orebro").get("/engagements/export.pdf").status_code == 404
