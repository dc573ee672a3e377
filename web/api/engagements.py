"""How does a program read the register of engagements?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response
from sqlalchemy import Row, select

from models import Engagement, Evaluation, FundingLine
from models.database import reading
from web.api import parameters, request_parsing, schemas
from web.api.blueprint import answer, blp, caller
from web.api.cases import tenant_of
from web.api.pagination import LARGEST, PAGING, Page, columns_of
from web.core.services import services
from web.policies.answer_json import Json
from web.register import queries as register_queries
from web.register.queries import Matching, RegisterFilter
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import ENGAGEMENTS

FILTERS = ("kind", "status", "standing", "country", "responsible", "q", "sort")
STATUSES = ("active", "noted", "ended")


@blp.get("/engagements")
@blp.doc(**parameters.LIST_ENGAGEMENTS)
@blp.response(200, schemas.EngagementList)
def list_engagements() -> Response:
    """Engagements in the register, newest first unless another order is asked for."""
    here, tenant = services(), caller().tenant
    given = request_parsing.query_of_request((*FILTERS, *PAGING))
    page, wanted, today = Page.of(given), _wanted(tenant, given), here.today(tenant)
    with reading(here.engine, tenant.id) as session:
        found = register_queries.matching(session, tenant, wanted, today)
        if "status" in given:  # as the row carries it, whatever its dates say: `standing` tells the day's status
            found = Matching((*found.conditions, Engagement.status == given["status"]), found.is_cut)
        ids = register_queries.keys(session, found, wanted, page.limit + 1)
        query = select(*columns_of(Engagement)).where(Engagement.id.in_(ids))
        rows = sorted(session.execute(query), key=lambda row: ids.index(row.id))
    return answer(page.as_json([_head(tenant, row, today) for row in rows[: page.limit]], rows))


@blp.get("/engagements/<number>")
@blp.response(200, schemas.EngagementTold)
def read_engagement(number: str) -> Response:
    """One engagement: with whom, since when, on which case's decision, and when it is evaluated."""
    here, tenant = services(), tenant_of(number)
    e, v = Engagement, Evaluation
    with reading(here.engine, tenant.id) as session:
        row = session.execute(select(*columns_of(e)).where(e.number == number)).one_or_none()
        if row is None:
            raise NotFound(reason("not-found"))
        evaluations = session.execute(
            select(v.rule, v.state, v.due_on).where(v.engagement_id == row.id).order_by(v.due_on, v.id)
        ).all()
        f = FundingLine
        columns = (f.year, f.source, f.funder, f.amount, f.currency, f.report_due_on)
        funding = session.execute(select(*columns).where(f.engagement_id == row.id).order_by(f.year, f.id)).all()
    return answer(_told(tenant, row, evaluations, funding, here.today(tenant)))


def _wanted(tenant: Tenant, given: Mapping[str, str]) -> RegisterFilter:
    """What the filters ask for, `status` left to the caller; raises `Malformed` for a value nobody has."""
    known = {"kind": ENGAGEMENTS, "status": STATUSES, "responsible": tuple(tenant.body_ids)}
    known |= {"standing": register_queries.STATUSES, "sort": register_queries.SORTS}
    for name, values in known.items():
        if name in given and given[name] not in values:
            raise Malformed(reason("field-wrong", field=name, why=f"none of {', '.join(sorted(values))}"))
    return RegisterFilter(
        given.get("kind", ""),
        given.get("standing", ""),
        given.get("country", ""),
        given.get("responsible", ""),
        given.get("q", "").strip()[:200],
        given.get("sort", register_queries.SORTS[0]),
        request_parsing.whole_number(given, "after", 0, LARGEST),
    )


def _head(tenant: Tenant, row: Row[Any], today: date) -> Json:
    return {
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "status": row.status,
        "municipality": tenant.key,
        "partner": {"name": row.partner_name, "country": row.partner_country},
        "responsible": tenant.body_keys[row.responsible_body_id],
        "scope": row.scope,
        "named_nordic_twin": row.named_nordic_twin,
        "eu_funded": row.eu_funded,
        "external_funding": row.external_funding,
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
        "standing": register_queries.status_on(row.status, row.ends_on, row.notice_on, today),
        "partner_kind": row.partner_kind,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "participants": row.participants,
        "example": row.is_example,
    }


def _told(tenant: Tenant, row: Row[Any], evaluations: Sequence[Any], funding: Sequence[Any], today: date) -> Json:
    return {
        **_head(tenant, row, today),
        "goals": list(row.goals),
        "fields": dict(row.fields),
        "notice_on": _day(row.notice_on),
        "signature": dict(row.signature),
        "origin": row.origin,
        "source": row.source,
        "entered_by": row.entered_by,
        "changed_by": row.changed_by,
        "evaluations": [{"rule": e.rule, "state": e.state, "due_on": _day(e.due_on)} for e in evaluations],
        "details_version": row.details_version,
        "funding": [{**line._mapping, "report_due_on": _day(line.report_due_on)} for line in funding],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
