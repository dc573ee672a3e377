"""Processes that make mails and digests. They import the engine and nothing of pytest."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.synchronize import Barrier

from models.database import connect
from workflow.engine import services_for
from workflow.notifications.digests import digest, dispatch


def dispatched(url: str, key: str, limit: int, now: datetime, start: Barrier) -> int:
    """Make mails until no notice waits; how many notices."""
    engine = connect(url)
    services, done = services_for(engine), 0
    tenant = services.tenants.tenant(key)
    start.wait(60)
    while some := dispatch(services, tenant, now=now, limit=limit):
        done += some
    engine.dispose()
    return done


def digested(url: str, key: str, now: datetime, start: Barrier) -> int:
    """Make the day's digests; how many."""
    engine = connect(url)
    services = services_for(engine)
    tenant = services.tenants.tenant(key)
    start.wait(60)
    done = digest(services, tenant, now=now)
    engine.dispose()
    return done
