"""Security headers, cookies and request size limits.

Access to routes is declared in `web.auth.access_control`.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, abort, request
from werkzeug import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings

#: Nothing but our own styles, fonts and forms; Bootstrap's styles carry their little pictures as data.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
YEAR = int(timedelta(days=365).total_seconds())
#: A registered document of 20 MB with its form around it, bytes.
LARGEST_REQUEST = 21 * 1024 * 1024
#: The text of one form or of one call of the API, bytes.
LARGEST_FORM = 4 * 1024 * 1024
#: What somebody may send whom nobody knows yet, bytes.
LARGEST_FROM_STRANGER = 64 * 1024
#: Endpoints that say themselves how long their answer may be kept; all others may not be.
KEPT_BY_BROWSERS = ("static", "bootstrap.static", "calendar.feed")
LANGUAGE_COOKIE = "instans-language"


def cookie_name(name: str, settings: Settings) -> str:
    """A cookie's name: over HTTPS with the prefix that ties it to this host alone."""
    return f"__Host-{name}" if settings.cookies_secure else name


def configure(app: Flask, settings: Settings) -> None:
    """Set what Flask needs to keep cookies and requests within bounds; raises `SettingsInvalid` without a secret."""
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        SESSION_COOKIE_NAME=cookie_name("instans", settings),
        SESSION_COOKIE_SECURE=settings.cookies_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        # the table of access decides which views are protected, web.auth.access_control.enforce checks
        WTF_CSRF_CHECK_DEFAULT=False,
        # a form may be left open over lunch: its token lasts as long as the session
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def largest(who: str, mimetype: str) -> int:
    """How many bytes a request may have, by the row of the table of access and by what it carries."""
    if who == "anyone":
        return LARGEST_FROM_STRANGER
    return LARGEST_REQUEST if mimetype == "multipart/form-data" else LARGEST_FORM


def guard(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer, and take no NUL, which no address and no form has any use for.

    The API looks for it itself and answers as its contract says.
    """

    @app.before_request
    def refuse_nul() -> None:
        if not request.path.startswith("/api/") and any(
            "\x00" in value for value in (request.path, *request.args.values())
        ):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        if settings.cookies_secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        if request.endpoint not in KEPT_BY_BROWSERS or "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return response
