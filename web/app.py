"""How is the application put together?

`create_app` ties settings, database, gate, log-in, languages and screens into one Flask application, and refuses to
start when an address is missing from the table of access.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from config.settings import Settings
from models.database import connect
from web import (
    actions,
    activation,
    admin,
    api,
    assumptions,
    audit,
    auth,
    away,
    calendar_feed,
    cases,
    chrome,
    deadlines,
    documents,
    engagements,
    errors,
    evaluations,
    exchange,
    exports,
    imports,
    inbox,
    kept,
    labels,
    languages,
    login,
    mail_admin,
    moving,
    notices,
    own_settings,
    policy,
    requests,
    routes,
    ruled,
    security,
    studio,
    versions,
    what_if,
)
from web.core.request_log import RequestLog
from web.passwords import Passwords
from web.services import Services
from workflow.act import Gate

HERE = Path(__file__).parent
SCREENS = (
    login.bp,
    inbox.bp,
    cases.bp,
    actions.bp,
    requests.bp,
    documents.bp,
    engagements.bp,
    evaluations.bp,
    deadlines.bp,
    kept.bp,
    imports.bp,
    exports.bp,
    policy.bp,
    exchange.bp,
    activation.bp,
    moving.bp,
    versions.bp,
    assumptions.bp,
    studio.bp,
    what_if.bp,
    audit.bp,
    away.bp,
    admin.bp,
    mail_admin.bp,
    notices.bp,
    own_settings.bp,
    calendar_feed.bp,
)


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def create_app(
    settings: Settings, *, now: Callable[[], datetime] | None = None, passwords: Passwords | None = None
) -> Flask:
    """The application for one set of settings, with a clock and a way to hash passwords where others are wanted.

    Raises `SettingsInvalid` without a secret, `RoutesUnclassified` for a gap in the table of access.
    """
    app = Flask("web", root_path=str(HERE))
    security.configure(app, settings)
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
    engine = connect(settings.database_url)
    app.extensions["instans"] = Services(engine, Gate(engine), settings, now or utc_now, passwords or Passwords())
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    auth.manager().init_app(app)
    languages.register(app)
    labels.register(app)
    chrome.register(app)
    mail_admin.register(app)
    ruled.register(app)
    security.guard(app, settings)
    for screen in SCREENS:
        app.register_blueprint(screen)
    api.register(app)
    errors.register(app)
    routes.classify(app)
    routes.enforce(app, csrf)
    app.wsgi_app = RequestLog(app.wsgi_app, behind_proxy=settings.proxies > 0)  # type: ignore[method-assign]
    return app
