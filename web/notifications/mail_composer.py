"""What does a mail say?

What it is about, until when, why this person gets it, and where to go: in the person's language, as plain text and as
HTML. It carries no secret: whoever follows the link must log in, and a case under secrecy is named by its number alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from config.mailing import Mailing
from models import Body, Mail, Person
from models.database import reading
from web.i18n.translator import Translator
from web.notifications.queries import Told, notices_by_id
from workflow.cases.actor import Actor, load_actor
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import NotFound
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import Claimed
from workflow.people.preferences import is_address
from workflow.policy.model import Policy

#: Notices that one digest spells out.
MOST = 50
_TEMPLATES = Environment(
    # beside the pages' templates: what a mail may contain is not what a page may
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class NobodyToTell(Exception):
    """There is nobody to send it to any more: the account is closed, or it has no address."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a mail tells of."""

    sentence: str
    #: Label and value.
    facts: tuple[tuple[str, str], ...]
    url: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for, and what is needed to speak to them."""

    person: Row[str, str, str]
    actor: Actor
    translator: Translator
    tenant: Tenant
    bodies: Mapping[str, Mapping[str, str]]
    policy: Policy
    base_url: str

    def seat(self, role: str, body_id: int | None) -> str:
        """What a seat is called."""
        body = self.tenant.body_keys.get(body_id or 0, "")
        return f"{self.translator.role(role)}, {self.translator.localized(self.bodies.get(body)) or body}"

    def stood_in_for(self, role: str, body_id: int) -> str:
        """Whom the reader stands in for at a seat that is not their own; empty where it is."""
        seat = (role, self.tenant.body_keys.get(body_id, ""))
        if seat in self.actor.seats:
            return ""
        return next((absent.name for absent in self.actor.stands_in if absent.seat == seat), "")


def compose(services: Services, tenant: Tenant, mailing: Mailing, mail: Claimed, now: datetime) -> EmailMessage:
    """The mail as it goes out; raises `NobodyToTell`, and `ValueError` for what cannot be a header."""
    with reading(services.engine, tenant.id) as db:
        reader = _reader(db, services, tenant, mailing, mail.person_id, now)
        notices = notices_by_id(db, _told_of(db, mail))
    items = [_item(reader, notice) for notice in notices[:MOST]]
    has_more = len(notices) > MOST
    subject = _subject(reader, notices, is_digest=mail.digest_on is not None)
    return _message(reader, mailing, mail, subject, items, has_more, now)


def _told_of(db: Session, mail: Claimed) -> Sequence[int]:
    """Ids of the notices a mail tells of: one, or those that were held for the digest."""
    if mail.notice_id is not None:
        return (mail.notice_id,)
    query = select(Mail.notice_id).where(Mail.digest_id == mail.id).order_by(Mail.id).limit(MOST + 1)
    return [id_ for id_ in db.scalars(query) if id_ is not None]


def _reader(db: Session, services: Services, tenant: Tenant, mailing: Mailing, person_id: int, now: datetime) -> Reader:
    today = local_day(now, tenant.timezone)
    person = db.execute(select(Person.name, Person.email, Person.language).where(Person.id == person_id)).one()
    try:
        actor = load_actor(db.connection(), tenant.id, person_id, today)
    except NotFound:
        raise NobodyToTell("the account is closed") from None
    if not person.email:
        raise NobodyToTell("the person has no address any more")
    bodies = {key: names for key, names in db.execute(select(Body.key, Body.names))}  # noqa: C416 - rows are no pairs to a type checker
    _version, policy = services.policies.in_force(db, tenant.id, today)
    return Reader(person, actor, Translator(person.language, tenant.language), tenant, bodies, policy, mailing.base_url)


def _item(reader: Reader, notice: Told) -> Item:
    say = reader.translator.translate
    is_late = notice.is_late(reader.tenant.timezone)
    facts = [
        (say(N_("Case")), _named(notice.case_number, notice.case_title)),
        (say(N_("Engagement")), _named(notice.engagement_number, notice.engagement_title)),
        (say(N_("Evaluation")), notice.evaluation_number or ""),
        (say(N_("Appointment")), _appointment(reader, notice)),
        (say(N_("Mandate")), notice.mandate or ""),
        (say(N_("Waits for")), reader.seat(notice.waits_role, notice.waits_body_id) if notice.waits_role else ""),
        (say(N_("Last day")), reader.translator.day(notice.due_on) if notice.due_on else ""),
        (say(N_("You are told as")), _why(reader, notice)),
        (say(N_("Asked for by")), _clause(reader, notice.clause)),
    ]
    return Item(
        reader.translator.notice(notice.tells, is_late=is_late),
        tuple((label, _one_line(value)) for label, value in facts if value),
        reader.base_url + quote(notice.path),
    )


def _named(number: str | None, title: str | None) -> str:
    """A number, with the title where it is no secret."""
    return f"{number}, {title}" if number and title else number or ""


def _appointment(reader: Reader, notice: Told) -> str:
    if notice.appointee is None or notice.appointed_as is None:
        return ""
    return f"{notice.appointee}: {reader.seat(notice.appointed_as, notice.appointed_to_id)}"


def _why(reader: Reader, notice: Told) -> str:
    """The seat it is addressed to, and for whom the reader stands in there."""
    seat, absent = reader.seat(notice.role, notice.body_id), reader.stood_in_for(notice.role, notice.body_id)
    return reader.translator.translate(N_("%(seat)s, in place of %(name)s"), seat=seat, name=absent) if absent else seat


def _clause(reader: Reader, clause: str) -> str:
    if clause not in reader.policy.clauses:
        return clause
    return f"{clause}: {reader.translator.localized(reader.policy.clauses[clause].says)}"


def _subject(reader: Reader, notices: Sequence[Told], *, is_digest: bool) -> str:
    """What it is and the number, without any title: a subject is read over shoulders."""
    translator = reader.translator
    if is_digest and len(notices) > MOST:
        return translator.translate(N_("More than %(num)s new notices"), num=MOST)
    if is_digest or not notices:
        return translator.ngettext("%(num)s new notice", "%(num)s new notices", len(notices))
    (notice,) = notices
    sentence = translator.notice(notice.tells, is_late=notice.is_late(reader.tenant.timezone)).rstrip(".")
    return f"{sentence}: {notice.number}" if notice.number else sentence


def _one_line(text: str) -> str:
    """Text without line breaks and control characters, which a header or a fact has no use for."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def _message(
    reader: Reader,
    mailing: Mailing,
    mail: Claimed,
    subject: str,
    items: Sequence[Item],
    has_more: bool,
    now: datetime,
) -> EmailMessage:
    if not is_address(reader.person.email):
        raise ValueError("the address is none")
    message = EmailMessage(policy=SMTP)
    message["From"] = mailing.sender
    message["To"] = Address(display_name=_one_line(reader.person.name), addr_spec=reader.person.email)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(now)
    # the same for every try, so that whoever receives it twice after all can tell
    message["Message-ID"] = f"<mail-{mail.id}.{reader.tenant.key}@{mailing.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    shown = {
        "items": items,
        "has_more": has_more,
        "subject": subject,
        "language": reader.translator.language,
        "_": reader.translator.translate,
        "notices_url": f"{reader.base_url}/notices",
        "settings_url": f"{reader.base_url}/settings",
    }
    message.set_content(_TEMPLATES.get_template("mail.txt").render(shown), cte="quoted-printable")
    html = _TEMPLATES.get_template("mail.html").render(shown)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = reader.translator.language
    return message
