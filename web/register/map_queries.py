"""Queries for the map of partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Engagement
from web.register.queries import RegisterFilter, matching, status_on
from workflow.cases.secrecy import Reader
from workflow.core.tenants import Tenant

#: Engagements on one map; the northernmost are shown when there are more.
MOST = 300

_E = Engagement


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One engagement on the map."""

    number: str
    kind: str
    title: str
    partner: str
    country: str
    #: city, network, organisation, country or empty.
    partner_kind: str
    status: str
    latitude: float
    longitude: float


def map_entries(
    db: Session, tenant: Tenant, reader: Reader, filters: RegisterFilter, today: date
) -> tuple[tuple[MapEntry, ...], bool]:
    """Matching engagements with coordinates, from north to south, and whether there are more; one or two statements."""
    matches = matching(db, tenant, reader, filters, today)
    columns = (_E.number, _E.kind, _E.title, _E.partner_name, _E.partner_country, _E.partner_kind)
    query = (
        select(*columns, _E.status, _E.ends_on, _E.notice_on, _E.latitude, _E.longitude)
        .where(_E.latitude.is_not(None), _E.longitude.is_not(None), *matches.conditions)
        .order_by(_E.latitude.desc(), _E.id.desc())
        .limit(MOST + 1)
    )
    rows = db.execute(query).all()
    entries = tuple(
        MapEntry(*row[:6], status_on(row.status, row.ends_on, row.notice_on, today), row.latitude, row.longitude)
        for row in rows[:MOST]
    )
    return entries, len(rows) > MOST or matches.is_cut
