"""Views of policy proofs: of every stored version, and of a pack that an administrator tries before taking it in.

The check is `workflow.policy.verification.runner`'s, taking in `workflow.versions.service`'. Nothing of a pack on trial
is stored until it is taken in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response

from models import PolicyActivation, PolicyVersion
from models.database import reading
from web.auth.session import User, signed_in
from web.core.services import Services, services
from web.core.verification_cache import REPORTS
from web.i18n.gettext import _
from web.policies import labels as policies_labels
from web.policies.proof.counterexample import routes_of
from web.policies.proof.marked_matrix import marked_matrix
from web.policies.proof.presenter import coverage, obligations, table_faults
from web.policies.versions.diff_presenter import sections
from workflow.core.errors import NotFound, PolicyInvalid
from workflow.core.messages import reason
from workflow.policy.diff.diff import changes
from workflow.policy.loading.yaml_positions import MAX_BYTES
from workflow.policy.model import Policy
from workflow.policy.request_domain import SCOPES
from workflow.versions.service import bring_in, pack_of

bp = Blueprint("studio", __name__)

#: Versions to choose from; lines of a file shown on either side of a fault; characters of one line.
VERSIONS, AROUND, LONGEST_LINE = 50, 2, 160


@dataclass(frozen=True, slots=True)
class Versions:
    """The requested version, the one in force, and all there are, the newest first."""

    requested: Policy
    in_force: Policy
    rows: tuple[Any, ...]

    @property
    def waits(self) -> bool:
        """Whether nobody has brought the requested version into force yet."""
        row = next((row for row in self.rows if row.version == self.requested.version), None)
        return row is not None and row.governs_from is None and row.status != "law"


@dataclass(frozen=True, slots=True)
class TrialPack:
    """A pack that is shown and not stored: its text, to be sent again, and the name of its file."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a pack cannot be read, or taken in."""

    error: PolicyInvalid
    #: Lines of the file around it: number and text.
    lines: tuple[tuple[int, str], ...]


@bp.get("/policy/proof")
def proof() -> str:
    """The proof of the version in force, or of the requested one; 404 where it is not stored."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        versions = requested_version(db, here, user, request.args.get("version", ""))
    return _page(versions.requested, request.args, versions=versions)


@bp.post("/policy/proof")
def check_pack() -> str | tuple[str, int]:
    """The proof of a pack that is sent; nothing of it is stored."""
    here, user = services(), signed_in()
    raw, file = _sent_pack()
    try:
        policy = pack_of(user.municipality.key, raw, file)
    except PolicyInvalid as error:
        return _unreadable(error, raw), 422
    with reading(here.engine, user.municipality.id) as db:
        same_name = db.execute(select(PolicyVersion.digest).where(PolicyVersion.version == policy.version)).scalar()
        _id, governing = here.workflow.policies.in_force(
            db.connection(), user.municipality.id, here.today(user.municipality)
        )
    changed = sections(governing, policy, changes(governing, policy))
    trial = TrialPack(raw.decode(), file)
    return _page(policy, request.form, trial=trial, same_name=same_name, governing=governing, changes=changed)


@bp.post("/policy/proof/take-in")
def take_in() -> Response | tuple[str, int]:
    """Store a pack that holds; it then waits until somebody brings it into force. Refused, nothing is stored."""
    here, user = services(), signed_in()
    raw, file = _sent_pack()
    try:
        version = bring_in(here.workflow, user.id, user.municipality.key, raw, file, now=here.now())
    except PolicyInvalid as error:
        return _unreadable(error, raw), 422
    flash(_("%(version)s is stored. It governs nothing until it is brought into force.", version=version), "success")
    return redirect(url_for("studio.proof", version=version), 303)


def requested_version(db: Session, here: Services, user: User, version: str) -> Versions:
    """A version by its name, else the one in force; raises `NotFound`."""
    tenant, v = user.municipality, PolicyVersion
    query = select(v.id, v.version, v.status, PolicyActivation.governs_from)
    query = query.outerjoin(PolicyActivation, PolicyActivation.policy_version_id == v.id)
    rows = tuple(db.execute(query.order_by(v.valid_from.desc(), v.id.desc()).limit(VERSIONS)))
    _id, in_force = here.workflow.policies.in_force(db.connection(), tenant.id, here.today(tenant))
    if not version or version == in_force.version:
        return Versions(in_force, in_force, rows)
    row = next((row for row in rows if row.version == version), None)
    if row is None:
        raise NotFound(reason("not-found"))
    return Versions(here.workflow.policies.by_id(db.connection(), tenant.id, row.id), in_force, rows)


def _page(policy: Policy, given: Mapping[str, str], **more: Any) -> str:
    report = REPORTS.of(policy)
    bodies = tuple(policy.responsible_bodies())
    keys = [body.key for body in bodies]
    responsible = given.get("responsible", "")
    responsible = responsible if responsible in keys else policy.bodies_of(policy.default_responsible)[0].key
    scope = given.get("scope", "")
    scope = scope if scope in SCOPES else SCOPES[0]
    return render_template(
        "policies/proof/page.html",
        policy=policy,
        report=report,
        obligations=obligations(policy, report),
        table_faults=table_faults(policy, report),
        coverage=coverage(policy, report),
        matrix=marked_matrix(policy, report, responsible, scope),
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
        "policies/proof/unreadable.html", fault=Fault(error, tuple(_around(error, raw))), limit=MAX_BYTES // 1_000_000
    )


def _around(error: PolicyInvalid, raw: bytes) -> list[tuple[int, str]]:
    """The line at fault and its neighbours."""
    if error.line is None or len(raw) > MAX_BYTES:
        return []
    lines = raw.decode("utf-8", errors="replace").split("\n")
    first = max(1, error.line - AROUND)
    return [(n, text[:LONGEST_LINE]) for n, text in enumerate(lines[first - 1 : error.line + AROUND], first)]
