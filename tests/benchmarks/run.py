"""Which benchmarks does `instans bench` run, and how does it print them?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from tests.benchmarks import gate, pages, sweep
from tests.benchmarks.scene import Scene, has_postgres, postgres_scene, sqlite_scene

#: Cases in the tables beside those that are acted on.
GATE_SIZES = (1_000, 100_000)
PAGE_SIZES = (10_000, 1_000_000)
PROCESSES = (1, 2)
ACTS = 400
#: Evaluations that are due, of how many there are.
SWEPT = (100_000, 1_000_000)
#: What the ratio of floor to gate time should reach.
AIMS = {"SQLite, rollback journal": 0.50, "SQLite, write-ahead log": 0.30, "PostgreSQL": 0.50}
SWEEP_AIM = 0.70
#: What the slowest twentieth at the larger size may cost, as a multiple of that at the smaller.
PAGE_AIM = 1.25

Opens = Callable[[], AbstractContextManager[Scene]]


def scenes() -> list[Opens]:
    """The databases this machine has."""
    found: list[Opens] = [
        lambda: sqlite_scene("SQLite, rollback journal", wal=False),
        lambda: sqlite_scene("SQLite, write-ahead log", wal=True),
    ]
    return [*found, lambda: postgres_scene("PostgreSQL")] if has_postgres() else found


def gates() -> Iterator[gate.Measured]:
    """The gate beside its floor, on every database, size and number of processes."""
    for open_scene in scenes():
        for size in GATE_SIZES:
            with open_scene() as scene:
                yield from gate.measure(scene, size, ACTS, PROCESSES)


def screens() -> Iterator[pages.Measured]:
    """The main screens, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        for size in PAGE_SIZES:
            with open_scene() as scene:
                yield from pages.measure(scene, size)


def sweeps() -> Iterator[sweep.Measured]:
    """The sweep beside its floor, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with open_scene() as scene:
            yield sweep.measure(scene, *SWEPT)


def main(*, as_json: bool = False, say: Callable[[str], object]) -> None:
    """Run everything and say it line by line, or as one JSON document."""
    if as_json:
        found = {
            "gate": [m.as_json() for m in gates()],
            "sweep": [m.as_json() for m in sweeps()],
            "pages": [m.as_json() for m in screens()],
        }
        say(json.dumps(found))
        return
    say("The gate beside its own SQL replayed through the bare driver (ratio 1.00: the gate costs nothing)")
    say(f"{'database':26}{'journal':>8}{'version':>9}{'cases':>8}{'proc':>5}{'stmt/act':>9}{'gate/s':>8}"
        f"{'floor/s':>9}{'ratio':>7}{'aim':>6}")  # fmt: skip
    for m in gates():
        say(f"{m.database:26}{m.journal:>8}{m.version:>9}{m.cases:>8}{m.processes:>5}{m.statements_per_act:>9}"
            f"{m.gate_per_second:>8}{m.floor_per_second:>9}{m.ratio:>7.2f}{AIMS[m.database]:>6.2f}")  # fmt: skip
    say("")
    say("The sweep of late evaluations beside plain SQL that writes and hashes the same (rows per second)")
    say(
        f"{'database':26}{'journal':>8}{'version':>9}{'due':>8}{'of':>9}{'sweep/s':>9}{'floor/s':>9}{'ratio':>7}{'aim':>6}"
    )
    for w in sweeps():
        say(f"{w.database:26}{w.journal:>8}{w.version:>9}{w.due:>8}{w.rows:>9}{w.sweep_per_second:>9}"
            f"{w.floor_per_second:>9}{w.ratio:>7.2f}{SWEEP_AIM:>6.2f}")  # fmt: skip
    say("")
    say(
        f"Screens beside a bare page (aim: p95 at {PAGE_SIZES[1]:,} at most {PAGE_AIM} times that at {PAGE_SIZES[0]:,})"
    )
    say(f"{'database':26}{'screen':>10}{'cases':>9}{'per s':>8}{'p95 ms':>8}{'bare/s':>9}{'bare p95':>9}{'growth':>8}")
    small: dict[tuple[str, str], float] = {}
    for p in screens():
        first = small.setdefault((p.database, p.screen), p.p95_ms)
        say(f"{p.database:26}{p.screen:>10}{p.cases:>9}{p.per_second:>8}{p.p95_ms:>8}{p.bare_per_second:>9}"
            f"{p.bare_p95_ms:>9}{p.p95_ms / first:>8.2f}")  # fmt: skip
