"""Does an empty database get its municipalities, and each of them its first administrators?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from models import Appointment, Person, TrailEntry
from models.database import reading, writing
from tests.web.cli.calling import Run, fails
from tests.workflow.pack_versions import later_pack
from tests.worlds import World, build
from workflow.cases.services import Services
from workflow.core.errors import NotFound
from workflow.engine import services_for
from workflow.people.administration import administer
from workflow.people.invitations import Invited, accept

LINK = re.compile(r"/invitation/(oslo_\S+)\n$")
CREATE = ["admin", "create", "kim@oslo", "--name", "Kim Berg", "--body", "byradet"]


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


def test_the_first_administrator_can_log_in_and_appoint_the_others(
    run: Run, database: dict[str, str], engine: Engine, packs: Path
) -> None:
    fails(run(*CREATE, **database), 2, "instans policy install")
    assert run("policy", "install", POLICIES=str(packs))[0] == 0
    code, out, err = run(*CREATE, "--reference", "Byrådet, sak 12/26")
    assert (code, err) == (0, "")
    assert out.startswith("kim@oslo is an administrator now, and chooses a password within 7 days at\n")
    services = services_for(engine)
    tenant = services.tenants.tenant("oslo")
    with reading(engine, tenant.id) as session:
        person = session.scalars(select(Person)).one()
        seat = session.scalars(select(Appointment)).one()
        journal = session.execute(select(TrailEntry.action, TrailEntry.actor).order_by(TrailEntry.number)).all()
    assert (person.name, person.language, person.is_example) == ("Kim Berg", "nb", False)
    assert person.password_hash is None
    assert (seat.role, seat.reference) == ("admin", "Byrådet, sak 12/26")
    acts = ["add-person", "appoint", "found-administrator"]
    assert [tuple(row) for row in journal[-3:]] == [(act, "system") for act in acts]
    assert accepted(services, out).username == "kim@oslo"
    assert run("trail", "verify")[0] == 0
    given = {"name": "Ola", "username": "ola@oslo", "language": "nb"}
    noon = datetime.combine(seat.starts_on, time(12), UTC)
    administer(services, person.id, "oslo", "add-person", given, now=noon)


def accepted(services: Services, out: str) -> Invited:
    """Use the link that the command has printed."""
    found = LINK.search(out)
    assert found is not None
    return accept(services, found[1], "a hash", now=datetime.now(UTC))


def test_two_administrators_are_seated_and_no_third(run: Run, database: dict[str, str], engine: Engine) -> None:
    world = build(engine, "oslo")
    second = run(*CREATE, **database)
    assert second[0] == 0
    fails(run("admin", "create", "per@oslo", "--name", "Per", "--body", "byradet"), 1, "its administrators already")
    with reading(engine, world.tenant.id) as session:
        assert session.execute(select(Person.id).where(Person.username == "per@oslo")).first() is None
    accepted(world.services, second[1])
    fails(run(*CREATE), 1, "its administrators already")


def has_password(world: World, who: str) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people[who]).values(password_hash="x"))


def test_with_a_case_one_administrator_and_a_chair_are_enough_to_refuse(
    run: Run, database: dict[str, str], engine: Engine
) -> None:
    world = build(engine, "oslo")
    world.open("visit")
    has_password(world, "chair.council")
    fails(run(*CREATE, **database), 1, "its administrators already")


def test_with_a_case_and_nobody_who_could_confirm_a_second_administrator_is_seated(
    run: Run, database: dict[str, str], engine: Engine
) -> None:
    world = build(engine, "oslo")
    world.open("visit")
    has_password(world, "officer")
    assert run(*CREATE, **database)[0] == 0
    fails(run("admin", "create", "per@oslo", "--name", "Per", "--body", "byradet"), 1, "its administrators already")


@pytest.mark.parametrize("who", ["chair.council", "auditor"])
def test_who_decides_or_audits_is_not_seated_as_administrator(
    run: Run, database: dict[str, str], engine: Engine, who: str
) -> None:
    world = build(engine, "oslo")
    command = ["admin", "create", f"{who}@oslo", "--name", "Somebody", "--body", "byradet"]
    fails(run(*command, **database), 1, "different people")
    with reading(engine, world.tenant.id) as session:
        held = select(Appointment.role).where(Appointment.person_id == world.people[who])
        assert "admin" not in session.scalars(held).all()


def test_whoever_has_not_used_the_link_gets_another(run: Run, database: dict[str, str], engine: Engine) -> None:
    world = build(engine, "oslo")
    (_code, first, _err), (code, second, _err2) = run(*CREATE, **database), run(*CREATE)
    assert code == 0
    with pytest.raises(NotFound):
        accepted(world.services, first)
    accepted(world.services, second)
    with reading(engine, world.tenant.id) as session:
        query = select(func.count(Appointment.id)).join(Person, Person.id == Appointment.person_id)
        assert session.scalar(query.where(Person.username == "kim@oslo")) == 1


def test_where_the_last_administrator_has_left_somebody_known_can_be_seated(
    run: Run, database: dict[str, str], engine: Engine
) -> None:
    world = build(engine, "oslo")
    with writing(engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["officer"]).values(is_active=False))
        connection.execute(update(Person).where(Person.id == world.people["admin"]).values(is_active=False))
    officer = ["admin", "create", "officer@oslo", "--name", "Somebody Else", "--body", "byradet"]
    code, out, _err = run(*officer, **database)
    assert code == 0
    with reading(engine, world.tenant.id) as session:
        person = session.scalars(select(Person).where(Person.id == world.people["officer"])).one()
    assert (person.name, person.is_active) == ("Officer", True)
    assert accepted(world.services, out).person_id == person.id
    assert run("trail", "verify")[0] == 0


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ([*CREATE[:2], "kim", *CREATE[3:]], "@oslo"),
        ([*CREATE[:2], "kim@bergen", *CREATE[3:]], "@oslo"),
        ([*CREATE[:2], "@oslo", *CREATE[3:]], "@oslo"),
        ([*CREATE[:-1], "styret"], "byradet"),
        (CREATE[:-2], "--body"),
        ([*CREATE, "--language", "fi"], "fi"),
    ],
)
def test_what_is_wrong_with_a_first_administrator_is_named(
    run: Run, sqlite_engine: Engine, command: list[str], named: str
) -> None:
    build(sqlite_engine, "oslo")
    url = sqlite_engine.url.render_as_string(hide_password=False)
    fails(run(*command, DATABASE_URL=url), 2, named)
