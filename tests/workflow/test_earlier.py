"""Do cases that an earlier release began go on after an upgrade, under the policy they began under?"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Date, DateTime, Engine, MetaData, Table, select, text
from sqlalchemy.types import JSON, TypeEngine

from models import Case, Person, PolicyActivation, PolicyVersion
from models.database import connect, reading
from models.upgrade import upgrade
from tests.databases import as_owner
from tests.workflow.earlier.making import CASES
from tests.workflow.later_packs import as_it_was, later_policy
from tests.workflow.refusing import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen
from workflow.engine import services_for
from workflow.policy.store import install
from workflow.versions.migrate_case import move

HERE = Path(__file__).parent / "earlier"
RELEASES = sorted(file.name.partition(".")[0] for file in HERE.glob("*.json.gz"))


@pytest.fixture(params=RELEASES)
def world(request: pytest.FixtureRequest, empty_url: str) -> Iterator[World]:
    """A municipality of an earlier release, brought up to this one."""
    upgrade(empty_url, owner_url=as_owner(empty_url), revision=request.param)
    fill(as_owner(empty_url), json.loads(gzip.decompress((HERE / f"{request.param}.json.gz").read_bytes())))
    upgrade(empty_url, owner_url=as_owner(empty_url))
    engine = connect(empty_url)
    yield resumed(engine)
    engine.dispose()


def fill(url: str, found: dict[str, list[dict[str, Any]]]) -> None:
    """Put the rows of a release into its tables, past every rule that is younger than they are."""
    engine = connect(url)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('instans.municipality', '1', true)"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in metadata.sorted_tables:
            if table.name not in found:
                continue
            types = {column.name: column.type for column in table.columns}
            rows = [{name: _typed(types[name], value, engine) for name, value in r.items()} for r in found[table.name]]
            if rows:
                connection.execute(table.insert(), rows)
                _count_on(connection, table)
    engine.dispose()


def _count_on(connection: Connection, table: Table) -> None:
    """The next id follows the last one, also where the database counts by itself."""
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        name = connection.dialect.identifier_preparer.quote(table.name)
        sequence = f"pg_get_serial_sequence('{name}', 'id')"
        connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {name}))"))  # noqa: S608 - our own


def _typed(kind: TypeEngine[Any], value: Any, engine: Engine) -> Any:
    """A plain value as a column of a type takes it."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if value is None or not isinstance(kind, Boolean | Date | DateTime | JSON):
        return value
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, JSON):
        return json.loads(value)
    if isinstance(kind, DateTime):
        found = datetime.fromisoformat(value)
        return found if engine.dialect.name == "sqlite" else found.replace(tzinfo=UTC)
    return date.fromisoformat(value)


def resumed(engine: Engine) -> World:
    """The municipality that is there, with its people."""
    services = services_for(engine)
    tenant = services.tenants.tenant("orebro")
    with reading(engine, tenant.id) as session:
        people = {row.username.partition("@")[0]: row.id for row in session.execute(select(Person.username, Person.id))}
        version = session.execute(select(PolicyVersion.id).where(PolicyVersion.version == "orebro-2012")).scalar_one()
        policy = services.policies.by_id(session, tenant.id, version)
    return World(engine, services, tenant, policy, people)


def numbers(world: World) -> dict[str, str]:
    """Case numbers by title."""
    with reading(world.engine, world.tenant.id) as session:
        return {row.title: row.number for row in session.execute(select(Case.title, Case.number))}


def test_the_trail_of_an_earlier_release_is_whole_after_the_upgrade(world: World) -> None:
    assert verify(world.engine).faults == ()


def test_every_running_case_goes_on_to_its_end_under_its_own_policy(world: World) -> None:
    found = numbers(world)
    assert set(found) == set(CASES)
    for title, (_kind, state) in CASES.items():
        assert world.row(found[title]).state == state
        assert world.walk(found[title]) == "concluded", title
    assert verify(world.engine).faults == ()


def test_what_governed_still_governs_and_new_cases_begin_under_it(world: World) -> None:
    with reading(world.engine, world.tenant.id) as session:
        rows = session.execute(select(PolicyActivation.basis, PolicyActivation.governs_from)).all()
    assert [tuple(row) for row in rows] == [("before", date(2012, 1, 1))]
    assert world.walk(world.open("visit")) == "concluded"
    assert verify(world.engine).faults == ()


def test_the_new_releases_own_packs_wait_beside_what_governs(world: World) -> None:
    install(world.engine, [later_policy("orebro", as_it_was)], now=world.now)
    assert world.services.policies.governing(world.tenant.id, world.now.date())[1].version == "orebro-2012"
    number = numbers(world)["A visit to be reviewed"]
    with refused(world, ActionNotOpen, "move-not-in-force"):
        move(
            world.services,
            world.people["admin"],
            number,
            "orebro-2027",
            now=world.now,
            expected_version=world.version(number),
            comment="We try",
        )
