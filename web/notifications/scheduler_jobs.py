"""Jobs of the scheduler beside escalation: registering imports, and sending mail.

Each job is a few short transactions in one municipality, and leaves the rest to the next round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config.settings import Settings
from web.notifications.smtp import transport_of
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.digests import notify_people
from workflow.notifications.mail_queue import MailTransport
from workflow.register.imports import advance_imports
from workflow.scheduling.scheduler import Job

#: Notices, and mails, per municipality and round.
MAILS_PER_ROUND = 500
#: Import batches per municipality and round.
BATCHES_PER_ROUND = 200


def scheduler_jobs(services: Services, settings: Settings) -> tuple[Job, ...]:
    """The jobs of an installation with these settings."""
    return (register_imports, mail_job(transport_of(services, settings.mailing)))


def register_imports(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
    """Register running imports, batch by batch."""
    batches = 0
    while batches < BATCHES_PER_ROUND and advance_imports(services, tenant.key, now=now):
        batches += 1
    return {"import-batches": batches}


def mail_job(transport: MailTransport | None) -> Job:
    """The job that makes mails of notices and sends due ones; without a transport, notices stay on screen."""

    def send_mail(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
        return notify_people(services, tenant, transport, now=now, limit=MAILS_PER_ROUND)

    return send_mail
