"""Stored versions are read back as they were stored, and one governs each day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from models import PolicyVersion
from models.database import reading
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from tests.workflow.policy.stored import inside, later, municipality, versions
from workflow.core.errors import NotFound, PolicyInvalid
from workflow.policy.loading.loader import law_only
from workflow.policy.store import Policies
from workflow.versions.install import install, let_govern

NOW = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 16, 10, 0, tzinfo=UTC)


def test_a_version_nobody_stored_is_not_found(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    with inside(engine) as connection, pytest.raises(NotFound):
        Policies(engine).by_id(connection, municipality(engine), 10_000)


def test_another_municipalitys_version_is_not_found(engine: Engine) -> None:
    install(engine, [small(), pack("oslo")], now=NOW)
    policies = Policies(engine)
    lillby, oslo = municipality(engine), municipality(engine, "oslo")
    id_, _ = policies.governing(oslo, NOW.date())
    with inside(engine) as connection, pytest.raises(NotFound):
        policies.by_id(connection, lillby, id_)


def test_a_municipality_without_versions_is_governed_by_nothing(engine: Engine) -> None:
    with pytest.raises(NotFound):
        Policies(engine).governing(1, NOW.date())


def test_a_text_without_its_digest_is_refused(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    forged = {
        "municipality_id": municipality(engine),
        "version": "lillby-2025",
        "digest": small().digest,
        "canonical": small().canonical.replace("refused", "allowed"),
        "status": "adopted",
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
        "loaded_at": NOW,
    }
    with inside(engine) as connection:
        connection.execute(insert(PolicyVersion), forged)
        forged_id = connection.execute(select(func.max(PolicyVersion.id))).scalar_one()
        let_govern(connection, municipality(engine), forged_id, date(2025, 1, 1), "founding", now=NOW)
    with pytest.raises(PolicyInvalid, match="lillby-2025: its stored text does not have its digest"):
        Policies(engine).governing(municipality(engine), date(2026, 1, 1))


def test_the_four_packs_live_in_one_database(engine: Engine) -> None:
    install(engine, [pack(key) for key in KEYS], now=NOW)
    policies = Policies(engine)
    for key in KEYS:
        _, policy = policies.governing(municipality(engine, key), NOW.date())
        assert policy == pack(key)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(1999, 1, 1), "lillby-law"),
        (date(2019, 12, 31), "lillby-law"),
        (date(2020, 1, 1), "lillby-2020"),
        (date(2029, 12, 31), "lillby-2020"),
        (date(2030, 1, 1), "lillby-2030"),
        (date(2099, 1, 1), "lillby-2030"),
    ],
)
def test_a_day_is_governed_by_the_pack_in_force_and_before_any_by_the_law_alone(
    engine: Engine, tmp_path: Path, day: date, version: str
) -> None:
    install(engine, [small(), later(tmp_path)], now=NOW)
    assert Policies(engine).governing(municipality(engine), day)[1].version == version


def test_a_pack_that_comes_later_waits_and_governs_nothing(engine: Engine, tmp_path: Path) -> None:
    install(engine, [small()], now=NOW)
    install(engine, [later(tmp_path)], now=LATER)
    assert "lillby-2030" in versions(engine)
    assert Policies(engine).governing(municipality(engine), date(2030, 1, 1))[1].version == "lillby-law"


def test_a_pack_that_has_run_out_leaves_the_law_alone(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    assert Policies(engine).governing(municipality(engine), date(2030, 1, 1))[1].version == "lillby-law"


def test_the_policy_read_back_is_the_one_stored(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    policies = Policies(engine)
    with inside(engine) as connection:
        id_, policy = policies.in_force(connection, municipality(engine), NOW.date())
        law_id, law = policies.law_alone(connection, municipality(engine))
    assert policy == small()
    assert law == law_only(small())
    assert id_ != law_id


def test_a_policy_is_built_once_and_shared(engine: Engine) -> None:
    install(engine, [small()], now=NOW)
    policies = Policies(engine)
    id_, first = policies.governing(municipality(engine), NOW.date())
    with reading(engine, municipality(engine)) as session:
        assert policies.by_id(session, municipality(engine), id_) is first
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: policies.governing(municipality(engine), NOW.date())[1], range(8)))
    assert all(policy is first for policy in found)


def test_digest_that_is_no_text_is_not_found(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection, pytest.raises(NotFound):
        Policies(sqlite_engine).by_digest(connection, 1, "\udc80" + "0" * 63)
