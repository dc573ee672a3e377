"""Routing of a case: the deciding body, route and clauses that its request is pinned to.

Determined when a case is opened and again whenever its request changes, always under the case's own policy version and
by the law of the day: of a body's decision, the day of its meeting. A request that the policy forbids is refused here,
whatever later change it comes in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow.core.errors import NotCompetent
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request, facts_of


def answer_for(policy: Policy, request: Request, on: date) -> Answer:
    """The answer to a request by the law of a day; raises `NotCompetent` with the clause when nobody may decide it."""
    answer = who_decides(policy, request, on)
    if not answer.is_decided:
        raise NotCompetent(reason("refused-by-clause", clauses=answer.clauses))
    return answer


def pinned(policy: Policy, tenant: Tenant, answer: Answer, responsible: str) -> dict[str, Any]:
    """Columns of a case that an answer decides."""
    deciding = deciding_body_key(policy, answer, responsible)
    return {
        "route": answer.route,
        "decides": answer.body,
        "deciding_body_id": tenant.body_ids[deciding],
        "clauses": list(answer.clauses),
    }


def request_data(request: Request, responsible: str, answer: Answer) -> dict[str, Any]:
    """Data of a trail entry about a request and its answer."""
    return {
        "request": {
            "engagement": request.engagement,
            "act": request.act,
            "responsible": responsible,
            "responsible_kind": request.responsible,
            **facts_of(request),
        },
        "route": answer.route,
        "decides": answer.body,
        "row": answer.row,
    }
