"""What did a body change in a text, word by word?

Paragraphs are matched first, then the words of those that differ, so that a long text stays quick to compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

#: More words than this in one changed stretch are shown as a whole taken out and a whole put in.
WORDS_COMPARED = 3_000

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came or went."""

    #: same, ins or del.
    kind: str
    text: str


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of two texts in reading order; what stayed and what came make up `after`."""
    pieces = _matched(before.splitlines(keepends=True), after.splitlines(keepends=True), by_words=True)
    return tuple(_joined(pieces))


def _matched(before: list[str], after: list[str], *, by_words: bool) -> Iterator[Piece]:
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if what == "equal":
            yield Piece("same", come)
        elif by_words and what == "replace":
            yield from _words(gone, come)
        else:
            yield Piece("del", gone)
            yield Piece("ins", come)


def _words(gone: str, come: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(gone), _WORDS.findall(come)
    if len(before) + len(after) > WORDS_COMPARED:
        yield from (Piece("del", gone), Piece("ins", come))
    else:
        yield from _matched(before, after, by_words=False)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes that only a space parts become one change: what went, then what came."""
    gone = come = space = ""
    for piece in (piece for piece in pieces if piece.text):
        if piece.kind == "same" and (gone or come) and piece.text.isspace() and "\n" not in piece.text:
            space += piece.text
        elif piece.kind == "same":
            yield from _change(gone, come)
            yield Piece("same", space + piece.text)
            gone = come = space = ""
        else:
            gone += space + (piece.text if piece.kind == "del" else "")
            come += space + (piece.text if piece.kind == "ins" else "")
            space = ""
    yield from _change(gone, come)
    if space:
        yield Piece("same", space)


def _change(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece("del", gone)
    if come:
        yield Piece("ins", come)
