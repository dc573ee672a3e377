"""Opening of a case: the values a new case begins with.

It is determined at once who decides, by which clause, on which route; or the request is refused with the clause. What
is missing refuses a later step, never the opening of a draft. `workflow.cases.gate` writes the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models import Engagement
from workflow.cases.actions.prepare import check_fields, check_goals, jsonable
from workflow.cases.actor import Actor
from workflow.cases.engagement import waiting_renewal
from workflow.cases.routing import answer_for, pinned, request_data
from workflow.cases.secrecy import reader_of, secrecy_of_engagement
from workflow.core.calendar import local_day
from workflow.core.errors import Malformed, NotMandated
from workflow.core.messages import reason
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.core.text_validation import normal
from workflow.policy.competence import Answer
from workflow.policy.model import Policy
from workflow.policy.named_twins import registered_facts
from workflow.policy.request_domain import (
    ACTS_ON_REGISTERED,
    GIVEN_OR_REGISTERED,
    Purpose,
    Request,
    acts_for,
    acts_of,
    facts_of,
)
from workflow.policy.roles import Seat, preparing_seat
from workflow.policy.store import Policies
from workflow.policy.vocabulary import RESPONSIBLE_KINDS
from workflow.trail.entry import Entry, as_text, instant


@dataclass(frozen=True, slots=True)
class FromEvaluation:
    """The evaluation a case is to decide, the seat that opens the case and the officer who is to have it."""

    id: int
    number: str
    seat: Seat
    officer_id: int


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be written: its row but for the hash of its first entry, that entry, and the proposal."""

    number: str
    row: Mapping[str, Any]
    entry: Entry
    texts: Mapping[str, str]
    proposal: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a request amounts to under the policy in force."""

    version_id: int
    policy: Policy
    engagement: Row[Any] | None
    responsible: str
    request: Request
    fields: dict[str, Any]
    goals: list[str]
    partner: Mapping[str, str]
    #: Law and note of the mark; empty where nothing is secret.
    secrecy: tuple[str, str]


def new_case(
    connection: Connection,
    tenant: Tenant,
    policies: Policies,
    actor: Actor,
    given: Mapping[str, Any],
    *,
    now: datetime,
    evaluation: FromEvaluation | None = None,
    is_example: bool = False,
) -> NewCase:
    """A new case with the next number of the year's series.

    Raises `Malformed`, `NotMandated` for whoever is no officer of the administration that prepares the matter (unless
    the case follows from an evaluation), and `NotCompetent` with the clause for what the policy forbids.
    """
    today = local_day(now, tenant.timezone)
    draft = _draft(connection, tenant, policies, actor, given, today)
    policy = draft.policy
    seat = evaluation.seat if evaluation else preparing_seat(policy, "officer", draft.responsible)
    capacity = next(iter(actor.capacities(seat)), None)
    if evaluation is None and capacity is None:
        body = policy.body(seat[1])
        raise NotMandated(reason("not-appointed", role="officer", body=body.key, body_names=body.names))
    answer = answer_for(policy, draft.request, today)
    number = f"{tenant.key}-{today.year}-{next_in(connection, tenant.id, str(today.year)):05d}"
    texts = _texts(draft, given)
    entry = Entry(
        municipality=tenant.key,
        stream=number,
        number=1,
        at=instant(now),
        actor=actor.public_id,
        actor_role=seat[0],
        actor_body=seat[1],
        on_behalf_of=capacity.on_behalf_of if capacity else "",
        action="open",
        from_state="",
        to_state="draft",
        policy_version=policy.version,
        policy_digest=policy.digest,
        previous_hash="",
        clauses=answer.clauses,
        data=_entry_data(draft, answer, given, evaluation),
    )
    # a case stays with the seat: the officer who was away has it on coming back, as they have their other cases
    own_officer_id = capacity.absent.id if capacity and capacity.absent else actor.id
    row = _row(tenant, draft, answer, given) | {
        "number": number,
        "officer_id": evaluation.officer_id if evaluation else own_officer_id,
        "opened_by_id": actor.id,
        "waits_person_id": evaluation.officer_id if evaluation else own_officer_id,
        "opened_at": now,
        "changed_at": now,
        "evaluation_id": evaluation.id if evaluation else None,
        "is_example": is_example,
    }
    return NewCase(number, row, entry, texts, texts["text"])


def _draft(
    connection: Connection, tenant: Tenant, policies: Policies, actor: Actor, given: Mapping[str, Any], today: date
) -> _Draft:
    """What is requested, with what the register knows of the engagement; raises `Malformed`."""
    _check_act(given)
    version_id, policy = policies.in_force(connection, tenant.id, today)
    engagement = _engagement(connection, tenant, policies, actor, given, today)
    responsible = _responsible_body(policy, tenant, actor, given, engagement)
    request = _request(policy, responsible, given, engagement)
    fields = jsonable(given.get("fields_", {}))
    check_fields(request, fields)
    goals = list(given.get("goals", []))
    check_goals(goals, policy)
    partner = given.get("partner") or _partner(engagement)
    secrecy = _secrecy(connection, tenant, given, engagement)
    return _Draft(version_id, policy, engagement, responsible, request, fields, goals, partner, secrecy)


def _secrecy(
    connection: Connection, tenant: Tenant, given: Mapping[str, Any], engagement: Row[Any] | None
) -> tuple[str, str]:
    """Law and note of the mark: as given, else that of the engagement the case is about."""
    mark = given.get("secrecy", {"law": "", "note": ""})
    if mark["law"] or engagement is None:
        return mark["law"], mark["note"]
    return secrecy_of_engagement(connection, tenant, engagement.id) or ("", mark["note"])


def _texts(draft: _Draft, given: Mapping[str, Any]) -> dict[str, str]:
    """Texts of the first trail entry; the title is the proposal where nobody has written one."""
    texts = {"title": given["title"], "text": given.get("text") or given["title"]}
    if draft.fields:
        texts["fields"] = as_text(draft.fields)
    if draft.partner["name"] or draft.partner["country"]:
        texts["partner"] = as_text(dict(draft.partner))
    law, note = draft.secrecy
    if law:
        texts["secrecy"] = as_text({"law": law, "note": note})
    return texts


def _entry_data(
    draft: _Draft, answer: Answer, given: Mapping[str, Any], evaluation: FromEvaluation | None
) -> dict[str, Any]:
    return {
        **request_data(draft.request, draft.responsible, answer),
        "goals": draft.goals,
        "origin": given["origin"],
        "external_number": given["external_number"],
        "engagement": draft.engagement.number if draft.engagement else "",
        **({"engagement_version": draft.engagement.version} if draft.engagement else {}),
        "proposal_version": 1,
        **({"secret": True} if draft.secrecy[0] else {}),
        **({"evaluation": evaluation.number} if evaluation else {}),
    }


def _row(tenant: Tenant, draft: _Draft, answer: Answer, given: Mapping[str, Any]) -> dict[str, Any]:
    request, fields = draft.request, draft.fields
    law, note = draft.secrecy
    return {
        "municipality_id": tenant.id,
        "external_number": given["external_number"],
        "title": normal(given["title"]),
        "engagement": request.engagement,
        "act": request.act,
        "responsible_body_id": tenant.body_ids[draft.responsible],
        **facts_of(request),
        "principal_reason": fields.get("principal_reason", ""),
        "partner_name": draft.partner["name"],
        "partner_country": draft.partner["country"],
        "fields": fields,
        "goals": draft.goals,
        "origin": given["origin"],
        "policy_version_id": draft.version_id,
        **pinned(draft.policy, tenant, answer, draft.responsible),
        "state": "draft",
        "version": 1,
        "proposal_version": 1,
        "engagement_id": draft.engagement.id if draft.engagement else None,
        "engagement_version": draft.engagement.version if draft.engagement else None,
        "secrecy_law": law,
        "secrecy_note": note,
    }


def _check_act(given: Mapping[str, Any]) -> None:
    if given["act"] not in acts_of(given["engagement"]):
        raise Malformed(reason("field-wrong", field="act", why=f"not an act for {given['engagement']}"))


def _engagement(
    connection: Connection, tenant: Tenant, policies: Policies, actor: Actor, given: Mapping[str, Any], today: date
) -> Row[Any] | None:
    """The engagement a request concerns; raises `Malformed` when it is missing, ended, of another kind, or kept secret
    from the officer.
    """
    number = given.get("engagement_number")
    if not number:
        if given["act"] in ACTS_ON_REGISTERED:
            raise Malformed(reason("engagement-needed", field="engagement_number"))
        return None
    if given["act"] in acts_for(Purpose.BEGIN):
        raise Malformed(reason("field-unknown", field="engagement_number"))
    readable = reader_of(connection, policies, tenant, actor).may_read_engagement()
    mine = (Engagement.municipality_id == tenant.id, Engagement.number == number, readable)
    found = connection.execute(select(Engagement.__table__).where(*mine)).one_or_none()
    if found is None:
        raise Malformed(reason("engagement-unknown", field="engagement_number"))
    if found.kind != given["engagement"]:
        raise Malformed(reason("engagement-other-kind", field="engagement_number"))
    is_over = found.ends_on is not None and found.ends_on < today
    if found.status == "ended" or (is_over and waiting_renewal(connection, found) is None):
        raise Malformed(reason("engagement-ended", field="engagement_number"))
    return found


def _partner(engagement: Row[Any] | None) -> dict[str, str]:
    if engagement is None:
        return {"name": "", "country": ""}
    return {"name": engagement.partner_name, "country": engagement.partner_country}


def _responsible_body(
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
        for name in GIVEN_OR_REGISTERED:
            if name in attributes and attributes[name] != getattr(engagement, name):
                raise Malformed(reason("derived", field=f"attributes.{name}"))
        attributes |= registered_facts(policy.named_nordic_twins, engagement)
    return Request(given["engagement"], given["act"], policy.body(responsible).kind, **attributes)
