"""Commands `token create` and `token revoke`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import click
from sqlalchemy import Engine

from config.settings import Settings
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenants
from workflow.people import tokens

R = TypeVar("R")


@click.command("create")
@click.argument("username")
@click.option(
    "--days",
    type=click.IntRange(1, tokens.LONGEST_LIFE),
    default=tokens.LONGEST_LIFE,
    show_default=True,
    help="How long it is valid.",
)
@plainly
def create(username: str, days: int) -> int:
    """Print a new token of a person, once: only its digest is kept. The person is notified."""
    try:
        click.echo(_for(username, partial(tokens.create, days=days)))
    except tokens.PersonInactive:
        raise click.ClickException(f"“{username}” is not active, so a token would open nothing") from None
    return DONE


@click.command("revoke")
@click.argument("username")
@plainly
def revoke(username: str) -> int:
    """End all tokens of a person."""
    click.echo(f"{_for(username, tokens.revoke_all)} ended")
    return DONE


def _for(username: str, act: Callable[[Engine, Tenants, str, datetime], R]) -> R:
    with current_engine(Settings.from_environment()) as engine:
        try:
            return act(engine, Tenants(engine), username, datetime.now(UTC))
        except NotFound:
            raise click.UsageError(f"nobody has the user name “{username}”") from None
