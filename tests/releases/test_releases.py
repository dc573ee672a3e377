"""Upgrade promise: a database of any release is upgraded, its trail holds, and its cases and evaluations go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from models import Case, Evaluation, Municipality, PolicyActivation, PolicyVersion
from models.database import connect, reading, writing
from models.upgrade import is_current, upgrade
from tests.databases import as_owner
from tests.releases.loading import RELEASES, Release, release, upgraded, worlds
from tests.releases.making import reporter, schema_of
from tests.web.evaluation_data import again, report
from tests.worlds import MUNICIPALITIES, World, policy_of
from workflow.audit.verify import verify
from workflow.cases.authorization import available_actions
from workflow.policy.loading.loader import load_folder, packaged
from workflow.policy.store import Policies
from workflow.versions.install import install
from workflow.versions.service import activate


@pytest.fixture(params=RELEASES)
def left(request: pytest.FixtureRequest) -> Release:
    """What a release left behind."""
    return release(request.param)


@pytest.fixture
def engine(empty_url: str, left: Release) -> Iterator[Engine]:
    """Its database, upgraded to the newest schema."""
    upgraded(empty_url, left)
    engine = connect(empty_url)
    yield engine
    engine.dispose()


def open_cases(world: World) -> dict[str, str]:
    """States of the open cases by number."""
    with reading(world.engine, world.tenant.id) as session:
        rows = session.execute(select(Case.number, Case.state).where(Case.closed_at.is_(None)).order_by(Case.id)).all()
    return {row.number: row.state for row in rows}


def evaluations(world: World) -> dict[str, Evaluation]:
    """Evaluations by number."""
    with reading(world.engine, world.tenant.id) as session:
        return {row.number: row for row in session.scalars(select(Evaluation).order_by(Evaluation.id))}


def test_the_first_release_is_kept() -> None:
    assert "0.1.0" in RELEASES


def test_migrations_up_to_a_release_still_make_its_schema(tmp_path: Path, left: Release) -> None:
    upgrade(f"sqlite:///{tmp_path / 'instans.db'}", revision=left.revision)
    assert schema_of(tmp_path / "instans.db") == left.schema


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_a_packaged_pack_that_was_released_keeps_its_content(left: Release, key: str) -> None:
    """Another content needs another version id: the databases of a release hold the one that they know for good."""
    released = {row["version"]: row["digest"] for row in left.rows["policy_version"]}
    policy = policy_of(key)
    assert released.get(policy.version, policy.digest) == policy.digest


def test_packs_of_this_version_wait_in_the_database_of_a_release(engine: Engine, left: Release) -> None:
    install(engine, load_folder(packaged().policies), now=left.left_at)
    with engine.connect() as connection:
        known = {key: id_ for id_, key in connection.execute(select(Municipality.id, Municipality.key))}
    for key in MUNICIPALITIES:
        with reading(engine, known[key]) as session:
            stored = set(session.scalars(select(PolicyVersion.version)))
            governing = Policies(engine).in_force(session, known[key], left.left_at.date())[1]
        released = {row["version"] for row in left.rows["policy_version"]}
        assert policy_of(key).version in stored
        assert governing.version in released


def test_a_pack_of_this_version_comes_into_force_as_a_new_reading(engine: Engine, left: Release) -> None:
    install(engine, load_folder(packaged().policies), now=left.left_at)
    for world in worlds(engine, left):
        key = world.tenant.key
        newest = policy_of(key)
        if newest.digest == world.policy.digest:
            continue
        given = {"governs_from": left.left_at.date().isoformat(), "basis": "reading", "reason": "A second reading"}
        activate(world.services, world.people["admin"], key, newest.version, given, now=left.left_at)
        assert world.services.policies.governing(world.tenant.id, left.left_at.date())[1].digest == newest.digest
        for number in open_cases(world):
            available_actions(world.look("officer", number))  # under the version that they began under
    assert not verify(engine).faults


def test_what_a_release_left_is_carried_to_its_end(engine: Engine, left: Release) -> None:
    """One test, because each needs the upgraded database and the later parts need the earlier ones."""
    with engine.connect() as connection:
        assert is_current(connection)
    assert verify(engine).faults == ()
    states = set()
    for world in worlds(engine, left):
        states |= set(open_cases(world).values())
        carry_cases(world)
        carry_evaluations(world)
        assert world.walk(world.open("visit")) == "concluded"
    assert {"draft", "review", "consult", "decide:council", "confirm-decide:council", "sign"} <= states
    assert verify(engine).faults == ()


def carry_cases(world: World) -> None:
    """Every open case is decided under the version it began under."""
    for number in open_cases(world):
        version = world.row(number).policy_version_id
        assert world.walk(number) == "concluded", number
        assert world.row(number).policy_version_id == version
    assert open_cases(world) == {}


def carry_evaluations(world: World) -> None:
    """Every open evaluation is reported and decided."""
    found = evaluations(world)
    assert {"pending", "under-way", "decided"} <= {evaluation.state for evaluation in found.values()}
    for number, evaluation in found.items():
        if evaluation.engagement_id is not None and evaluation.state in ("pending", "under-way"):
            case = report(world, reporter(world, evaluation), number)
            assert world.walk(case) == "concluded"
            assert again(world, number).state == "decided"


def test_a_version_that_waited_still_waits(engine: Engine, left: Release) -> None:
    orebro = next(world for world in worlds(engine, left) if world.tenant.key == "orebro")
    with reading(engine, orebro.tenant.id) as session:
        bases = session.scalars(select(PolicyActivation.basis)).all()
    assert bases == ["founding"]
    assert orebro.policy.version == "orebro-2012"


def test_a_row_that_was_changed_since_is_found(empty_url: str, engine: Engine, left: Release) -> None:
    world = next(worlds(engine, left))
    owner = connect(as_owner(empty_url))
    with writing(owner, world.tenant.id) as connection:
        number = next(iter(open_cases(world)))
        connection.execute(
            text('UPDATE "case" SET title = :title WHERE number = :number'), {"title": "?", "number": number}
        )
    owner.dispose()
    assert [fault.case for fault in verify(engine).faults] == [number]
