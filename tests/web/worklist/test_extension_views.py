"""Extensions of deadlines: who may extend, with a reason, and nothing but the day changes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import each_store, engine_of, sit, values, words
from tests.web.evaluation_data import a_day, case_in_review, deadline_of, evaluation_of, registered
from tests.worlds import World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def time_form(world: World, number: str, **more: str) -> dict[str, str]:
    """What is typed to give more time."""
    cycle = str(deadline_of(world, number).cycle)
    return {"until": a_day(world, days=40), "reason": "The partner is late.", "cycle": cycle} | more


def test_officer_is_offered_no_more_time_and_refused_it(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "officer@orebro"), f"/cases/{number}/more-time"
    assert path not in desk.get(f"/cases/{number}").text
    answer = desk.get(path)
    assert answer.status_code == 403
    assert "<textarea" not in answer.text
    before = deadline_of(world, number).due_on
    assert desk.send(path, time_form(world, number)).status_code == 403
    assert deadline_of(world, number).due_on == before


def test_more_time_for_a_case_that_is_not_there_is_not_found(app: Flask, world: World) -> None:
    desk = sit(app, "manager@orebro")
    assert desk.get("/cases/orebro-2026-09999/more-time").status_code == 404
    assert desk.get("/evaluations/orebro-v-09999/more-time").status_code == 404


def test_more_time_for_a_secret_case_is_not_given_by_whoever_may_not_see_it(app: Flask, world: World) -> None:
    number = case_in_review(world, secrecy={"law": "OSL 15:1", "note": ""})
    before = deadline_of(world, number).due_on
    desk = sit(app, "coordinator@orebro")
    assert desk.send(f"/cases/{number}/more-time", time_form(world, number)).status_code == 404
    assert deadline_of(world, number).due_on == before


def test_more_time_needs_a_later_day_and_a_reason_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "coordinator@orebro"), f"/cases/{number}/more-time"
    early = desk.send(path, time_form(world, number, until=a_day(world, days=1)))
    assert early.status_code == 422
    assert "must be later than the present one" in words(early.text)
    assert values(early.text)["reason"] == "The partner is late."
    silent = desk.send(path, time_form(world, number, reason=""))
    assert silent.status_code == 422
    assert 'href="#f-reason"' in silent.text


def test_two_who_give_more_time_at_once_do_not_overwrite_each_other(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "coordinator@orebro"), f"/cases/{number}/more-time"
    form = time_form(world, number)
    assert desk.send(path, form).status_code == 303
    again = desk.send(path, form | {"until": a_day(world, days=41)})
    assert again.status_code == 409
    assert deadline_of(world, number).due_on.isoformat() == a_day(world, days=40)


@each_store
def test_coordinator_gives_a_step_more_time(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "coordinator@orebro"), f"/cases/{number}/more-time"
    state, body = world.row(number).state, world.row(number).deciding_body_id
    assert path in desk.get(f"/cases/{number}").text
    assert desk.send(path, time_form(world, number)).status_code == 303
    row = world.row(number)
    assert row.due_on.isoformat() == a_day(world, days=40)
    assert (row.state, row.deciding_body_id) == (state, body)


def test_manager_is_neither_offered_nor_given_more_time_for_their_own_review(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "manager@orebro"), f"/cases/{number}/more-time"
    assert path not in desk.get(f"/cases/{number}").text
    assert "This last day binds you yourself" in words(desk.get(path).text)
    assert desk.send(path, time_form(world, number)).status_code == 403


def test_form_says_how_far_a_last_day_can_be_moved(app: Flask, world: World) -> None:
    number = case_in_review(world)
    desk, path = sit(app, "coordinator@orebro"), f"/cases/{number}/more-time"
    assert "No later than " in words(desk.get(path).text)
    late = desk.send(path, time_form(world, number, until=a_day(world, days=400)))
    assert late.status_code == 422
    assert "The new last day cannot lie after" in words(late.text)


def test_coordinator_gives_an_evaluation_more_time_and_its_page_says_why(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    desk = sit(app, "coordinator@orebro")
    path = f"/evaluations/{number}/more-time"
    assert path in desk.get(f"/evaluations/{number}").text
    assert desk.send(path, time_form(world, number)).status_code == 303
    page = desk.read(f"/evaluations/{number}")
    assert "The partner is late." in page
    assert "It has been moved before" in page
    assert path not in sit(app, "officer@orebro").get(f"/evaluations/{number}").text
