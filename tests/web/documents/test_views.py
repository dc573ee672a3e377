"""Views of documents and letters: typed by content, downloads alone, for those who may see the case."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import Document
from models.database import reading
from tests.web.clients import PDF, Desk, counted, each_store, engine_of, let_in, sit, values, words
from tests.web.conftest import furnished
from tests.worlds import World
from workflow.documents.service import MAX_DOCUMENT_BYTES

DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def count(world: World) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(func.count(Document.id))).scalar_one()


def docx(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


# -- refusals


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"<script>alert(1)</script>", "this file is something else"),
        (b"MZ\x90\x00", "this file is something else"),
        (docx("word/document.xml", "word/vbaProject.bin"), "this file is something else"),
        (b"%PDF-" + b"0" * MAX_DOCUMENT_BYTES, "larger than 20 MB"),
    ],
    ids=["empty", "script", "program", "macros", "large"],
)
def test_only_the_papers_we_take_are_registered(officer: Desk, world: World, content: bytes, told: str) -> None:
    number = world.open("visit")
    answer = officer.upload(f"/cases/{number}/documents", content, "innocent.pdf", version="1")
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert 'href="#f-file"' in answer.text
    assert values(answer.text)["title"] == "A paper"
    assert count(world) == 0


def test_more_than_any_form_may_hold_is_refused_at_the_door(officer: Desk, world: World) -> None:
    number = world.open("visit")
    content = b"%PDF-" + b"0" * (MAX_DOCUMENT_BYTES + 3 * 1024**2)
    assert officer.upload(f"/cases/{number}/documents", content, version="1").status_code == 413
    assert count(world) == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": " "}, "#f-title"),
        ({"direction": "sideways"}, "#f-direction"),
        ({"direction": ""}, "#f-direction"),
        ({"dated_on": "2026-09-16"}, "#f-dated-on"),
        ({"dated_on": "yesterday"}, "#f-dated-on"),
        ({"dated_on": ""}, "#f-dated-on"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(officer: Desk, typed: dict[str, str], field: str) -> None:
    answer = officer.upload("/letters/new", **typed)
    assert answer.status_code == 422
    assert f'href="{field}"' in answer.text
    assert values(answer.text)["correspondent"] == "City of Turku"


def test_nobody_adds_a_document_to_a_case_they_have_no_part_in(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    auditor = sit(app, "auditor@orebro")
    assert auditor.upload(f"/cases/{number}/documents", version="2").status_code == 403
    assert sit(app, "admin@orebro").upload("/letters/new").status_code == 403
    assert count(world) == 0


def test_a_document_sent_to_a_case_that_changed_must_be_sent_again(officer: Desk, world: World) -> None:
    number = world.open("visit")
    world.act("officer", number, "amend", {"title": "Another title"})
    answer = officer.upload(f"/cases/{number}/documents", version="1")
    assert answer.status_code == 409
    assert "choose the file again" in answer.text
    assert values(answer.text)["version"] == "2"


def test_a_closed_case_takes_no_document(officer: Desk, world: World) -> None:
    number = world.open("visit")
    world.walk(number)
    assert 'type="file"' not in officer.get(f"/cases/{number}/documents").text
    assert officer.upload(f"/cases/{number}/documents", version=str(world.version(number))).status_code == 409


@each_store
def test_a_document_is_not_there_for_whoever_may_not_see_its_case(app: Flask, officer: Desk, world: World) -> None:
    number = world.open("visit")
    officer.upload(f"/cases/{number}/documents", version="1")
    paper = "orebro-l-2026-00001"
    assert officer.get(f"/documents/{paper}").status_code == 200
    assert sit(app, "secretary.council@orebro").get(f"/documents/{paper}").status_code == 404
    furnished(world.engine, "oslo")
    assert sit(app, "officer@oslo").get(f"/documents/{paper}").status_code == 404
    assert officer.get("/documents/orebro-l-2026-00099").status_code == 404


@each_store
def test_letters_are_read_in_the_registry_alone(app: Flask, officer: Desk, world: World) -> None:
    officer.upload("/letters/new")
    paper = "orebro-l-2026-00001"
    for path in ("/letters", f"/letters/{paper}"):
        assert sit(app, "coordinator@orebro").get(path).status_code == 200
        assert sit(app, "secretary.council@orebro").get(path).status_code == 403
    assert sit(app, "secretary.council@orebro").get(f"/documents/{paper}").status_code == 404
    assert sit(app, "auditor@orebro").get(f"/documents/{paper}").status_code == 200


def test_a_document_of_a_case_is_no_letter(officer: Desk, world: World) -> None:
    number = world.open("visit")
    officer.upload(f"/cases/{number}/documents", version="1")
    assert officer.get("/letters/orebro-l-2026-00001").status_code == 404
    assert "No letters are registered." in officer.read("/letters")


# -- permissions


@each_store
@pytest.mark.parametrize(
    ("content", "media_type", "shown"),
    [
        (PDF, "application/pdf", "PDF, 1 kB"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 2_400_000, "image/png", "PNG, 2.4 MB"),
        (docx("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"),
    ],
    ids=["pdf", "png", "docx"],
)
def test_a_document_is_registered_by_its_content_and_comes_back_whole(
    officer: Desk, world: World, content: bytes, media_type: str, shown: str
) -> None:
    number = world.open("visit")
    answer = officer.upload(f"/cases/{number}/documents", content, "what.exe", version="1")
    assert answer.headers["Location"] == f"/cases/{number}/documents"
    page = officer.read(f"/cases/{number}/documents")
    assert hashlib.sha256(content).hexdigest() in page
    assert shown in page
    paper = officer.get("/documents/orebro-l-2026-00001")
    assert paper.data == content
    assert paper.mimetype == media_type
    assert world.version(number) == 2
    assert "Document added: orebro-l-2026-00001" in officer.read(f"/cases/{number}")


def test_a_download_can_do_nothing_in_our_name(officer: Desk, world: World) -> None:
    number = world.open("visit")
    officer.upload(f"/cases/{number}/documents", PDF, 'Ånge "x".pdf', version="1")
    headers = officer.get("/documents/orebro-l-2026-00001").headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


@each_store
def test_a_letter_is_registered_and_a_request_can_begin_from_it(officer: Desk, world: World) -> None:
    answer = officer.upload("/letters/new", title="An invitation")
    assert answer.headers["Location"] == "/letters/orebro-l-2026-00001"
    page = officer.get("/letters/orebro-l-2026-00001").text
    assert DIGEST in page
    assert 'href="/cases/new?letter=orebro-l-2026-00001"' in page
    assert "An invitation" in officer.read("/letters")


def test_letters_page_by_key_newest_first(app: Flask, officer: Desk, world: World) -> None:
    for index in range(27):
        officer.upload("/letters/new", title=f"Letter {index:02}")
    first = officer.get("/letters").text
    assert "Letter 26" in first
    assert "Letter 01" not in first
    after = first.partition("/letters?after=")[2].partition('"')[0]
    second = officer.read(f"/letters?after={after}")
    assert "Letter 01" in second
    assert "Letter 02" not in second
    with counted(app) as seen:
        officer.get("/letters")
    assert len(seen) <= 3


def test_the_chair_of_a_body_on_the_way_adds_the_signed_paper(app: Flask, world: World) -> None:
    number = world.open("twin-agreement")
    world.walk(number, "sign")
    desk = sit(app, "chair.executive@orebro")
    assert desk.upload(f"/cases/{number}/documents", version=str(world.version(number))).status_code == 303
    let_in(world, "outsider", ("chair", "bolagsstyrelsen"))
    again = sit(app, "outsider@orebro").upload(f"/cases/{number}/documents", version=str(world.version(number)))
    assert again.status_code == 403
