"""The last day of the range, stored as an engagement's end: every page, export, feed and round goes on."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from models import Deadline, Engagement, Evaluation
from models.database import writing
from tests.web.clients import sit
from tests.worlds import World
from workflow.core.calendar import LATEST
from workflow.people.preferences import create_calendar
from workflow.register.service import register_engagement
from workflow.scheduling.scheduler import run_round

GIVEN = {
    "kind": "twin-agreement",
    "title": "Twin town Lund",
    "source": "Minutes of the council, 1998, § 4",
    "responsible": "kommunstyrelsen",
}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """On SQLite, whose dates are texts."""
    return sqlite_engine


@pytest.mark.parametrize("last_day", ["2200-12-31", "9999-12-31"])
def test_far_last_day_is_shown_everywhere(world: World, app: Flask, last_day: str) -> None:
    given = GIVEN | {"ends_on": "2200-12-31", "starts_on": "1900-01-01"}
    number = register_engagement(world.services, world.people["officer"], "orebro", given, now=world.now)
    case = world.open("twin-agreement", fields={**world.draft("visit")["fields"], "ends_on": "2200-12-31"})
    world.walk(case)
    if last_day != "2200-12-31":  # by an older version, or by hand
        with writing(world.engine, world.tenant.id) as connection:
            day = date.fromisoformat(last_day)
            connection.execute(update(Engagement).values(ends_on=day))
            connection.execute(update(Deadline).values(due_on=day))
            connection.execute(update(Evaluation).values(due_on=day))
    run_round(world.services, now=world.now)
    paths = ("/engagements", f"/engagements/{number}", "/engagements?sort=ends", f"/cases/{case}", "/evaluations")
    exports = ("/engagements/export.csv", "/engagements/export.xlsx")
    for who in ("officer", "manager", "coordinator", "auditor"):
        desk = sit(app, f"{who}@orebro")
        for path in (*paths, "/", "/deadlines", "/cases", "/notices", *exports):
            assert desk.get(path).status_code in (200, 403, 404), (who, path)
    officer, auditor = sit(app, "officer@orebro"), sit(app, "auditor@orebro")
    assert last_day[:4] in officer.read(f"/engagements/{number}")
    for path in (f"/audit/cases/{case}", "/audit/journal", "/audit"):
        assert auditor.get(path).status_code == 200
    for who in ("manager", "coordinator"):
        feed = create_calendar(world.services, world.people[who], "orebro", now=world.now)
        assert app.test_client().get(f"/calendar/{feed}.ics").status_code == 200


def test_latest_day_of_a_feed_has_a_day_after_it() -> None:
    assert date.max > LATEST


def test_audit_refuses_a_day_outside_the_range(world: World, app: Flask) -> None:
    auditor = sit(app, "auditor@orebro")
    for name, day in (("from", "0001-01-01"), ("to", "9999-12-31")):
        answer = auditor.get(f"/audit?{name}={day}")
        assert (answer.status_code, "must lie between" in answer.text) == (422, True)
    assert auditor.get("/audit?from=1900-01-01&to=2200-12-31").status_code == 200


@pytest.mark.parametrize("day", ["1899-12-31", "9999-12-31"])
def test_form_names_the_field_by_its_label(world: World, app: Flask, day: str) -> None:
    officer = sit(app, "officer@orebro")
    answer = officer.upload("/letters/new", dated_on=day)
    assert answer.status_code == 422
    assert "“Date of the document” must lie between 1900-01-01 and 2200-12-31." in answer.text
