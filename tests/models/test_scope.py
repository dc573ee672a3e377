"""Does a session see one municipality's rows, whatever shape its query has?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, Executable, delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.orm import Session, aliased, undefer

from models import Body, Document, Municipality, Person
from models.database import reading, writing
from tests.models.rows import row, two_municipalities

OTHER = aliased(Body)

# What a query finds for municipality 1, for municipality 2, and without any.
BODIES: tuple[set[Any], ...] = ({11, 12}, {21, 22, 23}, set())
COUNTS: tuple[set[Any], ...] = ({2}, {3}, {0})
PLACES: tuple[set[Any], ...] = ({1}, {2}, set())
BODIES_OR_NULL: tuple[set[Any], ...] = ({11, 12}, {21, 22, 23}, {None})

QUERIES: dict[str, tuple[Callable[[], Executable], tuple[set[Any], ...]]] = {
    "entity": (lambda: select(Body), BODIES),
    "column": (lambda: select(Body.id), BODIES),
    "alias": (lambda: select(OTHER.id), BODIES),
    "count": (lambda: select(func.count(Body.id)), COUNTS),
    "count of rows": (lambda: select(func.count()).select_from(Body), COUNTS),
    "join": (lambda: select(Body.id).join(Municipality, Municipality.id > 0), BODIES),
    "joined": (lambda: select(Body.id).select_from(Municipality).join(Body, Body.id > 0), BODIES),
    "join to itself": (lambda: select(OTHER.id).select_from(Body).join(OTHER, OTHER.id > 0), BODIES),
    "outer join": (lambda: select(Body.id).select_from(Municipality).outerjoin(Body, Body.id > 0), BODIES_OR_NULL),
    "subquery": (lambda: select(select(Body.id).subquery()), BODIES),
    "common table": (lambda: select(select(Body.id).cte()), BODIES),
    "scalar subquery": (lambda: select(select(func.count(Body.id)).scalar_subquery()), COUNTS),
    "in": (lambda: select(Municipality.id).where(Municipality.id.in_(select(Body.municipality_id))), PLACES),
    "exists": (lambda: select(Municipality.id).where(exists().where(OTHER.municipality_id == Municipality.id)), PLACES),
    "union": (lambda: union_all(select(Body.id), select(OTHER.id)), BODIES),
}

#: What a session must refuse, because nothing would scope it, or because it writes.
REFUSED: dict[str, Executable] = {
    "bare table": select(Body.__table__),
    "bare table in a subquery": select(select(Body.__table__.c.id).subquery()),
    "text": text("SELECT id FROM body"),
    "entity from text": select(Body).from_statement(text("SELECT * FROM body")),
    "entity from a bare table": select(Body).from_statement(select(Body.__table__)),
    "insert": insert(Body).values(row(Body, municipality_id=2)),
    "update": update(Body).values(key="taken"),
    "delete": delete(Body),
}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With two municipalities in it."""
    two_municipalities(engine)
    return engine


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_session_refuses_what_it_cannot_scope(sqlite_engine: Engine, statement: Executable) -> None:
    with reading(sqlite_engine, 1) as session, pytest.raises(TypeError, match="mapped classes only"):
        session.execute(statement)


def test_session_that_nobody_scoped_sees_no_rows(engine: Engine) -> None:
    with Session(engine) as session:
        assert session.scalars(select(Body)).all() == []
        assert session.get(Body, 11) is None


def test_no_query_sees_another_municipality(engine: Engine) -> None:
    # Twice round, so that each municipality meets statements that were compiled and cached for the others.
    for name, (query, (first, second, without)) in QUERIES.items():
        found = [_found(engine, municipality, query()) for municipality in (1, 2, None, 2, 1, None)]
        assert found == [first, second, without, second, first, without], name


def test_a_statement_built_once_is_scoped_each_time(engine: Engine) -> None:
    statement = select(Body.id)
    assert [_found(engine, municipality, statement) for municipality in (None, 1, 2, 1)] == [
        set(),
        {11, 12},
        {21, 22, 23},
        {11, 12},
    ]


def test_get_does_not_find_another_municipalitys_row(engine: Engine) -> None:
    for municipality, own, foreign in ((1, 11, 21), (2, 21, 11)):
        with reading(engine, municipality) as session:
            assert session.get(Body, foreign) is None
            assert session.get_one(Body, own).municipality_id == municipality
    with reading(engine, None) as session:
        assert session.get(Body, 11) is None


def test_whoever_has_chosen_no_municipality_finds_each_by_its_key(engine: Engine) -> None:
    with reading(engine, None) as session:
        assert set(session.scalars(select(Municipality.id))) == {1, 2}


def test_columns_loaded_later_are_found(engine: Engine) -> None:
    with writing(engine, 1) as connection:
        connection.execute(insert(Person).values(row(Person, id=1, municipality_id=1)))
        connection.execute(insert(Document).values(row(Document, id=1, municipality_id=1, content=b"letter")))
    with reading(engine, 1) as session:
        assert session.get_one(Document, 1).content == b"letter"
    with reading(engine, 1) as session:
        assert session.scalars(select(Document).options(undefer(Document.content))).one().content == b"letter"


def test_reading_leaves_no_transaction_open(engine: Engine) -> None:
    with reading(engine, 1) as session:
        session.scalars(select(Body)).all()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def _found(engine: Engine, municipality: int | None, query: Executable) -> set[Any]:
    with reading(engine, municipality) as session:
        return {getattr(found, "id", found) for found in session.execute(query).scalars()}
