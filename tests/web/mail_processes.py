"""Processes that send mail, with points at which they die. It imports the engine and nothing of pytest."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from config.mailing import Mailing
from models.database import connect
from web.notifications.smtp import SmtpTransport
from workflow.core.tenants import Tenant
from workflow.engine import services_for
from workflow.notifications.mail_queue import ClaimedMail, Deliver, Delivery, send_some


class Mortal(SmtpTransport):
    """Dies by kill -9 just before, or just after, a mail is handed over."""

    dies = "before"

    @contextmanager
    def line(self, tenant: Tenant) -> Iterator[Deliver]:
        """The same line, with an end."""
        with super().line(tenant) as deliver:

            def die(mail: ClaimedMail, now: datetime) -> Delivery:
                if self.dies == "after":
                    deliver(mail, now)
                os.kill(os.getpid(), signal.SIGKILL)
                raise AssertionError("nobody gets here")

            yield die


def die(url: str, key: str, mailing: Mailing, now: datetime, dies: str) -> None:
    """Claim a mail and die."""
    services = services_for(connect(url))
    post = Mortal(services, mailing)
    post.dies = dies
    send_some(services, services.tenants.tenant(key), post, now=now, limit=1)


def carry(url: str, key: str, mailing: Mailing, now: datetime) -> None:
    """Send what is due, until somebody puts an end to it."""
    services = services_for(connect(url))
    tenant, post = services.tenants.tenant(key), SmtpTransport(services, mailing)
    while True:
        if not send_some(services, tenant, post, now=now, limit=5)["mails-sent"]:
            time.sleep(0.05)
