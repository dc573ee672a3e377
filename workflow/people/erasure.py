"""Renaming a person, and erasing one: names and words go, the row and the chain stay.

A person is erased by a recorded decision of the municipality, when they hold no seat, stand in at none and no case
waits for them. The row remains as “erased person N”, because what they did refers to it. The trail holds commitments to
names, whose words are deleted: every hash stays valid, and the entry of the erasure says which words it took. What
names a person in the free text of cases, decisions, documents, contacts and references is not reached, nor are the user
names in the access log of log-ins; both are matters of the records they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, cast, delete, func, insert, or_, select, update

from models import (
    AccountNotice,
    ApiToken,
    Appointment,
    Case,
    Decision,
    Disclosure,
    ErasedDisclosure,
    IdempotencyKey,
    Invitation,
    LoginThrottle,
    Mail,
    Municipality,
    Person,
    ProposedChange,
    Substitute,
    TrailEntry,
)
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.people.account_notices import Change, notify
from workflow.trail.entry import from_text
from workflow.trail.journal import journal_of

#: What an erased person is called, by the municipality's language.
ERASED = {"sv": "Gallrad person", "nb": "Slettet person", "da": "Slettet person", "en": "Erased person"}
#: Words of entries about a person that name them.
NAMES = ("name", "username", "email")


def rename(
    connection: Connection, tenant: Tenant, person_id: int, name: str, actor_id: int | None, *, now: datetime
) -> None:
    """Give a person another name; what the trail says of them earlier keeps the name of its day."""
    this = (Person.municipality_id == tenant.id, Person.id == person_id)
    if connection.execute(select(Person.erased_at).where(*this)).scalar_one() is not None:
        raise Malformed(reason("erased-already", field="username"))
    connection.execute(update(Person).where(*this).values(name=name))
    notify(connection, tenant, Change("renamed", person_id, actor_id), now=now)


def check_erasable(connection: Connection, tenant: Tenant, person_id: int, *, now: datetime) -> None:
    """Whether a person can be erased; raises `ActionNotOpen` with every reason against it."""
    today = local_day(now, tenant.timezone)
    this = (Person.municipality_id == tenant.id, Person.id == person_id)
    why = []
    if connection.execute(select(Person.erased_at).where(*this)).scalar_one() is not None:
        why.append(reason("erased-already"))
    seats = select(Appointment.id).where(
        Appointment.municipality_id == tenant.id,
        or_(Appointment.person_id == person_id, Appointment.deputy_for_id == person_id),
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
    )
    if connection.execute(seats.limit(1)).first() is not None:
        why.append(reason("erase-seated"))
    if _stands_in(connection, tenant, person_id, today):
        why.append(reason("erase-stands-in"))
    waits = select(Case.number).where(Case.municipality_id == tenant.id, Case.waits_person_id == person_id)
    if (case := connection.execute(waits.order_by(Case.number).limit(1)).scalar_one_or_none()) is not None:
        why.append(reason("erase-waits", case=case))
    if why:
        raise ActionNotOpen(*why)


def _stands_in(connection: Connection, tenant: Tenant, person_id: int, today: date) -> bool:
    found = select(Substitute.id).where(
        Substitute.municipality_id == tenant.id,
        or_(Substitute.person_id == person_id, Substitute.substitute_id == person_id),
        Substitute.ends_on >= today,
        Substitute.ends_on >= Substitute.starts_on,
    )
    return connection.execute(found.limit(1)).first() is not None


def erase(connection: Connection, tenant: Tenant, person_id: int, *, now: datetime) -> dict[str, Any]:
    """Erase a person's names, words, address and means of access; returns what the journal tells of it.

    The caller records the decision in the same transaction. Raises `ActionNotOpen` as `check_erasable` does.
    """
    # the journal's head first: no entry about the person is appended while its words are looked for
    connection.execute(select(Municipality.id).where(Municipality.id == tenant.id).with_for_update())
    check_erasable(connection, tenant, person_id, now=now)
    this = (Person.municipality_id == tenant.id, Person.id == person_id)
    person = connection.execute(select(Person.public_id, Person.username).where(*this).with_for_update()).one()
    erased = select(func.count(Person.id)).where(Person.municipality_id == tenant.id, Person.erased_at.is_not(None))
    number = connection.execute(erased).scalar_one() + 1
    words = _forget_words(connection, tenant, person.public_id)
    username = f"erased-{number}@{tenant.key}"
    _forget_rows(connection, tenant, person_id, person.username)
    _rename_in_conflicts(connection, tenant, person.username, username)
    values: dict[str, Any] = {
        "name": f"{ERASED.get(tenant.language, ERASED['en'])} {number}",
        "username": username,
        "email": "",
        "password_hash": None,
        "is_active": False,
        "mail_wanted": "none",
        "calendar_hash": None,
        "calendar_expires_on": None,
        "calendar_used_on": None,
        "session_epoch": Person.session_epoch + 1,
        "erased_at": now,
    }
    connection.execute(update(Person).where(*this).values(**values))
    return {"person": person.public_id, "erased": number, "words": words}


def _forget_words(connection: Connection, tenant: Tenant, public_id: str) -> list[list[Any]]:
    """Delete the words of the journal that name a person; numbers of entries and fields."""
    journal = journal_of(tenant.key)
    named = connection.execute(
        select(TrailEntry.number, TrailEntry.data).where(
            TrailEntry.municipality_id == tenant.id, TrailEntry.stream == journal, TrailEntry.data.contains(public_id)
        )
    )
    numbers = {row.number for row in named if _is_about(from_text(row.data), public_id)}
    mine = (Disclosure.municipality_id == tenant.id, Disclosure.stream == journal)
    query = select(Disclosure.number, Disclosure.field).where(*mine, Disclosure.field.in_(NAMES))
    words = sorted([row.number, row.field] for row in connection.execute(query) if row.number in numbers)
    if words:
        rows = [
            {"municipality_id": tenant.id, "stream": journal, "number": number, "field": field}
            for number, field in words
        ]
        connection.execute(insert(ErasedDisclosure), rows)
        for number, field in words:
            connection.execute(delete(Disclosure).where(*mine, Disclosure.number == number, Disclosure.field == field))
    return words


def _is_about(data: Mapping[str, Any], public_id: str) -> bool:
    """Whether an entry's words name a person: it says so under `person`."""
    return data.get("person") == public_id


