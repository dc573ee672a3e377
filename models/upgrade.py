"""How does a database get the tables of this release, and give them back?

Runs the steps of `models.migrations` in one transaction, without an alembic.ini. On PostgreSQL the owner's role
migrates; the application's role owns nothing and is given its rights anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, make_url, text

from models.database import connect
from models.statistics import assume

MIGRATIONS = Path(__file__).parent / "migrations"

#: The advisory lock that keeps two upgrades of one PostgreSQL database apart.
LOCK = 5_064_801

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def upgrade(url: str, *, owner_url: str | None = None, revision: str = "head") -> None:
    """Bring a database to a revision, as its owner where there is one; the user of `url` then gets its rights.

    Raises `ValueError` where an owner is given, and `url` names no user.
    """
    with _migrating(owner_url or url) as config:
        command.upgrade(config, revision)
        assume(config.attributes["connection"])
        if owner_url:
            _grant(config.attributes["connection"], make_url(url).username)


def downgrade(url: str, *, owner_url: str | None = None, revision: str = "base") -> None:
    """Take a database back to an earlier revision; `base` drops every table with all it holds."""
    with _migrating(owner_url or url) as config:
        command.downgrade(config, revision)


def draft(url: str, message: str) -> None:
    """Write the next migration from what the models have and the database at `url` has not, to be read and tidied."""
    with _migrating(url) as config:
        command.revision(config, message, autogenerate=True)


def triggers(connection: Connection) -> set[str]:
    """Name the protecting triggers that are present and switched on."""
    return set(connection.scalars(text(_TRIGGERS[connection.dialect.name])))


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    """One transaction for all steps; raises `RuntimeError` where they leave a reference to a row that is gone."""
    engine = connect(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.connect().execution_options(instans_writes=True) as connection:
            config.attributes["connection"] = connection
            if sqlite := connection.dialect.name == "sqlite":
                # Rebuilding a table drops it for a moment, and what refers to it must not stand in the way.
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield config
                if sqlite and (dangling := connection.execute(text("PRAGMA foreign_key_check")).all()):
                    raise RuntimeError(f"the migration leaves references to rows that are gone: {dangling[:5]}")
    finally:
        engine.dispose()


def _grant(connection: Connection, role: str | None) -> None:
    """Give the application's role what it needs: append-only tables to read and add to, the revision to read."""
    if connection.dialect.name != "postgresql" or role == connection.scalar(text("SELECT current_user")):
        return
    if not role:
        raise ValueError("a database address without a user leaves nobody to give the rights to")
    quote = connection.dialect.identifier_preparer.quote
    present = triggers(connection)
    to = f"TO {quote(role)}"
    connection.execute(text(f"GRANT USAGE ON SCHEMA public {to}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public {to}"))
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)}"))
    for table in inspect(connection).get_table_names():
        rights = "SELECT, INSERT" if f"{table}_refuses_update" in present else "SELECT, INSERT, UPDATE, DELETE"
        rights = "SELECT" if table == "alembic_version" else rights
        connection.execute(text(f"GRANT {rights} ON {quote(table)} {to}"))
