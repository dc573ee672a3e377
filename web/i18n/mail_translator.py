"""In which words is somebody spoken to who is not looking at a page?

A mail and a calendar are written without a browser: in the language, and the time zone, of the person they are for. The
words are those of the screens, from the same catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from web.i18n.terms import NOTICES, NOTICES_LATE, ROLES

CATALOGUES = Path(__file__).parents[1] / "translations"
#: Day before month, as everywhere here.
_LOCALES = {"en": "en_GB"}


@lru_cache(maxsize=8)
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's language."""

    #: Language code of the reader: sv, nb, da or en.
    language: str
    #: The municipality's, for names it has not given in the reader's.
    own: str

    def say(self, sentence: str, **values: object) -> str:
        """A sentence in the reader's language, its values put in."""
        text = str(_catalogue(self.language).ugettext(sentence))
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: int) -> str:
        """A sentence about a number of things."""
        return str(_catalogue(self.language).ungettext(one, many, num)) % {"num": num}

    def words(self, names: Mapping[str, str] | None) -> str:
        """A name in the reader's language; else in the municipality's, else in English, else in whatever there is."""
        if not names:
            return ""
        code = next((code for code in (self.language, self.own, "en") if code in names), next(iter(names)))
        return names[code]

    def day(self, value: date) -> str:
        """A date as the reader writes it."""
        return str(format_date(value, "long", locale=_LOCALES.get(self.language, self.language)))

    def role(self, role: str) -> str:
        """What a role is called."""
        return self.say(ROLES[role]) if role in ROLES else role

    def notice(self, kind: str, *, is_late: bool) -> str:
        """What a notice tells of."""
        table = NOTICES_LATE if is_late and kind in NOTICES_LATE else NOTICES
        return self.say(table[kind]) if kind in table else kind
