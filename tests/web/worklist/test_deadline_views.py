"""Does the board show what is late to whoever may see it, and does more time change a day and nothing else?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.database import writing
from tests.web.desks import Desk, counted, each_store, engine_of, let_in, sit, values, words
from tests.web.evaluated import a_day, deadline_of, evaluation_of, registered, rungs_climbed
from tests.worlds import World
from workflow.people.administration import carry_out


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def reviewed(world: World, **more: object) -> str:
    """A case that waits for the manager."""
    committee = world.policy.bodies_of("committee")[0].key
    number = world.open("exchange", responsible=committee, title="An exchange of teachers", **more)
    world.act("officer", number, "submit")
    return number


def time_form(world: World, number: str, **more: str) -> dict[str, str]:
    """What is typed to give more time."""
    cycle = str(deadline_of(world, number).cycle)
    return {"until": a_day(world, days=60), "reason": "The partner is late.", "cycle": cycle} | more


# -- more time


def test_officer_is_offered_no_more_time_and_refused_it(app: Flask, world: World) -> None:
    number = reviewed(world)
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
    number = reviewed(world, secrecy={"law": "OSL 15:1", "note": ""})
    before = deadline_of(world, number).due_on
    desk = sit(app, "coordinator@orebro")
    assert desk.send(f"/cases/{number}/more-time", time_form(world, number)).status_code == 404
    assert deadline_of(world, number).due_on == before


def test_more_time_needs_a_later_day_and_a_reason_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    number = reviewed(world)
    desk, path = sit(app, "manager@orebro"), f"/cases/{number}/more-time"
    early = desk.send(path, time_form(world, number, until=a_day(world, days=1)))
    assert early.status_code == 422
    assert "must be later than the present one" in words(early.text)
    assert values(early.text)["reason"] == "The partner is late."
    silent = desk.send(path, time_form(world, number, reason=""))
    assert silent.status_code == 422
    assert 'href="#f-reason"' in silent.text


def test_two_who_give_more_time_at_once_do_not_overwrite_each_other(app: Flask, world: World) -> None:
    number = reviewed(world)
    desk, path = sit(app, "manager@orebro"), f"/cases/{number}/more-time"
    form = time_form(world, number)
    assert desk.send(path, form).status_code == 303
    again = desk.send(path, form | {"until": a_day(world, days=90)})
    assert again.status_code == 409
    assert deadline_of(world, number).due_on.isoformat() == a_day(world, days=60)


@each_store
def test_manager_gives_a_step_more_time(app: Flask, world: World) -> None:
    number = reviewed(world)
    desk, path = sit(app, "manager@orebro"), f"/cases/{number}/more-time"
    state, body = world.row(number).state, world.row(number).deciding_body_id
    assert path in desk.get(f"/cases/{number}").text
    assert desk.send(path, time_form(world, number)).status_code == 303
    row = world.row(number)
    assert row.due_on.isoformat() == a_day(world, days=60)
    assert (row.state, row.deciding_body_id) == (state, body)


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


# -- what is late


def test_nothing_that_is_not_late_is_on_the_board(app: Flask, world: World) -> None:
    reviewed(world)
    registered(world, starts_on="2024-09-15")  # due today
    assert "Nothing is late." in sit(app, "coordinator@orebro").read("/deadlines")


def test_case_is_on_the_board_for_those_alone_who_may_see_it(app: Flask, world: World) -> None:
    number = reviewed(world, secrecy={"law": "OSL 15:1", "note": ""})
    world.later(days=60)
    assert number in sit(app, "manager@orebro").read("/deadlines")
    assert number not in sit(app, "coordinator@orebro").read("/deadlines")


@each_store
def test_board_names_whom_it_waits_for_who_was_told_and_who_is_next(app: Flask, world: World) -> None:
    number = reviewed(world)
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
    assert _second(desk, first).count('class="record-title"') == 2


def _second(desk: Desk, first: str) -> str:
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    return desk.get(onward).text


def test_board_is_narrowed_by_body_and_kind(app: Flask, world: World) -> None:
    number = reviewed(world)
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
        reviewed(world)
    world.later(days=5)
    page = sit(app, "chair.executive@orebro").read("/deadlines")
    assert ("An appointment that ends" in words_of_lines(page)) is waits


def words_of_lines(page: str) -> str:
    """What stands below the form that narrows the list."""
    return page.rpartition("Show")[2]


def test_board_costs_the_same_however_much_is_late(app: Flask, world: World) -> None:
    reviewed(world)
    registered(world)
    world.later(days=60)
    desk = sit(app, "coordinator@orebro")
    desk.get("/deadlines")
    with counted(app) as few:
        desk.get("/deadlines")
    for number in range(12):
        registered(world, title=f"Network {number}", starts_on="2024-01-01")
        reviewed(world)
    world.later(days=60)
    desk = sit(app, "coordinator@orebro")
    desk.get("/deadlines")
    with counted(app) as many:
        desk.get("/deadlines")
    assert len(few) == len(many) <= 6


def test_who_was_told_of_an_earlier_last_day_is_not_said_to_be_told_of_this_one(app: Flask, world: World) -> None:
    number = reviewed(world)
    rungs_climbed(world, (world.row(number).due_on - world.now.date()).days + 2)
    desk = sit(app, "manager@orebro")
    assert "Told: Line manager" in desk.read("/deadlines")
    assert desk.send(f"/cases/{number}/more-time", time_form(world, number)).status_code == 303
    world.later(days=62)
    page = sit(app, "manager@orebro").read("/deadlines")
    assert "Nobody has been told yet" in page
    assert "Told: Line manager" not in page


# -- my deadlines


def test_nobody_sees_another_persons_deadlines(app: Flask, world: World) -> None:
    reviewed(world)
    let_in(world, "newcomer", ("member", world.policy.bodies_of("committee")[0].key))
    assert "Nothing waits for you." in sit(app, "newcomer@orebro").read("/deadlines/mine")


def test_my_deadlines_go_on_after_a_case_among_evaluations(app: Flask, world: World) -> None:
    committee = world.policy.bodies_of("committee")[0].key
    seats = ("manager", world.policy.administration_of(committee).key), ("coordinator", "kommunstyrelsen")
    let_in(world, "both", *seats)
    for _number in range(22):
        case = reviewed(world)
    due = world.row(case).due_on
    for number in range(6):
        registered(world, title=f"Before {number}", starts_on="2024-09-16")
        registered(
            world, title=f"After {number}", starts_on=(due.replace(year=due.year - 2) + timedelta(days=3)).isoformat()
        )
    desk = sit(app, "both@orebro")
    first = desk.get("/deadlines/mine").text
    second = _second(desk, first)
    assert first.count("Before") == 6
    assert "Before" not in second
    assert second.count("After") == 6
    assert second.count('class="record-title"') == 9


def test_my_deadlines_join_cases_and_evaluations_soonest_first(app: Flask, world: World) -> None:
    number = reviewed(world)
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
    second = _second(desk, first)
    assert second.count('class="record-title"') == 5
    assert "Network 25" in second
    assert desk.get("/deadlines/mine?after=nonsense").status_code == 404
