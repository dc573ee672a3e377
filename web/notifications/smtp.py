"""Mail transport by SMTP, with one connection for all mails of a round.

Until the first byte of the content has been sent, a mail has certainly not gone out; from then on only the server's
answer tells, and without one the outcome is `unsure`. Any error is the outcome of its mail.
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
from socket import SHUT_RDWR
from threading import Event, Thread
from urllib.parse import urlsplit

from config.mailing import Mailing
from web.notifications.account_mail import compose_account_mail
from web.notifications.mail_composer import NoRecipient, compose
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.mail_queue import ClaimedMail, Deliver, Delivery, Outcome

log = logging.getLogger(__name__)

#: Timeout of each exchange with the mail server, and of all exchanges for one mail, seconds.
TIMEOUT, TIME_LIMIT = 30, 60


class SmtpTransport:
    """The transport of an installation; holds no connection itself."""

    def __init__(
        self, services: Services, mailing: Mailing, *, timeout: float = TIMEOUT, time_limit: float = TIME_LIMIT
    ) -> None:
        self._services, self._mailing = services, mailing
        self._timeout, self._time_limit = timeout, time_limit

    @contextmanager
    def line(self, tenant: Tenant) -> Iterator[Deliver]:
        """A connection to the mail server, opened with the first mail and closed at the end."""
        connection = SmtpConnection(self._mailing, self._timeout, self._time_limit)

        def deliver(mail: ClaimedMail, now: datetime) -> Delivery:
            try:
                message = self._compose(tenant, mail, now)
            except NoRecipient as error:
                return Delivery("never", str(error))
            except ValueError as error:  # an address or a header that no mail can carry
                log.warning("mail %s of %s cannot be written: %s", mail.id, tenant.key, error)
                return Delivery("never", f"the mail cannot be written: {error}")
            except Exception as error:
                log.exception("mail %s of %s cannot be composed", mail.id, tenant.key)
                return Delivery("later", type(error).__name__)
            return connection.send(message)

        try:
            yield deliver
        finally:
            connection.close()

    def _compose(self, tenant: Tenant, mail: ClaimedMail, now: datetime) -> EmailMessage:
        if mail.account_notice_id is not None:
            return compose_account_mail(self._services, tenant, self._mailing, mail, mail.account_notice_id, now)
        return compose(self._services, tenant, self._mailing, mail, now)


def transport_of(services: Services, mailing: Mailing) -> SmtpTransport | None:
    """The transport of an installation; None while mail is off."""
    return SmtpTransport(services, mailing) if mailing.is_on else None


class SmtpConnection:
    """One connection to the mail server, opened on first use and reopened after it broke."""

    def __init__(self, mailing: Mailing, timeout: float = TIMEOUT, time_limit: float = TIME_LIMIT) -> None:
        self._mailing, self._timeout, self._time_limit = mailing, timeout, time_limit
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> Delivery:
        """Send one mail within the time limit; raises nothing."""
        is_done = Event()
        Thread(target=self._cut, args=(is_done,), daemon=True).start()
        try:
            return self._send(message)
        finally:
            is_done.set()

    def _send(self, message: EmailMessage) -> Delivery:
        try:
            server = self._server or self._open()
        except (OSError, smtplib.SMTPException) as error:
            self._abandon()
            log.warning("the mail server %s cannot be used: %s", self._mailing.host, _error_text(error))
            return Delivery("later", _error_text(error), is_cut_off=True)
        except Exception as error:
            self._abandon()
            log.exception("the mail server %s cannot be used", self._mailing.host)
            return Delivery("later", type(error).__name__, is_cut_off=True)
        try:
            content = message.as_bytes(policy=SMTP)
            receiver = message["To"].addresses[0].addr_spec
            refused = _envelope(server, self._mailing.sender_address, receiver)
        except (OSError, smtplib.SMTPException) as error:
            self._abandon()
            return Delivery("later", _error_text(error), is_cut_off=True)
        except Exception as error:  # an address or a header that no mail can carry
            self._abandon()
            log.exception("a mail cannot be handed over")
            return Delivery("never", type(error).__name__)
        if refused is not None:
            self._reset()
            return refused
        try:
            return _content(server, content)
        except (OSError, smtplib.SMTPException) as error:
            self._abandon()
            return Delivery("unsure", _error_text(error))
        except Exception as error:
            self._abandon()
            log.exception("the outcome of a mail is unknown")
            return Delivery("unsure", type(error).__name__)

    def _cut(self, is_done: Event) -> None:
        """End the exchanges of a mail whose time is up, however slowly the server goes on answering."""
        left = self._time_limit
        while not is_done.wait(left):
            left = 1.0  # the connection may have been exchanged for an encrypted one meanwhile
            sock = self._server.sock if self._server is not None else None
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(SHUT_RDWR)

    def _abandon(self) -> None:
        """Close the connection without a word: the server is not asked for anything more."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def close(self) -> None:
        """Close the connection, with QUIT where it is still open."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        """Connect and log in."""
        settings = self._mailing
        name = urlsplit(settings.base_url).hostname  # otherwise the resolver is asked, which may be slow
        secure = ssl.create_default_context()
        server: smtplib.SMTP
        if settings.tls_at_once:
            server = smtplib.SMTP_SSL(local_hostname=name, timeout=self._timeout, context=secure)
        else:
            server = smtplib.SMTP(local_hostname=name, timeout=self._timeout)
        self._server = server  # known before it is connected, so that the time limit reaches it
        server._host = settings.host  # type: ignore[attr-defined]  # the name that TLS verifies; set by the constructor only
        code, said = server.connect(settings.host, settings.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        server.ehlo_or_helo_if_needed()
        if settings.starttls and not settings.tls_at_once:
            server.starttls(context=secure)
            server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, settings.password)
        return server

    def _reset(self) -> None:
        """Reset the server after a refused mail."""
        try:
            if self._server is not None and self._server.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _envelope(server: smtplib.SMTP, sender: str, receiver: str) -> Delivery | None:
    """Send MAIL, RCPT and DATA; None where the server accepts the content next.

    Only a permanent answer to the receiver or to DATA (5xx, RFC 5321, 4.2.1) is final: a refused sender is an error of
    our settings.
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


def _content(server: smtplib.SMTP, content: bytes) -> Delivery:
    """Send the content and read the answer; leading dots are doubled (RFC 5321, 4.5.2)."""
    quoted = re.sub(rb"(?m)^\.", b"..", content)
    server.send(quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    code, said = server.getreply()
    if 200 <= code < 300:
        return Delivery("sent")
    outcome: Outcome = "later" if 400 <= code < 500 else "never" if code >= 500 else "unsure"
    return Delivery(outcome, _answer(code, said), is_cut_off=code == 421)


def _answer(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}".strip()


def _error_text(error: Exception) -> str:
    """The text of a failed exchange."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _answer(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return f"{type(error).__name__}: {error}"
