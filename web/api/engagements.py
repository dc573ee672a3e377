"""How does a program read the register of engagements?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, Row, select

from models import Engagement, Evaluation
from models.database import reading
from web.answers import Json
from web.api import asked, described, envelope
from web.api.blueprint import answer, blp, caller
from web.api.cases import place_of
from web.api.pages import PAGING, Page, columns_of
from web.services import services
from workflow.directory import Place
from workflow.errors import Malformed, NotFound
from workflow.policy.values import ENGAGEMENTS
from workflow.reasons import reason

FILTERS = ("kind", "status", "responsible")
STATUSES = ("active", "noted", "ended")


@blp.get("/engagements")
@blp.doc(**asked.LIST_ENGAGEMENTS)
@blp.response(200, described.EngagementList)
def list_engagements() -> Response:
    """Engagements in the register, newest first."""
    here, place = services(), caller().place
    given = envelope.query_of_request((*FILTERS, *PAGING))
    page, wanted = Page.of(given), _wanted(place, given)
    query = select(*columns_of(Engagement)).where(Engagement.id < page.before, *wanted)
    with reading(here.engine, place.id) as session:
        rows = session.execute(query.order_by(Engagement.id.desc()).limit(page.limit + 1)).all()
    return answer(page.as_json([_head(place, row) for row in rows[: page.limit]], rows))


@blp.get("/engagements/<number>")
@blp.response(200, described.EngagementTold)
def read_engagement(number: str) -> Response:
    """One engagement: with whom, since when, on which case's decision, and when it is evaluated."""
    here, place = services(), place_of(number)
    e, v = Engagement, Evaluation
    with reading(here.engine, place.id) as session:
        row = session.execute(select(*columns_of(e)).where(e.number == number)).one_or_none()
        if row is None:
            raise NotFound(reason("not-found"))
        evaluations = session.execute(
            select(v.rule, v.state, v.due_on).where(v.engagement_id == row.id).order_by(v.due_on, v.id)
        ).all()
    return answer(_told(place, row, evaluations))


def _wanted(place: Place, given: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Conditions that the filters put; raises `Malformed` for a value nobody has."""
    found: list[ColumnElement[bool]] = []
    for name, known in (("kind", ENGAGEMENTS), ("status", STATUSES), ("responsible", tuple(place.body_ids))):
        if name not in given:
            continue
        if given[name] not in known:
            raise Malformed(reason("field-wrong", field=name, why=f"none of {', '.join(sorted(known))}"))
        if name == "responsible":
            found.append(Engagement.responsible_body_id == place.body_ids[given[name]])
        else:
            found.append(getattr(Engagement, name) == given[name])
    return found


def _head(place: Place, row: Row[Any]) -> Json:
    return {
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "status": row.status,
        "municipality": place.key,
        "partner": {"name": row.partner_name, "country": row.partner_country},
        "responsible": place.body_keys[row.responsible_body_id],
        "scope": row.scope,
        "named_nordic_twin": row.named_nordic_twin,
        "eu_funded": row.eu_funded,
        "external_funding": row.external_funding,
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
        "example": row.is_example,
    }


def _told(place: Place, row: Row[Any], evaluations: Sequence[Any]) -> Json:
    return {
        **_head(place, row),
        "goals": list(row.goals),
        "fields": dict(row.fields),
        "notice_on": _day(row.notice_on),
        "signature": dict(row.signature),
        "origin": row.origin,
        "source": row.source,
        "entered_by": row.entered_by,
        "changed_by": row.changed_by,
        "evaluations": [{"rule": e.rule, "state": e.state, "due_on": _day(e.due_on)} for e in evaluations],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
