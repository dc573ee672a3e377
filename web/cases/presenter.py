"""Case view: what the screens show of a case, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from web.ui.route_diagram import Stage
from web.ui.text_diff import Piece, compared
from workflow.cases.authorization import Availability
from workflow.cases.context import CaseContext
from workflow.cases.secrecy_mark import may_change_secrecy
from workflow.core.tenants import Tenant
from workflow.policy.competence import Answer
from workflow.policy.model import Policy
from workflow.policy.state_machine import FINAL


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the proposal and what it changed."""

    version: int
    text: str
    #: Key of the body that proposed it; empty for the officer's own text.
    body: str
    author: str
    at: datetime
    #: The text before it; None for the oldest one shown.
    before: str | None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What it changed; computed on display, after the transaction."""
        return () if self.before is None else compared(self.before, self.text)


@dataclass(frozen=True, slots=True)
class Decided:
    """A body's decision or recommendation, and who wrote it down."""

    row: Any
    body: str
    mandate: str
    entered_by: str
    confirmed_by: str
    #: Names of those who left for conflict of interest.
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """A consulted body, and its answer or silence."""

    row: Any
    body: str
    given_by: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history."""

    number: int
    at: datetime
    actor: str
    role: str
    body: str
    mandate: str
    action: str
    from_state: str
    to_state: str
    comment: str
    data: Mapping[str, Any]
    #: Name of the person who was away and acted for; empty where the seat was the actor's own.
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Demanded:
    """One field that the policy demands of the case, and whether it is there."""

    requirement: str
    field: str
    #: Goal group, for goals alone.
    group: str
    before: str
    clauses: tuple[str, ...]
    assumed: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case, as one reader may see it."""

    tenant: Tenant
    context: CaseContext
    answer: Answer
    #: Every action that is open here, and those of them the reader may take, the step onward first.
    actions: tuple[Availability, ...]
    allowed: tuple[Availability, ...]
    stages: tuple[Stage, ...]
    demands: tuple[Demanded, ...]
    #: Newest first, as are decisions and events.
    versions: tuple[Version, ...]
    decisions: tuple[Decided, ...]
    opinions: tuple[Opinion, ...]
    documents: tuple[Any, ...]
    #: Numbers that the case mentions and that no case here bears.
    dangling: tuple[str, ...]
    events: tuple[Event, ...]
    officer: str
    opened_by: str
    #: Role and body key the case waits for; empty when it waits for its officer or for nobody.
    waits_role: str
    waits_body: str
    #: Names of those who have the next step, and of their substitutes today.
    holders: tuple[tuple[str, tuple[str, ...]], ...]
    #: Number and title of the engagement it concerns.
    engagement: tuple[str, str] | None
    #: Number of the evaluation that it decides; empty for every other case.
    evaluation: str = ""

    @property
    def case(self) -> Any:
        """The case's row."""
        return self.context.case

    @property
    def policy(self) -> Policy:
        """The policy version the case is under."""
        return self.context.policy

    @property
    def today(self) -> date:
        """The date in the municipality."""
        return self.context.today

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can be done."""
        return self.context.state in FINAL

    @property
    def may_change_secrecy(self) -> bool:
        """Whether the reader may set or lift the secrecy mark."""
        return may_change_secrecy(self.context)

    @property
    def text(self) -> str:
        """The proposal as it stands."""
        return self.versions[0].text if self.versions else ""

    @property
    def refused(self) -> tuple[Availability, ...]:
        """What is open here and not for the reader, with the reasons."""
        return tuple(found for found in self.actions if not found.allowed)

    @property
    def acted_for(self) -> tuple[str, ...]:
        """Names of those who are away and for whom the reader would act."""
        return tuple(dict.fromkeys(found.absent.name for found in self.allowed if found.absent))

    @property
    def referral(self) -> Event | None:
        """The event that sent the case, or the record of a decision, back to where it is, with what was asked."""
        last = next((event for event in self.events if event.from_state != event.to_state), None)
        if last is None or last.to_state != self.case.state:
            return None
        if last.action == "refer-back":
            return last
        if last.action == "confirm" and (last.data.get("outcome") == "refer-back" or "returned" in last.data):
            entered = (one for one in self.events if one.action == "enter-decision" and one.number < last.number)
            return replace(last, comment=last.comment or next((one.comment for one in entered), ""))
        return None

    def may(self, action: str) -> bool:
        """Whether the reader may take an action now."""
        return any(found.action == action and found.allowed for found in self.actions)
