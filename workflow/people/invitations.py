"""Invitations: a link that works once, by which a person chooses their own password.

The link holds a secret of 256 bits, of which only the digest is stored. Where mail can be sent, the link is made with
the mail and seen by its reader alone; elsewhere it is shown once to whoever confirmed the invitation. It ends after
seven days, when it is used, and with the next invitation or change of password.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from models import Invitation, Person
from models.database import reading, writing
from workflow.cases.services import Services
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.account_notices import Change, notify
from workflow.people.passwords import end_credentials, end_invitations
from workflow.trail.journal import Act, record

#: How long a link can be used.
LIFE = timedelta(days=7)
#: By mail, or shown to whoever confirmed.
MAIL, SHOWN = "mail", "shown"
#: `KEY_SECRET`: the municipality's key, and 32 random bytes.
_SHAPE = re.compile(r"([a-z][a-z0-9]*)_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link belongs to."""

    tenant: Tenant
    invitation_id: int
    person_id: int
    name: str
    username: str
    language: str


def invite(
    connection: Connection, tenant: Tenant, person_id: int, actor_id: int | None, way: str, *, now: datetime
) -> str | None:
    """Issue an invitation, in the transaction of the act that asks for it; an earlier one ends.

    Returns the token of a link that is `SHOWN`; of one that goes by mail nobody sees it.
    """
    end_invitations(connection, tenant, person_id, now)
    token = _new_token(tenant) if way == SHOWN else None
    row = {
        "municipality_id": tenant.id,
        "person_id": person_id,
        "token_hash": digest_of(token) if token else None,
        "way": way,
        "created_at": now,
        "expires_at": now + LIFE,
    }
    id_ = connection.execute(insert(Invitation).returning(Invitation.id), row).scalar_one()
    # the mail of a link that is shown would be a mail without it
    change = Change("invited", person_id, actor_id, {"invitation": id_}, address="" if way == SHOWN else None)
    notify(connection, tenant, change, now=now)
    return token


def write_link(services: Services, tenant: Tenant, invitation_id: int, *, now: datetime) -> str | None:
    """Make the link of an invitation whose mail is being written; None where the invitation has ended."""
    token = _new_token(tenant)
    with writing(services.engine, tenant.id) as connection:
        this = update(Invitation).where(*_open(tenant, now), Invitation.id == invitation_id, Invitation.way == MAIL)
        if not connection.execute(this.values(token_hash=digest_of(token))).rowcount:
            return None
    return token


def find(services: Services, token: str, *, now: datetime) -> Invited:
    """Whom a link belongs to; raises `NotFound` for one that is unknown, used, over or replaced."""
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        raise NotFound(reason("not-found"))
    tenant = services.tenants.tenant(shape[1])
    with reading(services.engine, tenant.id) as session:
        return _invited(tenant, session.execute(_by_token(tenant, token, now)).one_or_none())


def accept(services: Services, token: str, password_hash: str, *, now: datetime) -> Invited:
    """Set the password that a person chose by their link, which is used up; all they had before ends.

    Raises `NotFound` as `find` does. The entry in the journal is the person's own act.
    """
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        raise NotFound(reason("not-found"))
    tenant = services.tenants.tenant(shape[1])
    with writing(services.engine, tenant.id) as connection:
        row = connection.execute(_by_token(tenant, token, now).with_for_update(of=Invitation)).one_or_none()
        found = _invited(tenant, row)
        this = (Invitation.municipality_id == tenant.id, Invitation.id == found.invitation_id)
        connection.execute(update(Invitation).where(*this).values(used_at=now))
        ended = end_credentials(connection, tenant, found.person_id, now)
        ended.pop("invitations")
        mine = (Person.municipality_id == tenant.id, Person.id == found.person_id)
        connection.execute(update(Person).where(*mine).values(password_hash=password_hash))
        public_id = connection.execute(select(Person.public_id).where(*mine)).scalar_one()
        record(connection, tenant.id, Act("accept-invitation", public_id, "", "", data=ended), now=now)
        notify(connection, tenant, Change("password-changed", found.person_id, found.person_id), now=now)
    return found


def digest_of(token: str) -> str:
    """SHA-256 of a link's token, hexadecimal, as the database has it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_token(tenant: Tenant) -> str:
    return f"{tenant.key}_{secrets.token_urlsafe(32)}"


def _open(tenant: Tenant, now: datetime) -> tuple[Any, ...]:
    """Conditions under which an invitation can still be used."""
    return (
        Invitation.municipality_id == tenant.id,
        Invitation.used_at.is_(None),
        Invitation.ended_at.is_(None),
        Invitation.expires_at > now,
    )


def _by_token(tenant: Tenant, token: str, now: datetime) -> Select[int, int, str, str, str]:
    return (
        select(Invitation.id, Person.id, Person.name, Person.username, Person.language)
        .join(Person, Person.id == Invitation.person_id)
        .where(*_open(tenant, now), Invitation.token_hash == digest_of(token), Person.is_active)
    )


def _invited(tenant: Tenant, row: Row[int, int, str, str, str] | None) -> Invited:
    if row is None:
        raise NotFound(reason("not-found"))
    return Invited(tenant, *row)
