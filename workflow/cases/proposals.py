"""Proposals: the versions of the text before the deciding bodies, all of them stored."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from models import Proposal
from workflow.core.text_validation import normal

_proposals = Proposal.__table__.c
_TEXT = select(_proposals.text).where(
    _proposals.municipality_id == bindparam("municipality"),
    _proposals.case_id == bindparam("case"),
    _proposals.version == bindparam("version"),
)


def digest_of(text: str) -> str:
    """SHA-256 of a text in NFC and UTF-8, hexadecimal."""
    return hashlib.sha256(normal(text).encode()).hexdigest()


def current_text(connection: Connection, municipality_id: int, case_id: int, version: int) -> str:
    """The text of a version of the proposal; empty where there is none."""
    given = {"municipality": municipality_id, "case": case_id, "version": version}
    found = connection.execute(_TEXT, given).scalar_one_or_none()
    return found or ""


def add_version(
    connection: Connection,
    municipality_id: int,
    case_id: int,
    version: int,
    text: str,
    *,
    author_id: int,
    body_id: int | None,
    now: datetime,
) -> None:
    """Store the next version of the proposal."""
    row = {
        "municipality_id": municipality_id,
        "case_id": case_id,
        "version": version,
        "text": normal(text),
        "digest": digest_of(text),
        "body_id": body_id,
        "author_id": author_id,
        "created_at": now,
    }
    connection.execute(insert(Proposal), row)
