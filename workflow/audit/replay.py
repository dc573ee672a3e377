"""Replay of a case's trail, and comparison of the case's row with its entries.

Every entry is fired through the machine of the route the case was pinned to at that moment, under the policy version
it names. A case moved to another version must have stood where the move skips nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from workflow.core.errors import ActionNotOpen
from workflow.policy.actions import OPERATIONS, names_where
from workflow.policy.diff.migration import CasePosition, destination
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import procedure_for
from workflow.trail.chain import Stream, data_of
from workflow.trail.entry import as_text
from workflow.trail.fault import Fault, shown

#: Actions whose entries name the version of the policy that holds from there on.
PINS_POLICY = names_where(lambda rule: rule.pins_policy)
#: Columns of a case that entries tell in clear.
_TOLD = ("route", "decides", "goals", "external_number", "origin", "proposal_version", "engagement_version")


def replay_faults(
    by_digest: Mapping[str, Policy], pinned: Policy, case: Row[Any], stream: Stream, body_keys: Mapping[int, str]
) -> Iterator[Fault]:
    """Fire every entry; the end must be where the case is, and the case what its trail says."""
    way = _Way(by_digest, pinned)
    for row in stream.rows:
        if row.from_state != way.state:
            yield Fault(case.number, row.number, "it does not begin where the entry before it ended")
            return
        if row.action not in PINS_POLICY and row.policy_digest != way.policy.digest:
            yield Fault(case.number, row.number, "it names another policy than the case is under")
        if way.take(row, data_of(row)) != row.to_state:
            yield Fault(case.number, row.number, "the procedure does not lead there")
            return
    last = stream.rows[-1].number if stream.rows else None
    if way.state != case.state:
        what = f"the case is at “{shown(case.state)}”, its trail ends at “{shown(way.state)}”"
        yield Fault(case.number, last, what)
    if way.policy.digest != pinned.digest:
        yield Fault(case.number, last, "the case is under another policy than its trail says")
    yield from _told_otherwise(case, stream, body_keys)


class _Way:
    """How far the entries of a case have led, under which policy and on which route."""

    def __init__(self, by_digest: Mapping[str, Policy], policy: Policy) -> None:
        self._by_digest = by_digest
        self.policy = policy
        self.state = ""
        self._route: object = None
        self._request: dict[str, Any] = {}

    def take(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        """The state an entry's action leads to, where the entry itself goes on from; empty where it is not open."""
        reached = self._moved(row, data) if row.action == "move" else ""
        if row.action in PINS_POLICY:
            self.policy = self._by_digest.get(row.policy_digest, self.policy)
        if "route" in data:
            self._route = data["route"]
        for part in ("request", "request_changed"):
            if isinstance(told := data.get(part), dict):
                self._request |= told
        if row.action != "move":
            reached = self._fired(row, data)
        self.state = row.to_state
        return reached

    def _fired(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        if row.action == "open":
            return "draft" if row.number == 1 else ""
        if row.action in OPERATIONS:
            return str(row.from_state)
        try:
            procedure = procedure_for(self.policy, str(self._route), self._request["responsible_kind"])
        except (KeyError, TypeError):
            return ""
        outcome = data.get("outcome") if row.action == "confirm" else None
        if "returned" in data:  # decided, but the engagement had changed: it goes the way of a referral back
            outcome = "refer-back"
        try:
            return procedure.fire(row.from_state, row.action, outcome)
        except ActionNotOpen:
            return ""

    def _moved(self, row: Row[Any], data: Mapping[str, Any]) -> str:
        """Where the case would stand under the version it was moved to; empty where it could not be moved."""
        told = {name: value for name, value in self._request.items() if name not in ("responsible", "responsible_kind")}
        new = self._by_digest.get(row.policy_digest)
        try:
            request = Request(responsible=self._request["responsible_kind"], **told)
            stand = CasePosition(self.policy, request, self._request["responsible"], str(self._route), row.from_state)
            to = destination(stand, new) if new is not None else None
        except (KeyError, TypeError):
            return ""
        if to is None or not to.is_open or to.answer is None or to.answer.route != data.get("route"):
            return ""
        return to.state


def _told_otherwise(case: Row[Any], stream: Stream, body_keys: Mapping[int, str]) -> Iterator[Fault]:
    """Where the case's own columns say something else than its trail; the entry named told of them last."""
    now = {**case._mapping, "responsible": body_keys.get(case.responsible_body_id), "fields": as_text(case.fields)}
    told: dict[str, tuple[int, object]] = {"fields": (1, "{}")}
    for row in stream.rows:
        told |= {name: (row.number, value) for name, value in _tells(row, stream)}
    for name, (number, value) in told.items():
        if name in now and now[name] != value:
            yield Fault(case.number, number, f"the case's “{name}” is not what its trail says")


def _tells(row: Row[Any], stream: Stream) -> Iterator[tuple[str, object]]:
    """Column names and values of a case that an entry tells."""
    data = data_of(row)
    yield from ((name, data[name]) for name in _TOLD if name in data)
    for part in ("request", "request_changed"):
        if isinstance(found := data.get(part), dict):
            yield from ((name, value) for name, value in found.items() if name != "responsible_kind")
    if row.action == "attach":
        return  # its words are those of a document
    for name in ("title", "fields"):
        if (words := stream.said(row.number, name)) is not None:
            yield name, words
