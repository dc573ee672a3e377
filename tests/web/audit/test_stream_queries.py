"""Trails of evaluations and deadlines for auditors."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import AccessLog
from models.database import reading
from tests.web.clients import engine_of, sit, words
from tests.web.evaluation_data import deadline_of, evaluation_of, registered, report, rungs_climbed, start
from tests.worlds import World
from workflow.core.errors import NotMandated
from workflow.evaluations.service import evaluate
from workflow.scheduling.extensions import record_extension


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def test_nobody_but_an_auditor_opens_a_stream(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    assert sit(app, "coordinator@orebro").get(f"/audit/streams/{number}").status_code == 403


@pytest.mark.parametrize("name", ["orebro-v-99999", "orebro-d-99999", "oslo-d-1", "orebro-d-x", "nonsense"])
def test_stream_that_is_none_is_not_found(app: Flask, world: World, name: str) -> None:
    assert sit(app, "auditor@orebro").get(f"/audit/streams/{name}").status_code == 404


def test_evaluations_stream_is_told_in_words_and_verified(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    start(world, "coordinator", number)
    case = report(world, "coordinator", number, "terminate")
    desk = sit(app, "auditor@orebro")
    page = desk.read(f"/audit/streams/{number}")
    assert "Evaluation begun" in page
    assert "Evaluation reported: end it" in page
    assert case in page
    assert "About effects" in page  # the words behind the commitment
    assert "Under way" in page
    assert "The trail is whole" in words(desk.send(f"/audit/streams/{number}/verify").text)
    with reading(world.engine, world.tenant.id) as session:
        assert number in session.scalars(select(AccessLog.subject)).all()


def test_deadlines_stream_tells_who_was_told_and_who_gave_more_time(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world, starts_on="2024-09-16")).number
    rungs_climbed(world, 3)
    row = deadline_of(world, number)
    record_extension(
        world.services,
        world.people["coordinator"],
        number,
        "evaluation",
        {"until": "2026-12-14", "reason": "The network meets in December."},
        now=world.now,
        expected_cycle=row.cycle,
    )
    desk = sit(app, "auditor@orebro")
    page = desk.read(f"/audit/streams/orebro-d-{row.id}")
    assert "Reminder raised" in page
    assert "Told Case officer, Executive Board Administration" in page
    assert "More time given" in page
    assert "The network meets in December." in page
    assert "Stayed at" not in page
    assert "The trail is whole" in words(desk.send(f"/audit/streams/orebro-d-{row.id}/verify").text)


def test_streams_are_found_by_number_and_by_what_was_done(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world, starts_on="2024-09-16")).number
    start(world, "coordinator", number)
    rungs_climbed(world, 3)
    desk = sit(app, "auditor@orebro")
    assert f'href="/audit/streams/{number}#entry-1"' in desk.get(f"/audit?number={number}").text
    raised = desk.get("/audit?action=raise").text
    assert "/audit/streams/orebro-d-" in raised
    assert "Deadline: An evaluation" in words(raised)


def test_engagement_that_lapsed_stands_in_the_journal_in_words(app: Flask, world: World) -> None:
    registered(world, "cooperation-agreement", ends_on="2026-09-20")
    rungs_climbed(world, 7)
    page = sit(app, "auditor@orebro").read("/audit/journal")
    assert "Engagement lapsed on its last day" in page


def test_refused_acts_on_evaluations_are_told_in_words(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    with pytest.raises(NotMandated):
        evaluate(
            world.services,
            world.people["officer"],
            number,
            "start-evaluation",
            {},
            now=world.now,
            expected_version=0,
        )
    page = sit(app, "auditor@orebro").read("/audit/access")
    assert "begin an evaluation" in page.lower()
