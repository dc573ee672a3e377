"""Database connection of a command, checked to be of this release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from config.settings import Settings
from models.database import connect
from models.upgrade import is_current as has_all_migrations


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    """An engine on the configured address, closed again; raises `UsageError` for what is no address."""
    try:
        engine = connect(settings.database_url)
    except (ArgumentError, ValueError) as error:
        raise click.UsageError(f"INSTANS_DATABASE_URL: {error}") from None
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def current_engine(settings: Settings) -> Iterator[Engine]:
    """The same for a database that has this release's tables; raises `ClickException` for any other."""
    if not exists(settings):
        raise click.ClickException(f"there is no database at {_shown(settings)}: run instans db upgrade")
    with engine_of(settings) as engine:
        if not is_current(engine):
            raise click.ClickException(
                f"the database at {_shown(settings)} is not of this release: run instans db upgrade"
            )
        yield engine


def exists(settings: Settings) -> bool:
    """Whether there is anything to open; SQLite would make an empty file of nothing."""
    try:
        address = make_url(settings.database_url)
    except ArgumentError as error:
        raise click.UsageError(f"INSTANS_DATABASE_URL: {error}") from None
    if address.get_backend_name() != "sqlite":
        return True
    return bool(address.database) and Path(str(address.database)).exists()


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the migrations of this release."""
    with engine.connect() as connection:
        return has_all_migrations(connection)


def _shown(settings: Settings) -> str:
    return make_url(settings.database_url).render_as_string(hide_password=True)
