"""What may a test ask for? A database of its own, empty or migrated, on SQLite, on PostgreSQL or on each in turn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from models.database import connect
from models.upgrade import upgrade
from tests import writers
from tests.compiled import look_for_garbage_less_often, share_statements
from tests.contents import ADMIN_URL
from tests.databases import Server, as_owner
from tests.needs import require

STORES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let no process count its lines twice.

    In a worker of pytest-xdist, pytest-cov (7.1) counts from the start of the process, and once more from here on; the
    first goes nowhere, cannot be paused and doubles the time of every test.
    """
    counting = session.config.pluginmanager.getplugin("_cov")
    if counting is not None and hasattr(session.config, "workerinput"):
        counting.cov_controller.pause()


#: Where SQL, locks or privileges differ between the stores: each test of these files asks its first case on PostgreSQL.
ASKED_ON_BOTH = (
    "tests/models/",
    "tests/workflow/cases/test_gate.py",
    "tests/workflow/cases/test_races.py",
    "tests/workflow/cases/test_two_acts.py",
    "tests/workflow/scheduling/",
    "tests/workflow/trail/test_append.py",
    "tests/web/api/test_idempotency.py",
)
#: What has been asked its first case on PostgreSQL: tests of the files above, every other file as a whole.
_ASKED: set[str] = set()


def pytest_itemcollected(item: pytest.Item) -> None:
    """While a developer waits, PostgreSQL is asked only what it may answer in another way than SQLite."""
    test, _, case = item.nodeid.partition("[")
    if item.get_closest_marker("postgres") is None or "postgres" not in case:  # or it is asked of PostgreSQL alone
        return
    asked = test if test.startswith(ASKED_ON_BOTH) else test.partition("::")[0]
    if asked in _ASKED or test.startswith("tests/stories/"):
        item.add_marker(pytest.mark.slow)
    elif item.get_closest_marker("slow") is None:
        _ASKED.add(asked)


COUNTED_ELSEWHERE = ("slow", "postgres", "browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow comes first, so that no process is left alone with it at the end; and lines are counted once.

    A slow test, the same test on PostgreSQL and a story in the browser go over lines that quick ones on SQLite go over
    too, and counting makes each of them far slower. Some quick ones that go over the same lines a thousand times say
    so themselves (`no_cover`).
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if any(item.get_closest_marker(mark) for mark in COUNTED_ELSEWHERE):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """What all tests of this process share."""
    share_statements()
    look_for_garbage_less_often()
    writers.watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Fail a test in which another module than the declared one wrote a table of the domain."""
    yield
    assert writers.take_foreign() == []


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("template") / "instans.db"
    upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Server]:
    try:
        admin = psycopg.connect(ADMIN_URL, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        require("postgres", str(error).splitlines()[0])
    with admin:
        server = Server(admin)
        yield server
        server.close()


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    shutil.copyfile(_sqlite_template, tmp_path / "instans.db")
    return f"sqlite:///{tmp_path / 'instans.db'}"


@pytest.fixture
def postgres_url(_postgres: Server) -> Iterator[str]:
    """A migrated PostgreSQL database, as the application's role."""
    url = _postgres.migrated()
    yield url
    _postgres.give_back(url)


@pytest.fixture(params=STORES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=STORES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("_postgres")
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database: the test runs once on SQLite and once on PostgreSQL, as the application's role."""
    yield from _engine(database_url)


@pytest.fixture
def owner_engine(database_url: str) -> Iterator[Engine]:
    """The same database as `engine`, as the role that owns its tables."""
    yield from _engine(as_owner(database_url))


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """A migrated SQLite database."""
    yield from _engine(sqlite_url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database, as the application's role; the test carries the `postgres` mark."""
    yield from _engine(postgres_url)


@pytest.fixture
def postgres_owner_engine(postgres_url: str) -> Iterator[Engine]:
    """The same database as `postgres_engine`, as the role that owns its tables."""
    yield from _engine(as_owner(postgres_url))


def _engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()
