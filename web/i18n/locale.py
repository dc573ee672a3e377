"""Language and time zone of the reader.

The language chosen in this session; else the person's own setting; else the browser's cookie; else what it accepts.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import NullTranslations, Translations
from flask import Flask, g, redirect, request, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user
from werkzeug import Response

from web.core.headers import local_path
from web.core.security import LANGUAGE_COOKIE, cookie_name
from web.core.services import services

#: Language code to its own name.
LANGUAGES: Mapping[str, str] = {"sv": "Svenska", "nb": "Norsk bokmål", "da": "Dansk", "en": "English"}
COOKIE_AGE = 365 * 24 * 3600


def babel_locale(language: str) -> str:
    """Babel's locale for one of our languages; British English writes the day before the month."""
    return "en_GB" if language == "en" else language


def language() -> str:
    """Language code of the reader: sv, nb, da or en; found once per request, session language and person."""
    # Flask-Login stores the person in `g`: logging in or out during the request changes the answer
    person, chosen = g.get("_login_user"), session.get("language")
    known: tuple[object, object, str] | None = g.get("reader_language")
    if known is None or known[0] is not person or known[1] != chosen:
        found = _found(chosen)
        known = g.reader_language = (g.get("_login_user"), chosen, found)
    return known[2]


def _found(chosen: str | None) -> str:
    given = [chosen, _persons(), request.cookies.get(_cookie())]
    return next((code for code in given if code in LANGUAGES), None) or _accepted()


def _persons() -> str | None:
    return current_user.language if current_user.is_authenticated else None


def _accepted() -> str:
    """The best of our languages among those the browser accepts; `no` and `nn` count as Norwegian bokmål."""
    for code, _quality in request.accept_languages:
        short = code.partition("-")[0].lower()
        short = "nb" if short in ("no", "nn") else short
        if short in LANGUAGES:
            return short
    return "en"


def _cookie() -> str:
    return cookie_name(LANGUAGE_COOKIE, services().settings)


def timezone() -> str:
    """The reader's municipality's time zone."""
    return str(current_user.municipality.timezone) if current_user.is_authenticated else "Europe/Stockholm"


def register(app: Flask) -> None:
    """Choose the language of every request, and offer the switch."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel = Babel(app, locale_selector=lambda: babel_locale(language()), timezone_selector=timezone)
    babel.domain_instance = _Messages()
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)
    app.add_url_rule("/language", "language", switch, methods=["POST"])


class _Messages(Domain):
    """The catalogues; Flask-Babel would look up the language for every message, this does so once per request."""

    def get_translations(self) -> Translations | NullTranslations:
        """The catalogue of the request's language."""
        known: tuple[object, Translations | NullTranslations] | None = g.get("catalogue")
        if known is None or known[0] is not get_locale():
            known = g.catalogue = (get_locale(), super().get_translations())
        return known[1]


def switch() -> Response:
    """Remember a language in this browser, and in the session of a person who is logged in; then go back."""
    answer = redirect(local_path(request.form.get("next", "")), 303)
    code = request.form.get("language", "")
    if code in LANGUAGES:
        if current_user.is_authenticated:
            session["language"] = code
        secure = services().settings.cookies_secure
        answer.set_cookie(_cookie(), code, COOKIE_AGE, secure=secure, httponly=True, samesite="Lax")
    return answer
