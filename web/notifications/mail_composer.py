"""Composition of notification mails, in the person's language, as plain text and HTML.

A mail carries no secret: its link requires a log-in, and a case under secrecy is named by its number alone.
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
from web.notifications.queries import NoticeRow, notices_by_id
from workflow.cases.actor import Actor, load_actor
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import NotFound
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import ClaimedMail
from workflow.people.preferences import is_address
from workflow.policy.model import Policy

#: Notices spelled out in a digest.
MOST = 50
_TEMPLATES = Environment(
    # an environment of its own, because mails may contain less than pages
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class NoRecipient(Exception):
    """The account of a mail's recipient is closed, or has no address."""


@dataclass(frozen=True, slots=True)
class MailItem:
    """One notice in a mail."""

    sentence: str
    #: Label and value.
    facts: tuple[tuple[str, str], ...]
    url: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail goes to, and in which language."""

    name: str
    email: str
    translator: Translator
    tenant: Tenant
    base_url: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of a mail, with the values that its labels need."""

    person: Row[str, str, str]
    actor: Actor
    translator: Translator
    tenant: Tenant
    bodies: Mapping[str, Mapping[str, str]]
    policy: Policy
    base_url: str

    @property
    def addressee(self) -> Addressee:
        """Whom the mail goes to."""
        return Addressee(self.person.name, self.person.email, self.translator, self.tenant, self.base_url)

    def seat(self, role: str, body_id: int | None) -> str:
        """The label of an acting role."""
        body = self.tenant.body_keys.get(body_id or 0, "")
        return f"{self.translator.role(role)}, {self.translator.localized(self.bodies.get(body)) or body}"

    def absent_person(self, role: str, body_id: int) -> str:
        """The name of the person whom the recipient substitutes in an acting role; empty for their own."""
        seat = (role, self.tenant.body_keys.get(body_id, ""))
        if seat in self.actor.seats:
            return ""
        return next((absent.name for absent in self.actor.stands_in if absent.seat == seat), "")


def compose(services: Services, tenant: Tenant, mailing: Mailing, mail: ClaimedMail, now: datetime) -> EmailMessage:
    """The composed mail; raises `NoRecipient`, and `ValueError` for an invalid header."""
    with reading(services.engine, tenant.id) as db:
        recipient = _recipient(db, services, tenant, mailing, mail.person_id, now)
        notices = notices_by_id(db, _notice_ids(db, mail))
    items = [_item(recipient, notice) for notice in notices[:MOST]]
    has_more = len(notices) > MOST
    subject = _subject(recipient, notices, is_digest=mail.digest_on is not None)
    return write_message(recipient.addressee, mailing, mail, subject, items, now, has_more=has_more)


def _notice_ids(db: Session, mail: ClaimedMail) -> Sequence[int]:
    """Ids of a mail's notices: one, or those of its digest."""
    if mail.notice_id is not None:
        return (mail.notice_id,)
    query = select(Mail.notice_id).where(Mail.digest_id == mail.id).order_by(Mail.id).limit(MOST + 1)
    return [id_ for id_ in db.scalars(query) if id_ is not None]


def _recipient(
    db: Session, services: Services, tenant: Tenant, mailing: Mailing, person_id: int, now: datetime
) -> Recipient:
    today = local_day(now, tenant.timezone)
    person = db.execute(select(Person.name, Person.email, Person.language).where(Person.id == person_id)).one()
    try:
        actor = load_actor(db.connection(), tenant.id, person_id, today)
    except NotFound:
        raise NoRecipient("the account is closed") from None
    if not person.email:
        raise NoRecipient("the person has no address any more")
    bodies = {key: names for key, names in db.execute(select(Body.key, Body.names))}  # noqa: C416 - rows are no pairs to a type checker
    _version, policy = services.policies.in_force(db, tenant.id, today)
    return Recipient(
        person, actor, Translator(person.language, tenant.language), tenant, bodies, policy, mailing.base_url
    )


