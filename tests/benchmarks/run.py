"""Which benchmarks does `instans bench` run, and how does it print them?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack

from tests.benchmarks import acts, gate, pages, posts, quiet, sweep
from tests.benchmarks.scene import Scene, has_postgres, postgres_scene, sqlite_scene

#: Cases in the tables beside those that are acted on.
GATE_SIZES = (1_000, 100_000)
PAGE_SIZES = (10_000, 1_000_000)
PROCESSES = (1, 2)
ACTS = 200
#: Cases walked through the API and by the forms of the screens, and as many through the gate.
WALKS = 40
#: Evaluations that are due, of how many there are.
SWEPT = (100_000, 1_000_000)
#: What the ratio of floor to gate time should reach.
AIMS = {"SQLite, rollback journal": 0.50, "SQLite, write-ahead log": 0.30, "PostgreSQL": 0.50}
SWEEP_AIM = 0.70
#: What the slowest twentieth at the larger size may cost, as a multiple of that at the smaller.
PAGE_AIM = 1.25
#: The same beside quiet clients, as a multiple of that without.
QUIET_AIM = 2.0
#: CPU that a form sent may cost, milliseconds; and its statements.
POST_AIM, POST_STATEMENTS = 6, 14
#: CPU that `/healthz` may cost, milliseconds.
HEALTH_AIM = 5
#: CPU time of an act through the API, milliseconds.
API_AIM = 6

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
    """The main screens and the other lists at both sizes in turns, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with ExitStack() as opened:
            yield from pages.measure({size: opened.enter_context(open_scene()) for size in PAGE_SIZES})


def sweeps() -> Iterator[sweep.Measured]:
    """The sweep beside its floor, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with open_scene() as scene:
            yield sweep.measure(scene, *SWEPT)


def forms() -> Iterator[posts.Measured]:
    """Forms sent, beside the gate alone, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with open_scene() as scene:
            yield from posts.measure(scene, GATE_SIZES[0], WALKS)


