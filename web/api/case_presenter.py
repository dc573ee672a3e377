"""Cases as the API shows them: values that `case_schemas` dumps, everything in codes and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from web.api.case_queries import CaseRows
from web.api.route_presenter import RequiredField, RouteStop, required_fields, route_stops
from web.policies import request_query
from web.ui.route_diagram import travelled
from workflow.cases.authorization import Availability, available_actions, naming_officer
from workflow.cases.context import CaseContext
from workflow.cases.records import CaseRecord
from workflow.core.tenants import Tenant
from workflow.policy.competence import who_decides
from workflow.policy.roles import preparing_seat
from workflow.policy.voting_rules import needed_for_quorum

#: Final states in which the last body to act had its say.
_ANSWERED = ("rejected", "not-raised")


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """The seat that acts next, and its holder where it waits for one person."""

    role: str
    body_key: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision with its body's key and name."""

    row: Row[Any]
    body_key: str
    body_name: str


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list, as its schema reads it: computed values here, plain columns from `row`."""

    tenant: Tenant
    context: CaseContext

    @property
    def row(self) -> CaseRecord | Row[Any]:
        """The case's row."""
        return self.context.case

    @property
    def municipality(self) -> str:
        """Key of the municipality."""
        return self.tenant.key

    @property
    def responsible(self) -> str:
        """Key of the responsible body."""
        return self.context.responsible

    @property
    def body_key(self) -> str:
        """Key of the deciding body."""
        return self.context.deciding

    @property
    def body_name(self) -> str:
        """What the municipality calls the deciding body."""
        return request_query.body_name(self.context.policy, self.context.deciding)


@dataclass(frozen=True, slots=True)
class ShownCase(CaseSummary):
    """A case as one person may see it; its route, requirements and open actions are the engine's answers."""

    rows: CaseRows

    @property
    def row(self) -> Row[Any]:
        """The case's row with its proposal and the names of its officer and opener."""
        return self.rows.row

    @property
    def waits_for(self) -> WaitsFor | None:
        """Who acts next; a draft waits for its own officer."""
        s = self.context
        if s.case.waits_role is not None and s.case.waits_body_id is not None:
            return WaitsFor(s.case.waits_role, self.tenant.body_keys[s.case.waits_body_id])
        if s.case.waits_person_id is None:
            return None
        return WaitsFor(*preparing_seat(s.policy, "officer", s.responsible), self.row.officer)

    @property
    def route(self) -> Iterator[RouteStop]:
        """The route of the case, with what lies behind it and where it is."""
        s = self.context
        moves = [done for done in s.history if done.from_state != done.to_state]
        ended_at = moves[-1].from_state if moves else ""
        stages = travelled(s.policy, s.procedure, s.responsible, s.state, {}, ended_at=ended_at)
        for stop, stage in zip(route_stops(s.policy, s.procedure, s.responsible), stages, strict=True):
            is_done = stage.status == "done" or (stage.status == "ended" and s.state in _ANSWERED)
            yield replace(stop, done=is_done, current=stage.status == "here")

    @property
    def requirements(self) -> Iterator[RequiredField]:
        """What must be there, and whether it is."""
        s = self.context
        return required_fields(s.policy, s.request, s.fields, tuple(s.case.goals))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Reasons of every assumption that the case's route rests on."""
        return who_decides(self.context.policy, self.context.request, self.context.today).assumptions

    @property
    def policy_version(self) -> str:
        """The version the case is under."""
        return self.context.policy.version

    @property
    def policy_digest(self) -> str:
        """Digest of that version."""
        return self.context.policy.digest

    @property
    def attributes(self) -> Row[Any]:
        """Columns that the policy's conditions read."""
        return self.row

    @property
    def partner(self) -> Row[Any]:
        """Columns of the partner."""
        return self.row

    @property
    def secrecy(self) -> Row[Any]:
        """Columns of the secrecy mark."""
        return self.row

    @property
    def proposal(self) -> Row[Any] | None:
        """The row, which has the proposal's text; None where there is none."""
        return None if self.row.proposal_text is None else self.row

    @property
    def documents(self) -> Any:
        """Registered documents."""
        return self.rows.documents

    @property
    def engagements(self) -> Any:
        """Numbers of the engagements it concerns or entered."""
        return self.rows.engagements

    @property
    def decisions(self) -> Iterator[ShownDecision]:
        """What bodies recommended and decided, oldest first."""
        for row in self.rows.decisions:
            key = self.tenant.body_keys[row.body_id]
            yield ShownDecision(row, key, request_query.body_name(self.context.policy, key))

    @property
    def available_actions(self) -> Iterator[Availability]:
        """Actions open where the case is, with reasons that name its officer."""
        for found in available_actions(self.context):
            reasons = tuple(naming_officer(why, self.row.officer_name) for why in found.reasons)
            yield replace(found, reasons=reasons)

    @property
    def members(self) -> int | None:
        """Members today of the body whose turn it is; None where no body meets."""
        return self.rows.members

    @property
    def quorum(self) -> int | None:
        """How many of them must take part."""
        stop = self.context.procedure.stop_at(self.context.state)
        if stop is None or self.members is None:
            return None
        return needed_for_quorum(
            self.context.policy.law.collegial.on(self.context.today).quorum_of(stop.kind), self.members
        )
