"""Tokens of a FEEL cell: texts, whole numbers, names and marks.

`workflow.policy.interchange.feel_reader` reads their meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = {"true": True, "false": False, "null": None}
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<mark>\.\.|<=|>=|!=|[<>=()\[\],?-]))"
)


class CellInvalid(ValueError):
    """A cell cannot be read, or has a value that its column has not."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is no value."""

    word: str


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a cell."""

    #: text, number, word or mark.
    kind: str
    value: object
    written: str


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a cell; raises `CellInvalid` where there is none."""
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise CellInvalid(f"cannot be read from {text[at:].strip()[:20]!r} on")
        kind = str(found.lastgroup)
        yield Token(kind, _value(kind, found[kind]), found[kind])
        at = found.end()


def _value(kind: str, token: str) -> object:
    if kind == "text":
        try:
            return json.loads(token)
        except ValueError:
            raise CellInvalid(f"{token} is not a text") from None
    if kind == "number":
        if "." in token or len(token) > len("-100"):
            raise CellInvalid(f"{token} is no percentage: a whole number")
        return int(token)
    if kind == "word":
        return WORDS[token] if token in WORDS else Name(token)
    return token


def literal(text: str) -> object:
    """The one text, number, word or name that a cell of an output says; raises `CellInvalid`."""
    found = tuple(tokens(text))
    if len(found) != 1 or found[0].kind == "mark":
        raise CellInvalid("is not a single value")
    return found[0].value
