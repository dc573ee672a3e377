"""Registration of legacy engagements, which began before Instans was in use.

Each cites its source and is recorded in the municipality's journal. Registration decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate
from sqlalchemy import Connection, insert

from models import Engagement
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.actions.prepare import jsonable
from workflow.cases.actor import Actor, load_actor, officers_seat
from workflow.cases.payloads import CaseFields, field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.dates import Day
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.core.sequences import next_in
from workflow.core.tenants import Tenant
from workflow.core.text_validation import Line, clean
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.policy.attribute_fields import attribute_field
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE, is_named_twin
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, REGISTERED, Request, begin_act
from workflow.policy.vocabulary import RESPONSIBLE_KINDS
from workflow.register.details_schema import Details, settle, told_of
from workflow.register.search_index import note_words, sort_keys
from workflow.trail.journal import Act, record

_Facts = Details.from_dict(
    {name: attribute_field(ATTRIBUTES[name], load_default=ATTRIBUTES[name].default) for name in REGISTERED}
)


class EngagementFromBefore(_Facts):  # type: ignore[misc, valid-type]
    """An engagement older than the system, and what it rests on."""

    kind = fields.String(required=True, validate=validate.OneOf(ENGAGEMENTS))
    title = Line(500, at_least=1, required=True)
    source = Line(1000, at_least=1, required=True)
    partner_name = Line(500, load_default="")
    partner_country = fields.String(load_default="", validate=validate.Length(max=100))
    responsible = fields.String(required=True)
    goals = fields.List(fields.String(), load_default=list)
    fields_ = fields.Nested(CaseFields, data_key="fields", load_default=dict)
    starts_on = Day(allow_none=True, load_default=None)
    ends_on = Day(allow_none=True, load_default=None)


def register_engagement(
    services: Services, actor_id: int, key: str, given: Mapping[str, Any], *, now: datetime, is_example: bool = False
) -> str:
    """Bring an engagement from before into the register, citing its source; returns its number. Decides nothing."""
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, "register-engagement", now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        return enter_from_before(services, connection, tenant, actor, given, now=now, is_example=is_example)


def checked(tenant: Tenant, policy: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an engagement from before, as values; raises `Malformed` with a reason per field."""
    try:
        values = dict(EngagementFromBefore().load(clean(given)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None
    responsible = values["responsible"]
    known = policy.has_body(responsible) and responsible in tenant.body_ids
    if not known or policy.body(responsible).kind not in RESPONSIBLE_KINDS:
        raise Malformed(reason("field-wrong", field="responsible", why="no such responsible body"))
    if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise Malformed(reason("field-wrong", field="ends_on", why="before it starts"))
    named = policy.named_nordic_twins
    is_named = is_named_twin(named, values["partner_name"], registered=values[ATTRIBUTE])
    if values[ATTRIBUTE] and not is_named:
        raise Malformed(reason("no-named-twin", field=ATTRIBUTE, partner=values["partner_name"]))
    values[ATTRIBUTE] = is_named
    settle(values)
    return values


def enter_from_before(
    services: Services,
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    given: Mapping[str, Any],
    *,
    now: datetime,
    is_example: bool = False,
) -> str:
    """Put one engagement from before into the register within the caller's transaction; returns its number."""
    today = local_day(now, tenant.timezone)
    version_id, policy = services.policies.in_force(connection, tenant.id, today)
    values = checked(tenant, policy, given)
    seat = officers_seat(actor)
    responsible, case_fields = values.pop("responsible"), jsonable(values.pop("fields_"))
    number = f"{tenant.key}-e-{next_in(connection, tenant.id, 'e'):05d}"
    row = {
        **_row(tenant, values, number),
        "fields": case_fields,
        "responsible_body_id": tenant.body_ids[responsible],
        "is_example": is_example,
        "created_at": now,
    }
    id_ = connection.execute(insert(Engagement).returning(Engagement.id), row).scalar_one()
    note_words(connection, tenant, id_, values["title"], values["partner_name"])
    request = Request(
        values["kind"],
        begin_act(values["kind"]),
        policy.body(responsible).kind,
        **{name: values[name] for name in REGISTERED},
    )
    planned = schedule.plan(
        connection,
        tenant,
        policy,
        request,
        Planned(id_, number, responsible, version_id),
        starts=values["starts_on"] or today,
        ends=values["ends_on"],
        now=now,
    )
    done = Act(
        "register-engagement",
        actor.public_id,
        *seat,
        on_behalf_of=actor.on_behalf_at(seat),
        policy_version=policy.version,
        policy_digest=policy.digest,
        data={"engagement": number, "kind": values["kind"], "responsible": responsible, "scope": values["scope"]}
        | told_of(values)
        | planned,
        words={"title": values["title"], "partner": values["partner_name"], "source": values["source"]},
    )
    record(connection, tenant.id, done, now=now)
    return number


def _row(tenant: Tenant, values: Mapping[str, Any], number: str) -> dict[str, Any]:
    return {
        **values,
        **sort_keys(tenant, values["title"], values["partner_name"]),
        "municipality_id": tenant.id,
        "number": number,
        "status": "active",
        "signature": {},
        "origin": "register",
    }
