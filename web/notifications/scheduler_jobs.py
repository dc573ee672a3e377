"""What else does a scheduler do on its round, beside raising what is due?

Each errand is a few short transactions in one municipality, and leaves what it does not finish to the next round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config.settings import Settings
from web.notifications.smtp import post_of
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.notifications.digests import tell
from workflow.notifications.mail_queue import Post
from workflow.register.imports import advance_imports
from workflow.scheduling.scheduler import Errand

#: Notices, and mails, that a municipality gets in one round.
TOLD_AT_ONCE = 500
#: Batches of lists that a municipality brings in, in one round.
BATCHES_AT_ONCE = 200


def errands(services: Services, settings: Settings) -> tuple[Errand, ...]:
    """The errands of an installation with these settings."""
    return (bring_in, telling(post_of(services, settings.mailing)))


def bring_in(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
    """Take lists that are being brought into the register on, batch by batch."""
    batches = 0
    while batches < BATCHES_AT_ONCE and advance_imports(services, tenant.key, now=now):
        batches += 1
    return {"import-batches": batches}


def telling(post: Post | None) -> Errand:
    """Make mails of notices and send what is due; without a post, notices are for the screens alone."""

    def tell_people(services: Services, tenant: Tenant, now: datetime) -> Mapping[str, int]:
        return tell(services, tenant, post, now=now, limit=TOLD_AT_ONCE)

    return tell_people
