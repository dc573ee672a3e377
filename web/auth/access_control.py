"""Access control of endpoints: one table, enforced before every view.

The application does not start with an endpoint outside the table, or a row without an endpoint. Whoever holds no seat
today, and stands in at none, reads nothing but their own account, by whichever way they come. Actions on cases are
authorized by the engine, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Flask, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug import Response

from web.core.security import largest

if TYPE_CHECKING:
    from web.auth.session import User

#: Groups by the roles of which one is needed. Other values: `anyone`; `account` (signed in, with or without a seat);
#: `signed-in` (with any seat today); `token` (a bearer token, no cookie, with any seat today).
ROLES_FOR: Mapping[str, tuple[str, ...]] = {
    "officer": ("officer",),
    "auditor": ("auditor",),
    "admin": ("admin",),
    "confirmer": ("admin", "chair"),
    "delegations": ("admin", "auditor", "coordinator"),
    "registry": ("officer", "coordinator"),
}

#: Who may use each endpoint, by blueprint.
ACCESS: dict[str, str] = {
    # -- the application, and the files it serves
    "bootstrap.static": "anyone",
    "healthz": "anyone",
    "language": "anyone",
    "static": "anyone",
    # -- the secrecy mark of a case
    "secrecy.change": "signed-in",
    "secrecy.form": "signed-in",
    # -- a version comes into force
    "activation.activate_version": "admin",
    "activation.form": "admin",
    # -- actions
    "actions.act": "signed-in",
    "actions.form": "signed-in",
    # -- admin
    "admin.add_person": "admin",
    "admin.appoint": "admin",
    "admin.appointments": "admin",
    "admin.change_person": "admin",
    "admin.end_appointment": "admin",
    "admin.end_mandate": "admin",
    "admin.give_mandate": "admin",
    "admin.mandates": "delegations",
    "admin.people_list": "admin",
    "admin.person": "admin",
    # -- changes that take two people
    "changes.confirm": "confirmer",
    "changes.decline": "confirmer",
    "changes.erase": "admin",
    "changes.index": "confirmer",
    "changes.propose": "admin",
    # -- api
    "api-docs.openapi_json": "anyone",
    "api.act_on_case": "token",
    "api.act_on_evaluation": "token",
    "api.list_cases": "token",
    "api.list_engagements": "token",
    "api.list_evaluations": "token",
    "api.list_policies": "token",
    "api.open_a_case": "token",
    "api.read_case": "token",
    "api.read_engagement": "token",
    "api.read_evaluation": "token",
    "api.read_impact": "token",
    "api.read_trail": "token",
    "api.who_decides": "token",
    # -- assumptions, and what the municipality says of them
    "assumptions.index": "signed-in",
    "assumptions.page": "signed-in",
    "assumptions.rule": "signed-in",
    # -- audit
    "audit.access": "auditor",
    "audit.case": "auditor",
    "audit.index": "auditor",
    "audit.journal": "auditor",
    "audit.stream": "auditor",
    "audit.verify_case": "auditor",
    "audit.verify_journal": "auditor",
    "audit.verify_stream": "auditor",
    # -- auth
    "auth.check": "anyone",
    "auth.login": "anyone",
    "auth.login_as": "anyone",
    "auth.logout": "account",
    # -- an invitation, and the calendar feed: their URLs carry a secret
    "invitation.accept": "anyone",
    "invitation.form": "anyone",
    "calendar.feed": "anyone",
    # -- substitutes
    "substitutes.end": "signed-in",
    "substitutes.for_person": "admin",
    "substitutes.index": "signed-in",
    # -- cases
    "cases.index": "signed-in",
    "cases.page": "signed-in",
    # -- deadlines: a person's own, extensions, overdue ones
    "deadlines.mine": "signed-in",
    "extensions.case_form": "signed-in",
    "extensions.evaluation_form": "signed-in",
    "extensions.save_for_case": "signed-in",
    "extensions.save_for_evaluation": "signed-in",
    "overdue.index": "signed-in",
    # -- documents, and the letters among them
    "documents.add": "signed-in",
    "documents.download": "signed-in",
    "documents.letter": "registry",
    "documents.letters": "registry",
    "documents.new_letter": "officer",
    "documents.of_case": "signed-in",
    "documents.register": "officer",
    # -- engagements
    "engagements.create": "officer",
    "engagements.form": "officer",
    "engagements.index": "signed-in",
    "engagements.map_": "signed-in",
    "engagements.page": "signed-in",
    # -- evaluations
    "evaluations.index": "signed-in",
    "evaluations.page": "signed-in",
    "evaluations.report": "signed-in",
    "evaluations.report_form_page": "signed-in",
    "evaluations.start": "signed-in",
    # -- a policy in files for other programs
    "exchange.route": "signed-in",
    "exchange.table": "signed-in",
    # -- exports of the register, and the lists that come in
    "exports.empty": "officer",
    "exports.export": "signed-in",
    "imports.begin": "officer",
    "imports.create": "officer",
    "imports.drop": "officer",
    "imports.resume": "officer",
    "imports.index": "officer",
    "imports.page": "officer",
    # -- worklist
    "worklist.index": "signed-in",
    # -- mail that did not arrive
    "mail.index": "admin",
    "mail.retry": "admin",
    # -- cases are moved to the version in force
    "moving.form": "admin",
    "moving.move_one": "admin",
    "moving.move_several": "admin",
    # -- notices
    "notices.index": "signed-in",
    "notices.read": "signed-in",
    # -- details of an engagement
    "details.attach": "registry",
    "details.change": "registry",
    "details.page": "registry",
    # -- policy
    "policy.index": "signed-in",
    # -- requests
    "requests.create": "officer",
    "requests.new": "officer",
    # -- one's own settings and password
    "password.change": "account",
    "password.form": "account",
    "settings.create_calendar": "account",
    "settings.index": "account",
    "settings.revoke_calendar": "account",
    "settings.revoke_token": "account",
    "settings.save": "account",
    # -- policy check
    "verification.check_pack": "admin",
    "verification.report": "signed-in",
    "verification.submit": "admin",
    # -- versions of the policy
    "versions.index": "signed-in",
    "versions.page": "signed-in",
    # -- what if
    "what_if.index": "signed-in",
}


class RoutesUnclassified(RuntimeError):
    """The access table and the application do not name the same endpoints."""


def may(user: User, who: str) -> bool:
    """Whether a signed-in person is admitted by a value of the table."""
    if who in ("anyone", "account"):
        return True
    if who == "signed-in":
        return reads(bool(user.all_seats))
    return who in ROLES_FOR and user.is_any(*ROLES_FOR[who])


def reads(is_seated: bool) -> bool:
    """Whether somebody reads anything of the municipality's: only with a seat of today, their own or another’s."""
    return is_seated


