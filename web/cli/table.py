"""Command `policy table`: the competence table as DMN."""

from __future__ import annotations

import click

from web.cli.exit_codes import DONE, plainly
from web.cli.packs import pack_of, today_in
from web.policies.download_labels import english_column
from workflow.policy.interchange.dmn import dmn


@click.command("table")
@click.argument("municipality")
@click.option("--format", "form", type=click.Choice(["dmn"]), default="dmn", show_default=True)
@plainly
def table(municipality: str, form: str) -> int:
    """Write who decides as one decision table: prohibitions, law and policy as rules that never overlap."""
    policy = pack_of(municipality)
    click.echo(dmn(policy.on(today_in(policy)), english_column), nl=False)
    return DONE
