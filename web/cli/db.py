"""Command `db upgrade`: migrations of the configured database."""

from __future__ import annotations

import click

from config.settings import Settings
from models.upgrade import RevisionUnknown
from models.upgrade import upgrade as migrate
from web.cli.database import engine_of
from web.cli.exit_codes import DONE, plainly


@click.command("upgrade")
@plainly
def upgrade() -> int:
    """Bring the database at INSTANS_DATABASE_URL to this release, as its owner (INSTANS_OWNER_URL) where it has one."""
    settings = Settings.from_environment()
    with engine_of(settings):
        try:
            migrate(settings.database_url, owner_url=settings.owner_url)
        except RevisionUnknown as error:
            raise click.ClickException(str(error)) from None
    click.echo("The database is of this release.")
    return DONE