def classify(app: Flask, access: Mapping[str, str] = ACCESS) -> None:
    """Check the table against the application; raises `RoutesUnclassified` naming every difference."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    faults = [f"{name} is not in web.auth.access_control.ACCESS" for name in sorted(endpoints - set(access))]
    faults += [
        f"{name} is in web.auth.access_control.ACCESS and has no address" for name in sorted(set(access) - endpoints)
    ]
    known = {"anyone", "account", "signed-in", "token", *ROLES_FOR}
    faults += [f"{name} is for {who!r}, which means nothing" for name, who in access.items() if who not in known]
    if faults:
        raise RoutesUnclassified("; ".join(faults))


def enforce(app: Flask, csrf: CSRFProtect, access: Mapping[str, str] = ACCESS) -> None:
    """Check access, then the CSRF token, before every view; a bearer token needs no CSRF protection."""

    @app.before_request
    def admit() -> Response | tuple[str, int] | None:
        if request.endpoint is None:  # unknown URL: the error page follows
            return None
        who = access[request.endpoint]
        request.max_content_length = largest(who, request.mimetype)
        if who == "token":
            if not request.headers.get("Authorization", "").lower().startswith("bearer "):
                abort(401)
            return None
        if who != "anyone":
            if not current_user.is_authenticated:
                return _to_login()
            if not may(current_user, who):
                if not reads(bool(current_user.all_seats)):
                    return render_template("auth/no_seat.html"), 403
                abort(403)
        csrf.protect()
        return None


def _to_login() -> Response:
    """Redirect to the log-in page, and afterwards back to a page that was read; says when a session has ended."""
    if "person" in session:
        session.clear()
        flash(_("Your session has ended. Log in again to go on."), "warning")
    if request.method in ("GET", "HEAD") and request.path != "/":
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")), 303)
    return redirect(url_for("auth.login"), 303)
