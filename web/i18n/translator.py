"""Translation without a request: mails and calendars in the language of the person they are for.

The messages are those of the screens, from the same catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from web.i18n.locale import babel_locale
from web.i18n.terms import NOTICES, NOTICES_LATE, ROLES

CATALOGUES = Path(__file__).parents[1] / "translations"


@lru_cache(maxsize=8)
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language])


@dataclass(frozen=True, slots=True)
class Translator:
    """Messages, names and dates in one person's language."""

    #: Language code of the reader: sv, nb, da or en.
    language: str
    #: The municipality's, for names it has not given in the reader's.
    own: str

    def translate(self, message: str, **values: object) -> str:
        """A message in the reader's language, its values put in."""
        text = str(_catalogue(self.language).ugettext(message))
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: int) -> str:
        """A message about a number of things."""
        return str(_catalogue(self.language).ungettext(one, many, num)) % {"num": num}

    def localized(self, names: Mapping[str, str] | None) -> str:
        """A name in the reader's language; else in the municipality's, else in English, else in whatever there is."""
        if not names:
            return ""
        code = next((code for code in (self.language, self.own, "en") if code in names), next(iter(names)))
        return names[code]

    def day(self, value: date) -> str:
        """A date in the reader's long format."""
        return str(format_date(value, "long", locale=babel_locale(self.language)))

    def role(self, role: str) -> str:
        """The label of a role."""
        return self.translate(ROLES[role]) if role in ROLES else role

    def notice(self, kind: str, *, is_late: bool) -> str:
        """The text of a notice."""
        table = NOTICES_LATE if is_late and kind in NOTICES_LATE else NOTICES
        return self.translate(table[kind]) if kind in table else kind
