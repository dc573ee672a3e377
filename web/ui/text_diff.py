"""Word-by-word difference of two texts.

Paragraphs are matched first, then the words of those that differ, so that long texts compare fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

#: A changed passage of more words is shown as one deletion and one insertion.
WORDS_COMPARED = 3_000

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that is unchanged, inserted or deleted."""

    #: same, ins or del.
    kind: str
    text: str


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in reading order; unchanged and inserted ones make up `after`."""
    pieces = _matched(before.splitlines(keepends=True), after.splitlines(keepends=True), by_words=True)
    return tuple(_joined(pieces))


def _matched(before: list[str], after: list[str], *, by_words: bool) -> Iterator[Piece]:
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        deleted, inserted = "".join(before[a:b]), "".join(after[c:d])
        if operation == "equal":
            yield Piece("same", inserted)
        elif by_words and operation == "replace":
            yield from _by_words(deleted, inserted)
        else:
            yield Piece("del", deleted)
            yield Piece("ins", inserted)


def _by_words(deleted: str, inserted: str) -> Iterator[Piece]:
    before, after = _TOKENS.findall(deleted), _TOKENS.findall(inserted)
    if len(before) + len(after) > WORDS_COMPARED:
        yield from (Piece("del", deleted), Piece("ins", inserted))
    else:
        yield from _matched(before, after, by_words=False)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Merge changes that are separated by a space only into one deletion followed by one insertion."""
    deleted = inserted = space = ""
    for piece in (piece for piece in pieces if piece.text):
        if piece.kind == "same" and (deleted or inserted) and piece.text.isspace() and "\n" not in piece.text:
            space += piece.text
        elif piece.kind == "same":
            yield from _change(deleted, inserted)
            yield Piece("same", space + piece.text)
            deleted = inserted = space = ""
        else:
            deleted += space + (piece.text if piece.kind == "del" else "")
            inserted += space + (piece.text if piece.kind == "ins" else "")
            space = ""
    yield from _change(deleted, inserted)
    if space:
        yield Piece("same", space)


def _change(deleted: str, inserted: str) -> Iterator[Piece]:
    if deleted:
        yield Piece("del", deleted)
    if inserted:
        yield Piece("ins", inserted)
