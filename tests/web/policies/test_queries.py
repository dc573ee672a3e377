"""Queries for stored policy versions."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.database import reading
from tests.web.clients import each_store
from tests.workflow.pack_versions import later_pack
from tests.worlds import build
from web.policies import queries
from workflow.versions.service import submit_pack


@each_store
def test_versions_are_listed_newest_first_with_the_day_from_which_they_govern(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(engine, "orebro")
    build(engine, "oslo")
    submit_pack(world.services, world.people["admin"], "orebro", later_pack("orebro"), "later.yaml", now=world.now)
    with reading(engine, world.tenant.id) as db:
        rows = queries.version_rows(db)
        assert {row.version: row.governs_from for row in rows} == {
            world.policy.version: world.policy.document.valid_from,
            "orebro-2027": None,
            "orebro-law": None,
        }
        assert queries.version_id(db, "orebro-2027") == next(row.id for row in rows if row.version == "orebro-2027")
        assert queries.stored_digest(db, world.policy.version) == world.policy.digest
        for missing in (queries.version_id, queries.stored_digest):
            assert missing(db, "oslo-2023-2") is None
        monkeypatch.setattr(queries, "MOST", 1)
        assert len(queries.version_rows(db)) == 1
