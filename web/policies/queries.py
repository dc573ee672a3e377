"""Queries for stored policy versions, of all screens of the policy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import PolicyActivation, PolicyVersion

#: Versions listed, the newest first.
MOST = 50


def version_rows(db: Session) -> tuple[Row[Any], ...]:
    """The newest versions of a municipality, each with the day from which it governs; None while it waits."""
    v = PolicyVersion
    columns = (v.id, v.version, v.digest, v.status, v.valid_to, v.loaded_at, PolicyActivation.governs_from)
    query = select(*columns).outerjoin(PolicyActivation, PolicyActivation.policy_version_id == v.id)
    return tuple(db.execute(query.order_by(v.valid_from.desc(), v.id.desc()).limit(MOST)))


def version_id(db: Session, version: str) -> int | None:
    """The id of a stored version; None where there is none of this name."""
    return db.execute(select(PolicyVersion.id).where(PolicyVersion.version == version)).scalar_one_or_none()


def stored_digest(db: Session, version: str) -> str | None:
    """The digest under which a version is stored; None where there is none of this name."""
    return db.execute(select(PolicyVersion.digest).where(PolicyVersion.version == version)).scalar_one_or_none()
