"""Command `policy diff`: differences between two policies, in words or as JSON.

With `--impact` also the impact on every open case and engagement of the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from config.settings import Settings
from web.api.policy_schemas import PolicyDiffSchema
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, as_json, plainly, print_json
from web.cli.impact import ImpactReport as Meant
from web.cli.impact import as_json as impact_as_json
from web.cli.impact import impact_of, lines
from web.cli.packs import unknown
from web.cli.versions import policy_named
from web.policies.labels import listed
from web.policies.versions.diff_presenter import ChangeText, Section, sections
from workflow.core.tenants import Tenants
from workflow.policy.diff.diff import changes
from workflow.policy.model import Policy


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--impact", is_flag=True, help="Also what NEW would mean for the cases and engagements of the database.")
@as_json
@plainly
def diff(old: str, new: str, impact: bool, as_json: bool) -> int:
    """Say what NEW changes against OLD: who decides, the way, what is required, evaluated, assumed and written.

    Each is a MUNICIPALITY (its policy in INSTANS_POLICIES), a FILE, or MUNICIPALITY@VERSION of the database.
    """
    was, now = policy_named(old), policy_named(new)
    if was.municipality.key != now.municipality.key:
        raise click.UsageError(f"“{old}” is of {was.municipality.key} and “{new}” of {now.municipality.key}")
    found, meant = changes(was, now), _impact(now) if impact else None
    if as_json:
        document = PolicyDiffSchema().dump({"old": was, "new": now, "changes": found})
        print_json(document if meant is None else document | {"impact": impact_as_json(meant)})
        return DONE
    click.echo("\n".join(_lines(was, now, sections(was, now, found))))
    if meant is not None:
        click.echo("\n".join(lines(meant)))
    return DONE


def _impact(now: Policy) -> Meant:
    with current_engine(Settings.from_environment()) as engine:
        known = Tenants(engine).keys()
        if now.municipality.key not in known:
            raise unknown("municipality in the database", now.municipality.key, known)
        return impact_of(engine, now)


def _lines(was: Policy, now: Policy, told: tuple[Section, ...]) -> Iterator[str]:
    yield f"{now.municipality.key}: {was.version} → {now.version}"
    if not told:
        yield "Nothing changes."
    for section in told:
        yield section.title
        for one in section.changes:
            yield from (f"  {line}" for line in _told(one))


def _told(one: ChangeText) -> Iterator[str]:
    yield one.sentence
    yield from (f"  for: {line}" for line in one.holds_for)
    yield from (f"  {line}" for line in one.lines)
    if one.clauses:
        yield f"  clauses: {listed(list(one.clauses))}"
    if one.gone:
        yield f"  no longer: {listed(list(one.gone))}"
    yield from (f"  assumed: {why}" for why in one.assumptions)
    yield from (f"  assumed no longer: {why}" for why in one.assumed_before)
