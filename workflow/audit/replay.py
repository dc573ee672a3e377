"""Replay of a case's trail, and comparison of the case's row with its entries.

Every entry is fired through the machine of the route the case was pinned to at that moment, under the policy version
it names. A case moved to another version must have stood where the move skips nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen
from workflow.policy.actions import OPERATIONS, SIGNED, WITH_OUTCOME, names_where
from workflow.policy.diff.migration import CasePosition, destination
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import procedure_for
from workflow.trail.chain import Stream, data_of
from workflow.trail.entry import as_text
from workflow.trail.fault import Fault, fault

#: Actions whose entries name the version of the policy that holds from there on.
PINS_POLICY = names_where(lambda rule: rule.pins_policy)
#: Columns of a case that stand in the data of entries under the same name.
_CASE_COLUMNS = (
    "route",
    "decides",
    "goals",
    "external_number",
    "origin",
    "proposal_version",
    "engagement_version",
    "secret",
)


def replay_faults(
    by_digest: Mapping[str, Policy], pinned: Policy, case: Row[Any], stream: Stream, body_keys: Mapping[int, str]
) -> Iterator[Fault]:
    """Fire every entry, and compare state, policy and columns of the case with what the entries lead to."""
    replay = _Replay(by_digest, pinned)
    for row in stream.rows:
        if row.from_state != replay.state:
            yield fault(case.number, row.number, "start-differs")
            return
        if row.action not in PINS_POLICY and row.policy_digest != replay.policy.digest:
            yield fault(case.number, row.number, "policy-differs")
        if replay.apply(row, data_of(row)) != row.to_state:
            yield fault(case.number, row.number, "transition-not-open")
            return
    last = stream.rows[-1].number if stream.rows else None
    if replay.state != case.state:
        yield fault(case.number, last, "case-state-differs", state=case.state, end=replay.state)
    if replay.policy.digest != pinned.digest:
        yield fault(case.number, last, "case-policy-differs")
    yield from _column_faults(case, stream, body_keys)


class _Replay:
    """State, policy, route and request of a case after the entries applied so far."""

    def __init__(self, by_digest: Mapping[str, Policy], policy: Policy) -> None:
        self._by_digest = by_digest
        self.policy = policy
        self.state = ""
        self._route: object = None
        self._request: dict[str, Any] = {}

    def apply(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        """The state an entry's action leads to, empty where it is not open; the replay goes on from `to_state`."""
        reached = self._moved_state(row, data) if row.action == "move" else ""
        if row.action in PINS_POLICY:
            self.policy = self._by_digest.get(row.policy_digest, self.policy)
        if "route" in data:
            self._route = data["route"]
        for part in ("request", "request_changed"):
            if isinstance(found := data.get(part), dict):
                self._request |= found
        if row.action != "move":
            reached = self._fired_state(row, data)
        self.state = row.to_state
        return reached

    def _fired_state(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        """The state an action on the case's route leads to; empty where it is not open."""
        if row.action == "open":
            return "draft" if row.number == 1 else ""
        if row.action in OPERATIONS:
            return str(row.from_state)
        try:
            procedure = procedure_for(self.policy, str(self._route), self._request["responsible_kind"])
        except (KeyError, TypeError):
            return ""
        outcome = data.get("outcome") if row.action in WITH_OUTCOME else None
        if row.action == "sign" and outcome is None:
            outcome = SIGNED  # as entries of 0.1.0 stand, in which both days were always given
        if "returned" in data:  # decided, but the engagement had changed: it goes the way of a referral back
            outcome = "refer-back"
        try:
            return procedure.fire(row.from_state, row.action, outcome)
        except ActionNotOpen:
            return ""

    def _day(self, row: Row[Any]) -> date:
        """The day of an entry in the municipality; the law of that day held."""
        return local_day(datetime.fromisoformat(row.at), self.policy.municipality.timezone)

    def _moved_state(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        """The state under the version the case was moved to; empty where it could not be moved."""
        new = self._by_digest.get(row.policy_digest)
        try:
            attributes = {**self._request, **data.get("request", {})}
            responsible, kind = attributes.pop("responsible"), attributes.pop("responsible_kind")
            request = Request(responsible=kind, **attributes)
            position = CasePosition(self.policy, request, responsible, str(self._route), row.from_state)
            to = destination(position, new.on(self._day(row))) if new is not None else None
        except (KeyError, TypeError, ValueError):
            return ""
        if to is None or not to.is_open or to.answer is None or to.answer.route != data.get("route"):
            return ""
        return to.state


def _column_faults(case: Row[Any], stream: Stream, body_keys: Mapping[int, str]) -> Iterator[Fault]:
    """Columns of the case that differ from the last entry that has their value; the fault names this entry."""
    stored = {**case._mapping, "responsible": body_keys.get(case.responsible_body_id), "fields": as_text(case.fields)}
    stored["secret"] = bool(case.secrecy_law)
    stored["secrecy"] = as_text({"law": case.secrecy_law, "note": case.secrecy_note})
    recorded: dict[str, tuple[int, object]] = {"fields": (1, "{}")}
    for row in stream.rows:
        recorded |= {name: (row.number, value) for name, value in _columns_in(row, stream)}
    for name, (number, value) in recorded.items():
        if name in stored and stored[name] != value:
            yield fault(case.number, number, "case-field-differs", field=name)


def _columns_in(row: Row[Any], stream: Stream) -> Iterator[tuple[str, object]]:
    """Names and values of columns of the case that an entry has."""
    data = data_of(row)
    yield from ((name, data[name]) for name in _CASE_COLUMNS if name in data)
    for part in ("request", "request_changed"):
        if isinstance(found := data.get(part), dict):
            yield from ((name, value) for name, value in found.items() if name != "responsible_kind")
    if row.action == "attach":
        return  # it discloses the title of a document
    for name in ("title", "fields", "secrecy"):
        if (text := stream.disclosed_text(row.number, name)) is not None:
            yield name, text
