"""Does a database that is used again hold nothing of the test before?"""

from __future__ import annotations

import psycopg
import pytest

from models.database import connect
from tests.contents import admin_of
from tests.databases import Server
from tests.worlds import build

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """The server that all tests of this process share."""
    found: Server = request.getfixturevalue("_postgres")
    return found


def count(url: str) -> int:
    """Municipalities in a database."""
    with admin_of(url) as there:
        found = there.execute("SELECT count(*) FROM municipality").fetchone()
    assert found is not None
    return int(found[0])


def test_a_database_that_is_used_again_is_empty(server: Server) -> None:
    url = server.migrated()
    engine = connect(url)
    build(engine, "oslo")
    engine.dispose()
    assert count(url) == 1
    server.give_back(url)
    again = server.migrated()
    assert (again, count(again)) == (url, 0)
    server.give_back(again)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER {trigger} ON trail_entry",
        "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
        "ALTER TABLE person NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE person ADD COLUMN shoe_size integer",
        "GRANT DELETE ON trail_entry TO PUBLIC",
    ],
)
def test_a_database_whose_tables_were_changed_is_not_used_again(server: Server, change: str) -> None:
    url = server.migrated()
    with admin_of(url) as there:
        found = there.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'trail_entry'::regclass AND NOT tgisinternal"
        ).fetchone()
        assert found is not None
        there.execute(change.format(trigger=found[0]).encode())
        there.commit()
    server.give_back(url)
    other = server.migrated()
    assert other != url
    with pytest.raises(psycopg.OperationalError):
        admin_of(url)
    server.give_back(other)
