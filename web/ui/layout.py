"""What stands around every page?

Where somebody may go, who they are, under which policy; and whether the service is up. A link is shown exactly when
the table of access admits the reader.
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


def NP_(context: str, word: str) -> tuple[str, str]:
    """Mark a word for translation that means something else elsewhere."""
    return context, word


#: Label and path, in the order of the navigation. A label may come with the context that tells it from another word.
PLACES: tuple[tuple[str | tuple[str, str], str], ...] = (
    (N_("Waiting for me"), "/"),
    (N_("Cases"), "/cases"),
    (N_("New request"), "/cases/new"),
    (N_("Letters"), "/letters"),
    (N_("Register"), "/engagements"),
    (N_("Evaluations"), "/evaluations"),
    (N_("What is late"), "/deadlines"),
    (N_("Policy"), "/policy"),
    (N_("Trail"), "/audit"),
    (NP_("menu", "Administration"), "/admin/people"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    label: str
    path: str
    is_here: bool


def navigation() -> list[Link]:
    """Where the reader may go, the present place marked."""
    if not current_user.is_authenticated:
        return []
    open_ = [(label, path) for label, path in PLACES if may_open(path)]
    here = max((path for _label, path in open_ if _is_under(request.path, path)), key=len, default="")
    return [Link(_said(label), path, path == here) for label, path in open_]


def _said(label: str | tuple[str, str]) -> str:
    return str(_(label) if isinstance(label, str) else pgettext(*label))


def _is_under(path: str, tenant: str) -> bool:
    folder = "/admin" if tenant.startswith("/admin") else tenant
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
    """Give templates what stands around the page, and answer /healthz."""
    app.add_url_rule("/healthz", "healthz", health)
    app.jinja_env.globals.update(navigation=navigation, may_open=may_open, asset=asset)

    @app.context_processor
    def around() -> dict[str, Any]:
        return _around()


def _around() -> dict[str, Any]:
    """What base.html shows beside the page itself; read before the template begins."""
    here = services()
    found: dict[str, Any] = {"is_demo": here.settings.is_demo, "here": _here(), "policy_note": None, "seats": ()}
    if current_user.is_authenticated:
        tenant: Tenant = current_user.municipality
        found["seats"] = sorted(current_user.seats, key=lambda seat: (ROLES.index(seat[0]), seat[1]))
        try:
            found["policy_note"] = here.policy(tenant).document
            here.body_names(tenant)
        except NotFound:
            pass  # a municipality without a policy: the footer has nothing to say
    return found


def _here() -> str:
    """Where the language switch leads back to: this page, or the start page where this is no page to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" and request.endpoint else "/"


def asset(name: str) -> str:
    """Address of one of our own files, with its digest, so that a browser may keep it."""
    folder = current_app.static_folder or ""
    return url_for("static", filename=name, v=_digest(str(Path(folder) / name)))


@lru_cache(maxsize=32)
def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def health() -> tuple[Response, int]:
    """Whether the service can reach its database: 200, else 503; and since when what is due has waited, in seconds.

    A scheduler that went round long ago, or an age that grows, says that nobody raises what is late.
    """
    here = services()
    now = here.now()
    try:
        last, oldest = last_round(here.gate), oldest_due(here.gate, now=now)
    except SQLAlchemyError:
        return jsonify(ok=False), 503
    seconds = {
        "last_round_age": None if last is None else int((now - last).total_seconds()),
        "oldest_due_age": None if oldest is None else int((now - oldest).total_seconds()),
    }
    return jsonify(ok=True, scheduler=seconds), 200
