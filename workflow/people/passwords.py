"""A person's password: changed by themselves, and what ends with it.

Only hashes come here; the edge makes and checks them. After one's own change every session ends. Where others had a
hand in it (an invitation after a reset), tokens, the calendar address and open invitations end as well.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from models import Invitation, Person
from models.database import writing
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.account_notices import Change, notify
from workflow.people.preferences import NO_CALENDAR
from workflow.people.tokens import end_tokens
from workflow.trail.journal import Act, record


def change_own_password(
    services: Services, person_id: int, key: str, *, verified_hash: str, new_hash: str, now: datetime
) -> int:
    """Replace the hash that the edge has found the old password to match; returns the epoch of new sessions.

    Every session ends. Raises `CaseChanged` where the password has been changed meanwhile.
    """
    tenant = services.tenants.tenant(key)
    with writing(services.engine, tenant.id) as connection:
        mine = (Person.municipality_id == tenant.id, Person.id == person_id, Person.is_active)
        person = connection.execute(
            select(Person.public_id, Person.password_hash, Person.session_epoch).where(*mine).with_for_update()
        ).one_or_none()
        if person is None:
            raise NotFound(reason("no-actor"))
        if person.password_hash != verified_hash:
            raise CaseChanged(reason("password-changed-meanwhile", field="old_password"))
        epoch = int(person.session_epoch) + 1
        connection.execute(update(Person).where(*mine).values(password_hash=new_hash, session_epoch=epoch))
        end_invitations(connection, tenant, person_id, now)
        record(connection, tenant.id, Act("change-password", person.public_id, "", ""), now=now)
        notify(connection, tenant, Change("password-changed", person_id, person_id), now=now)
    return epoch


def end_credentials(connection: Connection, tenant: Tenant, person_id: int, now: datetime) -> dict[str, int]:
    """End sessions, tokens, calendar address and open invitations of a person; what ended, for the journal."""
    mine = (Person.municipality_id == tenant.id, Person.id == person_id)
    has_calendar = connection.execute(select(Person.calendar_hash).where(*mine)).scalar_one() is not None
    connection.execute(update(Person).where(*mine).values(**NO_CALENDAR, session_epoch=Person.session_epoch + 1))
    return {
        "tokens": end_tokens(connection, tenant, person_id, now),
        "calendars": int(has_calendar),
        "invitations": end_invitations(connection, tenant, person_id, now),
    }


def end_invitations(connection: Connection, tenant: Tenant, person_id: int, now: datetime) -> int:
    """End the invitations of a person that are still open; returns how many."""
    open_ones = update(Invitation).where(
        Invitation.municipality_id == tenant.id,
        Invitation.person_id == person_id,
        Invitation.used_at.is_(None),
        Invitation.ended_at.is_(None),
    )
    return int(connection.execute(open_ones.values(ended_at=now)).rowcount)
