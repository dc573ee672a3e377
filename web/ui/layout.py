"""Page layout: menu, banner, the reader's appointments, language switch and footer; and the health check.

A link is shown exactly when the access table admits the reader.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug import Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from web.auth import access_control
from web.core.services import services
from workflow.core.errors import NotFound
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.policy.vocabulary import ROLES
from workflow.scheduling.heartbeat import last_round, oldest_due


def NP_(context: str, message: str) -> tuple[str, str]:
    """Mark a message for translation that has another meaning in other contexts."""
    return context, message


#: Label and path of each menu entry. A label may have a context that distinguishes it from the same message elsewhere.
MENU: tuple[tuple[str | tuple[str, str], str], ...] = (
    (N_("Waiting for me"), "/"),
    (N_("Cases"), "/cases"),
    (N_("New request"), "/cases/new"),
    (N_("Letters"), "/letters"),
    (N_("Register"), "/engagements"),
    (N_("Evaluations"), "/evaluations"),
    (N_("What is late"), "/deadlines"),
    (N_("Policy"), "/policy"),
    (N_("Mandates"), "/admin/mandates"),
    (N_("Trail"), "/audit"),
    (NP_("menu", "Administration"), "/admin/people"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One menu entry."""

    label: str
    path: str
    is_here: bool


def navigation() -> list[Link]:
    """The menu entries that the reader may open, the current one marked."""
    if not current_user.is_authenticated:
        return []
    open_ = [(label, path) for label, path in MENU if may_open(path)]
    if may_open("/admin/people"):  # to an administrator mandates are a part of administration
        open_ = [(label, path) for label, path in open_ if path != "/admin/mandates"]
    here = max((path for _label, path in open_ if _is_under(request.path, path)), key=len, default="")
    return [Link(_translated(label), path, path == here) for label, path in open_]


def _translated(label: str | tuple[str, str]) -> str:
    return str(_(label) if isinstance(label, str) else pgettext(*label))


def _is_under(path: str, entry: str) -> bool:
    folder = "/admin" if entry.startswith("/admin") else entry
    return path == folder or (folder != "/" and path.startswith(f"{folder}/"))


def may_open(path: str) -> bool:
    """Whether there is a page at a path that the reader may open."""
    try:
        endpoint, _values = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return current_user.is_authenticated and access_control.may(current_user, access_control.ACCESS.get(endpoint, ""))


def register(app: Flask) -> None:
    """Make the layout's values known to templates, and answer /healthz."""
    app.add_url_rule("/healthz", "healthz", health)
    app.jinja_env.globals.update(navigation=navigation, may_open=may_open, asset=asset)

    @app.context_processor
    def layout() -> dict[str, Any]:
        return _layout()


def _layout() -> dict[str, Any]:
    """The values of base.html, read before the template begins."""
    here = services()
    found: dict[str, Any] = {"is_demo": here.settings.is_demo, "here": _return_path(), "policy_note": None, "seats": ()}
    if current_user.is_authenticated:
        tenant: Tenant = current_user.municipality
        found["seats"] = sorted(
            (seat for seat in current_user.seats if seat[0] in ROLES), key=lambda seat: (ROLES.index(seat[0]), seat[1])
        )
        try:
            if access_control.may(current_user, "signed-in"):
                found["policy_note"] = here.policy(tenant).document
            here.body_names(tenant)
        except NotFound:
            pass  # a municipality without a policy has no policy note in the footer
    return found


def _return_path() -> str:
    """Where the language switch returns to: this page, or the start page after a POST or an error."""
    return request.full_path.rstrip("?") if request.method == "GET" and request.endpoint else "/"


def asset(name: str) -> str:
    """Address of a static file with its digest, so that a browser may cache it."""
    folder = current_app.static_folder or ""
    return url_for("static", filename=name, v=_digest(str(Path(folder) / name)))


@lru_cache(maxsize=32)
def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def health() -> tuple[Response, int]:
    """200 if the service reaches its database and the scheduler is healthy, else 503.

    With the ages of the last round and of the oldest due item in seconds, and how much work is set aside. Not healthy:
    a round that is too old, in the future, or left something set aside or failed. An installation without any round is
    not judged, because it is served before its scheduler begins.
    """
    here = services()
    now = here.now()
    try:
        last, oldest = last_round(here.workflow), oldest_due(here.workflow, now=now)
    except SQLAlchemyError:
        return jsonify(ok=False), 503
    seconds = {
        "last_round_age": None if last is None else int((now - last.at).total_seconds()),
        "oldest_due_age": None if oldest is None else int((now - oldest).total_seconds()),
    }
    is_healthy = last is None or last.is_healthy(now)
    set_aside = last.set_aside if last is not None else 0
    return jsonify(ok=is_healthy, scheduler=seconds | {"set_aside": set_aside}), 200 if is_healthy else 503
