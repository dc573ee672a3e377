"""Composition of mails about accounts: notices of changes, and invitations with their link.

The link of an invitation is made while its mail is written: only its digest is stored, it stands in no queue, and a
second try makes another link.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select

from config.mailing import Mailing
from models import AccountNotice, Person
from models.database import reading
from web.i18n.translator import Translator
from web.notifications.account_labels import account_sentence
from web.notifications.account_queries import AccountNoticeRow, account_notice
from web.notifications.mail_composer import Addressee, MailItem, NoRecipient, write_message
from workflow.cases.services import Services
from workflow.core.dates import day_of_text
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import ClaimedMail
from workflow.people.invitations import write_link


def compose_account_mail(
    services: Services, tenant: Tenant, mailing: Mailing, mail: ClaimedMail, notice_id: int, now: datetime
) -> EmailMessage:
    """The mail of a notice about an account; raises `NoRecipient` where its invitation has ended meanwhile."""
    with reading(services.engine, tenant.id) as db:
        notice = account_notice(db, notice_id)
        person = db.execute(
            select(Person.name, Person.language)
            .join(AccountNotice, AccountNotice.person_id == Person.id)
            .where(AccountNotice.id == notice_id)
        ).one()
    translator = Translator(person.language, tenant.language)
    to = Addressee(person.name, notice.address, translator, tenant, mailing.base_url)
    sentence = account_sentence(
        translator.translate, _day(translator), notice.kind, notice.detail, notice.name, is_own=notice.is_own
    )
    url = f"{mailing.base_url}/settings"
    if notice.kind == "change-proposed":
        url = f"{mailing.base_url}/admin/changes"
    if notice.kind == "invited" and notice.is_own:
        url = f"{mailing.base_url}/invitation/{_link(services, tenant, notice, now)}"
    return write_message(to, mailing, mail, sentence.rstrip("."), [MailItem(sentence, _facts(to, notice), url)], now)


def _link(services: Services, tenant: Tenant, notice: AccountNoticeRow, now: datetime) -> str:
    token = write_link(services, tenant, int(notice.detail["invitation"]), now=now)
    if token is None:
        raise NoRecipient("the invitation has ended")
    return token


def _facts(to: Addressee, notice: AccountNoticeRow) -> tuple[tuple[str, str], ...]:
    say = to.translator.translate
    by = notice.actor or say(N_("the command line"))
    facts = [(say(N_("By")), by), (say(N_("Municipality")), to.translator.localized(to.tenant.names))]
    if notice.kind == "invited":
        facts = [facts[1], (say(N_("User name")), notice.username), (say(N_("Valid for")), say(N_("7 days, once")))]
    warning = say(N_("If this was not meant to happen, tell an administrator of your municipality at once."))
    return (*facts, (say(N_("Note")), warning))


def _day(translator: Translator) -> Callable[[str], str]:
    """Days of a notice's detail in the reader's language."""

    def written(text: str) -> str:
        found = day_of_text(text)
        return translator.day(found) if found else text

    return written
