"""A person's own deadlines: cases, opinions and evaluations by last day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import each_store, engine_of, let_in, page_after, sit
from tests.web.evaluation_data import case_in_review, registered
from tests.worlds import World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def test_nobody_sees_another_persons_deadlines(app: Flask, world: World) -> None:
    case_in_review(world)
    let_in(world, "newcomer", ("member", world.policy.bodies_of("committee")[0].key))
    assert "Nothing waits for you." in sit(app, "newcomer@orebro").read("/deadlines/mine")


def test_my_deadlines_go_on_after_a_case_among_evaluations(app: Flask, world: World) -> None:
    committee = world.policy.bodies_of("committee")[0].key
    seats = ("manager", world.policy.administration_of(committee).key), ("coordinator", "kommunstyrelsen")
    let_in(world, "both", *seats)
    for _number in range(22):
        case = case_in_review(world)
    due = world.row(case).due_on
    for number in range(6):
        registered(world, title=f"Before {number}", starts_on="2024-09-16")
        registered(
            world, title=f"After {number}", starts_on=(due.replace(year=due.year - 2) + timedelta(days=3)).isoformat()
        )
    desk = sit(app, "both@orebro")
    first = desk.get("/deadlines/mine").text
    second = page_after(desk, first)
    assert first.count("Before") == 6
    assert "Before" not in second
    assert second.count("After") == 6
    assert second.count('class="record-title"') == 9


def test_my_deadlines_join_cases_and_evaluations_soonest_first(app: Flask, world: World) -> None:
    number = case_in_review(world)
    registered(world, title="Reported by the coordinator")
    manager = sit(app, "manager@orebro").read("/deadlines/mine")
    registered(world, title="Due in two years", starts_on="2026-09-10")
    assert number in manager
    assert "Reported by the coordinator" not in manager
    coordinator = sit(app, "coordinator@orebro").read("/deadlines/mine")
    assert "Report the evaluation" in coordinator
    assert "Due in two years" not in coordinator
    assert number not in coordinator


@each_store
def test_my_deadlines_page_by_key_across_kinds(app: Flask, world: World) -> None:
    for number in range(30):
        registered(world, title=f"Network {number:02d}", starts_on=f"2024-11-{number + 1:02d}")
    desk = sit(app, "coordinator@orebro")
    first = desk.get("/deadlines/mine").text
    assert first.count('class="record-title"') == 25
    second = page_after(desk, first)
    assert second.count('class="record-title"') == 5
    assert "Network 25" in second
    assert desk.get("/deadlines/mine?after=nonsense").status_code == 404
