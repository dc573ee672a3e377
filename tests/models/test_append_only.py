"""Does the database refuse to change what was done, even to the role that owns the tables?"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, Executable, column, delete, insert, table, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from models import (
    AccessLog,
    AssumptionRuling,
    Disclosure,
    ErasedDisclosure,
    Person,
    PolicyActivation,
    PolicyVersion,
    TrailEntry,
)
from models.database import writing
from tests.models.rows import row, two_municipalities

#: Append-only classes: the key by which a new row meets the first one, and what makes it another row.
GUARDED: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {
    TrailEntry: ({}, {"number": 2}),
    Disclosure: ({}, {"field": "title"}),
    PolicyVersion: ({}, {"version": "m1-2027"}),
    AccessLog: ({"id": 1}, {"subject": "m1-2026-00001"}),
    PolicyActivation: ({}, {"policy_version_id": 2}),
    AssumptionRuling: ({"id": 1}, {"verdict": "rejected"}),
    ErasedDisclosure: ({}, {"field": "title"}),
}


@pytest.fixture(params=GUARDED, ids=lambda entity: entity.__tablename__)
def entity(request: pytest.FixtureRequest) -> Any:
    """Each append-only class in turn."""
    return request.param


@pytest.fixture
def guarded(owner_engine: Engine, entity: Any) -> Engine:
    """A database with one row of the class, as the owner of its tables."""
    return _with_one_row(owner_engine, entity)


@pytest.fixture
def sqlite_guarded(sqlite_engine: Engine, entity: Any) -> Engine:
    """A SQLite database with one row of the class."""
    return _with_one_row(sqlite_engine, entity)


def test_update_is_refused(guarded: Engine, entity: Any) -> None:
    _assert_refused("UPDATE", guarded, entity, update(entity).values(municipality_id=1))


def test_delete_is_refused(guarded: Engine, entity: Any) -> None:
    _assert_refused("DELETE", guarded, entity, delete(entity))


@pytest.mark.postgres
def test_truncate_is_refused(postgres_owner_engine: Engine, entity: Any) -> None:
    engine = _with_one_row(postgres_owner_engine, entity)
    _assert_refused("TRUNCATE", engine, entity, text(f"TRUNCATE {entity.__tablename__} CASCADE"))


@pytest.mark.postgres
def test_truncate_of_what_it_refers_to_is_refused(postgres_owner_engine: Engine) -> None:
    engine = _with_one_row(postgres_owner_engine, TrailEntry)
    with pytest.raises(IntegrityError, match="is append-only: TRUNCATE is refused"), writing(engine, 1) as connection:
        connection.execute(text("TRUNCATE municipality CASCADE"))


def test_replacing_the_row_with_the_same_key_is_refused(sqlite_guarded: Engine, entity: Any) -> None:
    same, _other = GUARDED[entity]
    _assert_refused(
        "REPLACE", sqlite_guarded, entity, insert(entity).prefix_with("OR REPLACE").values(row(entity, **same))
    )


def test_replacing_the_row_in_the_same_place_is_refused(sqlite_guarded: Engine, entity: Any) -> None:
    _same, other = GUARDED[entity]
    tenant = "id" if "id" in entity.__table__.c else "rowid"
    values = row(entity, **other) | {tenant: 1}
    target = entity if tenant == "id" else table(entity.__tablename__, *map(column, values))
    _assert_refused("REPLACE", sqlite_guarded, entity, insert(target).prefix_with("OR REPLACE").values(values))


def test_updating_where_an_insert_conflicts_is_refused(guarded: Engine, entity: Any) -> None:
    same, _other = GUARDED[entity]
    key = ["municipality_id", "version"] if entity is PolicyVersion else list(entity.__table__.primary_key.columns)
    store, tried = (sqlite, "REPLACE") if guarded.dialect.name == "sqlite" else (postgresql, "UPDATE")
    statement = store.insert(entity).values(row(entity, **same))
    upsert = statement.on_conflict_do_update(index_elements=key, set_={"municipality_id": 1})
    _assert_refused(tried, guarded, entity, upsert)


def test_another_row_is_added(guarded: Engine, entity: Any) -> None:
    _same, other = GUARDED[entity]
    with writing(guarded, 1) as connection:
        connection.execute(insert(entity).values(row(entity, **other)))
    with writing(guarded, 1) as connection:
        assert len(connection.execute(entity.__table__.select()).all()) == 2


def test_disclosure_is_deleted_only_where_its_erasure_is_recorded(owner_engine: Engine) -> None:
    engine = _with_one_row(owner_engine, Disclosure)
    with writing(engine, 1) as connection:
        connection.execute(insert(Disclosure).values(row(Disclosure, field="title")))
        connection.execute(insert(ErasedDisclosure).values(row(ErasedDisclosure, field="title")))
    with pytest.raises(IntegrityError, match="DELETE is refused"), writing(engine, 1) as connection:
        connection.execute(delete(Disclosure).where(Disclosure.field == "x"))
    with writing(engine, 1) as connection:
        assert connection.execute(delete(Disclosure).where(Disclosure.field == "title")).rowcount == 1


def _with_one_row(engine: Engine, entity: Any) -> Engine:
    two_municipalities(engine)
    with writing(engine, 1) as connection:
        if entity in (PolicyActivation, AssumptionRuling):
            versions = [row(PolicyVersion, id=number, version=f"m1-{number}") for number in (1, 2)]
            connection.execute(insert(PolicyVersion), versions)
            connection.execute(insert(Person).values(row(Person, id=1)))
        connection.execute(insert(entity).values(row(entity)))
    return engine


def _assert_refused(tried: str, engine: Engine, entity: Any, statement: Executable) -> None:
    message = f"{entity.__tablename__} is append-only: {tried} is refused"
    with pytest.raises(IntegrityError, match=message), writing(engine, 1) as connection:
        connection.execute(statement)
    with writing(engine, 1) as connection:
        kept = dict(connection.execute(entity.__table__.select()).mappings().one())
    assert kept == kept | row(entity)
