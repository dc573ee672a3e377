"""Overdue deadlines: what each reader sees, reminders, filters and paging."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.database import writing
from tests.web.clients import counted, each_store, engine_of, page_after, sit
from tests.web.evaluation_data import a_day, case_in_review, deadline_of, registered, rungs_climbed
from tests.worlds import World
from workflow.people.administration import carry_out


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def time_form(world: World, number: str, **more: str) -> dict[str, str]:
    """What is typed to give more time."""
    cycle = str(deadline_of(world, number).cycle)
    return {"until": a_day(world, days=60), "reason": "The partner is late.", "cycle": cycle} | more


def test_nothing_that_is_not_late_is_on_the_board(app: Flask, world: World) -> None:
    case_in_review(world)
    registered(world, starts_on="2024-09-15")  # due today
    assert "Nothing is late." in sit(app, "coordinator@orebro").read("/deadlines")


def test_case_is_on_the_board_for_those_alone_who_may_see_it(app: Flask, world: World) -> None:
    number = case_in_review(world, secrecy={"law": "OSL 15:1", "note": ""})
    world.later(days=60)
    assert number in sit(app, "manager@orebro").read("/deadlines")
    assert number not in sit(app, "coordinator@orebro").read("/deadlines")


@each_store
def test_board_names_whom_it_waits_for_who_was_told_and_who_is_next(app: Flask, world: World) -> None:
    number = case_in_review(world)
    due = world.row(number).due_on
    rungs_climbed(world, (due - world.now.date()).days + 8)
    page = sit(app, "coordinator@orebro").read("/deadlines")
    assert "An exchange of teachers" in page
    assert "8 days late" in page
    assert "It waits for: Line manager" in page
    assert "Told: Line manager" in page
    assert "Told next: International coordinator" in page
    assert "being told gives nobody the right to decide" in page


@each_store
def test_board_is_ordered_and_paged_by_key(app: Flask, world: World) -> None:
    for number in range(27):
        registered(world, title=f"Network {number:02d}", starts_on=f"2024-01-{number + 1:02d}")
    desk = sit(app, "chair.council@orebro")
    first = desk.get("/deadlines").text
    assert first.count('class="record-title"') == 25
    assert first.index("Network 00") < first.index("Network 24")
    assert page_after(desk, first).count('class="record-title"') == 2


def test_board_is_narrowed_by_body_and_kind(app: Flask, world: World) -> None:
    number = case_in_review(world)
    registered(world, title="Of the board")
    world.later(days=60)
    desk = sit(app, "officer@orebro")
    own = world.policy.bodies_of("committee")[0].key
    assert "Of the board" not in desk.read(f"/deadlines?body={own}")
    assert number in desk.read(f"/deadlines?body={own}")
    assert number not in desk.read("/deadlines?kind=evaluation")
    assert desk.get("/deadlines?kind=x&body=y&after=z").status_code == 200


@each_store
@pytest.mark.parametrize("waits", [False, True])
def test_appointment_that_has_ended_is_late_while_a_case_waits_for_its_seat(
    app: Flask, world: World, waits: bool
) -> None:
    administration = world.policy.administration_of(world.policy.bodies_of("committee")[0].key).key
    given = {"username": "manager@orebro", "body": administration, "role": "manager", "starts_on": "2026-01-01"}
    with writing(world.engine, world.tenant.id) as connection:
        carry_out(connection, world.tenant, None, "appoint", given | {"ends_on": a_day(world, days=3)}, now=world.now)
    if waits:
        case_in_review(world)
    world.later(days=5)
    page = sit(app, "chair.executive@orebro").read("/deadlines")
    assert ("An appointment that ends" in words_of_lines(page)) is waits


def words_of_lines(page: str) -> str:
    """What stands below the form that narrows the list."""
    return page.rpartition("Show")[2]


def test_board_costs_the_same_however_much_is_late(app: Flask, world: World) -> None:
    case_in_review(world)
    registered(world)
    world.later(days=60)
    desk = sit(app, "coordinator@orebro")
    desk.get("/deadlines")
    with counted(app) as few:
        desk.get("/deadlines")
    for number in range(12):
        registered(world, title=f"Network {number}", starts_on="2024-01-01")
        case_in_review(world)
    world.later(days=60)
    desk = sit(app, "coordinator@orebro")
    desk.get("/deadlines")
    with counted(app) as many:
        desk.get("/deadlines")
    assert len(few) == len(many) <= 6


def test_who_was_told_of_an_earlier_last_day_is_not_said_to_be_told_of_this_one(app: Flask, world: World) -> None:
    number = case_in_review(world)
    rungs_climbed(world, (world.row(number).due_on - world.now.date()).days + 2)
    desk = sit(app, "manager@orebro")
    assert "Told: Line manager" in desk.read("/deadlines")
    coordinator = sit(app, "coordinator@orebro")
    assert (
        coordinator.send(
            f"/cases/{number}/more-time", time_form(world, number, until=a_day(world, days=30))
        ).status_code
        == 303
    )
    world.later(days=32)
    page = sit(app, "manager@orebro").read("/deadlines")
    assert "Nobody has been told yet" in page
    assert "Told: Line manager" not in page
