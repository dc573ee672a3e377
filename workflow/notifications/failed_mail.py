"""Retry of a mail that was not delivered.

An administrator's act, recorded in the journal: where the sender died it is not known whether the mail went out, so
only a person may risk that it arrives twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from marshmallow import RAISE, Schema, fields
from sqlalchemy import Connection, select, update

from models import Mail, Person
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant

#: What may be sent once more.
STUCK = ("failed", "unsure")
#: How long a mail may have been due without anybody's sending it before an administrator sees it.
LEFT_LYING = timedelta(days=1)


class MailRetry(Schema):
    """A mail by its id."""

    class Meta:
        unknown = RAISE

    id = fields.Integer(required=True)


def retry(connection: Connection, tenant: Tenant, values: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Queue a mail for one more try; raises `ActionNotOpen` for one that is not stuck. Returns what the journal tells.

    A notice that was held for a digest then goes out by itself. The tries are not counted anew.
    """
    row = connection.execute(
        select(Mail.id, Mail.state, Person.public_id)
        .join(Person, Person.id == Mail.person_id)
        .where(Mail.municipality_id == tenant.id, Mail.id == values["id"])
        .with_for_update(of=Mail)
    ).one_or_none()
    if row is None:
        raise Malformed(reason("field-wrong", field="id", why="unknown"))
    if row.state not in STUCK:
        raise ActionNotOpen(reason("mail-not-stuck"))
    again = update(Mail).where(Mail.municipality_id == tenant.id, Mail.id == row.id)
    connection.execute(again.values(state="queued", next_at=now))
    return {"mail": row.id, "person": row.public_id, "was": row.state}
