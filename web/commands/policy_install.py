"""How do policies, and with them municipalities, enter a database?

`instans serve` takes in what it finds too; this does it before anything is served, and says what it did.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from config.settings import Settings
from web.commands.database import current_engine
from web.commands.ending import DONE, plainly
from web.commands.packs import files_of, load_file
from workflow.policy.store import install as install_packs


@click.command("install")
@click.argument("targets", metavar="[MUNICIPALITY|FILE]...", nargs=-1)
@plainly
def install(targets: tuple[str, ...]) -> int:
    """Take policies into the database at INSTANS_DATABASE_URL; all of INSTANS_POLICIES when none is named.

    What is there already stays as it is; a version that is stored with other content refuses.
    """
    packs = [load_file(file) for file in files_of(targets)]
    with current_engine(Settings.from_environment()) as engine:
        install_packs(engine, packs, now=datetime.now(UTC))
    for pack in packs:
        click.echo(f"{pack.municipality.key}: {pack.version} is in the database")
    return DONE
