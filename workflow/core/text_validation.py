"""Validation of text: NFC, without NUL or lone surrogates; names and titles can be seen and read in one direction.

PostgreSQL cannot store NUL and UTF-8 cannot encode lone surrogates. Input is normalised once, before it is read, so
that columns and trail never differ. `Line` is the type of every name, title and reference in a payload.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason


def normal(text: str) -> str:
    """Text in NFC, as it is hashed and stored."""
    return unicodedata.normalize("NFC", text)


#: Levels of lists and objects in what people send; what is read here has five.
MOST_LEVELS = 32


def clean(value: Any, path: str = "", level: int = 0) -> Any:
    """A value with every text in NFC; raises `Malformed` naming the field of one that cannot be stored."""
    if level > MOST_LEVELS:
        raise Malformed(reason("field-wrong", field=path.partition(".")[0] or "payload", why="nested too deeply"))
    if isinstance(value, str):
        if not is_storable(value):
            raise Malformed(reason("field-wrong", field=path or "payload", why="not text"))
        return normal(value)
    if isinstance(value, Mapping):
        return {name: clean(inner, f"{path}.{name}" if path else str(name), level + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner, path, level + 1) for inner in value]
    return value


def is_storable(text: str) -> bool:
    """Whether every database can store a text and every signature cover it."""
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\x00" not in text


# -- names and titles

#: Messages of a schema for a name or title that cannot be taken; `line_reason` turns them into reasons.
INVISIBLE, CONTROL, REVERSED = "Has no visible sign.", "Has a control sign.", "Changes the direction of writing."
_CODES = {INVISIBLE: "text-invisible", CONTROL: "text-control", REVERSED: "text-reversed"}
#: Letters, marks, numbers, punctuation and symbols; the rest are separators and control signs.
_VISIBLE = frozenset("LNPS")
#: Letters and symbols that are drawn as nothing: the fillers of Hangul, and the blank of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Embeddings, overrides and isolates (UAX 9), by which a text shows in another order than it is stored.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_visible(text: str) -> bool:
    """Whether at least one sign of a text can be seen."""
    return any(unicodedata.category(sign)[0] in _VISIBLE and sign not in _BLANK for sign in text)


def line_fault(text: str) -> str:
    """Why a text is no name or title, as a schema's message; empty where it is one, or is empty."""
    if text and not is_visible(text):
        return INVISIBLE
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text):
        return CONTROL
    return REVERSED if any(sign in _DIRECTIONS for sign in text) else ""


def line_reason(message: str, field: str) -> Reason | None:
    """The reason for a message of `line_fault`; None for any other message."""
    return reason(_CODES[message], field=field) if message in _CODES else None


def checked_line(text: str, field: str) -> str:
    """A name or title that is given outside a schema; raises `Malformed`, naming the field."""
    if found := line_reason(line_fault(text), field):
        raise Malformed(found)
    return text


class Line(fields.String):
    """A name, title or reference of one line: at least one sign can be seen, none controls or reverses the text.

    With `required`, or at least one character asked for, an empty one is wrong too.
    """

    def __init__(self, most: int, *, at_least: int = 0, **options: Any) -> None:
        least = at_least or None
        super().__init__(validate=validate.Length(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **options))
        if found := line_fault(text):
            raise ValidationError(found)
        return text
