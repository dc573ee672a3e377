"""Do instants stay what they were, and is everything named so that a migration can find it again?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from models import Base, Installation
from models.base import OfMunicipality, UTCDateTime
from models.database import writing

STOCKHOLM_IN_SUMMER = timezone(timedelta(hours=2))


def test_naive_instant_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"), writing(engine, None) as connection:
        _insert(connection, datetime(2026, 7, 1, 12))  # noqa: DTZ001 - naive is the point


def test_naive_instant_is_refused_in_a_condition_too(engine: Engine) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"), writing(engine, None) as connection:
        connection.execute(select(Installation).where(Installation.created_at < datetime(2026, 7, 1)))  # noqa: DTZ001


def test_instant_comes_back_aware_in_utc(engine: Engine) -> None:
    written = datetime(2026, 7, 1, 14, 30, 15, 123456, STOCKHOLM_IN_SUMMER)
    with writing(engine, None) as connection:
        _insert(connection, written)
    with writing(engine, None) as connection:
        read = connection.scalar(select(Installation.created_at))
    assert read == written
    assert read is not None
    assert read.tzinfo is UTC


def test_instants_of_different_zones_are_in_order_of_time(engine: Engine) -> None:
    later_on_the_clock = datetime(2026, 7, 1, 13, tzinfo=STOCKHOLM_IN_SUMMER)
    later = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with writing(engine, None) as connection:
        _insert(connection, later)
        _insert(connection, later_on_the_clock)
        found = connection.scalars(select(Installation.created_at).order_by(Installation.created_at)).all()
        after = connection.scalars(select(Installation.created_at).where(Installation.created_at > later_on_the_clock))
        assert found == [later_on_the_clock, later]
        assert after.all() == [later]


@given(
    st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis asks for naive bounds
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_no_zone_changes_the_instant(instant: datetime) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = UTCDateTime().process_bind_param(instant, dialect)
        assert UTCDateTime().process_result_value(stored, dialect) == instant.astimezone(UTC)


def test_every_constraint_and_index_has_a_name_that_postgresql_keeps() -> None:
    for table in Base.metadata.tables.values():
        for named in (*table.constraints, *table.indexes):
            assert 0 < len(named.name or "") <= 63, f"{table.name}: {named.name} of {named}"


def test_every_table_but_four_belongs_to_a_municipality() -> None:
    shared = {"installation", "municipality", "login_throttle", "heartbeat"}
    for mapper in Base.registry.mappers:
        assert issubclass(mapper.class_, OfMunicipality) == (mapper.local_table.description not in shared), mapper


def _insert(connection: Connection, created_at: datetime) -> None:
    connection.execute(insert(Installation).values(created_at=created_at, is_demo=False))
