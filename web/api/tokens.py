"""Bearer tokens of the API: `instans_MUNICIPALITY_SECRET`, of which only the SHA-256 is stored.

The middle names the municipality before anything is looked up. A token opens the API alone, while its person is active
and nobody has revoked it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, bindparam, insert, select, update

from models import ApiToken, Person
from models.database import reading, writing
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant, Tenants
from workflow.trail.journal import Act, record

#: What every token begins with, so that one that got lost is recognised.
PREFIX = "instans_"
_SHAPE = re.compile(rf"{PREFIX}([a-z]+)_[A-Za-z0-9_-]{{43}}\Z")

_p, _t = Person.__table__.c, ApiToken.__table__.c
_BEARER = (
    select(_p.id, _p.public_id, _p.language)
    .join(ApiToken.__table__, (_t.person_id == _p.id) & (_t.municipality_id == _p.municipality_id))
    .where(
        _p.municipality_id == bindparam("municipality"),
        _t.token_hash == bindparam("digest"),
        _t.revoked_at.is_(None),
        _p.is_active,
    )
)


class PersonInactive(ValueError):
    """The person may not log in any more."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """The person a token stands for."""

    tenant: Tenant
    person_id: int
    #: Opaque id of the person.
    public_id: str
    #: Language code the person reads.
    language: str


def digest_of(token: str) -> str:
    """SHA-256 of a token, hexadecimal, as the database has it."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(engine: Engine, tenants: Tenants, username: str, now: datetime) -> str:
    """A new token for a person, shown this one time and recorded in the journal.

    Raises `NotFound` for a user name nobody has, `PersonInactive` for somebody who may not log in.
    """
    tenant = tenants.tenant_of(username)
    token = f"{PREFIX}{tenant.key}_{secrets.token_urlsafe(32)}"
    with writing(engine, tenant.id) as connection:
        person = connection.execute(
            select(Person.id, Person.public_id, Person.is_active).where(
                Person.municipality_id == tenant.id, Person.username == username
            )
        ).one_or_none()
        if person is None:
            raise NotFound
        if not person.is_active:
            raise PersonInactive(username)
        row = {"municipality_id": tenant.id, "person_id": person.id, "token_hash": digest_of(token), "created_at": now}
        connection.execute(insert(ApiToken), row)
        record(connection, tenant.id, Act("create-token", data={"person": person.public_id}), now=now)
    return token


def revoke_all(engine: Engine, tenants: Tenants, username: str, now: datetime) -> int:
    """End every token of a person; returns how many there were. Raises `NotFound` for a user name nobody has."""
    tenant = tenants.tenant_of(username)
    with writing(engine, tenant.id) as connection:
        person = connection.execute(
            select(Person.id, Person.public_id).where(Person.municipality_id == tenant.id, Person.username == username)
        ).one_or_none()
        if person is None:
            raise NotFound
        ended = connection.execute(
            update(ApiToken)
            .where(
                ApiToken.municipality_id == tenant.id,
                ApiToken.person_id == person.id,
                ApiToken.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        ).rowcount
        if ended:
            done = Act("revoke-tokens", data={"person": person.public_id, "tokens": ended})
            record(connection, tenant.id, done, now=now)
    return ended


def bearer(engine: Engine, tenants: Tenants, header: str) -> Bearer:
    """The person of an Authorization header; raises `NotFound` for any other header."""
    scheme, _, token = header.partition(" ")
    shape = _SHAPE.match(token.strip())
    if scheme.lower() != "bearer" or shape is None:
        raise NotFound
    tenant = tenants.tenant(shape[1])
    given = {"municipality": tenant.id, "digest": digest_of(shape[0])}
    with reading(engine, tenant.id) as session:
        person = session.connection().execute(_BEARER, given).one_or_none()
    if person is None:
        raise NotFound
    return Bearer(tenant, person.id, person.public_id, person.language)
