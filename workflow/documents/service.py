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

from sqlalchemy import Connection, insert

from models import Document
from models.database import writing
from workflow.cases import gate
from workflow.cases.access_log import refusals_logged
from workflow.cases.acting_roles import Capacity
from workflow.cases.actor import Actor, load_actor, officers_seat
from workflow.cases.authorization import Verdict
from workflow.cases.context import CaseContext
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotMandated
from workflow.core.messages import reason
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.core.text_validation import checked_line, clean
from workflow.policy.state_machine import FINAL
from workflow.register.details import editable_engagement, note
from workflow.trail.chronology import after_today
from workflow.trail.journal import Act, record

#: Largest document taken in, bytes.
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"
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
        return PDF
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


def attach(
    services: Services, actor_id: int, case_number: str, upload: Upload, *, now: datetime, expected_version: int
) -> str:
    """Register a document in a case that is not closed; returns its registration number. Its digest is in the trail."""
    with gate.transaction(services, actor_id, case_number, "attach", now=now) as context:
        s = context.case_context
        row = _document(upload, s.today)
        capacity = _may_attach(s)
        if s.case.version != expected_version:
            raise CaseChanged(reason("changed", version=s.case.version))
        if s.state in FINAL:
            raise ActionNotOpen(reason("not-open", state=s.state))
        context.verdict = Verdict(True, (), (), capacity.seat, absent=capacity.absent)
        number = _insert(context.connection, context.tenant, s.actor, row, now, case_id=s.case.id)
        context.clauses, context.data, context.texts = (), _entry_data(number, row), _entry_texts(row)
        gate.write(context, s.state)
        return number


def _may_attach(s: CaseContext) -> Capacity:
    """In which capacity a document is registered: the case's officer's, or that of a body on its way."""
    preparing = s.policy.administration_of(s.responsible).key
    bodies = {preparing, s.responsible, s.deciding, s.policy.only("executive-board").key}
    for role in ("officer", "manager", "secretary", "chair"):
        for body in sorted(bodies):
            for capacity in s.actor.capacities((role, body)):
                holder_id = capacity.absent.id if capacity.absent else s.actor.id
                if role != "officer" or s.case.officer_id == holder_id:
                    return capacity
    raise NotMandated(
        reason("not-appointed", role="officer", body=preparing, body_names=s.policy.body(preparing).names)
    )


def register_letter(services: Services, actor_id: int, key: str, upload: Upload, *, now: datetime) -> str:
    """Register a letter that belongs to no case yet; returns its registration number."""
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "register-letter", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        today = local_day(now, tenant.timezone)
        actor = load_actor(connection, tenant.id, actor_id, today)
        row = _document(upload, today)
        capacity = actor.capacities(officers_seat(actor))[0]
        number = _insert(connection, tenant, actor, row, now)
        done = Act(
            "register-letter",
            actor.public_id,
            *capacity.seat,
            on_behalf_of=capacity.on_behalf_of,
            data=_entry_data(number, row),
            words=_entry_texts(row),
        )
        record(connection, tenant.id, done, now=now)
        return number


def register_engagement_document(
    services: Services, actor_id: int, engagement_number: str, upload: Upload, *, now: datetime
) -> str:
    """Register a document with an engagement; returns its registration number. Its digest is in the journal."""
    tenant = services.tenants.tenant_of(engagement_number)
    with (
        refusals_logged(services.engine, tenant, actor_id, engagement_number, "keep-engagement", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        kept = editable_engagement(services, connection, tenant, actor_id, engagement_number, now=now)
        row = _document(upload, kept.today)
        capacity = kept.actor.capacities(kept.seat())[0]
        number = _insert(connection, tenant, kept.actor, row, now, engagement_id=kept.row.id)
        data, texts = _entry_data(number, row), _entry_texts(row)
        note(connection, tenant, kept, capacity.seat, "document", data, texts, now=now)
        return number


def _document(upload: Upload, today: date) -> dict[str, Any]:
    told: Mapping[str, str] = clean(
        {"title": upload.title, "correspondent": upload.correspondent, "file_name": upload.file_name}
    )
    if not told["title"].strip():
        raise Malformed(reason("field-missing", field="title"))
    for name, text in told.items():
        checked_line(text, name)
    if upload.direction not in DIRECTIONS:
        raise Malformed(reason("field-wrong", field="direction", why=f"one of {', '.join(DIRECTIONS)}"))
    if upload.dated_on > today:
        raise Malformed(after_today("dated_on"))
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


def _insert(
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    row: Mapping[str, Any],
    now: datetime,
    *,
    case_id: int | None = None,
    engagement_id: int | None = None,
) -> str:
    """Write a document under the next number of the year's series; returns the number."""
    year = local_day(now, tenant.timezone).year
    number = f"{tenant.key}-l-{year}-{next_in(connection, tenant.id, f'l-{year}'):05d}"
    connection.execute(
        insert(Document),
        {
            **row,
            "municipality_id": tenant.id,
            "number": number,
            "case_id": case_id,
            "engagement_id": engagement_id,
            "registered_at": now,
            "registered_by_id": actor.id,
        },
    )
    return number


def _entry_data(number: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "document": number,
        "digest": row["digest"],
        "media_type": row["media_type"],
        "size": row["size"],
        "direction": row["direction"],
        "dated_on": row["dated_on"].isoformat(),
    }


def _entry_texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"title": row["title"], "correspondent": row["correspondent"]}
