"""Comparison of a document that is to be signed with the one it comes from.

Where both have a text that can be read, word by word; else by name, digest, size and number of pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from web.cases import page_queries
from web.cases.presenter import CaseView
from web.ui.text_diff import Piece, compared
from workflow.documents.contents import pages_of, text_of
from workflow.trail.chronology import DECIDED_TEXT


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """One of the two."""

    #: Its title and number; both empty for the text that was decided on.
    title: str
    number: str
    digest: str
    #: In bytes; None for the text that was decided on.
    size: int | None
    #: None where it does not show.
    pages: int | None
    #: None where it cannot be read.
    text: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was before the body, and what is to be signed."""

    before: ComparedDocument
    after: ComparedDocument

    @property
    def pieces(self) -> tuple[Piece, ...] | None:
        """What changed; None where one of them cannot be read as text."""
        if self.before.text is None or self.after.text is None:
            return None
        return compared(self.before.text, self.after.text)


def chosen_comparison(db: Session, view: CaseView, sent: MultiDict[str, str]) -> Comparison | None:
    """The comparison of the two documents chosen on the form of a signature; None unless both are."""
    origin, digest = sent.get("derived_from", ""), sent.get("document_digest", "")
    signed = next((row for row in view.documents if row.digest == digest), None)
    if signed is None or not origin:
        return None
    contents = page_queries.document_contents(db, view.case.id, {signed.number, origin})
    if origin == DECIDED_TEXT:
        decided = page_queries.proposal_digest(db, view.case.id, view.case.proposal_version)
        before = ComparedDocument("", "", decided, None, None, view.text)
    else:
        row = next((row for row in view.documents if row.number == origin), None)
        if row is None:
            return None
        before = _compared_document(row, contents[origin])
    return Comparison(before, _compared_document(signed, contents[signed.number]))


def _compared_document(row: Any, content: bytes) -> ComparedDocument:
    pages, text = pages_of(row.media_type, content), text_of(row.media_type, content)
    return ComparedDocument(row.title, row.number, row.digest, row.size, pages, text)
