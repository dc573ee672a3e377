"""Is a database served that should be, and no other?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, inspect, select, text

from config.settings import Settings
from models import Base, Case, Installation, Person
from models.database import connect, reading, writing
from tests.databases import as_owner
from tests.web.cli.calling import Run, answers, environment_of, fails, free_port
from tests.worlds import NOON, World, build
from web import server
from web.cli.demo import carries_mark
from web.core.asgi import BufferedWsgi
from web.core.passwords import Passwords
from workflow.core.tenants import Tenants

SECRET = "a secret for tests alone"


def test_serve_needs_a_secret_and_a_database_of_this_release(
    run: Run, empty_url: str, tmp_path: Path, served: list[Any]
) -> None:
    port = str(free_port())
    fails(run("serve", "--port", port, **environment_of(empty_url)), 2, "INSTANS_SECRET_KEY")
    fails(run("serve", "--port", port, SECRET_KEY="short"), 2, "INSTANS_SECRET_KEY")
    fails(run("serve", "--port", port, SECRET_KEY=SECRET), 1, "instans db upgrade")
    missing = f"sqlite:///{tmp_path / 'missing.db'}"
    fails(run("serve", "--port", port, DATABASE_URL=missing), 1, "instans db upgrade")
    assert served == []


def test_serve_takes_in_packs_and_refuses_a_version_with_another_content(
    run: Run, database: dict[str, str], engine: Engine, packs: Path, served: list[Any]
) -> None:
    port = str(free_port())
    environ = database | {"SECRET_KEY": SECRET, "POLICIES": str(packs)}
    code, out, err = run("serve", "--port", port, "--workers", "3", **environ)
    assert (code, err) == (0, "")
    assert f"http://127.0.0.1:{port}" in out
    ((settings, workers),) = served
    assert (settings.port, workers, settings.is_demo) == (int(port), 3, False)
    assert Tenants(engine).keys() == ("oslo",)
    assert not carries_mark(engine)
    pack = packs / "oslo.yaml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("valid_from: 2023", "valid_from: 2024", 1), encoding="utf-8"
    )
    fails(run("serve", "--port", port), 1, "oslo-2023-2")
    assert len(served) == 1


def test_an_address_that_is_taken_is_told_before_anything_begins(run: Run, tmp_path: Path, served: list[Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        url = f"sqlite:///{tmp_path / 'demo.db'}"
        fails(run("demo", "--port", port, DATABASE_URL=url), 1, port)
        fails(run("serve", "--port", port, SECRET_KEY=SECRET), 1, port)
    fails(run("serve", "--host", "no.such.host.invalid"), 1, "no.such.host.invalid")
    assert not (tmp_path / "demo.db").exists()
    assert served == []


def rows_in(engine: Engine) -> dict[tuple[str, str], int]:
    """How many rows each table has, as each municipality sees them."""
    tenants, found = Tenants(engine), {}
    tables = Base.metadata.sorted_tables
    for key in tenants.keys():  # noqa: SIM118 - a directory is no dict
        with writing(engine, tenants.tenant(key).id) as connection:
            for table in tables:
                found[key, table.name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def password_in(out: str) -> str:
    return next(line.rpartition(": ")[2] for line in out.splitlines() if line.startswith("Password"))


def hash_of(engine: Engine, username: str) -> str:
    tenant = Tenants(engine).tenant_of(username)
    with reading(engine, tenant.id) as session:
        found = session.execute(select(Person.password_hash).where(Person.username == username)).scalar_one()
    assert found is not None
    return found


@pytest.mark.slow
def test_the_demo_fills_an_empty_database_once(
    run: Run, empty_url: str, packs: Path, tmp_path: Path, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = environment_of(empty_url) | {"POLICIES": str(packs)}
    port = str(free_port())
    code, out, err = run("demo", "--port", port, **environ)
    assert (code, err) == (0, "")
    assert f"http://127.0.0.1:{port}" in out
    settings, _workers = served[0]
    assert settings.is_demo
    owner = connect(as_owner(empty_url))
    assert carries_mark(owner)
    word = password_in(out)
    assert Passwords().matches(hash_of(owner, "officer@oslo"), word)
    before = rows_in(owner)
    assert before["oslo", "case"] > 5
    assert run("demo", "--port", port)[1] == out
    assert rows_in(owner) == before
    # another secret, another password; and it opens everything again
    told = run("demo", "--port", port, SECRET_KEY="another secret altogether")
    assert password_in(told[1]) != word
    assert Passwords().matches(hash_of(owner, "officer@oslo"), password_in(told[1]))
    assert run("trail", "verify")[0] == 0
    owner.dispose()


@pytest.mark.slow
def test_reset_throws_a_demo_away_and_nothing_else(
    run: Run, database_url: str, packs: Path, tmp_path: Path, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = environment_of(database_url) | {"POLICIES": str(packs)}
    arguments = ["demo", "--port", str(free_port())]
    owner = connect(as_owner(database_url))
    fails(run(*arguments, "--reset", **environ), 1, "mark")
    world: World = build(owner, "oslo")
    before = rows_in(owner)
    fails(run(*arguments, "--reset"), 1, "mark")
    fails(run(*arguments), 1, "demo")
    assert rows_in(owner) == before
    with writing(owner, None) as connection:
        connection.execute(Installation.__table__.insert().values(is_demo=True, created_at=world.now))
    number = world.open("exchange", title="Older than the reset")
    assert run(*arguments, "--reset")[0] == 0
    with reading(owner, Tenants(owner).tenant("oslo").id) as session:
        assert session.execute(select(Case.id).where(Case.title == "Older than the reset")).first() is None
    assert number
    assert len(served) == 1
    owner.dispose()


@pytest.mark.slow
def test_the_demo_of_an_unreleased_version_is_told_and_reset(
    run: Run, database_url: str, packs: Path, tmp_path: Path, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = environment_of(database_url) | {"POLICIES": str(packs)}
    arguments = ["demo", "--port", str(free_port())]
    owner = connect(as_owner(database_url))
    with writing(owner, None) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
        connection.execute(Installation.__table__.insert().values(is_demo=True, created_at=NOON))
    fails(run("db", "upgrade", **environ), 1, "unreleased version")
    fails(run(*arguments), 1, "unreleased version", "--reset")
    assert run(*arguments, "--reset")[0] == 0
    assert run("trail", "verify")[0] == 0
    assert len(served) == 1
    owner.dispose()


def test_the_demo_leaves_a_database_of_something_else_alone(
    run: Run, tmp_path: Path, packs: Path, served: list[Any]
) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = connect(url)
    with writing(other, None) as connection:
        connection.execute(text("CREATE TABLE somebodys (id INTEGER)"))
    fails(run("demo", "--port", str(free_port()), DATABASE_URL=url, POLICIES=str(packs)), 1)
    fails(run("demo", "--port", str(free_port()), "--reset"), 1, "mark")
    assert inspect(other).get_table_names() == ["somebodys"]
    other.dispose()
    assert served == []


def test_the_demo_answers_and_stops_when_told_to(packs: Path, tmp_path: Path) -> None:
    port = free_port()
    environ = {
        **os.environ,
        "INSTANS_DATABASE_URL": f"sqlite:///{tmp_path / 'demo.db'}",
        "INSTANS_POLICIES": str(packs),
    }
    command = [sys.executable, "-m", "web.cli.main", "demo", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz", process)
        finally:
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert str(port) in out
    assert "Traceback" not in err


def test_a_process_that_was_not_forked_loads_the_application_itself(sqlite_url: str) -> None:
    settings = Settings(database_url=sqlite_url, secret_key=SECRET)
    assert isinstance(server._load(settings), BufferedWsgi)
