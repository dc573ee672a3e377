"""What does a command do on a database, and on one that is not fit for it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from models import ApiToken, Case, Person
from models.database import connect, reading, writing
from tests.web.cli.calling import Run, environment_of, fails, free_port
from tests.worlds import build
from workflow.core.errors import NotFound
from workflow.people import tokens

SECRET = "a secret for tests alone"


def test_a_database_is_brought_to_this_release_once_and_again(run: Run, empty_url: str) -> None:
    empty = connect(empty_url)
    with empty.connect():  # on SQLite this makes the file
        pass
    empty.dispose()
    for command in (["trail", "verify"], ["token", "create", "officer@orebro"], ["token", "revoke", "officer@orebro"]):
        fails(run(*command, **environment_of(empty_url)), 1, "instans db upgrade")
    for _time in range(2):
        code, _out, err = run("db", "upgrade", **environment_of(empty_url))
        assert (code, err) == (0, "")
    assert run("trail", "verify")[0] == 0


def test_a_database_that_is_not_there_is_not_made_by_looking(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nothing' / 'here.db'}"
    fails(run("trail", "verify", DATABASE_URL=url), 1, "instans db upgrade")
    assert not (tmp_path / "nothing").exists()


def test_a_database_that_does_not_answer_is_told_in_one_line(run: Run) -> None:
    url = "postgresql://nobody:secret-word@127.0.0.1:1/none"
    for command in (["trail", "verify"], ["db", "upgrade"], ["serve", "--port", str(free_port())]):
        told = run(*command, DATABASE_URL=url, SECRET_KEY=SECRET)
        fails(told, 1, "127.0.0.1")
        assert "secret-word" not in told[2]


def test_a_whole_trail_is_verified_and_a_changed_one_fails(run: Run, database: dict[str, str], engine: Engine) -> None:
    world = build(engine, "orebro")
    number = world.open("exchange")
    world.walk(number)
    whole = json.loads(run("trail", "verify", "--json", **database)[1])
    assert (whole["ok"], whole["cases"], whole["faults"]) == (True, 1, [])
    assert whole["entries"] > world.version(number)
    one = json.loads(run("trail", "verify", "--json", "--case", number)[1])
    assert (one["cases"], one["entries"]) == (1, world.version(number))
    assert run("trail", "verify", "--municipality", "orebro")[0] == 0
    fails(run("trail", "verify", "--municipality", "bergen"), 2, "bergen", "orebro")
    for unheard in ("orebro-2026-09999", "bergen-2026-00001", "nothing", ""):
        fails(run("trail", "verify", "--case", unheard), 2, unheard)
    build(engine, "oslo")
    fails(run("trail", "verify", "--municipality", "oslo", "--case", number), 2, number)
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.municipality_id == world.tenant.id).values(state="rejected"))
    code, out, err = run("trail", "verify", "--json")
    faults = json.loads(out)["faults"]
    assert (code, [fault["case"] for fault in faults][:1]) == (1, [number])
    assert err == f"instans: the trail has {len(faults)} faults\n"
    code, out, _err = run("trail", "verify")
    assert code == 1
    assert "FAILED" in out
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.municipality_id == world.tenant.id).values(number="orebro-2026-7"))
    code, out, _err = run("trail", "verify", "--case", number)
    assert code == 1
    assert f"{number}: the case is not there" in out


def test_a_token_is_printed_once_and_can_be_ended(run: Run, database: dict[str, str], engine: Engine) -> None:
    world = build(engine, "orebro")
    code, out, err = run("token", "create", "officer@orebro", **database)
    assert (code, err) == (0, "")
    token = out.strip()
    found = tokens.bearer(engine, world.services.tenants, f"Bearer {token}", datetime.now(UTC))
    assert found.person_id == world.people["officer"]
    with reading(engine, world.tenant.id) as session:
        assert session.execute(select(func.count(ApiToken.id))).scalar_one() == 1
    for unheard in ("nobody@orebro", "officer@bergen", "officer", "", "officer@orebro@orebro"):
        fails(run("token", "create", unheard), 2, unheard)
        fails(run("token", "revoke", unheard), 2, unheard)
    assert run("token", "revoke", "officer@orebro")[:2] == (0, "1 ended\n")
    with pytest.raises(NotFound):
        tokens.bearer(engine, world.services.tenants, f"Bearer {token}", datetime.now(UTC))
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["officer"]).values(is_active=False))
    fails(run("token", "create", "officer@orebro"), 1, "officer@orebro")


def test_bench_runs_the_benchmarks_where_they_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(*, as_json: bool, say: Callable[[str], object]) -> None:
        say(json.dumps({"as_json": as_json}))

    monkeypatch.setattr("tests.benchmarks.run.main", measured)
    assert run("bench", "--json")[:2] == (0, '{"as_json": true}\n')
    monkeypatch.setattr("web.cli.bench.find_spec", lambda _name: None)
    fails(run("bench"), 1, "make bench")
