"""How does a mail get to the mail server?

By SMTP, one connection for all that is due in a round. Until the first byte of the content has been given to the server
a mail has surely not gone out; from then on only the server's answer can tell, and without one nobody knows.
"""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import urlsplit

from config.mailing import Mailing
from web.notifications.mail_composer import NobodyToTell, compose
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import Claimed, Deliver, Delivery, Outcome

log = logging.getLogger(__name__)

#: How long the mail server is waited for at each word, seconds.
PATIENCE = 30


class SmtpPost:
    """Carries mail by SMTP; holds no connection itself."""

    def __init__(self, services: Services, mailing: Mailing, *, patience: float = PATIENCE) -> None:
        self._services, self._mailing, self._patience = services, mailing, patience

    @contextmanager
    def line(self, tenant: Tenant) -> Iterator[Deliver]:
        """A line to the mail server, opened with the first mail and closed at the end."""
        line = Line(self._mailing, self._patience)

        def deliver(mail: Claimed, now: datetime) -> Delivery:
            try:
                message = compose(self._services, tenant, self._mailing, mail, now)
            except NobodyToTell as nobody:
                return Delivery("never", str(nobody))
            except ValueError as error:  # an address or a header that no mail can carry
                log.warning("mail %s of %s cannot be written: %s", mail.id, tenant.key, error)
                return Delivery("never", f"the mail cannot be written: {error}")
            return line.hand_over(message)

        try:
            yield deliver
        finally:
            line.close()


def post_of(services: Services, mailing: Mailing) -> SmtpPost | None:
    """What carries the mail of an installation; None while mail is off."""
    return SmtpPost(services, mailing) if mailing.is_on else None


class Line:
    """One connection to the mail server, made when it is first needed and anew when it broke."""

    def __init__(self, mailing: Mailing, patience: float = PATIENCE) -> None:
        self._mailing, self._patience = mailing, patience
        self._server: smtplib.SMTP | None = None

    def hand_over(self, message: EmailMessage) -> Delivery:
        """Give one mail to the server."""
        try:
            server = self._server = self._server or self._open()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("the mail server %s cannot be used: %s", self._mailing.host, _told(error))
            return Delivery("later", _told(error), is_cut_off=True)
        receiver = message["To"].addresses[0].addr_spec
        try:
            refused = _offer(server, parseaddr(self._mailing.sender)[1], receiver)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery("later", _told(error), is_cut_off=True)
        if refused is not None:
            self._start_over()
            return refused
        try:
            return _give(server, message.as_bytes(policy=SMTP))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery("unsure", _told(error))

    def close(self) -> None:
        """Say goodbye, if there is still anybody."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        given = self._mailing
        name = urlsplit(given.base_url).hostname  # else the resolver would be asked, which may take long
        secure = ssl.create_default_context()
        server: smtplib.SMTP
        if given.tls_at_once:
            server = smtplib.SMTP_SSL(given.host, given.port, name, timeout=self._patience, context=secure)
        else:
            server = smtplib.SMTP(given.host, given.port, name, timeout=self._patience)
        try:
            server.ehlo_or_helo_if_needed()
            if given.starttls and not given.tls_at_once:
                server.starttls(context=secure)
                server.ehlo_or_helo_if_needed()
            if given.user:
                server.login(given.user, given.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _start_over(self) -> None:
        """Make the server forget a mail it refused."""
        try:
            if self._server is not None and self._server.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _offer(server: smtplib.SMTP, sender: str, receiver: str) -> Delivery | None:
    """Name sender and receiver and ask to send; None when the server waits for the content.

    Only what the server says of the receiver for good (5xx, RFC 5321, 4.2.1) is final: a sender it does not take is
    ours to put right.
    """
    code, said = server.mail(sender)
    if code != 250:
        return Delivery("later", _answer(code, said), is_cut_off=True)
    code, said = server.rcpt(receiver)
    if code not in (250, 251):
        return Delivery("never" if code >= 500 else "later", _answer(code, said), is_cut_off=code == 421)
    code, said = server.docmd("DATA")
    if code != 354:
        return Delivery("never" if code >= 500 else "later", _answer(code, said), is_cut_off=code == 421)
    return None


def _give(server: smtplib.SMTP, content: bytes) -> Delivery:
    """Send the content and hear what comes of it; lines that begin with a dot are marked (RFC 5321, 4.5.2)."""
    quoted = re.sub(rb"(?m)^\.", b"..", content)
    server.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    code, said = server.getreply()
    if 200 <= code < 300:
        return Delivery("sent")
    outcome: Outcome = "later" if 400 <= code < 500 else "never" if code >= 500 else "unsure"
    return Delivery(outcome, _answer(code, said), is_cut_off=code == 421)


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}".strip()


def _told(error: Exception) -> str:
    """What a failed connection says of itself."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _answer(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return f"{type(error).__name__}: {error}"
