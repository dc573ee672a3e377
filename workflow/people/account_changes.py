"""Changes of an account that take two people: an invitation, another e-mail address, an erasure.

Each is proposed by one and carried out when another confirms it. An administrator never knows a password: what they
bring about is an invitation, by which the person chooses one. The link goes to the person's address where mail can be
sent, and is shown once to whoever confirmed where it cannot; the journal says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields
from sqlalchemy import Connection, Row, select, update

from models import Person
from workflow.cases.payloads import StrictSchema
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import Line
from workflow.people.account_notices import Change, notify
from workflow.people.changes import ChangeKind, Confirmation, Done
from workflow.people.erasure import check_erasable, erase
from workflow.people.invitations import MAIL, SHOWN, invite
from workflow.people.passwords import end_credentials
from workflow.people.preferences import LONGEST_ADDRESS, is_address
from workflow.people.seats import KnownPerson, known_person


class InvitedPerson(StrictSchema):
    """Who is invited to choose a password, by user name."""

    username = fields.String(required=True)


class NewAddress(StrictSchema):
    """A person's e-mail address; an empty one means that no mail is sent."""

    username = fields.String(required=True)
    email = Line(LONGEST_ADDRESS, load_default="")


class Erasure(StrictSchema):
    """Who is erased, and the decision it rests on."""

    username = fields.String(required=True)
    source = Line(1000, at_least=1, required=True)


def _check_invitation(connection: Connection, tenant: Tenant, values: Mapping[str, Any], _now: datetime) -> None:
    _active(connection, tenant, values["username"])


def _invite(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    """Invite a person to choose a password. The one they had, sessions, tokens and calendar address end at once."""
    connection, tenant, now = confirmed.connection, confirmed.tenant, confirmed.now
    person = _active(connection, tenant, values["username"])
    ended = end_credentials(connection, tenant, person.id, now)
    this = (Person.municipality_id == tenant.id, Person.id == person.id)
    connection.execute(update(Person).where(*this).values(password_hash=None))
    way = MAIL if confirmed.by_mail and person.email else SHOWN
    token = invite(connection, tenant, person.id, confirmed.confirmer_id, way, now=now)
    return Done({"person": person.public_id, "way": way, **ended}, token=token)


def _check_address(connection: Connection, tenant: Tenant, values: Mapping[str, Any], _now: datetime) -> None:
    _active(connection, tenant, values["username"])
    if values["email"] and not is_address(values["email"]):
        raise Malformed(reason("field-wrong", field="email", why="not an e-mail address"))


def _change_address(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    """Change an e-mail address; the person is notified at the one from before. The journal holds neither."""
    connection, tenant = confirmed.connection, confirmed.tenant
    person = _active(connection, tenant, values["username"])
    this = (Person.municipality_id == tenant.id, Person.id == person.id)
    connection.execute(update(Person).where(*this).values(email=values["email"]))
    change = Change("email-changed", person.id, confirmed.confirmer_id, address=person.email)
    notify(connection, tenant, change, now=confirmed.now)
    return Done({"person": person.public_id, "has_address": bool(values["email"])})


def _check_erasure(connection: Connection, tenant: Tenant, values: Mapping[str, Any], now: datetime) -> None:
    check_erasable(connection, tenant, _known(connection, tenant, values["username"]).id, now=now)


def _erase(confirmed: Confirmation, values: Mapping[str, Any]) -> Done:
    """Erase a person by the decision that is cited."""
    person = _known(confirmed.connection, confirmed.tenant, values["username"])
    data = erase(confirmed.connection, confirmed.tenant, person.id, now=confirmed.now)
    return Done(data, {"source": values["source"]})


def _known(connection: Connection, tenant: Tenant, username: str) -> Row[int, str, str, bool]:
    row = connection.execute(
        select(Person.id, Person.public_id, Person.email, Person.is_active).where(
            Person.municipality_id == tenant.id, Person.username == username
        )
    ).one_or_none()
    if row is None:
        raise Malformed(reason("unknown-person", username=username, field="username"))
    return row


def _active(connection: Connection, tenant: Tenant, username: str) -> Row[int, str, str, bool]:
    person = _known(connection, tenant, username)
    if not person.is_active:
        raise Malformed(reason("no-actor", field="username"))
    return person


def _named(connection: Connection, tenant: Tenant, values: Mapping[str, Any]) -> KnownPerson:
    return known_person(connection, tenant, values["username"])


ACCOUNT_KINDS = (
    ChangeKind("invite-person", InvitedPerson, _check_invitation, _invite, _named),
    ChangeKind("change-email", NewAddress, _check_address, _change_address, _named),
    ChangeKind("erase-person", Erasure, _check_erasure, _erase, _named),
)
