"""Preview of a decision: who would decide a request that is still being typed.

It is answered by the same table and the same requirements as the gate uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from models import Engagement
from web.cases.request_form import FromRegister
from workflow.cases.context import GivenMandate
from workflow.core.tenants import Tenant
from workflow.policy.competence import deciding_body_key, who_decides
from workflow.policy.model import Answer, Policy, Request, Requirement
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
        r = self.request
        parts = (r.engagement, r.act, self.responsible, r.scope, r.initiative, r.principal, r.eu_funded)
        return "/".join(str(part) for part in (*parts, r.external_funding, r.named_nordic_twin))


def preview(policy: Policy, request: Request, responsible: str) -> Preview:
    """The policy's answer; a refusal is an answer too."""
    answer = who_decides(policy, request)
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
    share = typed.get("attributes.external_funding", 0)
    request = Request(
        engagement,
        act,
        policy.body(responsible).kind,
        scope=typed.get("attributes.scope", "own-area"),
        initiative=typed.get("attributes.initiative"),
        principal=bool(typed.get("attributes.principal")),
        eu_funded=bool(typed.get("attributes.eu_funded")),
        external_funding=share if isinstance(share, int) else 0,
    )
    if found is None:
        return request
    return request.with_(
        scope=found.scope,
        eu_funded=found.eu_funded,
        external_funding=found.external_funding,
        named_nordic_twin=found.named_nordic_twin,
    )


def mandate_for(mandates: tuple[GivenMandate, ...], request: Request) -> GivenMandate | None:
    """The mandate that covers a request today, if there is one."""
    return next((given for given in mandates if given.covers(request)), None)


def from_register(connection: Connection, tenant: Tenant, number: str) -> FromRegister | None:
    """An engagement of the register by its number; None when there is none."""
    row = connection.execute(
        select(
            Engagement.number,
            Engagement.title,
            Engagement.kind,
            Engagement.responsible_body_id,
            Engagement.scope,
            Engagement.eu_funded,
            Engagement.external_funding,
            Engagement.named_nordic_twin,
            Engagement.partner_name,
            Engagement.partner_country,
        ).where(Engagement.municipality_id == tenant.id, Engagement.number == number)
    ).one_or_none()
    if row is None:
        return None
    number_, title, kind, body, *more = tuple(row)
    return FromRegister(number_, title, kind, tenant.body_keys[body], *more)


@dataclass(frozen=True, slots=True)
class Found:
    """One engagement in the picker."""

    id: int
    number: str
    title: str
    partner_name: str
    ends_on: Any


def register_page(db: Session, kind: str, search: str, after: int, today: Any) -> tuple[Found, ...]:
    """Engagements of a kind that have not ended, found by number, title or partner; one more than a page holds."""
    query = (
        select(Engagement.id, Engagement.number, Engagement.title, Engagement.partner_name, Engagement.ends_on)
        .where(
            Engagement.kind == kind,
            Engagement.status != "ended",
            (Engagement.ends_on.is_(None)) | (Engagement.ends_on >= today),
            Engagement.id > after,
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
