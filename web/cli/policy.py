"""Command `instans policy check`: policies checked against every obligation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from web.cli.exit_codes import as_json, code, plainly, print_json
from web.cli.packs import files_of, load_file
from workflow.core.errors import PolicyInvalid
from workflow.policy.verification import runner
from workflow.policy.verification.messages import message
from workflow.policy.verification.p01_competence import Unanswered
from workflow.policy.verification.result import Counterexample
from workflow.policy.verification.runner import Obligation, Report, summary

#: The obligation that a pack fails which cannot be read: it comes before all others.
READABLE = ("P0", "The pack can be read")
#: Kinds of clause that need not be carried out, so that those left over are not named.
FREE = ("guidance", "law")


@click.command("check")
@click.argument("targets", metavar="[MUNICIPALITY|FILE]...", nargs=-1)
@as_json
@plainly
def check(targets: tuple[str, ...], as_json: bool) -> int:
    """Hold policies against every obligation; all of the folder when none is named."""
    reports = []
    for file in files_of(targets):
        report = report_of(file)
        reports.append(report)
        if not as_json:
            click.echo("\n".join(_lines(report)))
    if as_json:
        print_json(summary(reports))
    broken = [report.municipality for report in reports if not report.ok]
    if broken:
        click.echo(f"instans: the check failed for {', '.join(broken)}", err=True)
    return code(not broken)


def report_of(file: Path) -> Report:
    """The report on one pack; one that cannot be read fails `READABLE`."""
    try:
        return runner.check(load_file(file))
    except PolicyInvalid as error:
        found = Counterexample(message("unreadable", error=error))
        unreadable = Obligation(*READABLE, ok=False, checked=1, counterexample=found)
        return Report(file.stem, "", (unreadable,), {}, ())


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.municipality} {report.version}".rstrip()
    for obligation in report.obligations:
        mark = "ok    " if obligation.ok else "FAILED"
        yield f"  {obligation.id:<4}{mark} {obligation.checked:>7}  {obligation.title}"
        if obligation.counterexample is not None:
            yield f"              {obligation.counterexample}"
        if obligation.id == "P1":
            first = obligation.counterexample.what if obligation.counterexample else None
            yield from (f"              {_since(one)}{one.what}" for one in report.unanswered if one.what != first)
    for kind, found in report.coverage.items():
        left = "" if kind in FREE else _left(found.unenforced)
        yield f"  {kind}: {found.enforced} of {found.total} clauses carried out{left}"
    if report.assumptions:
        yield f"  {len(report.assumptions)} assumptions, by their reasons:"
        by_reason: dict[str, list[str]] = {}
        for one in report.assumptions:
            by_reason.setdefault(one.reason, []).append(one.where)
        yield from (f"    {reason}: {', '.join(places)}" for reason, places in by_reason.items())


def _since(one: Unanswered) -> str:
    """From when, where it is not so under the law from the beginning."""
    return f"from {one.since}: " if one.since else ""


def _left(unenforced: Iterable[str]) -> str:
    left = list(unenforced)
    return f"; not: {', '.join(left)}" if left else ""
