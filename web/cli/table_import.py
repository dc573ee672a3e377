"""Command `policy import-table`: a DMN table into a pack's competence table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from web.cli.exit_codes import DONE, plainly
from web.cli.packs import law_beside
from workflow.policy.interchange.dmn_import import import_table

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-table")
@click.argument("table", metavar="FILE.dmn", type=FILE)
@click.option("--into", "pack", metavar="PACK.yaml", type=FILE, required=True, help="The policy pack that is changed.")
@click.option("--decision", metavar="NAME", default="", help="Which decision, where the file holds several.")
@plainly
def import_into(table: Path, pack: Path, decision: str) -> int:
    """Put the rows of a decision table (DMN 1.3 or later, UNIQUE) in the place of a pack's prohibitions and competence.

    Nothing is written unless the pack with them can be read and answers every request as the table does.
    """
    done = import_table(table, pack, law_beside(pack), datetime.now(UTC).date(), decision)
    if not done.written and not done.dropped:
        click.echo(f"{pack}: says what the table says already")
        return DONE
    click.echo(f"{pack}: {_told('new or changed', done.written)}; {_told('gone', done.dropped)}")
    click.echo(f"Hold it against every obligation: instans policy check {pack}")
    return DONE


def _told(what: str, rows: tuple[str, ...]) -> str:
    return f"{what}: {', '.join(rows)}" if rows else f"nothing {what}"
