"""Command `admin create`: a municipality's first administrator.

The next ones are added on the screen. The password is prompted for or read from standard input, never an argument,
which every process of the machine could read.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from web.cli.packs import unknown
from web.core.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, Passwords
from web.i18n.locale import LANGUAGES
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenant, Tenants
from workflow.people.first_admin import seat_first_administrator
from workflow.people.usernames import normal_username


@click.command("create")
@click.argument("username")
@click.option("--name", metavar="NAME", required=True, help="What the person is called.")
@click.option("--body", metavar="KEY", required=True, help="The body whose administrator the person is.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Language to read in; else the municipality's.")
@click.option("--reference", metavar="TEXT", default="", help="The decision the appointment rests on.")
@plainly
def create(username: str, name: str, body: str, language: str | None, reference: str) -> int:
    """Seat the first administrator of a municipality, USERNAME ending in @ and its key.

    Refused while the municipality has an administrator: then they do it on the screen.
    """
    with current_engine(Settings.from_environment()) as engine:
        tenants, username = Tenants(engine), normal_username(username)
        tenant = _place(tenants, username)
        if body not in tenant.body_ids:
            raise unknown("body", body, sorted(tenant.body_ids))
        person = {
            "name": name,
            "username": username,
            "language": language or tenant.language,
            "password_hash": Passwords().hash(_password()),
        }
        seat_first_administrator(engine, tenant, person, body, now=datetime.now(UTC), reference=reference)
    click.echo(f"{username} is an administrator now and can log in.")
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


def _password() -> str:
    """Asked twice at a terminal; else the first line of standard input."""
    if sys.stdin.isatty():
        word = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        word = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(word) <= LONGEST_PASSWORD:
        raise click.UsageError(f"the password must have at least {SHORTEST_PASSWORD} characters, on standard input")
    return word
