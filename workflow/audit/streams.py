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
from workflow.trail.fault import Fault, shown

#: Where an evaluation may be cancelled from, by the act in a case or in the journal that makes it pointless.
CANCELLED_FROM = ("pending", "under-way")


def evaluation_faults(key: str, row: Row[Any], stream: Stream) -> Iterator[Fault]:
    """Faults of one evaluation's stream, and where its row says something else."""
    yield from chain_faults(key, stream, row.version, row.head_hash)
    state, told = "pending", {"proposes": "", "outcome": ""}
    for entry in stream.rows:
        sources, to = MOVES.get(entry.action, ((), ""))
        if entry.from_state != state or state not in sources or entry.to_state != to:
            yield Fault(stream.name, entry.number, "the procedure does not lead there")
            return
        state = to
        data = data_of(entry)
        told |= {name: data[name] for name in told if name in data}
    last = stream.rows[-1].number if stream.rows else None
    if row.state != state and not (row.state == "cancelled" and state in CANCELLED_FROM):
        yield Fault(stream.name, last, f"the evaluation is “{shown(row.state)}”, its trail ends at “{shown(state)}”")
    for name, value in told.items():
        if getattr(row, name) != value:
            yield Fault(stream.name, last, f"the evaluation's “{name}” is not what its trail says")


def deadline_faults(key: str, row: Row[Any], stream: Stream) -> Iterator[Fault]:
    """Faults of one deadline's stream: a rung raised twice, or out of order."""
    yield from chain_faults(key, stream, row.version, row.head_hash)
    reached: tuple[Any, Any] = (0, -1)
    for entry in stream.rows:
        data = data_of(entry)
        if (data.get("kind"), data.get("subject")) != (row.kind, row.subject):
            yield Fault(stream.name, entry.number, "it tells of something else than its deadline")
        if entry.action != "raise":
            continue
        cycle: Any = data.get("cycle")
        number: Any = data.get("rung")
        are_numbers = isinstance(cycle, int) and isinstance(number, int)
        if not are_numbers or (cycle, number) <= reached or cycle > row.cycle:
            yield Fault(stream.name, entry.number, "this rung is raised out of order, or twice")
            return
        reached = (cycle, number)
