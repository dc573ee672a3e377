"""Which person does a bearer token stand for?

A token reads `instans_MUNICIPALITY_SECRET`: its middle tells the tenant before anything is looked up, and only its
SHA-256 is kept. It opens the API and nothing else, for as long as its person is active and nobody has revoked it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update

from models import ApiToken, Person
from models.database import reading, writing
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant, Tenants
from workflow.trail.journal import Act, record

#: What every token begins with, so that one that got lost is recognised.
PREFIX = "instans_"
_SHAPE = re.compile(rf"{PREFIX}([a-z]+)_[A-Za-z0-9_-]{{43}}\Z")


class PersonInactive(ValueError):
    """The person may not log in any more, so a token would open nothing."""


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
    """SHA-256 of a token, hexadecimal: what the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(engine: Engine, tenants: Tenants, username: str, now: datetime) -> str:
    """A new token for a person, shown this once; the journal tells of it.

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
    """Whom an Authorization header stands for; raises `NotFound` when it opens nothing."""
    scheme, _, token = header.partition(" ")
    shape = _SHAPE.match(token.strip())
    if scheme.lower() != "bearer" or shape is None:
        raise NotFound
    tenant = tenants.tenant(shape[1])
    query = (
        select(Person.id, Person.public_id, Person.language)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.token_hash == digest_of(shape[0]), ApiToken.revoked_at.is_(None), Person.is_active)
    )
    with reading(engine, tenant.id) as session:
        person = session.execute(query).one_or_none()
    if person is None:
        raise NotFound
    return Bearer(tenant, person.id, person.public_id, person.language)
