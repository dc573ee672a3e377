"""The register of engagements in the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Engagement, Evaluation, FundingLine
from models.database import reading
from web.api.argument_schemas import EngagementQuerySchema
from web.api.blueprint import blp, caller, tenant_of
from web.api.engagement_schemas import EngagementListSchema, EngagementSchema
from web.api.pagination import Page, address_after, columns_of, read_cursor
from web.api.request_parsing import malformed
from web.core.services import services
from web.register import queries as register_queries
from web.register.queries import Matching, RegisterFilter
from workflow.cases.actor import load_actor
from workflow.cases.secrecy import Reader, reader_of
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant


@dataclass(frozen=True, slots=True)
class ShownEngagement:
    """An engagement on a day; what stands in its row as it is, the schema takes from there."""

    tenant: Tenant
    row: Row[Any]
    today: date
    evaluations: Sequence[Row[*tuple[Any, ...]]] = ()
    funding: Sequence[Row[*tuple[Any, ...]]] = ()

    @property
    def municipality(self) -> str:
        """Key of the municipality."""
        return self.tenant.key

    @property
    def responsible(self) -> str:
        """Key of the responsible body."""
        return self.tenant.body_keys[self.row.responsible_body_id]

    @property
    def partner(self) -> Row[Any]:
        """Columns of the partner."""
        return self.row

    @property
    def standing(self) -> str:
        """Its status today by its dates."""
        return register_queries.status_on(self.row.status, self.row.ends_on, self.row.notice_on, self.today)


@blp.get("/engagements")
@blp.response(200, EngagementListSchema)
@blp.arguments(EngagementQuerySchema, location="query")
def list_engagements(given: Mapping[str, Any]) -> Page:
    """Engagements in the register, newest first unless another order is asked for."""
    here, tenant = services(), caller().tenant
    today, limit = here.today(tenant), given["limit"]
    keyset = register_queries.ORDERS[given["sort"]]
    wanted = _filters(tenant, given, read_cursor(keyset, given))
    with reading(here.engine, tenant.id) as session:
        reader = _reader(session, tenant)
        found = register_queries.matching(session, tenant, reader, wanted, today)
        if "status" in given:  # as the row carries it, whatever its dates say: `standing` tells the day's status
            found = Matching((*found.conditions, Engagement.status == given["status"]), found.is_cut)
        keys = register_queries.keys(session, found, wanted, limit)
        ids = [row.id for row in keys[:limit]]
        query = select(*columns_of(Engagement)).where(Engagement.id.in_(ids))
        rows = sorted(session.execute(query), key=lambda row: ids.index(row.id))
    _shown, following = keyset.cut(keys, limit, tuple)
    return Page([ShownEngagement(tenant, row, today) for row in rows], address_after(following))


@blp.get("/engagements/<number>")
@blp.response(200, EngagementSchema)
def read_engagement(number: str) -> ShownEngagement:
    """One engagement: with whom, since when, on which case's decision, and when it is evaluated."""
    here, tenant = services(), tenant_of(number)
    e, v, f = Engagement, Evaluation, FundingLine
    with reading(here.engine, tenant.id) as session:
        readable = _reader(session, tenant).may_read_engagement()
        row = session.execute(select(*columns_of(e)).where(e.number == number, readable)).one_or_none()
        if row is None:
            raise NotFound(reason("not-found"))
        evaluations = session.execute(
            select(v.rule, v.state, v.due_on).where(v.engagement_id == row.id).order_by(v.due_on, v.id)
        ).all()
        columns = (f.year, f.source, f.funder, f.amount, f.currency, f.report_due_on)
        funding = session.execute(select(*columns).where(f.engagement_id == row.id).order_by(f.year, f.id)).all()
    return ShownEngagement(tenant, row, here.today(tenant), evaluations, funding)


def _reader(session: Session, tenant: Tenant) -> Reader:
    """What the caller may read of what is secret."""
    here = services()
    actor = load_actor(session.connection(), tenant.id, caller().person_id, here.today(tenant))
    return reader_of(session, here.workflow.policies, tenant, actor)


def _filters(tenant: Tenant, given: Mapping[str, Any], after: tuple[Any, ...]) -> RegisterFilter:
    """The register's filters, `status` left to the caller; raises `Malformed` for a body nobody has."""
    responsible = given.get("responsible", "")
    if "responsible" in given and responsible not in tenant.body_ids:
        raise malformed("responsible", f"none of {', '.join(sorted(tenant.body_ids))}")
    return RegisterFilter(
        given.get("kind", ""),
        given.get("standing", ""),
        given.get("country", ""),
        responsible,
        given.get("q", "").strip()[:200],
        given["sort"],
        after,
    )
