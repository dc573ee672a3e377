"""What may the application's role do on PostgreSQL, where it owns nothing?"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from models import Base
from models.upgrade import upgrade
from tests.databases import APPLICATION, as_owner

pytestmark = pytest.mark.postgres

APPEND_ONLY = {
    *("access_log", "assumption_ruling", "erased_disclosure", "meeting_member", "policy_activation", "policy_version"),
    "trail_entry",
}
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

WANTED = (
    {table: set(RIGHTS[:4]) for table in Base.metadata.tables}
    | {table: set(RIGHTS[:2]) for table in APPEND_ONLY}
    | {"alembic_version": {"SELECT"}, "disclosure": {"SELECT", "INSERT", "DELETE"}}
)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
        "ALTER TABLE body DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_municipality ON body",
        "DROP FUNCTION refuse_change() CASCADE",
        "CREATE TABLE mine (id INTEGER)",
        "SET session_replication_role = replica",
        "SET ROLE instans_test_owner",
    ],
)
def test_application_may_not(postgres_engine: Engine, statement: str) -> None:
    with postgres_engine.connect() as connection, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        connection.execute(text(statement))


def test_application_owns_nothing_and_stands_above_nothing(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        owned = "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        assert connection.scalars(text(owned)).all() == []
        above = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert connection.scalar(text(above)) is False


def test_application_may_do_what_it_needs_and_no_more(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        assert _rights(connection) == WANTED


def test_upgrade_by_an_owner_needs_to_know_the_application(postgres_url: str) -> None:
    without_user = postgres_url.replace(f"{APPLICATION}:{APPLICATION}@", "")
    with pytest.raises(ValueError, match="without a user"):
        upgrade(without_user, owner_url=as_owner(postgres_url))


def test_upgrade_sets_the_rights_right(postgres_url: str, postgres_owner_engine: Engine) -> None:
    with postgres_owner_engine.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON body FROM {APPLICATION}"))
        connection.execute(text(f"GRANT DELETE ON trail_entry TO {APPLICATION}"))
    upgrade(postgres_url, owner_url=as_owner(postgres_url))
    with postgres_owner_engine.connect() as connection:
        assert _rights(connection) == WANTED


def _rights(connection: Connection) -> dict[str, set[str]]:
    """The application's rights on every table there is."""
    rows = connection.execute(
        text(
            "SELECT relname, right_ FROM pg_class CROSS JOIN unnest(CAST(:rights AS text[])) right_"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(:role, pg_class.oid, right_)"
        ),
        {"rights": list(RIGHTS), "role": APPLICATION},
    )
    found: dict[str, set[str]] = {}
    for table, right in rows:
        found.setdefault(table, set()).add(right)
    return found
