"""What does another version of a policy change?

In words, or as JSON; with `--impact` also what it would mean for every open case and engagement of the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from web.changes_told import as_document
from web.commands.ending import DONE, as_json, plainly, print_json
from web.commands.versions import policy_named
from web.pages.change_words import Section, Told, sections
from web.pages.policy_words import listed
from workflow.policy.changes import changes
from workflow.policy.values import Policy


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@as_json
@plainly
def diff(old: str, new: str, as_json: bool) -> int:
    """Say what NEW changes against OLD: who decides, the way, what is required, evaluated, assumed and written.

    Each is a MUNICIPALITY (its policy in INSTANS_POLICIES), a FILE, or MUNICIPALITY@VERSION of the database.
    """
    was, now = policy_named(old), policy_named(new)
    if was.municipality.key != now.municipality.key:
        raise click.UsageError(f"“{old}” is of {was.municipality.key} and “{new}” of {now.municipality.key}")
    found = changes(was, now)
    told = sections(was, now, found)
    if as_json:
        print_json(as_document(was, now, found))
    else:
        click.echo("\n".join(_lines(was, now, told)))
    return DONE


def _lines(was: Policy, now: Policy, told: tuple[Section, ...]) -> Iterator[str]:
    yield f"{now.municipality.key}: {was.version} → {now.version}"
    if not told:
        yield "Nothing changes."
    for section in told:
        yield section.title
        for one in section.told:
            yield from (f"  {line}" for line in _told(one))


def _told(one: Told) -> Iterator[str]:
    yield one.sentence
    yield from (f"  for: {line}" for line in one.holds_for)
    yield from (f"  {line}" for line in one.lines)
    if one.clauses:
        yield f"  clauses: {listed(list(one.clauses))}"
    if one.gone:
        yield f"  no longer: {listed(list(one.gone))}"
    yield from (f"  assumed: {why}" for why in one.assumptions)
    yield from (f"  assumed no longer: {why}" for why in one.assumed_before)
