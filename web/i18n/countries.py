"""How are countries called in the reader's language?"""

from __future__ import annotations

from functools import lru_cache

from flask_babel import get_locale

from web.i18n.gettext import _
from web.ui.forms import Choice

#: Codes in the CLDR that are no countries.
_NO_COUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))


def country_name(code: str) -> str:
    """A country's name in the reader's language; what is no code is shown as it was written."""
    return _names(str(get_locale())).get(code, code)


def countries(chosen: str = "") -> tuple[Choice, ...]:
    """All countries by name, an empty choice first; a value that is no code stays as it was written."""
    names = _names(str(get_locale()))
    unknown = (Choice(chosen, chosen),) if chosen and chosen not in names else ()
    known = sorted(names.items(), key=lambda item: item[1].casefold())
    return (Choice("", _("Not said")), *unknown, *(Choice(code, name) for code, name in known))


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    from babel import Locale

    territories = Locale.parse(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
