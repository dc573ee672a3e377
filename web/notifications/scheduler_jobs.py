"""Jobs of the scheduler besides reminders: registering imports, making mails of notices, and sending them.

Each job is a few short transactions in one municipality, and leaves the rest to the next round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from threading import Event

from config.settings import Settings
from web.notifications.smtp import transport_of
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.digests import NOTICES, make_mails
from workflow.notifications.mail_queue import MailTransport, send_some
from workflow.register.imports import advance_import, running_imports
from workflow.scheduling.scheduler import Job, Work
from workflow.set_aside import attempt_rows, rows_to_retry

#: Names of jobs.
IMPORTS, MAIL = "imports", "mail"
#: Notices, and mails, per municipality and round.
MAILS_PER_ROUND = 500
#: Import batches per municipality and round.
BATCHES_PER_ROUND = 200


def scheduler_jobs(services: Services, settings: Settings) -> tuple[Job, ...]:
    """The jobs of an installation with these settings."""
    transport = transport_of(services, settings.mailing)
    make = partial(_make_mails, by_mail=transport is not None)
    jobs = (Job(IMPORTS, lambda: register_imports), Job(NOTICES, lambda: make))
    return jobs if transport is None else (*jobs, mail_job(transport))


def register_imports(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
    """Register running imports, batch by batch, the oldest first."""
    batches = 0

    def advance(run_id: int) -> None:
        nonlocal batches
        is_running = True
        while is_running and batches < BATCHES_PER_ROUND:
            is_running = advance_import(services, tenant.key, run_id, now=now)
            batches += 1

    retried = rows_to_retry(services, tenant, IMPORTS, now=now)
    rows = chain(retried, running_imports(services, tenant, IMPORTS))
    failed = attempt_rows(services, tenant, IMPORTS, rows, advance, now=now)
    return {"import-batches": batches} | ({"failed": failed} if failed else {})


def _make_mails(services: Services, tenant: Tenant, now: datetime, *, by_mail: bool) -> Mapping[str, int]:
    return make_mails(services, tenant, now=now, limit=MAILS_PER_ROUND, by_mail=by_mail)


def mail_job(transport: MailTransport) -> Job:
    """The job that sends due mails; all municipalities share the server, and with it the end of a round's sending."""

    def start() -> Work:
        halt = Event()

        def send(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
            return send_some(services, tenant, transport, now=now, limit=MAILS_PER_ROUND, halt=halt)

        return send

    return Job(MAIL, start, is_remote=True)
