"""Is no update lost, and does PostgreSQL keep municipalities apart by itself?"""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from models import Body, CaseNumber, Heartbeat, Municipality
from models.database import WAL_IS_SAFE_FROM, connect, reading, writing
from tests.models.rows import row, two_municipalities

BODY_IDS = text("SELECT id FROM body ORDER BY id")


@pytest.fixture(params=["postgres_engine", "postgres_owner_engine"])
def walled(request: pytest.FixtureRequest) -> Engine:
    """PostgreSQL with two municipalities, as the application's role and as the owner's in turn."""
    engine: Engine = request.getfixturevalue(request.param)
    two_municipalities(engine)
    return engine


def test_address_of_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="not mysql"):
        connect("mysql://localhost/instans")


def test_row_that_refers_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine, 1) as connection:
        connection.execute(insert(Body).values(row(Body, municipality_id=1)))


def test_nothing_is_written_when_an_error_is_raised(engine: Engine) -> None:
    def write_and_fail() -> None:
        with writing(engine, None) as connection:
            connection.execute(insert(Municipality).values(row(Municipality)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with reading(engine, None) as session:
        assert session.scalars(select(Municipality)).all() == []


def test_four_writers_lose_no_update(engine: Engine) -> None:
    two_municipalities(engine)
    with writing(engine, 1) as connection:
        connection.execute(insert(CaseNumber).values(row(CaseNumber, municipality_id=1, last=0)))

    def take_numbers(_writer: int) -> None:
        for _ in range(10):
            with writing(engine, 1) as connection:
                last = connection.scalars(select(CaseNumber.last).with_for_update()).one()
                sleep(0.001)  # time enough for another writer to read the same number
                connection.execute(update(CaseNumber).values(last=last + 1))

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(take_numbers, range(4)))
    with reading(engine, 1) as session:
        assert session.scalars(select(CaseNumber.last)).one() == 40


def test_write_ahead_log_only_where_sqlite_is_safe(tmp_path: Path) -> None:
    chosen = "wal" if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM else "delete"
    for wal, journal in ((None, chosen), (True, "wal"), (False, "delete")):
        engine = connect(f"sqlite:///{tmp_path}/new folder/{wal}.db", wal=wal)
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == journal
        engine.dispose()


@pytest.mark.postgres
def test_without_a_municipality_sql_finds_nothing(walled: Engine) -> None:
    with walled.connect() as connection:
        assert connection.scalars(BODY_IDS).all() == []
    with writing(walled, None) as connection:
        assert connection.scalars(BODY_IDS).all() == []


@pytest.mark.postgres
def test_sql_finds_one_municipality_only(walled: Engine) -> None:
    for municipality, ids in ((1, [11, 12]), (2, [21, 22, 23])):
        with writing(walled, municipality) as connection:
            assert connection.scalars(BODY_IDS).all() == ids
        with reading(walled, municipality) as session:
            assert session.connection().scalars(BODY_IDS).all() == ids


@pytest.mark.postgres
def test_municipality_is_forgotten_when_the_transaction_ends(walled: Engine) -> None:
    with walled.connect() as connection:
        for end in (connection.commit, connection.rollback):
            connection.execute(text("SELECT set_config('instans.municipality', '1', true)"))
            assert connection.scalars(BODY_IDS).all() == [11, 12]
            end()
            assert connection.scalars(BODY_IDS).all() == []
            connection.rollback()


@pytest.mark.postgres
def test_row_of_another_municipality_cannot_be_written(walled: Engine) -> None:
    for statement in (
        insert(Body).values(row(Body, municipality_id=2, key="smuggled")),
        update(Body).values(municipality_id=2),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), writing(walled, 1) as connection:
            connection.execute(statement)


@pytest.mark.postgres
def test_row_of_another_municipality_cannot_be_changed(walled: Engine) -> None:
    with writing(walled, 1) as connection:
        for statement in ("UPDATE body SET key = 'taken' WHERE id > 20", "DELETE FROM body WHERE id > 20"):
            assert connection.execute(text(statement)).rowcount == 0


@pytest.mark.postgres
def test_every_table_of_a_municipality_is_walled_for_its_owner_too(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        of_municipality = connection.scalars(
            text("SELECT table_name FROM information_schema.columns WHERE column_name = 'municipality_id'")
        ).all()
        walls = connection.scalars(
            text(
                "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
                " WHERE relrowsecurity AND relforcerowsecurity AND polcmd = '*' AND polroles = '{0}'"
            )
        ).all()
    assert len(of_municipality) > 20
    assert sorted(walls) == sorted(of_municipality)


@pytest.mark.postgres
def test_row_of_another_municipality_itself_cannot_be_changed(walled: Engine) -> None:
    with writing(walled, 1) as connection:
        for statement in (
            "UPDATE municipality SET journal_hash = 'rewritten' WHERE id <> 1",
            "UPDATE municipality SET key = 'taken' WHERE key <> (SELECT key FROM municipality WHERE id = 1)",
            "DELETE FROM municipality WHERE id <> 1",
            "DELETE FROM municipality WHERE id = 1",
        ):
            assert connection.execute(text(statement)).rowcount == 0, statement
        assert connection.execute(text("UPDATE municipality SET journal_hash = '' WHERE id = 1")).rowcount == 1
    with writing(walled, None) as connection:
        assert connection.execute(text("UPDATE municipality SET journal_hash = ''")).rowcount == 0


#: Tables without row-level security, and why.
UNWALLED = {
    "alembic_version": "the schema's own",
    "heartbeat": "of the installation",
    "installation": "of the installation",
    "login_throttle": "counted before anybody's municipality is known",
}


@pytest.mark.postgres
def test_every_table_is_walled_or_says_why_not(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as connection:
        bare = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                " AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        ).all()
    assert sorted(bare) == sorted(UNWALLED)


def test_reading_session_writes_nothing(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine, None) as session:
        session.add(Heartbeat(id=1, at=datetime.now(UTC), counts={}))
        with pytest.raises(RuntimeError, match="writes nothing"):
            session.commit()
