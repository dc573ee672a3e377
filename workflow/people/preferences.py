"""Personal preferences: mail, language and calendar address.

Each change is the person's own act in the municipality's journal; neither the e-mail address nor the calendar's
secret is ever in it. What a person has read is recorded in no journal.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection, Row, delete, select, update

from models import Mail, Person
from models.database import writing
from workflow.cases.payloads import field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.notifications.recipients import WANTS
from workflow.people.account_notices import Change, notify
from workflow.people.payloads import LANGUAGES
from workflow.people.tokens import end_tokens
from workflow.trail.journal import Act, record

#: Of an address, characters (RFC 5321, 4.5.3.1, with room for the angle brackets).
LONGEST_ADDRESS = 254
#: Life of a calendar's address.
CALENDAR_LIFE = timedelta(days=365)
#: Plain ASCII, one @, nothing that has a meaning in a header.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
#: `KEY_SECRET`: the municipality's key, and 32 random bytes.
_TOKEN = re.compile(r"([a-z]+)_[A-Za-z0-9_-]{43}")


#: Columns of a person without a calendar.
NO_CALENDAR: Mapping[str, None] = {"calendar_hash": None, "calendar_expires_on": None, "calendar_used_on": None}


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address that every mail server can take."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


class OwnSettings(Schema):
    """What a person chooses; an empty address means that no mail is sent."""

    class Meta:
        unknown = RAISE

    email = fields.String(required=True)
    mail_wanted = fields.String(required=True, validate=validate.OneOf(WANTS))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


def change_settings(
    services: Services,
    person_id: int,
    key: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    verified_hash: str | None = None,
) -> None:
    """Keep what a person chose; raises `Malformed` for what cannot be. Nothing is recorded when nothing changes.

    Another e-mail address needs the person's password: `verified_hash` is the stored hash that the edge has found their
    password to match. The person is notified at the address from before.
    """
    tenant = services.tenants.tenant(key)
    try:
        values = dict(OwnSettings().load(clean(given)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None
    values["email"] = values["email"].strip()
    if values["email"] and not is_address(values["email"]):
        raise Malformed(reason("field-wrong", field="email", why="not an e-mail address"))
    with writing(services.engine, tenant.id) as connection:
        person = _person(connection, tenant, person_id)
        changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
        if not changed:
            return
        if "email" in changed and (verified_hash is None or verified_hash != person.password_hash):
            raise Malformed(reason("own-password", field="password"))
        _keep(connection, tenant, person_id, values)
        _release_held(connection, tenant, person_id, values)
        data = {name: values[name] for name in changed if name != "email"}
        _record(connection, tenant, person, "change-settings", {"changed": changed} | data, now)
        if "email" in changed:
            change = Change("email-changed", person_id, person_id, address=person.email)
            notify(connection, tenant, change, now=now)


def create_calendar(services: Services, person_id: int, key: str, *, now: datetime) -> str:
    """A new secret address for a person's calendar, told this once and valid for a year; an older one ends."""
    tenant = services.tenants.tenant(key)
    token = f"{tenant.key}_{secrets.token_urlsafe(32)}"
    until = local_day(now, tenant.timezone) + CALENDAR_LIFE
    with writing(services.engine, tenant.id) as connection:
        person = _person(connection, tenant, person_id)
        values = {"calendar_hash": hash_of(token), "calendar_expires_on": until, "calendar_used_on": None}
        _keep(connection, tenant, person_id, values)
        data = {"replaces": person.calendar_hash is not None, "until": until.isoformat()}
        _record(connection, tenant, person, "create-calendar", data, now)
        change = Change("calendar-created", person_id, person_id, detail={"until": until.isoformat()})
        notify(connection, tenant, change, now=now)
    return token


def revoke_calendar(services: Services, person_id: int, key: str, *, now: datetime) -> None:
    """End the address of a person's calendar; nothing happens where there is none."""
    tenant = services.tenants.tenant(key)
    with writing(services.engine, tenant.id) as connection:
        person = _person(connection, tenant, person_id)
        if person.calendar_hash is not None:
            _keep(connection, tenant, person_id, NO_CALENDAR)
            _record(connection, tenant, person, "revoke-calendar", {}, now)


def revoke_token(services: Services, person_id: int, key: str, token_id: int, *, now: datetime) -> None:
    """End one of a person's own tokens; raises `NotFound` for any other, and for one that has ended."""
    tenant = services.tenants.tenant(key)
    with writing(services.engine, tenant.id) as connection:
        person = _person(connection, tenant, person_id)
        if not end_tokens(connection, tenant, person_id, now, only=token_id):
            raise NotFound(reason("not-found"))
        _record(connection, tenant, person, "revoke-tokens", {"person": person.public_id, "tokens": 1}, now)


def note_calendar_read(services: Services, tenant: Tenant, person_id: int, today: date) -> None:
    """Note the day on which a calendar was read, once a day."""
    with writing(services.engine, tenant.id) as connection:
        _keep(connection, tenant, person_id, {"calendar_used_on": today})


def mark_as_read(services: Services, person_id: int, key: str, up_to: int) -> None:
    """A person has read every notice up to one; never fewer than before."""
    tenant = services.tenants.tenant(key)
    with writing(services.engine, tenant.id) as connection:
        connection.execute(
            update(Person)
            .where(Person.municipality_id == tenant.id, Person.id == person_id, Person.seen_notice_id < up_to)
            .values(seen_notice_id=up_to)
        )


def hash_of(token: str) -> str:
    """SHA-256 of a calendar's secret, hexadecimal: what the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def key_of(token: str) -> str | None:
    """The municipality a calendar's secret belongs to; None for what is no such secret."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found else None


def _person(connection: Connection, tenant: Tenant, person_id: int) -> Row[Any]:
    row = connection.execute(
        select(Person.__table__)
        .where(Person.municipality_id == tenant.id, Person.id == person_id, Person.is_active)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(reason("no-actor"))
    return row


def _keep(connection: Connection, tenant: Tenant, person_id: int, values: Mapping[str, Any]) -> None:
    mine = (Person.municipality_id == tenant.id, Person.id == person_id)
    connection.execute(update(Person).where(*mine).values(**values))


def _release_held(connection: Connection, tenant: Tenant, person_id: int, values: Mapping[str, Any]) -> None:
    """What is held for a digest goes out by itself, or not at all, when no digest is wanted any more."""
    held = (Mail.municipality_id == tenant.id, Mail.person_id == person_id, Mail.state == "held")
    if values["mail_wanted"] == "none" or not values["email"]:
        connection.execute(delete(Mail).where(*held))
    elif values["mail_wanted"] == "each":
        connection.execute(update(Mail).where(*held).values(state="queued", next_at=Mail.created_at))


def _record(
    connection: Connection, tenant: Tenant, person: Row[Any], action: str, data: Mapping[str, Any], now: datetime
) -> None:
    """An act of the person's own: in no role, for no body."""
    record(connection, tenant.id, Act(action, person.public_id, "", "", data=data), now=now)
