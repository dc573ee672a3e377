"""What does one act collect on its way to the commit?

An action reads its turn and writes into it what is to change; the gate alone turns that into SQL and a trail entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.cases.authorization import Verdict
from workflow.cases.context import CaseContext
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import GIVEN, Request
from workflow.policy.state_machine import Procedure
from workflow.policy.store import Policies


@dataclass(slots=True)
class ActionContext:
    """One act under way."""

    action: str
    connection: Connection
    tenant: Tenant
    standing: CaseContext
    verdict: Verdict
    payload: Mapping[str, Any]
    comment: str
    now: datetime
    policies: Policies
    #: Columns of the case to change.
    changes: dict[str, Any] = field(default_factory=dict)
    #: For the entry, in clear.
    data: dict[str, Any] = field(default_factory=dict)
    #: For the entry, as commitments.
    words: dict[str, str] = field(default_factory=dict)
    #: Outcome that chooses the transition, for actions that have several.
    outcome: str | None = None
    clauses: tuple[str, ...] = ()
    #: The route after the act, when the act re-pinned it.
    procedure: Procedure | None = None

    @property
    def policy(self) -> Policy:
        """The policy version the case is under."""
        return self.standing.policy

    @property
    def municipality_id(self) -> int:
        """The municipality the case belongs to."""
        return self.tenant.id

    def owned(self, **values: Any) -> dict[str, Any]:
        """Values of a row of this municipality and case."""
        return {"municipality_id": self.tenant.id, "case_id": self.standing.case.id, **values}

    def request_now(self) -> Request:
        """The request as it stands after the changes so far."""
        known = {name: self.changes[name] for name in GIVEN if name in self.changes}
        return self.standing.request.with_(**known)
