"""A version is installed once, for good, or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models import Body, Municipality, PolicyVersion, TrailEntry
from tests.workflow.policy.small_pack import changed, small
from tests.workflow.policy.stored import bodies, inside, later, versions
from workflow.core.errors import PolicyInvalid
from workflow.policy.loading.loader import law_only
from workflow.versions.install import install

NOW = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 16, 10, 0, tzinfo=UTC)


def test_a_version_never_changes_under_its_id(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    before = versions(engine)
    reworded = changed(tmp_path, ("We are kind.", "We are very kind."))
    with pytest.raises(PolicyInvalid, match=r"lillby-2020: document\.version: is stored with another content"):
        install(engine, [reworded], now=LATER)
    assert versions(engine) == before


def test_another_law_under_the_same_version_is_refused_too(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    with pytest.raises(PolicyInvalid, match=r"lillby-2020: .* another content"):
        install(engine, [changed(tmp_path, law=(("This is how one meets.", "So one meets."),))], now=LATER)


def test_a_body_never_changes_its_kind(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    other = later(tmp_path)
    unit = replace(other.body("eu-enheten"), kind="administration", parent="skolnamnden")
    other = replace(other, bodies=(*other.bodies[:-1], unit))
    with pytest.raises(PolicyInvalid, match="'eu-enheten' is stored with the kind office"):
        install(engine, [other], now=LATER)
    assert "lillby-2030" not in versions(engine)


def test_what_is_refused_leaves_nothing_behind(engine: Engine) -> None:
    policy = small()
    broken = replace(policy, bodies=(*policy.bodies, replace(policy.bodies[0], kind="committee")))
    with pytest.raises(PolicyInvalid):
        install(engine, [broken], now=NOW)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Municipality)).scalar_one() == 0


def test_a_pack_is_stored_with_its_bodies_and_the_law_alone(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    assert versions(engine) == {"lillby-law": law_only(small()).digest, "lillby-2020": small().digest}
    assert bodies(engine) == {body.key: body.kind for body in small().bodies}
    with inside(engine) as connection:
        row = connection.execute(select(Body.__table__).where(Body.key == "eu-enheten")).one()
        parent = connection.execute(select(Body.key).where(Body.id == row.parent_id)).scalar_one()
    assert (parent, row.is_example, row.names["en"]) == ("kontoret", True, "EU unit")


def test_a_version_is_stored_as_its_canonical_text(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    with inside(engine) as connection:
        rows = connection.execute(select(PolicyVersion.__table__).order_by(PolicyVersion.valid_from)).all()
    assert [(row.version, row.status, row.valid_from, row.valid_to) for row in rows] == [
        ("lillby-law", "law", date.min, date(2019, 12, 31)),
        ("lillby-2020", "adopted", date(2020, 1, 1), date(2029, 12, 31)),
    ]
    assert rows[1].canonical == small().canonical
    assert rows[1].loaded_at == NOW


def test_each_version_is_told_in_the_journal(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    with inside(engine) as connection:
        rows = connection.execute(select(TrailEntry.__table__).order_by(TrailEntry.number)).all()
    assert [(row.stream, row.action, row.policy_version) for row in rows] == [
        ("lillby-journal", "load-policy", "lillby-law"),
        ("lillby-journal", "load-policy", "lillby-2020"),
        ("lillby-journal", "activate-policy", "lillby-2020"),
    ]
    assert rows[1].policy_digest == rows[2].policy_digest == small().digest
    assert json.loads(rows[2].data) == {"governs_from": "2020-01-01", "basis": "founding"}
    assert json.loads(rows[1].data) == {"status": "adopted", "valid_from": "2020-01-01", "valid_to": "2029-12-31"}


def test_to_install_again_changes_nothing(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    before = _everything(engine)
    install(engine, [small()], now=LATER)
    assert _everything(engine) == before


def _everything(engine: Engine) -> list[object]:
    with inside(engine) as connection:
        return [
            tuple(row)
            for model in (Municipality, Body, PolicyVersion, TrailEntry)
            for row in connection.execute(select(model.__table__)).all()
        ]


def test_processes_that_start_together_install_once(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(install, engine, [small()], now=NOW) for _ in range(4)]:
            done.result()
    assert set(versions(engine)) == {"lillby-law", "lillby-2020"}
    with inside(engine) as connection:
        assert connection.execute(select(func.count()).select_from(TrailEntry)).scalar_one() == 3


def test_a_later_pack_adds_its_bodies_and_leaves_the_law_alone_as_it_was(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    before = versions(engine)
    body = "\n  - {key: en-namnd, kind: committee, names: {sv: En nämnd, en: A committee}}\n  - {key: en-forvaltning, kind: administration, parent: en-namnd, names: {sv: En förvaltning, en: One}}\n\ndefault_responsible:"  # noqa: E501
    install(engine, [later(tmp_path, ("\n\ndefault_responsible:", body)), small()], now=LATER)
    assert versions(engine) == {**before, "lillby-2030": versions(engine)["lillby-2030"]}
    assert bodies(engine)["en-namnd"] == "committee"


def test_a_later_pack_with_another_law_waits_beside_the_law_alone_as_it_was(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    before = versions(engine)["lillby-law"]
    named = ("version: lillby-2020", "version: lillby-2020b")
    install(engine, [changed(tmp_path, named, law=(("This is how one meets.", "So one meets."),))], now=LATER)
    assert set(versions(engine)) == {"lillby-law", "lillby-2020", "lillby-2020b"}
    assert versions(engine)["lillby-law"] == before


def test_a_pack_with_a_fault_is_not_taken_in(engine: Engine, tmp_path: Path) -> None:
    lower = (
        "terminate]}, decides: council, route: council-agreement",
        "terminate]}, decides: responsible, route: own-agreement",
    )
    install(engine, [small()], now=NOW)
    before = _everything(engine)
    with pytest.raises(PolicyInvalid, match=r"lillby-2030: P10: .* row twins lets committee decide it"):
        install(engine, [later(tmp_path, lower)], now=LATER)
    assert _everything(engine) == before
