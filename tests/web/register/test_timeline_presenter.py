"""The timeline of an engagement: its events, and what each reader may see of them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import counted, engine_of, section, sit, words
from tests.web.evaluation_data import evaluation_of, registered, report, rungs_climbed
from tests.worlds import World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def told(app: Flask, who: str, number: str) -> str:
    """The timeline in words."""
    page = sit(app, f"{who}@orebro").get(f"/engagements/{number}").text
    return words(f"<main>{section(page, 'timeline-title')}</main>")


def test_draft_about_it_is_not_told_to_everybody(app: Flask, world: World) -> None:
    number = registered(world)
    case = report(world, "coordinator", evaluation_of(world, number).number)
    assert case not in told(app, "chair.committee", number)


def test_what_is_ahead_stands_above_today_and_what_is_behind_below(app: Flask, world: World) -> None:
    number = registered(world, "cooperation-agreement", starts_on="2025-01-01", ends_on="2028-06-30")
    found = told(app, "officer", number)
    ahead, _today, behind = found.partition("Today")
    assert "Its time runs out, unless a case renews it." in ahead
    assert "Its evaluation is due." in ahead
    assert "It began." in behind
    assert ahead.index("30 June 2028") < ahead.index("30 December 2027")


def test_evaluation_that_is_late_is_behind_and_called_late(app: Flask, world: World) -> None:
    number = registered(world)
    world.later(days=3)
    _ahead, _today, behind = told(app, "officer", number).partition("Today")
    assert "Its evaluation was due. 8 days late" in behind


def test_evaluation_and_what_came_of_it_are_told_with_their_links(app: Flask, world: World) -> None:
    number = registered(world, starts_on="2024-09-16")
    evaluation = evaluation_of(world, number).number
    rungs_climbed(world, 3)
    case = report(world, "coordinator", evaluation, "continue")
    assert world.walk(case) == "concluded"
    found = told(app, "officer", number)
    assert "Reminded of its evaluation: Case officer" in found
    assert "Evaluated. Proposed: go on with it." in found
    assert "Decided after the evaluation: go on with it." in found
    assert "Its evaluation is due." in found  # the next one
    page = sit(app, "officer@orebro").get(f"/engagements/{number}").text
    assert f'href="/evaluations/{evaluation}"' in section(page, "timeline-title")


def test_timeline_costs_the_same_however_long_it_is(app: Flask, world: World) -> None:
    number = registered(world, starts_on="2024-09-16")
    rungs_climbed(world, 3)
    desk = sit(app, "officer@orebro")
    desk.get(f"/engagements/{number}")
    with counted(app) as few:
        desk.get(f"/engagements/{number}")
    case = report(world, "coordinator", evaluation_of(world, number).number)
    world.walk(case)
    rungs_climbed(world, 5)
    desk = sit(app, "officer@orebro")
    desk.get(f"/engagements/{number}")
    with counted(app) as many:
        desk.get(f"/engagements/{number}")
    assert len(few) == len(many)
