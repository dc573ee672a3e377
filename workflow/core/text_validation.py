"""Validation of text: NFC, without NUL or lone surrogates.

PostgreSQL cannot store NUL and UTF-8 cannot encode lone surrogates. Input is normalised once, before it is read, so
that columns and trail never differ.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from workflow.core.errors import Malformed
from workflow.core.messages import reason


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
