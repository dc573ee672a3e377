"""Command `admin create`: a municipality's first two administrators.

The next ones are seated on the screen. The command prints a link by which the person chooses a password; nobody types
one here.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from web.cli.packs import unknown
from web.i18n.locale import LANGUAGES
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant, Tenants
from workflow.people.first_admin import seat_first_administrator
from workflow.people.invitations import LIFE
from workflow.people.usernames import normal_username


@click.command("create")
@click.argument("username")
@click.option("--name", metavar="NAME", required=True, help="What the person is called.")
@click.option("--body", metavar="KEY", required=True, help="The body whose administrator the person is.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Language to read in; else the municipality's.")
@click.option("--reference", metavar="TEXT", default="", help="The decision the appointment rests on.")
@plainly
def create(username: str, name: str, body: str, language: str | None, reference: str) -> int:
    """Seat one of the first two administrators of a municipality, USERNAME ending in @ and its key.

    Prints a link that works once. Refused once two administrators hold, or one, a case and a chair of the council who
    can confirm the next: then they do it on the screen. Whoever has not used their link gets another by the same
    command.
    """
    settings = Settings.from_environment()
    with current_engine(settings) as engine:
        tenants, username = Tenants(engine), normal_username(username)
        tenant = _place(tenants, username)
        if body not in tenant.body_ids:
            raise unknown("body", body, sorted(tenant.body_ids))
        person = {"name": name, "username": username, "language": language or tenant.language}
        token = seat_first_administrator(engine, tenant, person, body, now=datetime.now(UTC), reference=reference)
    click.echo(f"{username} is an administrator now, and chooses a password within {LIFE.days} days at")
    click.echo(f"{settings.mailing.base_url}/invitation/{token}")
    return DONE


def _place(tenants: Tenants, username: str) -> Tenant:
    name, _at, key = username.rpartition("@")
    try:
        if not name:
            raise NotFound
        return tenants.tenant(key)
    except NotFound:
        known = ", ".join(f"@{key}" for key in tenants.keys())  # noqa: SIM118 - a directory is no dict
        hint = f"known: {known}" if known else "there is no municipality yet: run instans policy install"
        raise click.UsageError(f"“{username}” does not end in a municipality; {hint}") from None
