"""Text folding: sort keys and search words that ignore case and accents.

The last letters of the alphabet sort as letters of their own, in the order of the municipality's language: å ä ö in
Swedish, æ ø å in Danish and Norwegian. Pure functions with the same result on every database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

#: Longest search word, characters, and most search words of a text.
WORD_LENGTH, MOST_WORDS = 40, 40
#: Sorts after everything.
LAST = "~"
#: Letters after z, mapped to characters that sort after it; the letters of the neighbouring languages sort with them.
_SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})
_DANISH = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_LAST: Mapping[str, dict[int, str]] = {"sv": _SWEDISH, "da": _DANISH, "nb": _DANISH}
#: Letters without a Unicode decomposition.
_PLAIN = str.maketrans({"æ": "a", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def sort_key(text: str, language: str) -> str:
    """Sort key of a text in a language: lower case, words separated by one space, the last letters after z.

    A text without letters or digits sorts last.
    """
    lowered = unicodedata.normalize("NFC", text.casefold()).translate(_LAST.get(language, _DANISH))
    return " ".join(re.findall(r"[\w{|}]+", _without_accents(lowered))) or LAST


def search_words(text: str) -> tuple[str, ...]:
    """Search words of a text, each once, in their order: å is found by a, ø by o."""
    plain = _without_accents(unicodedata.normalize("NFC", text.casefold())).translate(_PLAIN)
    return tuple(dict.fromkeys(word[:WORD_LENGTH] for word in re.findall(r"\w+", plain)))[:MOST_WORDS]


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
