"""Where do the tests get a fresh database from, without migrating one each time?

One is migrated per process and copied per test. On PostgreSQL copies go from test to test, each time with fresh rows.
An owner's role migrates and owns, and the tests run as the application's role, as in production.
"""

from __future__ import annotations

from itertools import count
from secrets import randbits

import psycopg
from sqlalchemy import URL, make_url

from models.upgrade import upgrade
from tests.contents import ADMIN_URL, Rows, admin_of, alone, filling, let_go, put_rows, rows_of, shape_of

OWNER = "instans_test_owner"
APPLICATION = "instans_test_app"

#: After how many tests what was deleted in a database is swept out of it.
SWEEP = 20

#: The advisory lock under which roles are created and left-overs swept away; no token takes this value.
_ALONE = 0


def as_owner(url: str) -> str:
    """The address by which the tables' owner reaches the same database; on SQLite nobody owns any."""
    if make_url(url).get_backend_name() == "sqlite":
        return url
    return _shown(make_url(url).set(username=OWNER, password=OWNER))


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _name(url: str) -> str:
    """A database's own name, however it is reached."""
    return str(make_url(url).database)


class Server:
    """A PostgreSQL server that gives out databases; names carry a token that is locked for as long as we live."""

    def __init__(self, admin: psycopg.Connection) -> None:
        self._admin = admin
        self._token = 1 + randbits(31)
        self._numbers = count()
        self._admin.execute("SELECT pg_advisory_lock(%s)", [self._token])
        self._admin.execute("SELECT pg_advisory_lock(%s)", [_ALONE])
        self._create_roles()
        self._drop_abandoned()
        self._admin.execute("SELECT pg_advisory_unlock(%s)", [_ALONE])
        self._template = self.empty()
        upgrade(self._template, owner_url=as_owner(self._template))
        with admin_of(self._template) as there:
            self._bare = rows_of(there)
        #: Databases that a test has done with: address, the shape of their tables, and how many tests that makes.
        self._used: list[tuple[str, str, int]] = []
        #: The same of those in use, by name.
        self._lent: dict[str, tuple[str, int]] = {}

    def empty(self) -> str:
        """A database without tables: its address, as the application."""
        return self._create(f"OWNER {OWNER}")

    def migrated(self, rows: Rows | None = None) -> str:
        """A database with the newest tables, empty or with given rows: its address, as the application."""
        while self._used:
            url, shape, tests = self._used.pop()
            if self._refilled(url, shape, rows or self._bare):
                self._lent[_name(url)] = shape, tests + 1
                return url
            self._drop(url)
        url = self._create(f"OWNER {OWNER} TEMPLATE {_name(self._template)} STRATEGY wal_log")
        there = filling(url)
        self._lent[_name(url)] = shape_of(there), 1
        there.commit()
        if rows is not None:
            put_rows(there, rows)
        return url

    def _refilled(self, url: str, shape: str, rows: Rows) -> bool:
        """Whether a used database has nothing but the given rows now; False where its tables are not what they were."""
        there = filling(url)
        try:
            if shape_of(there) != shape:
                return False
            alone(there)
            there.execute("SET LOCAL statement_timeout = '20s'")
            put_rows(there, rows)
        except psycopg.Error:
            return False
        return True

    def give_back(self, url: str) -> None:
        """Let another test have a database, whoever is still connected to it."""
        shape, tests = self._lent.pop(_name(url))
        if tests % SWEEP == 0:
            there = filling(url)
            there.autocommit = True
            there.execute("VACUUM")
            there.autocommit = False
        self._used.append((url, shape, tests))

    def copy_of(self, url: str, *, is_small: bool = False) -> str:
        """A copy of a database that nobody but us is connected to: its address, as the application."""
        let_go(_name(url))
        strategy = "wal_log" if is_small else "file_copy"  # copying files takes two checkpoints
        return self._create(f"OWNER {OWNER} TEMPLATE {make_url(url).database} STRATEGY {strategy}")

    def drop(self, url: str) -> None:
        """Do away with a database, whoever is still connected to it."""
        self._lent.pop(_name(url), None)
        self._drop(url)

    def _drop(self, url: str) -> None:
        let_go(_name(url))
        self._admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Leave the server as it was, but for the roles and what a test that failed still has."""
        for url, _shape, _left in self._used:
            self._drop(url)
        for name in self._lent:
            let_go(name)
        self._drop(self._template)

    def _create(self, how: str) -> str:
        name = f"instans_test_{self._token}_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} {how}")
        return _shown(make_url(ADMIN_URL).set(database=name, username=APPLICATION, password=APPLICATION))

    def _create_roles(self) -> None:
        known = {name for (name,) in self._admin.execute("SELECT rolname FROM pg_roles")}
        for role in {OWNER, APPLICATION} - known:
            self._admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
        for role in (OWNER, APPLICATION):  # a test survives no power cut anyway
            self._admin.execute(f"ALTER ROLE {role} SET synchronous_commit = off")

    def _drop_abandoned(self) -> None:
        """Drop what a run left behind that was killed: nobody holds the lock of its token any more."""
        left = self._admin.execute(
            r"SELECT datname FROM pg_database WHERE datname ~ '^instans_test_\d+_\d+$'"
        ).fetchall()
        for (name,) in left:
            token = int(name.split("_")[2])
            if self._admin.execute("SELECT pg_try_advisory_lock(%s)", [token]).fetchone() == (True,):
                self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
                self._admin.execute("SELECT pg_advisory_unlock(%s)", [token])
