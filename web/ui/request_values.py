"""Values of forms and addresses read from text."""

from __future__ import annotations


def whole_number(text: str, *, otherwise: int = 0, digits: int = 9) -> int:
    """A non-negative whole number of at most `digits` ASCII digits; `otherwise` for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise
