"""Does what a trail tells lead to where its case is, and does the case say the same?

Every entry is fired through the machine of the route the case was pinned to at that moment, and the columns of the
case are held against what the entries say of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from workflow.errors import ActionNotOpen
from workflow.policy.values import Policy
from workflow.procedure import procedure_for
from workflow.trail.chain import Stream, data_of
from workflow.trail.entry import as_text
from workflow.trail.fault import Fault, shown

#: Actions that are recorded and change no state.
RECORDED = ("open", "attach")
#: Columns of a case that entries tell in clear.
_TOLD = ("route", "decides", "goals", "external_number", "origin", "proposal_version")


def replay_faults(policy: Policy, case: Row[Any], stream: Stream, body_keys: Mapping[int, str]) -> Iterator[Fault]:
    """Fire every entry; the end must be where the case is, and the case what its trail says."""
    state, pinned = "", {}
    for row in stream.rows:
        data = data_of(row)
        if "route" in data:
            pinned = data
        if row.from_state != state:
            yield Fault(case.number, row.number, "it does not begin where the entry before it ended")
            return
        if row.policy_digest != policy.digest:
            yield Fault(case.number, row.number, "it names another policy than the case is under")
        state = row.to_state
        if _reached(policy, row, pinned, data) != state:
            yield Fault(case.number, row.number, "the procedure does not lead there")
            return
    last = stream.rows[-1].number if stream.rows else None
    if state != case.state:
        what = f"the case is at “{shown(case.state)}”, its trail ends at “{shown(state)}”"
        yield Fault(case.number, last, what)
    yield from _told_otherwise(case, stream, body_keys)


def _reached(policy: Policy, row: Row[Any], pinned: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The state an entry's action leads to; empty where it is not open there."""
    if row.action == "open":
        return "draft" if row.number == 1 else ""
    if row.action in RECORDED:
        return str(row.from_state)
    try:
        procedure = procedure_for(policy, pinned["route"], pinned["request"]["responsible_kind"])
    except (KeyError, TypeError):
        return ""
    outcome = data.get("outcome") if row.action == "confirm" else None
    try:
        return procedure.fire(row.from_state, row.action, outcome)
    except ActionNotOpen:
        return ""


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
