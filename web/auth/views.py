"""Views for logging in and out.

People log in by user name and password; in the demo, over loopback, by one click. Every attempt is counted before it is
checked (`web.core.login_throttle`), takes as long for an unknown name as for a known one, and is recorded in the access
log.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from sqlalchemy import Connection, insert, select, update
from werkzeug import Response

from models import AccessLog, Person
from models.database import reading, writing
from web.auth import demo_login
from web.auth.client_address import client_address
from web.auth.passwords import wait_text
from web.auth.session import begin_session, load_user, signed_in
from web.core import login_throttle
from web.core.headers import local_path
from web.core.services import Services, services
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant
from workflow.people.usernames import normal_username

log = logging.getLogger(__name__)
bp = Blueprint("auth", __name__)


@bp.get("/login")
def login() -> Response | str:
    """The log-in page; a signed-in person is redirected."""
    onward = local_path(request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(onward, 303)
    return _form(onward)


@bp.post("/login")
def check() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Log in with `username` and `password`; every attempt is counted before it is checked."""
    here, now = services(), services().now()
    onward = local_path(request.form.get("next", ""))
    username, password = normal_username(request.form.get("username", "")), request.form.get("password", "")
    if not username or not password:
        return _form(onward, username, _("Give both your user name and your password.")), 422
    keys = login_throttle.keys_of(username, client_address(request.remote_addr))
    try:
        with writing(here.engine, None) as connection:
            login_throttle.count_attempt(connection, keys, now)
    except login_throttle.Throttled as wait:
        return _wait(onward, username, wait.until - now)
    tenant = _tenant(here, username)
    account = _account(here, tenant, username)
    # slow on purpose, for unknown names too, and outside every transaction
    right = here.passwords.matches(account.password_hash if account else None, password)
    if account is None or not right:
        _failed(here, tenant, account, username, now)
        return _form(onward, username, _("The user name or the password is not right.")), 422
    _succeeded(here, account, keys, password, now)
    return _enter(here, account, onward, now)


@bp.post("/login/demo")
def login_as() -> Response:
    """The demo's one-click log-in; 404 elsewhere."""
    here, now = services(), services().now()
    if not demo_login.is_enabled(here):
        abort(404)
    username = normal_username(request.form.get("username", ""))
    account = _account(here, _tenant(here, username), username)
    if account is None or not account.is_example or account.password_hash is None:
        abort(404)
    with writing(here.engine, account.tenant.id) as connection:
        _log(connection, account.tenant, "logged-in", account.id, account.username, now, way="one-click")
    return _enter(here, account, local_path(request.form.get("next", "")), now)


@bp.post("/logout")
def logout() -> Response:
    """End every session of the person, copies of this one included."""
    person, here = signed_in(), services()
    with writing(here.engine, person.municipality.id) as connection:
        connection.execute(
            update(Person)
            .where(Person.municipality_id == person.municipality.id, Person.id == person.id)
            .values(session_epoch=Person.session_epoch + 1)
        )
    logout_user()
    session.clear()
    flash(_("You are logged out, here and wherever else you were logged in."), "success")
    return redirect(url_for("auth.login"), 303)


@dataclass(frozen=True, slots=True)
class _Account:
    """The columns of a person that log-in needs."""

    tenant: Tenant
    id: int
    username: str
    password_hash: str | None
    epoch: int
    is_example: bool


def _tenant(here: Services, username: str) -> Tenant | None:
    try:
        return here.workflow.tenants.tenant(username.rpartition("@")[2])
    except NotFound:
        return None


def _account(here: Services, tenant: Tenant | None, username: str) -> _Account | None:
    """The active person with a user name; None where there is none."""
    if tenant is None:
        return None
    columns = (Person.id, Person.username, Person.password_hash, Person.session_epoch, Person.is_example)
    with reading(here.engine, tenant.id) as db:
        row = db.execute(select(*columns).where(Person.username == username, Person.is_active)).one_or_none()
    return None if row is None else _Account(tenant, *row)


def _enter(here: Services, account: _Account, onward: str, now: datetime) -> Response:
    user = load_user(here, account.tenant, account.id, epoch=account.epoch)
    if user is None:  # deactivated, or given a new password, in the meantime
        abort(403)
    begin_session(user, account.epoch, now)
    return redirect(onward, 303)


def _succeeded(here: Services, account: _Account, keys: login_throttle.Keys, password: str, now: datetime) -> None:
    """Uncount the attempt, log it, and renew a hash that was made with older parameters."""
    old = account.password_hash or ""
    renewed = here.passwords.hash(password) if here.passwords.is_outdated(old) else ""
    with writing(here.engine, account.tenant.id) as connection:
        login_throttle.take_back(connection, keys, now)
        _log(connection, account.tenant, "logged-in", account.id, account.username, now)
        if renewed:
            same = (Person.municipality_id == account.tenant.id, Person.id == account.id, Person.password_hash == old)
            connection.execute(update(Person).where(*same).values(password_hash=renewed))


def _failed(here: Services, tenant: Tenant | None, account: _Account | None, username: str, now: datetime) -> None:
    log.warning("log-in failed from %s", client_address(request.remote_addr))
    if tenant is not None:
        with writing(here.engine, tenant.id) as connection:
            _log(connection, tenant, "login-failed", account.id if account else None, username, now)


def _log(
    connection: Connection, tenant: Tenant, what: str, person: int | None, username: str, now: datetime, **detail: str
) -> None:
    details = {"address": client_address(request.remote_addr), **detail}
    row = {"municipality_id": tenant.id, "at": now, "person_id": person, "what": what, "subject": username}
    connection.execute(insert(AccessLog), row | {"action": "log-in", "detail": details})


def _wait(onward: str, username: str, wait: timedelta) -> tuple[str, int, dict[str, str]]:
    text, seconds = wait_text(wait)
    return _form(onward, username, text), 429, {"Retry-After": str(seconds)}


def _form(onward: str, username: str = "", error: str = "") -> str:
    here = services()
    people = demo_login.demo_people(here) if demo_login.is_enabled(here) else []
    return render_template("auth/login.html", next=onward, username=username, error=error, people=people)
