"""Access log: refused actions, and readings of trails and of cases kept secret.

Logins are logged by the edge. Every line is written in a short transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, insert

from models import AccessLog
from models.database import writing
from workflow.core.errors import WorkflowError
from workflow.core.tenants import Tenant
from workflow.core.text_validation import is_storable


@contextmanager
def refusals_logged(
    engine: Engine, tenant: Tenant, actor_id: int, subject: str, action: str, *, now: datetime
) -> Iterator[None]:
    """Log a refusal that leaves the block, and raise it again.

    Stands outside the transaction of the refused action, so that the line is written after its rollback.
    """
    try:
        yield
    except WorkflowError as refusal:
        log_refusal(engine, tenant, actor_id, subject, action, refusal, now=now)
        raise


def log_refusal(
    engine: Engine, tenant: Tenant, actor_id: int, subject: str, action: str, refusal: WorkflowError, *, now: datetime
) -> None:
    """Log a refusal of an action on a subject: a case, evaluation or engagement number, or a municipality's key."""
    row = {
        "municipality_id": tenant.id,
        "at": now,
        "person_id": actor_id,
        "what": "refused",
        "subject": subject,
        "action": action if is_storable(action) else "?",
        "detail": {
            "error": type(refusal).__name__,
            "reasons": [why.code for why in refusal.reasons],
            "clauses": list(refusal.clauses),
        },
    }
    with writing(engine, tenant.id) as connection:
        connection.execute(insert(AccessLog), row)


def note_reading(
    engine: Engine, tenant: Tenant, person_id: int, subject: str, now: datetime, *, action: str = ""
) -> None:
    """Record that a person has read something: `subject` is a case number or a journal, `action` the purpose.

    Call it after the page's own reading has ended.
    """
    row = {
        "municipality_id": tenant.id,
        "at": now,
        "person_id": person_id,
        "what": "read",
        "subject": subject,
        "action": action,
        "detail": {},
    }
    with writing(engine, tenant.id) as connection:
        connection.execute(insert(AccessLog), row)


def note_if_secret(
    engine: Engine, tenant: Tenant, person_id: int, number: str, secrecy_law: str, now: datetime, *, action: str = ""
) -> None:
    """Record that a person has read a case that carries a secrecy mark; nothing for other cases."""
    if secrecy_law:
        note_reading(engine, tenant, person_id, number, now, action=action)
