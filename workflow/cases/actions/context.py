"""Action context: the state collected by one action until commit.

An action reads the case as it was loaded and writes here what is to change; the gate alone turns that into SQL and a
trail entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.cases.authorization import Verdict
from workflow.cases.context import CaseContext
from workflow.cases.proposals import current_text
from workflow.cases.records import CaseRecord
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import GIVEN, Request
from workflow.policy.roles import Seat
from workflow.policy.state_machine import Procedure
from workflow.policy.store import Policies


@dataclass(slots=True)
class ActionContext:
    """One action in progress."""

    action: str
    connection: Connection
    tenant: Tenant
    policies: Policies
    #: The case as it was loaded, before the action.
    case_context: CaseContext
    now: datetime
    #: Set once the actor is authorized.
    verdict: Verdict | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    #: Columns of the case to change.
    changes: dict[str, Any] = field(default_factory=dict)
    #: For the trail entry, in clear.
    data: dict[str, Any] = field(default_factory=dict)
    #: For the trail entry, as commitments.
    texts: dict[str, str] = field(default_factory=dict)
    #: Outcome that chooses the transition, for actions that have several.
    outcome: str | None = None
    #: Clauses the trail entry cites; None for those the case rests on.
    clauses: tuple[str, ...] | None = None
    #: The route after the action, when the action pinned the case to another.
    procedure: Procedure | None = None
    #: The policy version after the action, when the action moved the case to another.
    moved_to: Policy | None = None
    #: The proposal before the action, once it has been read.
    _proposal: str | None = None

    @property
    def case(self) -> CaseRecord:
        """The case's row before the action."""
        return self.case_context.case

    @property
    def policy(self) -> Policy:
        """The policy version the case was under before the action."""
        return self.case_context.policy

    @property
    def municipality_id(self) -> int:
        """The municipality the case belongs to."""
        return self.tenant.id

    @property
    def seat(self) -> Seat:
        """The seat acted from."""
        seat = self.verdict.seat if self.verdict is not None else None
        assert seat is not None  # an allowed verdict names the seat acted from
        return seat

    def proposal(self) -> str:
        """The text of the proposal before the action, read once."""
        if self._proposal is None:
            case = self.case
            self._proposal = current_text(self.connection, self.tenant.id, case.id, case.proposal_version)
        return self._proposal

    def owned(self, **values: Any) -> dict[str, Any]:
        """Values of a row of this municipality and case."""
        return {"municipality_id": self.tenant.id, "case_id": self.case.id, **values}

    def request_now(self) -> Request:
        """The request after the changes so far."""
        known = {name: self.changes[name] for name in GIVEN if name in self.changes}
        return self.case_context.request.with_(**known)
