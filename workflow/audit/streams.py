"""Verification of the streams of evaluations and deadlines.

An evaluation's entries lead from state to state as its acts may. A deadline's entries raise each rung once and in
order, and begin again only where a later day was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from workflow.evaluations.trail_entries import MOVES
from workflow.trail.chain import Stream, chain_faults, data_of
from workflow.trail.fault import Fault, fault

#: States from which an evaluation may be cancelled by an entry in a case or in the journal, with none of its own.
_CANCELLED_FROM = ("pending", "under-way")


def evaluation_faults(key: str, row: Row[Any], stream: Stream) -> Iterator[Fault]:
    """Faults of one evaluation's stream, and of its row compared with it."""
    yield from chain_faults(key, stream, row.version, row.head_hash)
    state, recorded = "pending", {"proposes": "", "outcome": ""}
    for entry in stream.rows:
        sources, to = MOVES.get(entry.action, ((), ""))
        if entry.from_state != state or state not in sources or entry.to_state != to:
            yield fault(stream.name, entry.number, "transition-not-open")
            return
        state = to
        data = data_of(entry)
        recorded |= {name: data[name] for name in recorded if name in data}
    last = stream.rows[-1].number if stream.rows else None
    if row.state != state and not (row.state == "cancelled" and state in _CANCELLED_FROM):
        yield fault(stream.name, last, "evaluation-state-differs", state=row.state, end=state)
    for name, value in recorded.items():
        if getattr(row, name) != value:
            yield fault(stream.name, last, "evaluation-field-differs", field=name)


def deadline_faults(key: str, row: Row[Any], stream: Stream) -> Iterator[Fault]:
    """Faults of one deadline's stream: a rung raised twice, or out of order."""
    yield from chain_faults(key, stream, row.version, row.head_hash)
    reached: tuple[Any, Any] = (0, -1)
    for entry in stream.rows:
        data = data_of(entry)
        if (data.get("kind"), data.get("subject")) != (row.kind, row.subject):
            yield fault(stream.name, entry.number, "deadline-differs")
        if entry.action != "raise":
            continue
        cycle: Any = data.get("cycle")
        number: Any = data.get("rung")
        are_numbers = isinstance(cycle, int) and isinstance(number, int)
        if not are_numbers or (cycle, number) <= reached or cycle > row.cycle:
            yield fault(stream.name, entry.number, "rung-out-of-order")
            return
        reached = (cycle, number)
