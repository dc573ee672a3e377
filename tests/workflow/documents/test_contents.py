"""Contents of documents: text of DOCX files, pages of PDF files."""

from __future__ import annotations

import io
import zipfile

import pytest

from web.demo.sample_pdf import pdf
from workflow.documents.contents import pages_of, text_of
from workflow.documents.service import DOCX, PDF


def docx(*paragraphs: str, **files: bytes) -> bytes:
    """A DOCX file of some paragraphs, each a run a word."""
    buffer = io.BytesIO()
    runs = (
        "".join(f'<w:r><w:t xml:space="preserve">{word} </w:t></w:r>' for word in one.split()) for one in paragraphs
    )
    body = "".join(f'<w:p w:rsidR="1"><w:pPr><w:jc/></w:pPr>{run}</w:p>' for run in runs)
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    return buffer.getvalue()


def test_text_of_a_docx_is_its_paragraphs() -> None:
    text = text_of(DOCX, docx("For three years", "Å &amp; Ö"))
    assert text is not None
    assert [line.strip() for line in text.splitlines()] == ["For three years", "Å & Ö"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b"", docx()[:60]], ids=["zip", "nothing", "half"])
def test_torn_file_has_no_text(content: bytes) -> None:
    assert text_of(DOCX, content) is None


def test_text_too_long_to_compare_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.documents.contents.MAX_TEXT_BYTES", 10)
    assert text_of(DOCX, docx("For three years")) is None


def test_pages_of_a_pdf_are_counted_and_its_text_is_not_read() -> None:
    content = pdf("Agreement", ("For three years",))
    assert (pages_of(PDF, content), text_of(PDF, content)) == (1, None)
    assert pages_of(PDF, b"%PDF-1.7 packed") is None
    assert pages_of("image/png", content) is None
