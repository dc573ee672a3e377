"""Tests of row-level security of a municipality's own row on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import ProgrammingError

from models import Municipality
from models.database import reading, writing
from tests.models.rows import row, two_municipalities

pytestmark = pytest.mark.postgres


def test_another_municipalitys_own_row_is_neither_seen_nor_changed(postgres_engine: Engine) -> None:
    two_municipalities(postgres_engine)
    with reading(postgres_engine, 1) as session:
        assert list(session.scalars(select(Municipality.id))) == [1]
    for chosen, changed in ((1, {1}), (2, {2}), (None, set())):
        with writing(postgres_engine, chosen) as connection:
            query = update(Municipality).values(journal_version=7, journal_hash="taken").returning(Municipality.id)
            assert set(connection.scalars(query)) == changed
            assert connection.execute(delete(Municipality)).rowcount == 0
    with writing(postgres_engine, 1) as connection:
        locked = select(Municipality.id).where(Municipality.id == 2).with_for_update()
        assert connection.execute(locked).all() == []


def test_a_municipality_is_added_by_a_transaction_of_none(postgres_engine: Engine) -> None:
    two_municipalities(postgres_engine)
    new = row(Municipality, id=3, key="m3")
    with pytest.raises(ProgrammingError, match="row-level security"), writing(postgres_engine, 1) as connection:
        connection.execute(insert(Municipality), new)
    with writing(postgres_engine, None) as connection:
        connection.execute(insert(Municipality), new)


def test_no_municipality_takes_the_id_of_another(postgres_engine: Engine) -> None:
    two_municipalities(postgres_engine)
    with pytest.raises(ProgrammingError, match="row-level security"), writing(postgres_engine, 1) as connection:
        connection.execute(update(Municipality).values(id=9, key="m9"))
