"""Queries for imports of lists of engagements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ImportRun
from workflow.core.errors import NotFound
from workflow.core.messages import reason

#: Imports on the first page.
LATEST = 10

_R = ImportRun


def latest_imports(db: Session) -> Sequence[Any]:
    """The latest imports, newest first."""
    columns = (_R.id, _R.file_name, _R.state, _R.total, _R.done, _R.created_at)
    return db.execute(select(*columns).where(_R.id > 0).order_by(_R.id.desc()).limit(LATEST)).all()


def import_by_id(db: Session, run_id: int) -> tuple[Any, Any]:
    """An import, and when the same file was imported earlier (None where it was not); raises `NotFound`."""
    columns = (_R.id, _R.person_id, _R.file_name, _R.digest, _R.state, _R.total, _R.done, _R.numbers, _R.faults)
    query = select(*columns, _R.created_at).where(_R.id == run_id)
    row = db.execute(query).one_or_none() if run_id < 2**31 else None
    if row is None:
        raise NotFound(reason("not-found"))
    same = select(_R.created_at).where(_R.digest == row.digest, _R.id < run_id, _R.state.in_(("running", "done")))
    return row, db.execute(same.order_by(_R.id.desc()).limit(1)).scalar()
