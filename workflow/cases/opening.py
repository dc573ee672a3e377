"""How does a case begin?

A request is judged at once: who decides, by which clause, on which route; or it is refused with the clause. What is
missing refuses a later step, never the opening of a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, insert, select

from models import Case, Engagement
from models.database import writing
from workflow.cases import payloads
from workflow.cases.actions.prepare import FROM_REGISTER, jsonable, principal_needs_a_reason, unknown_goals
from workflow.cases.case_references import note_mentions
from workflow.cases.context import Actor, load_actor
from workflow.cases.proposals import add_version
from workflow.cases.routing import answer_for, pinned, request_data
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotMandated, WorkflowError
from workflow.core.messages import reason
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.policy.model import ACTS, ACTS_ON_REGISTERED, POLICY_ACTS, RESPONSIBLE_KINDS, Policy, Request
from workflow.policy.roles import Seat, preparing_seat
from workflow.policy.store import Policies
from workflow.trail.append import append
from workflow.trail.entry import Entry, as_text, instant, normal

if TYPE_CHECKING:
    from workflow.cases.gate import Also, Gate


@dataclass(frozen=True, slots=True)
class Concluding:
    """The evaluation a case is to decide, the seat it was concluded from and the officer who is to have the case."""

    id: int
    number: str
    seat: Seat
    officer_id: int


def open_case(
    gate: Gate,
    actor_id: int,
    draft: Mapping[str, Any],
    *,
    now: datetime,
    is_example: bool = False,
    also: Also | None = None,
) -> str:
    """Open a draft of a request and return its case number.

    Raises `Malformed` for what cannot be read, `NotMandated` for whoever is no officer of the administration that
    prepares the matter, and `NotCompetent` with the clause for what the policy forbids.
    """
    key = str(draft.get("municipality", "")) if isinstance(draft, Mapping) else ""
    tenant = gate.tenants.tenant(key)
    try:
        with writing(gate.engine, tenant.id) as connection:
            return _open(gate, connection, tenant, actor_id, draft, now, is_example, also)
    except WorkflowError as refusal:
        gate.log_refusal(tenant, actor_id, key, "open", refusal, now=now)
        raise


def _open(
    gate: Gate,
    connection: Connection,
    tenant: Tenant,
    actor_id: int,
    draft: Mapping[str, Any],
    now: datetime,
    is_example: bool,
    also: Also | None,
) -> str:
    actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
    given = payloads.read("open", draft)
    number = begin(connection, tenant, gate.policies, actor, given, now=now, is_example=is_example)
    if also is not None:
        also(connection, actor, number, 1)
    return number


def begin(
    connection: Connection,
    tenant: Tenant,
    policies: Policies,
    actor: Actor,
    given: Mapping[str, Any],
    *,
    now: datetime,
    evaluation: Concluding | None = None,
    is_example: bool = False,
) -> str:
    """Write a new case and its first entry in the caller's transaction; returns its number. Raises as `open_case`.

    A case that follows from an evaluation is opened from the seat that concluded it, for the officer who is to have it.
    """
    today = local_day(now, tenant.timezone)
    _acts_fit(given)
    version_id, policy = policies.in_force(connection, tenant.id, today)
    engagement = _engagement(connection, tenant, given, today)
    responsible = _responsible(policy, tenant, actor, given, engagement)
    request = _request(policy, responsible, given, engagement)
    fields = jsonable(given.get("fields_", {}))
    principal_needs_a_reason(request, fields)
    unknown_goals(given.get("goals", []), {goal.key for group in policy.goals for goal in group.items})
    seat = evaluation.seat if evaluation else preparing_seat(policy, "officer", responsible)
    way = next(iter(actor.capacities(seat)), None)
    # a case stays with the seat: the officer who was away has it on coming back, as they have their other cases
    own_officer_id = way.absent.id if way and way.absent else actor.id
    officer_id = evaluation.officer_id if evaluation else own_officer_id
    if evaluation is None and way is None:
        body = policy.body(seat[1])
        raise NotMandated(reason("not-appointed", role="officer", body=body.key, body_names=body.names))
    answer = answer_for(policy, request)
    year = str(today.year)
    number = f"{tenant.key}-{year}-{next_in(connection, tenant.id, year):05d}"
    text = given.get("text") or given["title"]
    words = {"title": given["title"], "text": text}
    if fields:
        words["fields"] = as_text(fields)
    partner = given.get("partner") or _partner(engagement)
    if partner["name"] or partner["country"]:
        words["partner"] = as_text(dict(partner))
    entry = Entry(
        municipality=tenant.key,
        stream=number,
        number=1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=seat[0],
        actor_body=seat[1],
        on_behalf_of=way.on_behalf_of if way else "",
        action="open",
        from_state="",
        to_state="draft",
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash="",
        clauses=answer.clauses,
        data={
            **request_data(request, responsible, answer),
            "goals": list(given.get("goals", [])),
            "origin": given["origin"],
            "external_number": given["external_number"],
            "engagement": engagement.number if engagement else "",
            "proposal_version": 1,
            **({"evaluation": evaluation.number} if evaluation else {}),
        },
    )
    head = append(connection, tenant.id, entry, words)
    secrecy = given.get("secrecy", {"law": "", "note": ""})
    row = {
        "municipality_id": tenant.id,
        "number": number,
        "external_number": given["external_number"],
        "title": normal(given["title"]),
        "engagement": request.engagement,
        "act": request.act,
        "responsible_body_id": tenant.body_ids[responsible],
        "scope": request.scope,
        "initiative": request.initiative,
        "principal": request.principal,
        "principal_reason": fields.get("principal_reason", ""),
        "named_nordic_twin": request.named_nordic_twin,
        "eu_funded": request.eu_funded,
        "external_funding": request.external_funding,
        "partner_name": partner["name"],
        "partner_country": partner["country"],
        "fields": fields,
        "goals": list(given.get("goals", [])),
        "origin": given["origin"],
        "policy_version_id": version_id,
        **pinned(policy, tenant, answer, responsible),
        "state": "draft",
        "version": 1,
        "head_hash": head,
        "proposal_version": 1,
        "officer_id": officer_id,
        "opened_by_id": actor.id,
        "waits_person_id": officer_id,
        "opened_at": now,
        "changed_at": now,
        "engagement_id": engagement.id if engagement else None,
        "evaluation_id": evaluation.id if evaluation else None,
        "secrecy_law": secrecy["law"],
        "secrecy_note": secrecy["note"],
        "is_example": is_example,
    }
    case_id = connection.execute(insert(Case).returning(Case.id), row).scalar_one()
    add_version(connection, tenant.id, case_id, 1, text, author_id=actor.id, body_id=None, now=now)
    note_mentions(connection, tenant.id, case_id, (number, given["external_number"]), given["title"], text)
    return number


def _acts_fit(given: Mapping[str, Any]) -> None:
    if given["act"] not in (POLICY_ACTS if given["engagement"] == "policy" else ACTS):
        raise Malformed(reason("field-wrong", field="act", why=f"not an act for {given['engagement']}"))


def _engagement(connection: Connection, tenant: Tenant, given: Mapping[str, Any], today: date) -> Row[Any] | None:
    """The engagement a request concerns; raises `Malformed` when it is missing, ended or of another kind."""
    number = given.get("engagement_number")
    if not number:
        if given["act"] in ACTS_ON_REGISTERED:
            raise Malformed(reason("engagement-needed", field="engagement_number"))
        return None
    if given["act"] in ("enter", "adopt"):
        raise Malformed(reason("field-unknown", field="engagement_number"))
    found = connection.execute(
        select(Engagement.__table__).where(Engagement.municipality_id == tenant.id, Engagement.number == number)
    ).one_or_none()
    if found is None:
        raise Malformed(reason("engagement-unknown", field="engagement_number"))
    if found.kind != given["engagement"]:
        raise Malformed(reason("engagement-other-kind", field="engagement_number"))
    if found.status == "ended" or (found.ends_on is not None and found.ends_on < today):
        raise Malformed(reason("engagement-ended", field="engagement_number"))
    return found


def _partner(engagement: Row[Any] | None) -> dict[str, str]:
    if engagement is None:
        return {"name": "", "country": ""}
    return {"name": engagement.partner_name, "country": engagement.partner_country}


def _responsible(
    policy: Policy, tenant: Tenant, actor: Actor, given: Mapping[str, Any], engagement: Row[Any] | None
) -> str:
    """Key of the responsible body: the engagement's, the one given, or the default the officer works for."""
    key = given.get("responsible")
    if engagement is not None:
        own = tenant.body_keys[engagement.responsible_body_id]
        if key not in (None, "", own):
            raise Malformed(reason("derived", field="responsible"))
        return own
    if key:
        if not policy.has_body(key) or policy.body(key).kind not in RESPONSIBLE_KINDS:
            raise Malformed(reason("field-wrong", field="responsible", why="no such responsible body"))
        return str(key)
    candidates = list(policy.bodies_of(policy.default_responsible))
    mine = [body for body in candidates if actor.holds(*preparing_seat(policy, "officer", body.key))]
    return (mine or candidates)[0].key


def _request(policy: Policy, responsible: str, given: Mapping[str, Any], engagement: Row[Any] | None) -> Request:
    attributes = dict(given.get("attributes", {}))
    if engagement is not None:
        for name in FROM_REGISTER:
            if name in attributes and attributes[name] != getattr(engagement, name):
                raise Malformed(reason("derived", field=f"attributes.{name}"))
            attributes[name] = getattr(engagement, name)
        attributes["named_nordic_twin"] = engagement.named_nordic_twin
    return Request(given["engagement"], given["act"], policy.body(responsible).kind, **attributes)
