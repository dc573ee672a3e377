"""How are names compared, so that they sort as in the alphabet and are found however they are spelt?

Capitals and accents make no difference. The last letters of the alphabet are letters of their own, in the order of the
municipality's language: å ä ö in Swedish, æ ø å in Danish and Norwegian. Pure, and the same on every database; the
migrations use it too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

#: Longest word, and most words, that something is found by.
WORD_LENGTH, MOST_WORDS = 40, 40
#: What sorts after everything.
LAST = "~"
#: Letters after z, as characters that sort after it; the neighbours' letters stand where ours do.
_SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})
_DANISH = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_LAST: Mapping[str, dict[int, str]] = {"sv": _SWEDISH, "da": _DANISH, "nb": _DANISH}
#: Letters that no decomposition makes plain.
_PLAIN = str.maketrans({"æ": "a", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def sort_key(text: str, language: str) -> str:
    """What a text sorts by in a language: lower case, words parted by one space, the last letters after z.

    A text without letters or digits comes last of all.
    """
    lowered = unicodedata.normalize("NFC", text.casefold()).translate(_LAST.get(language, _DANISH))
    return " ".join(re.findall(r"[\w{|}]+", _without_accents(lowered))) or LAST


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are looked for: å is found by a, ø by o; each once, in its order."""
    plain = _without_accents(unicodedata.normalize("NFC", text.casefold())).translate(_PLAIN)
    return tuple(dict.fromkeys(word[:WORD_LENGTH] for word in re.findall(r"\w+", plain)))[:MOST_WORDS]


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
