"""Contents of documents: the text of a DOCX file, and the number of pages of a PDF file.

What a scan or a PDF says is not read: its pages are counted, and a person says what differs.
"""

from __future__ import annotations

import html
import io
import re
import zipfile

from workflow.documents.service import DOCX, PDF

#: Largest text taken out of a DOCX file, bytes; a longer one is not compared.
MAX_TEXT_BYTES = 4 * 1024 * 1024

_PARAGRAPHS = re.compile(rb"<w:p(?: [^>]*)?/>|<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_RUNS = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:(tab|br)\b[^>]*/>")
_PAGE = re.compile(rb"/Type\s*/Page\b")


def text_of(media_type: str, content: bytes) -> str | None:
    """The text of a document, a paragraph a line; None where it cannot be read."""
    if media_type != DOCX:
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        if archive.getinfo("word/document.xml").file_size > MAX_TEXT_BYTES:
            return None
        body = archive.read("word/document.xml")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return None
    return "\n".join(_paragraph(found.group()) for found in _PARAGRAPHS.finditer(body)).strip()


def _paragraph(marked: bytes) -> str:
    parts = (b" " if found[2] else found[1] for found in _RUNS.finditer(marked))
    return html.unescape(b"".join(parts).decode("utf-8", "replace"))


def pages_of(media_type: str, content: bytes) -> int | None:
    """The number of pages of a PDF file; None where it does not show."""
    return len(_PAGE.findall(content)) or None if media_type == PDF else None
