"""Does an empty database get its municipalities, and each of them its first administrator?"""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import Appointment, Person, TrailEntry
from models.database import reading, writing
from tests.web.cli.calling import Run, fails
from tests.workflow.pack_versions import later_pack
from tests.worlds import build
from web.core.passwords import Passwords
from workflow.engine import services_for
from workflow.people.administration import administer

PASSWORD = "a few words in a row"
CREATE = ["admin", "create", "kim@oslo", "--name", "Kim Berg", "--body", "byradet"]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody gives the password on standard input."""
    _type(monkeypatch, PASSWORD)


def _type(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{words}\n".encode()), encoding="utf-8"))


def test_packs_are_taken_in_once_and_a_changed_one_refuses(run: Run, database: dict[str, str], packs: Path) -> None:
    for _time in range(2):
        code, out, err = run("policy", "install", POLICIES=str(packs), **database)
        assert (code, out, err) == (0, "oslo: oslo-2023-2 governs from 2023-05-26\n", "")
    pack = packs / "oslo.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("nb: Oslo", "nb: Osla", 1), encoding="utf-8")
    fails(run("policy", "install"), 1, "another content")
    fails(run("policy", "install", "bergen"), 2, "bergen", "oslo")


def test_a_later_version_waits_and_no_command_brings_it_into_force(
    run: Run, database: dict[str, str], packs: Path, tmp_path: Path
) -> None:
    assert run("policy", "install", POLICIES=str(packs), **database)[0] == 0
    later = tmp_path / "oslo.yaml"
    later.write_bytes(later_pack("oslo"))
    told = "oslo: oslo-2027 waits: an administrator brings it into force\n"
    assert run("policy", "install", str(later)) == (0, told, "")
    assert "activate" not in run("policy", "--help")[1]


@pytest.mark.usefixtures("types")
def test_the_first_administrator_can_log_in_and_appoint_the_others(
    run: Run, database: dict[str, str], engine: Engine, packs: Path
) -> None:
    fails(run(*CREATE, **database), 2, "instans policy install")
    assert run("policy", "install", POLICIES=str(packs))[0] == 0
    assert run(*CREATE, "--reference", "Byrådet, sak 12/26") == (
        0,
        "kim@oslo is an administrator now and can log in.\n",
        "",
    )
    services = services_for(engine)
    tenant = services.tenants.tenant("oslo")
    with reading(engine, tenant.id) as session:
        person = session.scalars(select(Person)).one()
        seat = session.scalars(select(Appointment)).one()
        journal = session.execute(select(TrailEntry.action, TrailEntry.actor).order_by(TrailEntry.number)).all()
    assert (person.name, person.language, person.is_example) == ("Kim Berg", "nb", False)
    assert Passwords().matches(person.password_hash, PASSWORD)
    assert (seat.role, seat.reference) == ("admin", "Byrådet, sak 12/26")
    assert [tuple(row) for row in journal[-2:]] == [("add-person", "system"), ("appoint", "system")]
    assert run("trail", "verify")[0] == 0
    given = {"name": "Ola", "username": "ola@oslo", "language": "nb"}
    noon = datetime.combine(seat.starts_on, time(12), UTC)
    administer(services, person.id, "oslo", "add-person", given, now=noon)


@pytest.mark.usefixtures("types")
def test_where_an_administrator_holds_the_screen_is_the_way(run: Run, database: dict[str, str], engine: Engine) -> None:
    world = build(engine, "oslo")
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["admin"]).values(password_hash="x"))
    fails(run(*CREATE, **database), 1, "There is an administrator already")
    with reading(engine, world.tenant.id) as session:
        assert session.execute(select(Person.id).where(Person.username == "kim@oslo")).first() is None


@pytest.mark.usefixtures("types")
def test_where_the_last_administrator_has_left_somebody_known_can_be_seated(
    run: Run, database: dict[str, str], engine: Engine
) -> None:
    world = build(engine, "oslo")
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["officer"]).values(is_active=False))
        connection.execute(update(Person).where(Person.id == world.people["admin"]).values(is_active=False))
    officer = ["admin", "create", "officer@oslo", "--name", "Somebody Else", "--body", "byradet"]
    assert run(*officer, **database)[0] == 0
    with reading(engine, world.tenant.id) as session:
        person = session.scalars(select(Person).where(Person.id == world.people["officer"])).one()
    assert (person.name, person.is_active) == ("Officer", True)
    assert Passwords().matches(person.password_hash, PASSWORD)
    assert run("trail", "verify")[0] == 0


@pytest.mark.parametrize(
    ("words", "command", "named"),
    [
        ("too short", CREATE, "15 characters"),
        ("", CREATE, "15 characters"),
        (PASSWORD, [*CREATE[:2], "kim", *CREATE[3:]], "@oslo"),
        (PASSWORD, [*CREATE[:2], "kim@bergen", *CREATE[3:]], "@oslo"),
        (PASSWORD, [*CREATE[:2], "@oslo", *CREATE[3:]], "@oslo"),
        (PASSWORD, [*CREATE[:-1], "styret"], "byradet"),
        (PASSWORD, CREATE[:-2], "--body"),
        (PASSWORD, [*CREATE, "--language", "fi"], "fi"),
    ],
)
def test_what_is_wrong_with_a_first_administrator_is_named(
    run: Run, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, words: str, command: list[str], named: str
) -> None:
    build(sqlite_engine, "oslo")
    _type(monkeypatch, words)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    fails(run(*command, DATABASE_URL=url), 2, named)
