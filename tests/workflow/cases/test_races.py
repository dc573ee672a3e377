"""What if two people act at the same moment, in two processes? One is first; nothing is lost or half done."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from models import Case, Decision, TrailEntry
from models.database import reading, writing
from tests.processes import fresh_processes
from tests.workflow.conftest import WorldOf
from tests.workflow.race_processes import Attempt, acted, opened, read_and_linger, together
from tests.worlds import World
from workflow.audit.verify import verify


def address(world: World) -> str:
    """Where another process finds the same database."""
    return world.engine.url.render_as_string(hide_password=False)


def race(world: World, *attempts: Attempt) -> list[str]:
    """Everybody acts at once, each in a process of their own; the errors, empty for whoever came through."""
    world.engine.dispose()
    return together(acted, [(address(world), attempt, world.now) for attempt in attempts])


def entries(world: World, number: str) -> list[TrailEntry]:
    """A case's trail."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(TrailEntry).where(TrailEntry.stream == number).order_by(TrailEntry.number)))


def test_one_of_two_chairs_confirms_and_the_other_sees_that_the_case_has_changed(orebro: World) -> None:
    orebro.add("chair2", ("chair", "kommunfullmaktige"))
    number = orebro.open("twin-agreement")
    orebro.walk(number, "confirm-decide:council")
    version = orebro.version(number)
    attempts = [Attempt(orebro.people[who], number, "confirm", {}, version) for who in ("chair.council", "chair2")]
    assert sorted(race(orebro, *attempts)) == ["", "CaseChanged"]
    assert orebro.version(number) == version + 1
    assert [entry.action for entry in entries(orebro, number)].count("confirm") == 3
    assert orebro.row(number).state == "sign"
    assert verify(orebro.engine).ok


def test_withdrawing_and_endorsing_at_once_is_one_or_the_other(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    version = orebro.version(number)
    found = race(
        orebro,
        Attempt(orebro.people["officer"], number, "withdraw", {}, version),
        Attempt(orebro.people["manager"], number, "endorse", {}, version),
    )
    assert sorted(found) == ["", "CaseChanged"]
    won = "withdrawn" if found[0] == "" else "decide:responsible"
    assert orebro.row(number).state == won
    assert orebro.version(number) == version + 1
    assert verify(orebro.engine).ok


def test_two_records_of_one_meeting_are_not_both_entered(orebro: World) -> None:
    orebro.add("secretary2", ("secretary", "programnamnd-barn"))
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "decide:responsible")
    version = orebro.version(number)
    payloads: list[tuple[str, dict[str, Any]]] = [
        ("secretary.committee", orebro.decision("approve")),
        ("secretary2", orebro.decision("reject")),
    ]
    found = race(
        orebro, *(Attempt(orebro.people[who], number, "enter-decision", given, version) for who, given in payloads)
    )
    assert sorted(found) == ["", "CaseChanged"]
    with reading(orebro.engine, orebro.tenant.id) as session:
        (decision,) = session.scalars(select(Decision))
    assert decision.outcome == ("approve" if found[0] == "" else "reject")
    assert verify(orebro.engine).ok


def test_records_of_four_cases_of_one_meeting_are_all_entered(orebro: World) -> None:
    numbers = [orebro.open("visit", responsible="programnamnd-barn") for _ in range(4)]
    for number in numbers:
        orebro.walk(number, "decide:responsible")
    attempts = (
        Attempt(
            orebro.people["secretary.committee"],
            number,
            "enter-decision",
            orebro.decision("approve") | {"paragraph": f"§ {place}"},
            orebro.version(number),
        )
        for place, number in enumerate(numbers, start=71)
    )
    assert race(orebro, *attempts) == [""] * 4
    assert verify(orebro.engine).ok


def test_of_four_who_act_on_four_cases_nobody_waits_in_vain(orebro: World) -> None:
    numbers = [orebro.open("visit") for _ in range(4)]
    found = race(orebro, *(Attempt(orebro.people["officer"], number, "submit", {}, 1) for number in numbers))
    assert found == [""] * 4
    assert {orebro.row(number).state for number in numbers} == {"review"}
    assert verify(orebro.engine).ok


def test_numbers_are_unique_and_without_gaps_however_many_open_cases(orebro: World) -> None:
    orebro.engine.dispose()
    officer, draft = orebro.people["officer"], orebro.draft("visit")
    found = together(opened, [(address(orebro), draft, officer, 10, orebro.now)] * 3)
    numbers = sorted(number for some in found for number in some)
    assert numbers == [f"orebro-2026-{n:05d}" for n in range(1, 31)]
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert sorted(session.scalars(select(Case.number))) == numbers
    assert verify(orebro.engine).ok


def test_page_that_has_read_and_is_still_rendering_keeps_nobody_from_acting(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.engine.dispose()
    context = fresh_processes()
    with context.Manager() as manager, context.Pool(1) as pool:
        start, done = manager.Barrier(2), manager.Barrier(2)
        page = pool.apply_async(read_and_linger, (address(orebro), orebro.tenant.id, start, done))
        start.wait(60)
        orebro.act("officer", number, "submit")  # while the page goes on
        assert not page.ready()
        done.wait(60)
        page.get(60)
    assert orebro.row(number).state == "review"


@pytest.mark.postgres
def test_writers_on_different_cases_do_not_wait_for_each_other_on_postgresql(postgres_world_of: WorldOf) -> None:
    """A chain per case: an open transaction on one case does not stop an act on another."""
    world = postgres_world_of("orebro")
    one, other = world.open("visit"), world.open("visit")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(text('SELECT id FROM "case" WHERE number = :n FOR UPDATE'), {"n": one})
        world.act("officer", other, "submit")
        assert world.row(other).state == "review"
