"""How do documents and letters come in, and what is turned away?"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import Document, TrailEntry
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated
from workflow.documents.service import DOCX, MAX_DOCUMENT_BYTES, Upload, attach, media_type_of, register_letter


def pdf(content: bytes = b"%PDF-1.7 an invitation", **more: Any) -> Upload:
    """A letter as a PDF."""
    given: dict[str, Any] = {
        "file_name": "invitation.pdf",
        "title": "An invitation",
        "direction": "incoming",
        "correspondent": "City of Turku",
        "dated_on": date(2026, 9, 1),
    }
    return Upload(content, **(given | more))


def archive(*names: str) -> bytes:
    """A zip file holding these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


def put(world: World, who: str, number: str, upload: Upload | None = None) -> str:
    """Attach at the case's present version."""
    return attach(
        world.services,
        world.people[who],
        number,
        upload or pdf(),
        now=world.now,
        expected_version=world.version(number),
    )


def documents(world: World) -> list[Document]:
    """All documents, oldest first."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def last_entry(world: World, stream: str) -> TrailEntry:
    """The last entry of a stream."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.stream == stream).order_by(TrailEntry.number.desc())
        found = session.scalars(query.limit(1)).one()
        return found


# -- what a file is


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document-empty"),
        (b"<html><script>alert(1)</script></html>", "document-type"),
        (b"MZ\x90\x00", "document-type"),
        (b"GIF89a", "document-type"),
        (b"%PD", "document-type"),
        (b" %PDF-1.7", "document-type"),
        (b"PK\x03\x04 no archive at all", "document-type"),
        (archive("xl/workbook.xml"), "document-type"),
        (archive("word/document.xml", "word/vbaProject.bin"), "document-type"),
        (b"%PDF-" + b"x" * MAX_DOCUMENT_BYTES, "document-too-large"),
    ],
    ids=["empty", "html", "exe", "gif", "cut", "blank", "broken-zip", "xlsx", "macros", "large"],
)
def test_file_of_another_kind_is_turned_away(content: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        media_type_of(content)
    assert [why.code for why in caught.value.reasons] == [code]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (archive("word/document.xml", "[Content_Types].xml"), DOCX),
    ],
)
def test_type_is_what_the_content_shows(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


def test_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    assert media_type_of(b"%PDF-".ljust(MAX_DOCUMENT_BYTES, b"x")) == "application/pdf"
    with pytest.raises(Malformed):
        media_type_of(b"%PDF-".ljust(MAX_DOCUMENT_BYTES + 1, b"x"))


def test_name_of_a_file_does_not_decide_its_type(orebro: World) -> None:
    number = orebro.open("visit")
    put(orebro, "officer", number, pdf(b"\x89PNG\r\n\x1a\n", file_name="../../etc/passwd.exe"))
    assert documents(orebro)[0].media_type == "image/png"


# -- documents of a case


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "field-missing"),
        ({"direction": "sideways"}, "field-wrong"),
        ({"dated_on": date(2026, 9, 16)}, "day-after-today"),
        ({"content": b"MZ"}, "document-type"),
    ],
)
def test_document_that_cannot_be_registered_is_malformed(orebro: World, changes: dict[str, Any], code: str) -> None:
    number = orebro.open("visit")
    with refused(orebro, Malformed, code):
        put(orebro, "officer", number, pdf(**changes))


def test_strangers_draft_is_not_found(orebro: World) -> None:
    number = orebro.open("visit")
    with refused(orebro, NotFound, "not-found"):
        put(orebro, "secretary.council", number)


@pytest.mark.parametrize("who", ["auditor", "coordinator", "admin", "member0", "secretary.council", "chair.council"])
def test_document_is_registered_by_those_on_the_cases_way_alone(orebro: World, who: str) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "review")
    with refused(orebro, NotMandated, "not-appointed"):
        put(orebro, who, number)


def test_another_officer_registers_nothing_in_a_case(orebro: World) -> None:
    orebro.add("second", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "review")
    with refused(orebro, NotMandated, "not-appointed"):
        put(orebro, "second", number)


@pytest.mark.parametrize("who", ["officer", "manager", "secretary.committee", "chair.committee", "secretary.executive"])
def test_document_comes_into_a_case_with_its_digest_in_the_trail(orebro: World, who: str) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "review")
    before = orebro.row(number)
    registered = put(orebro, who, number, pdf(b"%PDF-1.7 minutes"))
    assert registered == "orebro-l-2026-00001"
    (document,) = documents(orebro)
    digest = hashlib.sha256(b"%PDF-1.7 minutes").hexdigest()
    assert (document.digest, document.size, document.registered_by_id) == (digest, 16, orebro.people[who])
    entry = last_entry(orebro, number)
    assert (entry.action, entry.from_state, entry.to_state) == ("attach", "review", "review")
    assert json.loads(entry.data)["digest"] == digest
    assert "Turku" not in entry.canonical
    after = orebro.row(number)
    assert (after.version, after.state, after.waits_role) == (before.version + 1, before.state, before.waits_role)
    assert after.head_hash == entry.hash


def test_document_is_refused_at_a_stale_page(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.act("officer", number, "amend", {"title": "Another"})
    with refused(orebro, CaseChanged, "changed"):
        attach(orebro.services, orebro.people["officer"], number, pdf(), now=orebro.now, expected_version=1)


def test_closed_case_takes_no_document(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number)
    with refused(orebro, ActionNotOpen, "not-open"):
        put(orebro, "officer", number)


# -- letters


@pytest.mark.parametrize("who", ["manager", "secretary.council", "coordinator", "auditor", "admin", "member0"])
def test_letter_is_registered_by_an_officer_alone(orebro: World, who: str) -> None:
    with refused(orebro, NotMandated, "officers-only"):
        register_letter(orebro.services, orebro.people[who], "orebro", pdf(), now=orebro.now)


def test_letter_that_cannot_be_read_is_malformed_whoever_brings_it(orebro: World) -> None:
    with refused(orebro, Malformed, "document-type"):
        register_letter(orebro.services, orebro.people["auditor"], "orebro", pdf(b"MZ"), now=orebro.now)


def test_letter_is_registered_on_receipt_and_is_no_case(orebro: World) -> None:
    first = register_letter(orebro.services, orebro.people["officer"], "orebro", pdf(), now=orebro.now)
    second = register_letter(orebro.services, orebro.people["officer"], "orebro", pdf(), now=orebro.now)
    assert (first, second) == ("orebro-l-2026-00001", "orebro-l-2026-00002")
    letter = documents(orebro)[0]
    assert (letter.case_id, letter.title, letter.correspondent) == (None, "An invitation", "City of Turku")
    assert letter.registered_at == orebro.now
    entry = last_entry(orebro, "orebro-journal")
    assert entry.action == "register-letter"
    assert json.loads(entry.data)["document"] == second
    assert "Turku" not in entry.canonical
    assert "invitation" not in entry.canonical


def test_numbers_of_letters_begin_again_each_year(orebro: World) -> None:
    register_letter(orebro.services, orebro.people["officer"], "orebro", pdf(), now=orebro.now)
    orebro.later(days=120)
    number = register_letter(orebro.services, orebro.people["officer"], "orebro", pdf(), now=orebro.now)
    assert number == "orebro-l-2027-00001"
