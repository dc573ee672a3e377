"""Commands `token create` and `token revoke`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import click
from sqlalchemy import Engine

from config.settings import Settings
from web.api import tokens
from web.cli.database import current_engine
from web.cli.exit_codes import DONE, plainly
from workflow.core.errors import NotFound
from workflow.core.tenants import Tenants

R = TypeVar("R")


@click.command("create")
@click.argument("username")
@plainly
def create(username: str) -> int:
    """Print a new token of a person, once: only its digest is kept."""
    try:
        click.echo(_for(username, tokens.create))
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
