"""Command `mail test`: sends one mail and prints the mail server's answer."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

import click

from config.mailing import Mailing
from config.settings import Settings
from web.cli.exit_codes import DONE, plainly
from web.notifications.smtp import SmtpConnection
from workflow.people.preferences import is_address


@click.command("test")
@click.argument("address")
@plainly
def test(address: str) -> int:
    """Send a mail to ADDRESS by the mail server that the environment names."""
    mailing = Settings.from_environment().mailing
    if not is_address(address):
        raise click.UsageError(f"“{address}” is not an e-mail address")
    if not mailing.is_on:
        raise click.ClickException("mail is switched off: INSTANS_SMTP_HOST is not set")
    line = SmtpConnection(mailing)
    done = line.send(_message(mailing, address))
    line.close()
    if done.outcome != "sent":
        raise click.ClickException(f"the mail did not go out: {done.error}")
    click.echo(f"{mailing.host} has taken a mail to {address}")
    return DONE


def _message(mailing: Mailing, address: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = mailing.sender
    message["To"] = Address(addr_spec=address)
    message["Subject"] = "Instans: mail works"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=mailing.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"Mail from Instans arrives here.\n\n{mailing.base_url}\n")
    return message
