"""Registration of documents and letters.

A file is typed by its content and stored in the database. A document of a case is recorded in the case's trail; a
letter that belongs to no case, and a document of an engagement, in the municipality's journal.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from models import Case, Document
from models.database import writing
from workflow.cases.acting_roles import Capacity
from workflow.cases.context import Actor, CaseContext, load_actor
from workflow.cases.gate import Gate
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotMandated, WorkflowError
from workflow.core.messages import reason
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.policy.roles import officers_seat
from workflow.policy.state_machine import FINAL
from workflow.register.details import Kept, kept_by, note
from workflow.trail.append import append
from workflow.trail.entry import Entry, instant
from workflow.trail.journal import Act, record

#: Largest document taken in, bytes.
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DIRECTIONS = ("incoming", "outgoing", "drawn-up")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody brings, and what they say of it."""

    content: bytes
    file_name: str
    title: str
    direction: str
    correspondent: str
    dated_on: date


def media_type_of(content: bytes) -> str:
    """The type a file's content shows; raises `Malformed` for anything but PDF, DOCX, PNG and JPEG."""
    if not content:
        raise Malformed(reason("document-empty", field="file"))
    if len(content) > MAX_DOCUMENT_BYTES:
        raise Malformed(reason("document-too-large", field="file", megabytes=MAX_DOCUMENT_BYTES // 1024**2))
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"PK\x03\x04") and _is_docx(content):
        return DOCX
    raise Malformed(reason("document-type", field="file"))


def _is_docx(content: bytes) -> bool:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return False
    # macros make it another format, and another danger
    return "word/document.xml" in names and "word/vbaProject.bin" not in names


def attach(gate: Gate, actor_id: int, case_number: str, upload: Upload, *, now: datetime, expected_version: int) -> str:
    """Register a document in a case that is not closed; returns its registration number. Its digest is in the trail."""
    tenant = gate.tenants.tenant_of(case_number)
    try:
        with writing(gate.engine, tenant.id) as connection:
            s = gate.standing(connection, tenant, actor_id, case_number, now=now, lock=True)
            row = _document(upload, s.today)
            way = _may_attach(s)
            if s.case.version != expected_version:
                raise CaseChanged(reason("changed", version=s.case.version))
            if s.state in FINAL:
                raise ActionNotOpen(reason("not-open", state=s.state))
            return _store(connection, tenant, s.actor, row, now, s, way)
    except WorkflowError as refusal:
        gate.log_refusal(tenant, actor_id, case_number, "attach", refusal, now=now)
        raise


def _may_attach(s: CaseContext) -> Capacity:
    """In which capacity a document is registered: the case's officer's, or that of a body on its way."""
    preparing = s.policy.administration_of(s.responsible).key
    bodies = {preparing, s.responsible, s.deciding, s.policy.only("executive-board").key}
    for role in ("officer", "manager", "secretary", "chair"):
        for body in sorted(bodies):
            for way in s.actor.capacities((role, body)):
                if role != "officer" or s.case.officer_id == (way.absent.id if way.absent else s.actor.id):
                    return way
    raise NotMandated(
        reason("not-appointed", role="officer", body=preparing, body_names=s.policy.body(preparing).names)
    )


def register_letter(gate: Gate, actor_id: int, key: str, upload: Upload, *, now: datetime) -> str:
    """Register a letter that belongs to no case yet; returns its registration number."""
    tenant = gate.tenants.tenant(key)
    try:
        with writing(gate.engine, tenant.id) as connection:
            today = local_day(now, tenant.timezone)
            actor = load_actor(connection, tenant.id, actor_id, today)
            row = _document(upload, today)
            way = actor.capacities(officers_seat(actor))[0]
            return _store(connection, tenant, actor, row, now, None, way)
    except WorkflowError as refusal:
        gate.log_refusal(tenant, actor_id, key, "register-letter", refusal, now=now)
        raise


def keep_document(gate: Gate, actor_id: int, engagement_number: str, upload: Upload, *, now: datetime) -> str:
    """Register a document with an engagement; returns its registration number. Its digest is in the journal."""
    tenant = gate.tenants.tenant_of(engagement_number)
    try:
        with writing(gate.engine, tenant.id) as connection:
            kept = kept_by(gate, connection, tenant, actor_id, engagement_number, now=now)
            row = _document(upload, kept.today)
            way = kept.actor.capacities(kept.seat())[0]
            return _store(connection, tenant, kept.actor, row, now, None, way, kept)
    except WorkflowError as refusal:
        gate.log_refusal(tenant, actor_id, engagement_number, "keep-engagement", refusal, now=now)
        raise


def _document(upload: Upload, today: date) -> dict[str, Any]:
    told: Mapping[str, str] = clean(
        {"title": upload.title, "correspondent": upload.correspondent, "file_name": upload.file_name}
    )
    if not told["title"].strip():
        raise Malformed(reason("field-missing", field="title"))
    if upload.direction not in DIRECTIONS:
        raise Malformed(reason("field-wrong", field="direction", why=f"one of {', '.join(DIRECTIONS)}"))
    if upload.dated_on > today:
        raise Malformed(reason("field-wrong", field="dated_on", why="in the future"))
    return {
        "media_type": media_type_of(upload.content),
        "direction": upload.direction,
        "title": told["title"].strip(),
        "correspondent": told["correspondent"].strip(),
        "file_name": told["file_name"][-200:],
        "size": len(upload.content),
        "digest": hashlib.sha256(upload.content).hexdigest(),
        "content": upload.content,
        "dated_on": upload.dated_on,
    }


def _store(
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    row: Mapping[str, Any],
    now: datetime,
    s: CaseContext | None,
    way: Capacity,
    kept: Kept | None = None,
) -> str:
    year = local_day(now, tenant.timezone).year
    number = f"{tenant.key}-l-{year}-{next_in(connection, tenant.id, f'l-{year}'):05d}"
    connection.execute(
        insert(Document),
        {
            **row,
            "municipality_id": tenant.id,
            "number": number,
            "case_id": s.case.id if s else None,
            "engagement_id": kept.row.id if kept else None,
            "registered_at": now,
            "registered_by_id": actor.id,
        },
    )
    data = {
        "document": number,
        "digest": row["digest"],
        "media_type": row["media_type"],
        "size": row["size"],
        "direction": row["direction"],
        "dated_on": row["dated_on"].isoformat(),
    }
    words = {"title": row["title"], "correspondent": row["correspondent"]}
    if kept is not None:
        note(connection, tenant, kept, way.seat, "document", data, words, now=now)
        return number
    if s is None:
        done = Act("register-letter", actor.public_id, *way.seat, on_behalf_of=way.on_behalf_of, data=data, words=words)
        record(connection, tenant.id, done, now=now)
        return number
    entry = Entry(
        municipality=tenant.key,
        stream=s.case.number,
        number=s.case.version + 1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=way.seat[0],
        actor_body=way.seat[1],
        on_behalf_of=way.on_behalf_of,
        action="attach",
        from_state=s.state,
        to_state=s.state,
        policy_version=s.policy.version,
        policy_digest=s.policy.digest,
        previous_hash=s.case.head_hash,
        data=data,
    )
    head = append(connection, tenant.id, entry, words)
    connection.execute(
        update(Case)
        .where(Case.municipality_id == tenant.id, Case.id == s.case.id, Case.version == s.case.version)
        .values(version=s.case.version + 1, head_hash=head, changed_at=now)
    )
    return number
