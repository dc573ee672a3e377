"""What was done, by whom, on what authority, and is the trail whole?

For auditors alone: search the trail, follow a case from its first entry to its last, verify it, read the journal and
the access log. Nothing here changes anything; that an auditor has read is itself recorded, after the page's own
reading has ended.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from models.database import reading
from web.audit import access_log, trail_facts, trail_labels
from web.audit import labels as audit_labels
from web.audit import queries as audit_queries
from web.audit.broken_references import dangling_references
from web.audit.queries import Sought, case_trail, may_be_read, page_of, sought_of
from web.audit.stream_query import stream_trail
from web.audit.trail_facts import Reader
from web.auth.session import signed_in
from web.core.services import services
from web.i18n import labels
from workflow.audit.verify import verify
from workflow.cases.access_log import note_reading
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.trail.journal import journal_of

bp = Blueprint("audit", __name__)

#: What the first page asks for by name.
SEARCHED = ("number", "person", "body", "action", "from", "to")
#: What the access log is narrowed by.
ACCESS_SEARCHED = ("what", "person", "subject")


@bp.get("/audit")
def index() -> str:
    """The trail, newest first, narrowed by case, person, body, action and days; references that lead nowhere."""
    here, user = services(), signed_in()
    tenant, sought = user.municipality, sought_of(request.args)
    with reading(here.engine, tenant.id) as db:
        page = page_of(db, tenant, sought)
        lost = () if sought.is_narrow or sought.after else dangling_references(db)
    note_reading(here.engine, tenant, user.id, sought.stream or f"{tenant.key}-trail", here.now())
    return _listing("audit/index.html", "audit.index", page, sought, lost=lost)


@bp.get("/audit/journal")
def journal() -> str:
    """What was done outside any case: people, appointments, mandates, letters, policy versions."""
    here, user = services(), signed_in()
    tenant = user.municipality
    stream = journal_of(tenant.key)
    sought = sought_of({**request.args, "number": stream})
    with reading(here.engine, tenant.id) as db:
        page = page_of(db, tenant, sought)
    note_reading(here.engine, tenant, user.id, stream, here.now())
    return _listing("audit/journal.html", "audit.journal", page, sought, journal=stream)


def _listing(template: str, endpoint: str, page: audit_queries.Page, sought: Sought, **more: object) -> str:
    here, tenant = services(), signed_in().municipality
    asked: dict[str, Any] = {name: request.args[name] for name in SEARCHED if request.args.get(name)}
    policy = here.policy(tenant)
    return render_template(
        template,
        page=page,
        sought=sought,
        tenant=tenant,
        policy=policy,
        reader=Reader(tenant, policy, page.names),
        actions=trail_labels.ACTIONS,
        words_of=trail_labels,
        facts_of=trail_facts.facts,
        next_url=url_for(endpoint, **asked, after=page.next) if page.next else None,
        first_url=url_for(endpoint, **asked) if sought.after else None,
        **more,
    )


@bp.get("/audit/cases/<number>")
def case(number: str) -> str:
    """The whole trail of a case; 404 for a draft that nobody has submitted."""
    here, user = services(), signed_in()
    tenant = user.municipality
    with reading(here.engine, tenant.id) as db:
        found = case_trail(db, here.workflow, tenant, number)
    note_reading(here.engine, tenant, user.id, number, here.now())
    return render_template(
        "audit/case.html",
        trail=found,
        tenant=tenant,
        reader=Reader(tenant, found.policy, found.names),
        words_of=trail_labels,
        facts_of=trail_facts.facts,
    )


@bp.post("/audit/cases/<number>/verify")
def verify_case(number: str) -> str:
    """Recompute every hash of a case's trail, replay its machine, and tell every fault."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        if not may_be_read(db, number):
            raise NotFound(reason("not-found"))
    return _verified(number, url_for("audit.case", number=number))


@bp.get("/audit/streams/<name>")
def stream(name: str) -> str:
    """The whole trail of an evaluation or of a deadline; 404 where it tells of a draft that nobody has submitted."""
    here, user = services(), signed_in()
    tenant = user.municipality
    with reading(here.engine, tenant.id) as db:
        found = stream_trail(db, here.workflow, tenant, name)
    note_reading(here.engine, tenant, user.id, name, here.now())
    return render_template(
        "audit/stream.html",
        trail=found,
        tenant=tenant,
        reader=Reader(tenant, found.policy, found.names),
        words_of=trail_labels,
        facts_of=trail_facts.facts,
        duty=labels.duty_label,
    )


@bp.post("/audit/streams/<name>/verify")
def verify_stream(name: str) -> str:
    """Recompute every hash of it."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        stream_trail(db, here.workflow, user.municipality, name)
    return _verified(name, url_for("audit.stream", name=name))


@bp.post("/audit/journal/verify")
def verify_journal() -> str:
    """The same for the municipality's journal."""
    return _verified(journal_of(signed_in().municipality.key), url_for("audit.journal"))


def _verified(stream: str, back: str) -> str:
    here, user = services(), signed_in()
    found = verify(here.engine, municipality=user.municipality.key, case=stream)
    note_reading(here.engine, user.municipality, user.id, stream, here.now(), action="verify")
    return render_template("audit/verified.html", found=found, stream=stream, back=back, words_of=audit_labels)


@bp.get("/audit/access")
def access() -> str:
    """Who read what, who was refused, who logged in."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        page = access_log.page_of(db, request.args)
    asked: dict[str, Any] = {name: request.args[name] for name in ACCESS_SEARCHED if request.args.get(name)}
    return render_template(
        "audit/access.html",
        page=page,
        asked=asked,
        kinds=access_log.KINDS,
        words_of=audit_labels,
        next_url=url_for("audit.access", **asked, after=page.next) if page.next else None,
        first_url=url_for("audit.access", **asked) if request.args.get("after") else None,
    )
