"""Application factory.

`create_app` connects settings, database, services, log-in, languages and screens, and refuses to start when an
endpoint is missing from the access table.
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
from web.admin import change_views, mail_views, password_views, settings_views, substitute_views
from web.admin import views as admin_views
from web.api import registration as api
from web.audit import views as audit_views
from web.auth import access_control, invitation_views, session
from web.auth import views as auth_views
from web.cases import action_views, migration_views, request_views, secrecy_views
from web.cases import views as cases_views
from web.core import errors, security
from web.core.passwords import Passwords
from web.core.request_log import RequestLog
from web.core.services import Services
from web.documents import views as documents_views
from web.evaluations import views as evaluations_views
from web.i18n import labels, locale
from web.notifications import views as notifications_views
from web.policies import download_views
from web.policies import views as policies_views
from web.policies.assumptions import presenter as assumptions_presenter
from web.policies.assumptions import views as assumptions_views
from web.policies.verification import views as verification_views
from web.policies.versions import activation_views
from web.policies.versions import views as versions_views
from web.policies.what_if import views as what_if_views
from web.register import details_views, export_views, import_views
from web.register import views as register_views
from web.ui import layout
from web.worklist import calendar_views, deadline_views, extension_views, overdue_views
from web.worklist import views as worklist_views
from workflow.engine import services_for

HERE = Path(__file__).parent
SCREENS = (
    auth_views.bp,
    invitation_views.bp,
    worklist_views.bp,
    cases_views.bp,
    action_views.bp,
    request_views.bp,
    secrecy_views.bp,
    documents_views.bp,
    register_views.bp,
    evaluations_views.bp,
    deadline_views.bp,
    overdue_views.bp,
    extension_views.bp,
    details_views.bp,
    import_views.bp,
    export_views.bp,
    policies_views.bp,
    download_views.bp,
    activation_views.bp,
    migration_views.bp,
    versions_views.bp,
    assumptions_views.bp,
    verification_views.bp,
    what_if_views.bp,
    audit_views.bp,
    substitute_views.bp,
    admin_views.bp,
    change_views.bp,
    mail_views.bp,
    notifications_views.bp,
    password_views.bp,
    settings_views.bp,
    calendar_views.bp,
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
    app.extensions["instans"] = Services(
        engine, services_for(engine), settings, now or utc_now, passwords or Passwords()
    )
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    session.manager().init_app(app)
    locale.register(app)
    labels.register(app)
    layout.register(app)
    mail_views.register(app)
    assumptions_presenter.register(app)
    security.guard(app, settings)
    for screen in SCREENS:
        app.register_blueprint(screen)
    api.register(app)
    errors.register(app)
    access_control.classify(app)
    access_control.enforce(app, csrf)
    app.wsgi_app = RequestLog(app.wsgi_app, behind_proxy=settings.proxies > 0)  # type: ignore[method-assign]
    return app