def servers() -> Iterator[quiet.Measured]:
    """The web server beside quiet clients, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with open_scene() as scene:
            yield from quiet.measure(scene)


def api_acts() -> Iterator[acts.Measured]:
    """Acts through the API beside the gate alone, on SQLite as it ships and on PostgreSQL."""
    for open_scene in scenes()[::2]:
        with open_scene() as scene:
            yield from acts.measure(scene, GATE_SIZES[0], WALKS)


_Measured = gate.Measured | posts.Measured | acts.Measured | sweep.Measured | pages.Measured | quiet.Measured
#: What can be measured alone.
PARTS: Mapping[str, Callable[[], Iterator[_Measured]]] = {
    "gate": gates,
    "posts": forms,
    "acts": api_acts,
    "sweep": sweeps,
    "pages": screens,
    "quiet": servers,
}


def main(*parts: str, as_json: bool = False, say: Callable[[str], object]) -> None:
    """Run some parts, or all, and say them line by line, or as one JSON document."""
    wanted = [part for part in PARTS if part in parts or not parts]
    if as_json:
        say(json.dumps({part: [m.as_json() for m in PARTS[part]()] for part in wanted}))
        return
    printers = {
        "gate": _say_gates,
        "acts": _say_acts,
        "posts": _say_posts,
        "sweep": _say_sweeps,
        "pages": _say_screens,
        "quiet": _say_servers,
    }
    for tenant, part in enumerate(wanted):
        if tenant:
            say("")
        printers[part](say)


def _say_gates(say: Callable[[str], object]) -> None:
    say("The gate beside its own SQL replayed through the bare driver (ratio 1.00: the gate costs nothing)")
    say(f"{'database':26}{'journal':>8}{'commits':>8}{'version':>9}{'cases':>8}{'proc':>5}{'stmt/act':>9}{'gate/s':>8}"
        f"{'floor/s':>9}{'ratio':>7}{'aim':>6}")  # fmt: skip
    for m in gates():
        say(f"{m.database:26}{m.journal:>8}{m.commits:>8}{m.version:>9}{m.cases:>8}{m.processes:>5}"
            f"{m.statements_per_act:>9}{m.gate_per_second:>8}{m.floor_per_second:>9}{m.ratio:>7.2f}"
            f"{AIMS[m.database]:>6.2f}")  # fmt: skip


def _say_posts(say: Callable[[str], object]) -> None:
    say(f"Forms sent, beside the gate alone (aim on SQLite: {POST_AIM} ms of CPU and {POST_STATEMENTS} statements for"
        " the whole POST)")  # fmt: skip
    _say_requests(say, forms())


def _say_acts(say: Callable[[str], object]) -> None:
    say(f"Acts through the API beside the gate alone (aim on SQLite: {API_AIM} ms of CPU for the whole request)")
    _say_requests(say, api_acts())


def _say_requests(say: Callable[[str], object], measured: Iterator[acts.Measured | posts.Measured]) -> None:
    say(f"{'database':26}{'act':>16}{'cases':>8}{'stmt':>6}{'gate stmt':>11}{'CPU ms':>8}{'gate ms':>9}")
    for m in measured:
        say(f"{m.database:26}{m.act:>16}{m.cases:>8}{m.statements:>6}{m.gate_statements:>11}{m.cpu_ms:>8.1f}"
            f"{m.gate_cpu_ms:>9.1f}")  # fmt: skip


def _say_sweeps(say: Callable[[str], object]) -> None:
    say("The sweep of late evaluations beside plain SQL that writes and hashes the same (rows per second)")
    say(
        f"{'database':26}{'journal':>8}{'version':>9}{'due':>8}{'of':>9}{'sweep/s':>9}{'floor/s':>9}{'ratio':>7}{'aim':>6}"
    )
    for w in sweeps():
        say(f"{w.database:26}{w.journal:>8}{w.version:>9}{w.due:>8}{w.rows:>9}{w.sweep_per_second:>9}"
            f"{w.floor_per_second:>9}{w.ratio:>7.2f}{SWEEP_AIM:>6.2f}")  # fmt: skip


def _say_screens(say: Callable[[str], object]) -> None:
    say(f"Screens beside a bare page (aim: p95 at {PAGE_SIZES[1]:,} cases at most {PAGE_AIM} times that at"
        f" {PAGE_SIZES[0]:,})")  # fmt: skip
    say(f"{'database':26}{'screen':>20}{'cases':>9}{'per s':>8}{'p95 ms':>8}{'bare/s':>9}{'bare p95':>9}{'growth':>8}")
    for p in screens():
        say(f"{p.database:26}{p.screen:>20}{p.cases:>9}{p.per_second:>8}{p.p95_ms:>8}{p.bare_per_second or '':>9}"
            f"{p.bare_p95_ms or '':>9}{p.growth:>8.2f}")  # fmt: skip


def _say_servers(say: Callable[[str], object]) -> None:
    say(f"The server without | with quiet clients (aim: p95 at most {QUIET_AIM} times, {quiet.HEALTH} at most"
        f" {HEALTH_AIM} ms of CPU)")  # fmt: skip
    say(f"{'database':26}{'page':>10}{'quiet':>18}{'per s':>17}{'p50 ms':>17}{'p95 ms':>17}{'growth':>8}{'CPU ms':>15}")
    for q in servers():
        say(f"{q.database:26}{q.path:>10}{q.quiet:>18}{q.per_second_alone:>9.1f}{q.per_second:>8.1f}"
            f"{q.p50_ms_alone:>9.1f}{q.p50_ms:>8.1f}{q.p95_ms_alone:>9.1f}{q.p95_ms:>8.1f}{q.growth:>8.2f}"
            f"{q.cpu_ms_alone:>8.2f}{q.cpu_ms:>7.2f}")  # fmt: skip
