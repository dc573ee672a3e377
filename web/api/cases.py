"""Cases in the API: open, read, list and act on them.

Every change goes through the gate, under the version the caller has seen, and is answered in its own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, and_, exists, or_, select

from models import Case, Consultation
from models.database import reading
from web.api.argument_schemas import ActSchema, CaseQuerySchema
from web.api.blueprint import blp, caller, not_found_before_malformed, tenant_of
from web.api.case_presenter import CaseSummary, ShownCase
from web.api.case_queries import load_case, visible_context
from web.api.case_schemas import CaseListSchema, CaseSchema
from web.api.idempotency import ActAnswer, answer_act
from web.api.openapi_fragments import IDEMPOTENCY_KEY, OPENING_BODY
from web.api.pagination import Page, address_after, columns_of, read_cursor
from web.api.request_parsing import body_of, malformed
from web.core.services import services
from web.ui.pagination import LARGEST, Key, Keyset
from workflow.cases import gate, payloads
from workflow.cases.access_log import note_if_secret
from workflow.cases.actor import Actor, load_actor
from workflow.cases.gate import open_case
from workflow.cases.written import BeforeCommit, Written
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.versions.migrate_case import MOVE, move

NEWEST_FIRST = Keyset("cases", (Key(Case.id, descending=True),), first=(LARGEST,))


@blp.get("/cases")
@blp.response(200, CaseListSchema)
@blp.arguments(CaseQuerySchema, location="query")
def list_cases(given: Mapping[str, Any]) -> Page:
    """Cases the caller may see, newest first."""
    here, who = services(), caller()
    conditions, after = _conditions(who.tenant, given), read_cursor(NEWEST_FIRST, given)
    with reading(here.engine, who.tenant.id) as session:
        today = here.today(who.tenant)
        actor = load_actor(session.connection(), who.tenant.id, who.person_id, today)
        if "waiting" in given:
            conditions.append(_waits_for(who.tenant, actor))
        query = select(*columns_of(Case)).where(_perhaps_visible(actor), *conditions)
        rows = session.execute(NEWEST_FIRST.page(query, after, given["limit"])).all()
        shown, following = NEWEST_FIRST.cut(rows, given["limit"], lambda row: (row.id,))
        contexts = [visible_context(here.workflow.policies, session, who.tenant, actor, row, today) for row in shown]
    return Page([CaseSummary(who.tenant, s) for s in contexts if s is not None], address_after(following))


@blp.post("/cases")
@blp.doc(parameters=[IDEMPOTENCY_KEY], requestBody=OPENING_BODY)
@blp.response(201, CaseSchema)
def open_a_case() -> Any:
    """Open a draft; who will decide it is answered at once, or the clause that forbids it."""
    here, who = services(), caller()
    draft = body_of(request)
    if not isinstance(draft.get("municipality"), str):
        code = "field-wrong" if "municipality" in draft else "field-missing"
        raise Malformed(reason(code, field="municipality", why="not a text"))
    now = here.now()

    def act(before_commit: BeforeCommit) -> None:
        open_case(here.workflow, who.person_id, draft, now=now, before_commit=before_commit)

    answer = answer_act(act, read_shown, 201)
    if isinstance(answer, ActAnswer):
        return answer.view, 201, {**answer.headers, "Location": f"{request.path}/{answer.number}"}
    return answer


@blp.get("/cases/<number>")
@blp.response(200, CaseSchema)
def read_case(number: str) -> ShownCase:
    """One case: where it is, who has it, what it needs, what the caller may do."""
    here, who, tenant = services(), caller(), tenant_of(number)
    now = here.now()
    with reading(here.engine, tenant.id) as session:
        connection = session.connection()
        actor = load_actor(connection, tenant.id, who.person_id, here.today(tenant))
        shown = read_shown(Written(connection, actor, number, 0), now)
    note_if_secret(here.engine, tenant, who.person_id, number, shown.row.secrecy_law, now, action="api")
    return shown


@blp.post("/cases/<number>/actions")
@blp.doc(parameters=[IDEMPOTENCY_KEY])
@blp.response(200, CaseSchema)
@not_found_before_malformed(lambda number: _look(number))
@blp.arguments(ActSchema)
def act_on_case(given: Mapping[str, Any], number: str) -> Any:
    """Take one action on a case, under the version the caller has seen; answers with the case as it is then.

    An administrator's `move`, with `to` in the payload, puts it under the version of the policy in force.
    """
    here, who = services(), caller()
    tenant_of(number)
    under = {"now": here.now(), "expected_version": given["version"], "comment": given["comment"]}

    def act(before_commit: BeforeCommit) -> None:
        if given["action"] == MOVE:
            to = payloads.read(payloads.Move, given["payload"])["to"]
            move(here.workflow, who.person_id, number, to, **under, before_commit=before_commit)
        else:
            gate.act(
                here.workflow,
                who.person_id,
                number,
                given["action"],
                given["payload"],
                **under,
                before_commit=before_commit,
            )

    answer = answer_act(act, read_shown, 200)
    return (answer.view, 200, answer.headers) if isinstance(answer, ActAnswer) else answer


def read_shown(written: Written, now: datetime) -> ShownCase:
    """A case as an actor sees it; raises `NotFound` where they may not."""
    tenant, policies = caller().tenant, services().workflow.policies
    where = (policies, written.connection, tenant, written.actor, written.number)
    rows = load_case(*where, local_day(now, tenant.timezone), written.history)
    return ShownCase(tenant, rows.context, rows)


def _look(number: str) -> None:
    """Raises `NotFound` where the caller may not see the case."""
    here, who = services(), caller()
    tenant_of(number)
    gate.read_context(here.workflow, who.person_id, number, now=here.now())


# -- the list's filters


def _conditions(tenant: Tenant, given: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions that the filters put; raises `Malformed` for a body nobody has."""
    found: list[ColumnElement[bool]] = []
    if "state" in given:
        found.append(Case.state == given["state"])
    if "engagement" in given:
        found.append(Case.engagement == given["engagement"])
    if "responsible" in given:
        if given["responsible"] not in tenant.body_ids:
            raise malformed("responsible", "no such body")
        found.append(Case.responsible_body_id == tenant.body_ids[given["responsible"]])
    return found


def _waits_for(tenant: Tenant, actor: Actor) -> ColumnElement[bool]:
    seats = (
        and_(Case.waits_role == role, Case.waits_body_id == tenant.body_ids[body]) for role, body in actor.all_seats
    )
    consulted = [tenant.body_ids[body] for body in actor.bodies_as("secretary")]
    opinion = exists().where(
        Consultation.municipality_id == tenant.id,
        Consultation.case_id == Case.id,
        Consultation.state == "asked",
        Consultation.body_id.in_(consulted),
    )
    return or_(Case.waits_person_id.in_(_officers(actor)), *seats, and_(Case.state == "consult", opinion))


def _officers(actor: Actor) -> list[int]:
    """The caller, and officers who are away and for whom the caller stands in."""
    return [actor.id, *(absent.id for absent in actor.stands_in if absent.seat[0] == "officer")]


def _perhaps_visible(actor: Actor) -> ColumnElement[bool]:
    """The part of visibility that the database can decide: drafts are for their own people and for managers."""
    if actor.bodies_as("manager"):
        return Case.id.is_not(None)
    mine = or_(Case.officer_id.in_(_officers(actor)), Case.opened_by_id == actor.id)
    return or_(Case.submitted_by_id.is_not(None), mine)
