"""Country names in the reader's language, from the CLDR."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from flask_babel import get_locale

#: Codes of the CLDR that are not countries.
_NO_COUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))


def country_name(code: str) -> str:
    """The name of a country; text that is not a code is shown as it was written."""
    return country_names().get(code, code)


def country_names() -> Mapping[str, str]:
    """Names by code."""
    return _names(str(get_locale()))


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
