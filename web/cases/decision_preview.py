"""Preview of a decision: who would decide a request that is still being typed.

It is answered by the same table and the same requirements as the gate uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from models import Engagement
from web.cases.request_forms import FromRegister
from workflow.cases.context import GivenMandate
from workflow.cases.secrecy import Reader
from workflow.core.tenants import Tenant
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.named_twins import registered_facts
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import ATTRIBUTES, GIVEN, REGISTERED, Attribute, Request, facts_of
from workflow.policy.requirements import required
from workflow.policy.state_machine import Procedure, procedure_for

#: Rows of the register on one page of the picker.
PAGE = 25


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer to a request: who decides, on which route, with which requirements."""

    request: Request
    responsible: str
    answer: Answer
    #: Key of the deciding body; empty when it is refused.
    deciding: str
    procedure: Procedure | None
    requirements: tuple[Requirement, ...]

    @property
    def is_by_mandate(self) -> bool:
        """Whether an administration decides, so that it needs a mandate."""
        return self.procedure is not None and not self.procedure.deciding.is_collegial

    @property
    def key(self) -> str:
        """Everything the answer depends on, as one text; equal while nothing of it is changed."""
        parts = (self.request.engagement, self.request.act, self.responsible, *facts_of(self.request).values())
        return "/".join(str(part) for part in parts)


def preview(policy: Policy, request: Request, responsible: str, on: date) -> Preview:
    """The policy's answer by the law of a day; a refusal is an answer too."""
    answer = who_decides(policy, request, on)
    if not answer.is_decided or answer.route is None:
        return Preview(request, responsible, answer, "", None, ())
    return Preview(
        request,
        responsible,
        answer,
        deciding_body_key(policy, answer, responsible),
        procedure_for(policy, answer.route, request.responsible),
        required(policy, request),
    )


def requested(
    policy: Policy, engagement: str, act: str, responsible: str, typed: Mapping[str, Any], found: FromRegister | None
) -> Request:
    """The request that a form makes; what the register knows comes from there."""
    facts = {name: _typed(ATTRIBUTES[name], typed.get(f"attributes.{name}")) for name in GIVEN}
    request = Request(engagement, act, policy.body(responsible).kind, **facts)
    if found is None:
        return request
    return request.with_(**found.facts)


def _typed(attribute: Attribute, value: Any) -> Any:
    """A value as typed, or the default where nothing that can be read was."""
    if attribute.is_yes_no:
        return bool(value)
    if attribute.span is not None:
        return value if isinstance(value, int) else attribute.default
    return attribute.default if value is None else value


def mandate_for(mandates: tuple[GivenMandate, ...], request: Request) -> GivenMandate | None:
    """The mandate that covers a request today, if there is one."""
    return next((given for given in mandates if given.covers(request)), None)


def from_register(
    connection: Connection, tenant: Tenant, reader: Reader, policy: Policy, number: str
) -> FromRegister | None:
    """An engagement of the register by its number, as a policy reads it; None when the reader sees none."""
    row = connection.execute(
        select(
            Engagement.number,
            Engagement.title,
            Engagement.kind,
            Engagement.responsible_body_id,
            Engagement.partner_name,
            Engagement.partner_country,
            *(getattr(Engagement, name) for name in REGISTERED),
        ).where(Engagement.municipality_id == tenant.id, Engagement.number == number, reader.may_read_engagement())
    ).one_or_none()
    if row is None:
        return None
    body = tenant.body_keys[row.responsible_body_id]
    facts = registered_facts(policy.named_nordic_twins, row)
    return FromRegister(row.number, row.title, row.kind, body, row.partner_name, row.partner_country, facts)


@dataclass(frozen=True, slots=True)
class Found:
    """One engagement in the picker."""

    id: int
    number: str
    title: str
    partner_name: str
    ends_on: Any


def register_page(db: Session, reader: Reader, kind: str, search: str, after: int, today: Any) -> tuple[Found, ...]:
    """Engagements of a kind that have not ended, found by number, title or partner; one more than a page holds."""
    query = (
        select(Engagement.id, Engagement.number, Engagement.title, Engagement.partner_name, Engagement.ends_on)
        .where(
            Engagement.kind == kind,
            Engagement.status != "ended",
            (Engagement.ends_on.is_(None)) | (Engagement.ends_on >= today),
            Engagement.id > after,
            reader.may_read_engagement(),
        )
        .order_by(Engagement.id)
        .limit(PAGE + 1)
    )
    if search:
        query = query.where(
            Engagement.title.icontains(search, autoescape=True)
            | Engagement.partner_name.icontains(search, autoescape=True)
            | (Engagement.number == search)
        )
    return tuple(Found(*row) for row in db.execute(query))
