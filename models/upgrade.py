"""Database upgrades: migrations to the schema of this release.

All pending migrations run in one transaction, without an alembic.ini. Migrations go forward only: the way back is a
backup (docs/releases.md). On PostgreSQL the owner's role migrates; the application's role owns nothing and its rights
are granted again after each upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, make_url, text

from models import Base
from models.database import connect
from models.planner_statistics import write_statistics

MIGRATIONS = Path(__file__).parent / "migrations"

#: Revisions of the development before the first release, 0.1.0; nothing upgrades from them.
UNRELEASED = frozenset({"0001", "0002", "0003", "0004"})

#: The advisory lock that serialises upgrades of one PostgreSQL database.
LOCK = 5_064_801

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


class RevisionUnknown(Exception):
    """The database has a revision that this release cannot upgrade."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision

    def __str__(self) -> str:
        """Name the kind of version the database belongs to."""
        if self.revision in UNRELEASED:
            return "the database is of an unreleased version, from before 0.1.0, and cannot be upgraded"
        return f"the database is of a later release than this one (revision {self.revision})"


def upgrade(url: str, *, owner_url: str | None = None, revision: str = "head") -> None:
    """Bring a database to a revision, as its owner where there is one, and grant the user of `url` its rights.

    Raises `RevisionUnknown` for a database of an unreleased version or of a later release, and `ValueError` where an
    owner is given and `url` names no user.
    """
    with _migrating(owner_url or url) as config:
        _require_known(config)
        command.upgrade(config, revision)
        write_statistics(config.attributes["connection"])
        if owner_url:
            _grant(config.attributes["connection"], make_url(url).username)


def clear(url: str, *, owner_url: str | None = None) -> None:
    """Drop every table of Instans with all its rows, whatever the revision; other tables stay."""
    with _migrating(owner_url or url) as config:
        connection: Connection = config.attributes["connection"]
        quote = connection.dialect.identifier_preparer.quote
        for table in [*(table.name for table in reversed(Base.metadata.sorted_tables)), "alembic_version"]:
            connection.execute(text(f"DROP TABLE IF EXISTS {quote(table)}"))
        if connection.dialect.name == "postgresql":
            for function in ("refuse_change", "refuse_unrecorded_erasure"):
                connection.execute(text(f"DROP FUNCTION IF EXISTS {function}()"))


def draft(url: str, message: str) -> None:
    """Generate the next migration from the difference between the models and the database at `url`, for editing."""
    with _migrating(url) as config:
        command.revision(config, message, autogenerate=True)


def triggers(connection: Connection) -> set[str]:
    """Names of the triggers that are present and enabled."""
    return set(connection.scalars(text(_TRIGGERS[connection.dialect.name])))


def is_current(connection: Connection) -> bool:
    """Whether a database has exactly the migrations of this release."""
    return set(_revisions(connection)) == set(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _require_known(config: Config) -> None:
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    for revision in _revisions(config.attributes["connection"]):
        if revision not in known:
            raise RevisionUnknown(revision)


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    """One transaction for all migrations; raises `RuntimeError` where they leave a dangling foreign key."""
    engine = connect(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.connect().execution_options(instans_writes=True) as connection:
            config.attributes["connection"] = connection
            if sqlite := connection.dialect.name == "sqlite":
                # A batch operation drops and rebuilds its table while other tables refer to it.
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield config
                if sqlite and (dangling := connection.execute(text("PRAGMA foreign_key_check")).all()):
                    raise RuntimeError(f"the migration leaves references to missing rows: {dangling[:5]}")
    finally:
        engine.dispose()


def _grant(connection: Connection, role: str | None) -> None:
    """Grant the application's role: SELECT and INSERT on append-only tables, SELECT on the revision, else all four.

    Words whose erasure is recorded may be deleted; the trigger refuses every other deletion.
    """
    if connection.dialect.name != "postgresql" or role == connection.scalar(text("SELECT current_user")):
        return
    if not role:
        raise ValueError("a database address without a user leaves nobody to grant the rights to")
    quote = connection.dialect.identifier_preparer.quote
    present = triggers(connection)
    to = f"TO {quote(role)}"
    connection.execute(text(f"GRANT USAGE ON SCHEMA public {to}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public {to}"))
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)}"))
    for table in inspect(connection).get_table_names():
        rights = "SELECT, INSERT" if f"{table}_refuses_update" in present else "SELECT, INSERT, UPDATE, DELETE"
        rights = "SELECT" if table == "alembic_version" else rights
        rights = "SELECT, INSERT, DELETE" if table == "disclosure" else rights
        connection.execute(text(f"GRANT {rights} ON {quote(table)} {to}"))
