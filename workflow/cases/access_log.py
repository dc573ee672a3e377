"""Who has read what?

Reading a trail is itself recorded, so that an auditor can see who looked, and so is reading a case that is kept secret,
whichever way somebody came to it. What was refused is recorded by the gate,
who logged in by the edge.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert

from models import AccessLog
from models.database import writing
from workflow.core.tenants import Tenant


def note_reading(
    engine: Engine, tenant: Tenant, person_id: int, subject: str, now: datetime, *, action: str = ""
) -> None:
    """Record that a person has read something: `subject` is a case number or a journal, `action` what it was read for.

    Opens a short transaction of its own; call it once the page's own reading has ended.
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
    """Record that a person has read a case where it carries a secrecy mark; of others nothing is written."""
    if secrecy_law:
        note_reading(engine, tenant, person_id, number, now, action=action)
