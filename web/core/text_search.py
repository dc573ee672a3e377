"""Substring search in text columns, for short lists such as people.

SQLite folds the case of ASCII letters only, so that the usual spellings of a text are searched for side by side.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def contains_text(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a text stands in one of the columns, in capitals or not."""
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.capitalize(), text.title()))
    return or_(*(column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings))
