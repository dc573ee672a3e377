"""Views for auditors: the trail, its verification, the journal and the access log.

Nothing here changes anything, but every reading is itself recorded, after the page's own session has ended.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from models.database import reading
from web.audit import fact_labels, trail_labels
from web.audit import labels as audit_labels
from web.audit.access_queries import KINDS, access_page
from web.audit.fact_labels import LabelSource
from web.audit.queries import TrailFilter, TrailPage, case_trail, filter_from_args, is_submitted, trail_page
from web.audit.reference_queries import dangling_references
from web.audit.stream_queries import stream_trail
from web.auth.session import signed_in
from web.core.services import services
from web.i18n import labels
from workflow.audit.verify import verify
from workflow.cases.access_log import note_reading
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.trail.journal import journal_of

bp = Blueprint("audit", __name__)

#: Parameters of the search.
SEARCH_PARAMETERS = ("number", "person", "body", "action", "from", "to")
#: Parameters of the access log's filter.
ACCESS_PARAMETERS = ("what", "person", "subject")


@bp.get("/audit")
def index() -> str:
    """The trail, newest first, filtered by case, person, body, action and days; and dangling references."""
    here, user = services(), signed_in()
    tenant, filters = user.municipality, filter_from_args(request.args)
    with reading(here.engine, tenant.id) as db:
        page = trail_page(db, tenant, filters)
        dangling = () if filters.is_narrow or filters.after else dangling_references(db)
    note_reading(here.engine, tenant, user.id, filters.stream or f"{tenant.key}-trail", here.now())
    return _listing("audit/index.html", "audit.index", page, filters, dangling=dangling)


@bp.get("/audit/journal")
def journal() -> str:
    """The journal: what was done outside cases."""
    here, user = services(), signed_in()
    tenant = user.municipality
    stream = journal_of(tenant.key)
    filters = filter_from_args({**request.args, "number": stream})
    with reading(here.engine, tenant.id) as db:
        page = trail_page(db, tenant, filters)
    note_reading(here.engine, tenant, user.id, stream, here.now())
    return _listing("audit/journal.html", "audit.journal", page, filters, journal=stream)


def _listing(template: str, endpoint: str, page: TrailPage, filters: TrailFilter, **more: object) -> str:
    here, tenant = services(), signed_in().municipality
    parameters: dict[str, Any] = {name: request.args[name] for name in SEARCH_PARAMETERS if request.args.get(name)}
    policy = here.policy(tenant)
    return render_template(
        template,
        page=page,
        filters=filters,
        tenant=tenant,
        policy=policy,
        source=LabelSource(tenant, policy, page.names),
        actions=trail_labels.ACTIONS,
        labels=trail_labels,
        facts_of=fact_labels.facts,
        next_url=url_for(endpoint, **parameters, after=page.next) if page.next else None,
        first_url=url_for(endpoint, **parameters) if filters.after else None,
        **more,
    )


@bp.get("/audit/cases/<number>")
def case(number: str) -> str:
    """The whole trail of a case; 404 for a draft that was never submitted."""
    here, user = services(), signed_in()
    tenant = user.municipality
    with reading(here.engine, tenant.id) as db:
        found = case_trail(db, here.workflow, tenant, number)
    note_reading(here.engine, tenant, user.id, number, here.now())
    return render_template(
        "audit/case.html",
        trail=found,
        tenant=tenant,
        source=LabelSource(tenant, found.policy, found.names),
        labels=trail_labels,
        facts_of=fact_labels.facts,
    )


@bp.post("/audit/cases/<number>/verify")
def verify_case(number: str) -> str:
    """Verify a case's trail: recompute every hash and replay its procedure."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        if not is_submitted(db, number):
            raise NotFound(reason("not-found"))
    return _verified(number, url_for("audit.case", number=number))


@bp.get("/audit/streams/<name>")
def stream(name: str) -> str:
    """The whole trail of an evaluation or a deadline; 404 for one of a draft that was never submitted."""
    here, user = services(), signed_in()
    tenant = user.municipality
    with reading(here.engine, tenant.id) as db:
        found = stream_trail(db, here.workflow, tenant, name)
    note_reading(here.engine, tenant, user.id, name, here.now())
    return render_template(
        "audit/stream.html",
        trail=found,
        tenant=tenant,
        source=LabelSource(tenant, found.policy, found.names),
        labels=trail_labels,
        facts_of=fact_labels.facts,
        deadline_label=labels.duty_label,
    )


@bp.post("/audit/streams/<name>/verify")
def verify_stream(name: str) -> str:
    """Verify the trail of an evaluation or a deadline: recompute every hash."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        stream_trail(db, here.workflow, user.municipality, name)
    return _verified(name, url_for("audit.stream", name=name))


@bp.post("/audit/journal/verify")
def verify_journal() -> str:
    """Verify the municipality's journal."""
    return _verified(journal_of(signed_in().municipality.key), url_for("audit.journal"))


def _verified(stream: str, back: str) -> str:
    here, user = services(), signed_in()
    found = verify(here.engine, municipality=user.municipality.key, case=stream)
    note_reading(here.engine, user.municipality, user.id, stream, here.now(), action="verify")
    return render_template("audit/verified.html", found=found, stream=stream, back=back, labels=audit_labels)


@bp.get("/audit/access")
def access() -> str:
    """The access log."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        page = access_page(db, request.args)
    parameters: dict[str, Any] = {name: request.args[name] for name in ACCESS_PARAMETERS if request.args.get(name)}
    return render_template(
        "audit/access.html",
        page=page,
        parameters=parameters,
        kinds=KINDS,
        labels=audit_labels,
        next_url=url_for("audit.access", **parameters, after=page.next) if page.next else None,
        first_url=url_for("audit.access", **parameters) if request.args.get("after") else None,
    )
