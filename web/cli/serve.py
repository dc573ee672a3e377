"""Command `serve`: serves an existing database."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from web.server import address_of, require_free, usual_workers
from web.server import serve as answer_requests
from workflow.policy.loading.loader import load_folder
from workflow.versions.install import install

host = click.option("--host", metavar="H", default="127.0.0.1", show_default=True, help="Address to listen at.")
port = click.option(
    "--port", metavar="P", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen at."
)


@click.command("serve")
@host
@port
@click.option(
    "--workers", metavar="N", type=click.IntRange(1, 64), help="Processes; else one per processor, at most four."
)
@plainly
def serve(host: str, port: int, workers: int | None) -> int:
    """Serve the database at INSTANS_DATABASE_URL; sessions are signed with INSTANS_SECRET_KEY.

    Packs that the database does not know yet are taken in; one whose version is stored with other content refuses.
    """
    settings = Settings.from_environment().bound_to(host, port)
    settings.require_secret()
    require_free(settings)
    with current_engine(settings) as engine:
        install(engine, load_folder(settings.policies), now=datetime.now(UTC))
    click.echo(f"Instans answers at http://{address_of(settings)}")
    answer_requests(settings, workers=workers or usual_workers())
    return DONE
