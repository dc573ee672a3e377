"""Views of the policy check: of every stored version, and of a pack that an administrator tries before submitting it.

`workflow.policy.verification.runner` checks, `workflow.versions.service` stores. Nothing of a pack on trial is stored
until it is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from werkzeug import Response

from models.database import reading
from web.auth.session import signed_in
from web.core.services import services
from web.core.verification_cache import REPORTS
from web.i18n.gettext import _
from web.i18n.pack_messages import pack_message_text
from web.policies import labels as policies_labels
from web.policies.queries import stored_digest
from web.policies.verification.counterexample import routes_of
from web.policies.verification.marked_matrix import marked_matrix
from web.policies.verification.presenter import coverage, obligations, table_faults
from web.policies.verification.queries import requested_version
from web.policies.versions.diff_presenter import sections
from workflow.core.errors import PolicyInvalid
from workflow.policy.diff.diff import changes
from workflow.policy.loading.yaml_positions import MAX_BYTES
from workflow.policy.model import Policy
from workflow.policy.request_domain import SCOPES
from workflow.versions.service import read_submission, submit_pack

bp = Blueprint("verification", __name__)

#: Lines of a file shown on either side of a fault; characters of one line.
AROUND, LONGEST_LINE = 2, 160


@dataclass(frozen=True, slots=True)
class TrialPack:
    """A pack that is shown and not stored: its text, to be sent again, and the name of its file."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a pack cannot be read, or stored."""

    error: PolicyInvalid
    text: str
    #: Lines of the file around it: number and text.
    lines: tuple[tuple[int, str], ...]


@bp.get("/policy/proof")
def report() -> str:
    """The check of the version in force, or of the requested one; 404 where it is not stored."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        versions = requested_version(db, here, user, request.args.get("version", ""))
    return _page(versions.requested, request.args, versions=versions)


@bp.post("/policy/proof")
def check_pack() -> str | tuple[str, int]:
    """The check of a pack that is sent; nothing of it is stored."""
    here, user = services(), signed_in()
    raw, file = _sent_pack()
    try:
        policy = read_submission(user.municipality.key, raw, file)
    except PolicyInvalid as error:
        return _unreadable(error, raw), 422
    with reading(here.engine, user.municipality.id) as db:
        same_name = stored_digest(db, policy.version)
        _id, governing = here.workflow.policies.in_force(
            db.connection(), user.municipality.id, here.today(user.municipality)
        )
    changed = sections(governing, policy, changes(governing, policy))
    trial = TrialPack(raw.decode(), file)
    return _page(policy, request.form, trial=trial, same_name=same_name, governing=governing, changes=changed)


@bp.post("/policy/proof/take-in")
def submit() -> Response | tuple[str, int]:
    """Store a pack that holds; it then waits until somebody brings it into force. Refused, nothing is stored."""
    here, user = services(), signed_in()
    raw, file = _sent_pack()
    try:
        version = submit_pack(here.workflow, user.id, user.municipality.key, raw, file, now=here.now())
    except PolicyInvalid as error:
        return _unreadable(error, raw), 422
    flash(_("%(version)s is stored. It governs nothing until it is brought into force.", version=version), "success")
    return redirect(url_for("verification.report", version=version), 303)


def _page(policy: Policy, given: Mapping[str, str], **more: Any) -> str:
    found = REPORTS.of(policy)
    policy = policy.on(services().today(signed_in().municipality))
    bodies = tuple(policy.responsible_bodies())
    keys = [body.key for body in bodies]
    responsible = given.get("responsible", "")
    responsible = responsible if responsible in keys else policy.bodies_of(policy.default_responsible)[0].key
    scope = given.get("scope", "")
    scope = scope if scope in SCOPES else SCOPES[0]
    return render_template(
        "policies/verification/page.html",
        policy=policy,
        report=found,
        obligations=obligations(policy, found),
        table_faults=table_faults(policy, found),
        coverage=coverage(policy, found),
        matrix=marked_matrix(policy, found, responsible, scope),
        routes=routes_of(policy, responsible),
        responsible=responsible,
        scope=scope,
        bodies=bodies,
        scopes=SCOPES,
        words_of=policies_labels,
        number=format_decimal,
        limit=MAX_BYTES // 1_000_000,
        **more,
    )


def _sent_pack() -> tuple[bytes, str]:
    """The pack that was sent, as a file or as the text of one shown before, and the file's name."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.stream.read(MAX_BYTES + 1), file.filename
    text = request.form.get("pack", "").replace("\r\n", "\n")  # a form ends every line so
    return text.encode(), request.form.get("name") or "pack.yaml"


def _unreadable(error: PolicyInvalid, raw: bytes) -> str:
    return render_template(
        "policies/verification/unreadable.html",
        fault=Fault(error, pack_message_text(error.what), tuple(_around(error, raw))),
        limit=MAX_BYTES // 1_000_000,
    )


def _around(error: PolicyInvalid, raw: bytes) -> list[tuple[int, str]]:
    """The line at fault and its neighbours."""
    if error.line is None or len(raw) > MAX_BYTES:
        return []
    lines = raw.decode("utf-8", errors="replace").split("\n")
    first = max(1, error.line - AROUND)
    return [(n, text[:LONGEST_LINE]) for n, text in enumerate(lines[first - 1 : error.line + AROUND], first)]
