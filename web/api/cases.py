"""How does a program open, read, list and move cases?

Every change goes through the gate, under the version the program has seen; who may see a case is the engine's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request
from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from models import Case, Consultation
from models.database import reading
from web.api import parameters, request_parsing, schemas
from web.api.blueprint import Caller, answer, blp, caller
from web.api.case_json import case_as_json, head
from web.api.idempotent_response import answered_once
from web.api.pagination import PAGING, Page, columns_of
from web.core.services import Services, services
from web.policies.answer_json import Json, body_name
from workflow.cases import payloads, predicates
from workflow.cases.access_log import note_if_secret
from workflow.cases.context import Actor, CaseContext, load_actor, request_of
from workflow.cases.opening import open_case
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.policy.state_machine import procedure_for
from workflow.versions.migrate_case import MOVE, move

FILTERS = ("state", "engagement", "responsible", "waiting")


@blp.get("/cases")
@blp.doc(**parameters.LIST_CASES)
@blp.response(200, schemas.CaseList)
def list_cases() -> Response:
    """Cases the caller may see, newest first."""
    here, who = services(), caller()
    given = request_parsing.query_of_request((*FILTERS, *PAGING))
    page, wanted = Page.of(given), _wanted(who.tenant, given)
    with reading(here.engine, who.tenant.id) as session:
        today = here.today(who.tenant)
        actor = load_actor(session.connection(), who.tenant.id, who.person_id, today)
        if "waiting" in given:
            wanted.append(_waits_for(who.tenant, actor))
        query = select(*columns_of(Case)).where(Case.id < page.before, _perhaps_visible(actor), *wanted)
        rows = session.execute(query.order_by(Case.id.desc()).limit(page.limit + 1)).all()
        seen = [s for row in rows[: page.limit] if (s := as_seen(here, session, who.tenant, actor, row)) is not None]
    items = [{**head(who.tenant, s.case), "body_name": body_name(s.policy, s.deciding)} for s in seen]
    return answer(page.as_json(items, rows))


@blp.post("/cases")
@blp.doc(**parameters.OPEN_CASE)
@blp.response(201, schemas.CaseTold)
def open_a_case() -> Response:
    """Open a draft; who will decide it is answered at once, or the clause that forbids it."""
    here, who = services(), caller()
    draft = request_parsing.body_of_request()
    if not isinstance(draft.get("municipality"), str):
        code = "field-wrong" if "municipality" in draft else "field-missing"
        raise Malformed(reason(code, field="municipality", why="not a text"))

    def act() -> str:
        return open_case(here.gate, who.person_id, draft, now=here.now())

    told = _once(here, who, act, 201)
    if told.status_code == 201:
        told.headers["Location"] = f"{request.path}/{told.get_json()['number']}"
    return told


@blp.get("/cases/<number>")
@blp.response(200, schemas.CaseTold)
def read_case(number: str) -> Response:
    """One case: where it is, who has it, what it needs, what the caller may do."""
    here, who, tenant = services(), caller(), tenant_of(number)
    told = case_as_json(here, tenant, who.person_id, number)
    note_if_secret(here.engine, tenant, who.person_id, number, told["secrecy"]["law"], here.now(), action="api")
    return answer(told)


@blp.post("/cases/<number>/actions")
@blp.doc(**parameters.ACT)
@blp.response(200, schemas.CaseTold)
def act_on_case(number: str) -> Response:
    """Take one action on a case, under the version the caller has seen; answers with the case as it is then.

    An administrator's `move`, with `to` in the payload, puts it under the version of the policy in force.
    """
    here, who = services(), caller()
    tenant_of(number)

    def act() -> str:
        told = {"now": here.now(), "expected_version": given["version"], "comment": given["comment"]}
        if given["action"] == MOVE:
            move(here.gate, who.person_id, number, payloads.read(MOVE, given["payload"])["to"], **told)
        else:
            here.gate.act(who.person_id, number, given["action"], given["payload"], **told)
        return number

    try:
        given = request_parsing.envelope_of_request()
        return _once(here, who, act, 200)
    except (Malformed, HTTPException):
        here.gate.look(who.person_id, number, now=here.now())  # that there is no such case is said first
        raise


def _once(here: Services, who: Caller, act: Callable[[], str], status: int) -> Response:
    """Act, and answer with the case; under an Idempotency-Key only the first time."""

    def told(number: str) -> Json:
        return case_as_json(here, who.tenant, who.person_id, number)

    return answered_once(here, who, act, told, status)


# -- what is listed


def _wanted(tenant: Tenant, given: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Conditions that the filters put; raises `Malformed` for a value nobody has."""
    found: list[ColumnElement[bool]] = []
    if "state" in given:
        found.append(Case.state == given["state"])
    if "engagement" in given:
        if given["engagement"] not in ENGAGEMENTS:
            raise Malformed(reason("field-wrong", field="engagement", why=f"none of {', '.join(ENGAGEMENTS)}"))
        found.append(Case.engagement == given["engagement"])
    if "responsible" in given:
        if given["responsible"] not in tenant.body_ids:
            raise Malformed(reason("field-wrong", field="responsible", why="no such body"))
        found.append(Case.responsible_body_id == tenant.body_ids[given["responsible"]])
    if given.get("waiting", "me") != "me":
        raise Malformed(reason("field-wrong", field="waiting", why="only “me”"))
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
    """What the database can tell of who sees what: drafts are for their own people and for managers."""
    if actor.bodies_as("manager"):
        return Case.id.is_not(None)
    mine = or_(Case.officer_id.in_(_officers(actor)), Case.opened_by_id == actor.id)
    return or_(Case.submitted_by_id.is_not(None), mine)


def as_seen(here: Services, session: Session, tenant: Tenant, actor: Actor, row: Row[Any]) -> CaseContext | None:
    """As much of a standing as the question takes whether the person may see the case; None where they may not."""
    policy = here.gate.policies.by_id(session, tenant.id, row.policy_version_id)
    responsible = tenant.body_keys[row.responsible_body_id]
    kind = policy.body(responsible).kind
    s = CaseContext(
        case=row,
        responsible=responsible,
        deciding=tenant.body_keys[row.deciding_body_id],
        actor=actor,
        policy=policy,
        procedure=procedure_for(policy, row.route, kind),
        request=request_of(row, kind),
        history=(),
        recused=frozenset(),
        mandates=(),
        pending=None,
        today=here.today(tenant),
    )
    return s if predicates.actor_may_see_the_case(s) else None


def tenant_of(number: str) -> Tenant:
    """The caller's municipality, which a number must belong to; raises `NotFound`."""
    who = caller()
    if number.partition("-")[0] != who.tenant.key or not number.isascii() or not number.isprintable():
        raise NotFound(reason("not-found"))
    return who.tenant