def _item(recipient: Recipient, notice: NoticeRow) -> MailItem:
    say = recipient.translator.translate
    is_late = notice.is_late(recipient.tenant.timezone)
    facts = [
        (say(N_("Case")), _named(notice.case_number, notice.case_title)),
        (say(N_("Engagement")), _named(notice.engagement_number, notice.engagement_title)),
        (say(N_("Evaluation")), notice.evaluation_number or ""),
        (say(N_("Appointment")), _appointment(recipient, notice)),
        (say(N_("Mandate")), notice.mandate or ""),
        (say(N_("Waits for")), recipient.seat(notice.waits_role, notice.waits_body_id) if notice.waits_role else ""),
        (say(N_("Last day")), recipient.translator.day(notice.due_on) if notice.due_on else ""),
        (say(N_("You are told as")), _why(recipient, notice)),
        (say(N_("Asked for by")), _clause(recipient, notice.clause)),
    ]
    return MailItem(
        recipient.translator.notice(notice.label_key, is_late=is_late),
        tuple((label, _one_line(value)) for label, value in facts if value),
        recipient.base_url + quote(notice.path),
    )


def _named(number: str | None, title: str | None) -> str:
    """A number, with the title where there is one."""
    return f"{number}, {title}" if number and title else number or ""


def _appointment(recipient: Recipient, notice: NoticeRow) -> str:
    if notice.appointee is None or notice.appointed_as is None:
        return ""
    return f"{notice.appointee}: {recipient.seat(notice.appointed_as, notice.appointed_to_id)}"


def _why(recipient: Recipient, notice: NoticeRow) -> str:
    """The acting role it is addressed to, and the absent person for a substitute."""
    seat, absent = recipient.seat(notice.role, notice.body_id), recipient.absent_person(notice.role, notice.body_id)
    return (
        recipient.translator.translate(N_("%(seat)s, in place of %(name)s"), seat=seat, name=absent) if absent else seat
    )


def _clause(recipient: Recipient, clause: str) -> str:
    if clause not in recipient.policy.clauses:
        return clause
    return f"{clause}: {recipient.translator.localized(recipient.policy.clauses[clause].says)}"


def _subject(recipient: Recipient, notices: Sequence[NoticeRow], *, is_digest: bool) -> str:
    """The label and the number without the title, because subjects are shown on lock screens."""
    translator = recipient.translator
    if is_digest and len(notices) > MOST:
        return translator.translate(N_("More than %(num)s new notices"), num=MOST)
    if is_digest or not notices:
        return translator.ngettext("%(num)s new notice", "%(num)s new notices", len(notices))
    (notice,) = notices
    sentence = translator.notice(notice.label_key, is_late=notice.is_late(recipient.tenant.timezone)).rstrip(".")
    return f"{sentence}: {notice.number}" if notice.number else sentence


def _one_line(text: str) -> str:
    """Text with line breaks and control characters replaced by blanks."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def write_message(
    to: Addressee,
    mailing: Mailing,
    mail: ClaimedMail,
    subject: str,
    items: Sequence[MailItem],
    now: datetime,
    *,
    has_more: bool = False,
) -> EmailMessage:
    """A mail with its headers; raises `ValueError` for an address or a header that no mail can carry."""
    if not is_address(to.email):
        raise ValueError("the address is none")
    message = EmailMessage(policy=SMTP)
    message["From"] = mailing.sender
    message["To"] = Address(display_name=_one_line(to.name), addr_spec=to.email)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(now)
    # Stable across retries, so that a duplicate can be recognised.
    message["Message-ID"] = f"<mail-{mail.id}.{to.tenant.key}@{mailing.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    shown = {
        "items": items,
        "has_more": has_more,
        "subject": subject,
        "language": to.translator.language,
        "_": to.translator.translate,
        "notices_url": f"{to.base_url}/notices",
        "settings_url": f"{to.base_url}/settings",
    }
    message.set_content(_TEMPLATES.get_template("mail.txt").render(shown), cte="quoted-printable")
    html = _TEMPLATES.get_template("mail.html").render(shown)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = to.translator.language
    return message
