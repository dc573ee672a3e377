"""Bearer tokens of the API: `instansMUNICIPALITY_SECRET`, of which only the SHA-256 is stored.

The middle names the municipality before anything is looked up. A token opens the API alone, until its last instant, its
revocation, or a change of its person's password, and while its person is active and holds a seat.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, bindparam, insert, or_, select, update

from models import ApiToken, Person
from models.database import reading, writing
from workflow.cases.acting_roles import MUNICIPALITY, is_seated
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant, Tenants
from workflow.people.account_notices import Change, notify
from workflow.trail.journal import Act, record

#: What every token begins with, so that one that got lost is recognised.
PREFIX = "instans_"
#: The longest life of a token, and its life unless another is chosen, days.
LONGEST_LIFE = 365
_SHAPE = re.compile(rf"{PREFIX}([a-z]+)_[A-Za-z0-9_-]{{43}}\Z")

_p, _t = Person.__table__.c, ApiToken.__table__.c
_BEARER = (
    select(_p.id, _p.public_id, _p.language, is_seated(MUNICIPALITY, _p.id).label("is_seated"), _t.id, _t.used_on)
    .join(ApiToken.__table__, (_t.person_id == _p.id) & (_t.municipality_id == _p.municipality_id))
    .where(
        _p.municipality_id == MUNICIPALITY,
        _t.token_hash == bindparam("digest"),
        _t.revoked_at.is_(None),
        _t.expires_at > bindparam("now", type_=_t.expires_at.type),
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
    #: Whether they hold a seat today; without, they read nothing.
    is_seated: bool


def digest_of(token: str) -> str:
    """SHA-256 of a token, hexadecimal, as the database has it."""
    return hashlib.sha256(token.encode()).hexdigest()


def create(engine: Engine, tenants: Tenants, username: str, now: datetime, *, days: int = LONGEST_LIFE) -> str:
    """A new token for a person, shown this one time; its person is notified, and it is recorded in the journal.

    Raises `NotFound` for a user name nobody has, `PersonInactive` for somebody who may not log in, `Malformed` for a
    life of less than a day or more than a year.
    """
    if not 1 <= days <= LONGEST_LIFE:
        raise Malformed(reason("token-life", field="days", most=LONGEST_LIFE))
    tenant = tenants.tenant_of(username)
    token, ends = f"{PREFIX}{tenant.key}_{secrets.token_urlsafe(32)}", now + timedelta(days=days)
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
        row = {"municipality_id": tenant.id, "person_id": person.id, "created_at": now, "expires_at": ends}
        connection.execute(insert(ApiToken), row | {"token_hash": digest_of(token)})
        until = local_day(ends, tenant.timezone).isoformat()
        data = {"person": person.public_id, "until": until}
        record(connection, tenant.id, Act("create-token", data=data), now=now)
        notify(connection, tenant, Change("token-created", person.id, detail={"until": until}), now=now)
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
        ended = end_tokens(connection, tenant, person.id, now)
        if ended:
            done = Act("revoke-tokens", data={"person": person.public_id, "tokens": ended})
            record(connection, tenant.id, done, now=now)
            notify(connection, tenant, Change("tokens-revoked", person.id, detail={"tokens": ended}), now=now)
    return ended


def end_tokens(
    connection: Connection, tenant: Tenant, person_id: int, now: datetime, *, only: int | None = None
) -> int:
    """End a person's tokens, or one of them by its id; returns how many were valid until now."""
    which = () if only is None else (ApiToken.id == only,)
    ended = update(ApiToken).where(
        ApiToken.municipality_id == tenant.id,
        ApiToken.person_id == person_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > now,
        *which,
    )
    return int(connection.execute(ended.values(revoked_at=now)).rowcount)


def bearer(engine: Engine, tenants: Tenants, header: str, now: datetime) -> Bearer:
    """The person of an Authorization header; raises `NotFound` for any other header, and an expired token's."""
    scheme, _, token = header.partition(" ")
    shape = _SHAPE.match(token.strip())
    if scheme.lower() != "bearer" or shape is None:
        raise NotFound
    tenant = tenants.tenant(shape[1])
    today = local_day(now, tenant.timezone)
    given = {"municipality": tenant.id, "digest": digest_of(shape[0]), "today": today, "now": now}
    with reading(engine, tenant.id) as session:
        found = session.connection().execute(_BEARER, given).one_or_none()
    if found is None:
        raise NotFound
    person_id, public_id, language, seated, token_id, used_on = found
    if used_on != today:
        _note_use(engine, tenant, token_id, today)
    return Bearer(tenant, person_id, public_id, language, bool(seated))


def _note_use(engine: Engine, tenant: Tenant, token_id: int, today: date) -> None:
    """Note the day on which a token was used, once a day."""
    unused = (ApiToken.municipality_id == tenant.id, ApiToken.id == token_id)
    with writing(engine, tenant.id) as connection:
        earlier = or_(ApiToken.used_on.is_(None), ApiToken.used_on < today)
        connection.execute(update(ApiToken).where(*unused, earlier).values(used_on=today))
