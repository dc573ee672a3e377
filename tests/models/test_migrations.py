"""Migrations: the schema of the models, its protections, and upgrades that are all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, insert, inspect, text

from models import Base, Municipality
from models import upgrade as migrations
from models.database import connect, writing
from models.upgrade import RevisionUnknown, clear, draft, triggers, upgrade
from tests.databases import as_owner
from tests.models.rows import row, two_municipalities

GUARDED = (
    *("access_log", "assumption_ruling", "disclosure", "erased_disclosure", "meeting_member", "policy_activation"),
    "policy_version",
    "trail_entry",
)
REFUSALS = {"sqlite": ("update", "delete", "replace"), "postgresql": ("update", "delete", "truncate")}

#: A step that comes after the newest; its body is the test's.
STEP = """
from alembic import op
revision, down_revision = "later", "{after}"

def upgrade():
    op.execute("CREATE TABLE half_done (id INTEGER)")
    {body}
"""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """As the owner of the tables."""
    engine = connect(as_owner(url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    steps = ScriptDirectory(str(migrations.MIGRATIONS)).walk_revisions()
    return [step.revision for step in reversed(list(steps))]


@pytest.fixture
def add_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a step to a copy of the migrations."""
    newest = revisions()[-1]
    folder = tmp_path / "100% migrations"
    shutil.copytree(migrations.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "MIGRATIONS", folder)

    def add(body: str) -> None:
        (folder / "versions" / "later.py").write_text(STEP.format(after=newest, body=body))

    return add


def test_migrations_build_the_schema_of_the_models_again_after_a_clearance(empty_url: str) -> None:
    for _time in range(2):
        upgrade(empty_url, owner_url=as_owner(empty_url))
        with connected(empty_url) as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, Base.metadata) == []
            wanted = {f"{table}_refuses_{what}" for table in GUARDED for what in REFUSALS[connection.dialect.name]}
            assert triggers(connection) == wanted
        clear(empty_url, owner_url=as_owner(empty_url))
        with connected(empty_url) as connection:
            assert inspect(connection).get_table_names() == []
            assert triggers(connection) == set()


def test_clearance_leaves_the_tables_of_others(empty_url: str) -> None:
    upgrade(empty_url, owner_url=as_owner(empty_url))
    with connected(empty_url) as connection:
        connection.execute(text("CREATE TABLE somebodys (id INTEGER)"))
        connection.commit()
    clear(empty_url, owner_url=as_owner(empty_url))
    with connected(empty_url) as connection:
        assert inspect(connection).get_table_names() == ["somebodys"]


@pytest.mark.parametrize(("revision", "reason"), [("0001", "unreleased"), ("0004", "unreleased"), ("0099", "later")])
def test_database_of_an_unknown_revision_is_refused(sqlite_url: str, revision: str, reason: str) -> None:
    with connected(sqlite_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        connection.commit()
    with pytest.raises(RevisionUnknown, match=reason):
        upgrade(sqlite_url)


@pytest.mark.postgres
def test_trigger_that_is_switched_off_is_not_present(postgres_owner_engine: Engine) -> None:
    with postgres_owner_engine.begin() as connection:
        assert "trail_entry_refuses_delete" in triggers(connection)
        connection.execute(text("ALTER TABLE trail_entry DISABLE TRIGGER trail_entry_refuses_delete"))
        assert "trail_entry_refuses_delete" not in triggers(connection)


def test_one_upgrade_waits_for_another(empty_url: str) -> None:
    with ThreadPoolExecutor(1) as another:
        with migrations._migrating(as_owner(empty_url)) as config:
            waiting = another.submit(upgrade, empty_url, owner_url=as_owner(empty_url))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            command.upgrade(config, "head")
        waiting.result(timeout=10)
    with connected(empty_url) as connection:
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == revisions()[-1:]


def test_failed_step_leaves_nothing_behind(database_url: str, add_step: Callable[[str], None]) -> None:
    newest = revisions()[-1]
    add_step("raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        upgrade(database_url, owner_url=as_owner(database_url))
    with connected(database_url) as connection:
        assert not inspect(connection).has_table("half_done")
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest


def test_step_that_leaves_a_dangling_reference_is_undone(
    sqlite_url: str, sqlite_engine: Engine, add_step: Callable[[str], None]
) -> None:
    two_municipalities(sqlite_engine)
    add_step('op.execute("DELETE FROM municipality WHERE id = 1")')
    with pytest.raises(RuntimeError, match=r"references to missing rows: \[\('body', 11, 'municipality'"):
        upgrade(sqlite_url)
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM municipality")) == 2
        assert not inspect(connection).has_table("half_done")


def test_draft_finds_nothing_to_do_after_the_newest_step(
    database_url: str, add_step: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    draft(as_owner(database_url), "nothing to do")
    assert "nothing_to_do.py" in capsys.readouterr().out
    (drafted,) = (migrations.MIGRATIONS / "versions").glob("*nothing_to_do.py")
    assert drafted.read_text().count("    pass\n") == 1
    upgrade(database_url, owner_url=as_owner(database_url))


def test_database_with_one_user_only_needs_no_other(empty_url: str) -> None:
    upgrade(as_owner(empty_url))
    engine = connect(as_owner(empty_url))
    with writing(engine, None) as connection:
        connection.execute(insert(Municipality).values(row(Municipality)))
    engine.dispose()