def _forget_rows(connection: Connection, tenant: Tenant, person_id: int, username: str) -> None:
    """Delete what is kept for a person alone: mails, notices, tokens, invitations, answers and counts of log-ins."""
    mails = (Mail.municipality_id == tenant.id, Mail.person_id == person_id)
    connection.execute(update(Mail).where(*mails).values(digest_id=None))
    about = (ProposedChange.municipality_id == tenant.id, ProposedChange.person_id == person_id)
    connection.execute(update(ProposedChange).where(*about).values(payload={}))
    for table in (Mail, AccountNotice, ApiToken, Invitation, IdempotencyKey):
        own = (table.municipality_id == tenant.id, table.person_id == person_id)
        connection.execute(delete(table).where(*own))
    counts = or_(LoginThrottle.key == f"user:{username}", LoginThrottle.key.endswith(f" {username}", autoescape=True))
    connection.execute(delete(LoginThrottle).where(counts))


def _rename_in_conflicts(connection: Connection, tenant: Tenant, username: str, erased: str) -> None:
    """Decisions name those with a conflict of interest by user name; the trail holds their number alone."""
    decisions = select(Decision.id, Decision.conflicts).where(
        Decision.municipality_id == tenant.id, cast(Decision.conflicts, String).contains(username, autoescape=True)
    )
    for id_, conflicts in connection.execute(decisions).all():
        renamed = [erased if name == username else name for name in conflicts]
        this = (Decision.municipality_id == tenant.id, Decision.id == id_)
        connection.execute(update(Decision).where(*this).values(conflicts=renamed))
