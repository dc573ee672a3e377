"""User names: the form in which they are stored and looked up."""

from __future__ import annotations

import unicodedata

#: Longest user name, characters.
LONGEST_USERNAME = 200


def normal_username(given: str) -> str:
    """A user name as it is stored: NFC, lower case, stripped, at most `LONGEST_USERNAME` characters."""
    return unicodedata.normalize("NFC", given).strip().lower()[:LONGEST_USERNAME]
