"""The calendar feed: its owner's deadlines, all of them, and nothing for anybody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Event
from sqlalchemy import Engine, insert, select, update

from models import Case, Consultation, Deadline, Engagement, Person, PolicyVersion
from models.database import writing
from tests.web.clients import counted, each_store, engine_of, let_in, sit
from tests.web.worklist.test_views import put, seat
from tests.workflow.notices import stand_in
from tests.worlds import World
from web.worklist.calendar_queries import MOST
from workflow.people.preferences import create_calendar, revoke_calendar

BOARD, COMMITTEE = "kommunstyrelsen", "programnamnd-barn"
DUE = date(2026, 10, 1)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


def address(world: World, who: str) -> str:
    return f"/calendar/{create_calendar(world.services, world.people[who], world.tenant.key, now=world.now)}.ics"


def events(client: FlaskClient, path: str) -> list[Event]:
    answer = client.get(path)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def deadline(world: World, kind: str, subject: str, body: str, **more: Any) -> int:
    with writing(world.engine, world.tenant.id) as connection:
        row = {
            "municipality_id": world.tenant.id,
            "kind": kind,
            "subject": subject,
            "body_id": world.tenant.body_ids[body],
            "policy_version_id": connection.execute(select(PolicyVersion.id).limit(1)).scalar_one(),
            "ladder": kind,
            "state": "open",
            "cycle": 0,
            "due_on": DUE,
            "due_at": world.now,
            "next_rung": 0,
            "version": 0,
            "head_hash": "",
        }
        return int(connection.execute(insert(Deadline).returning(Deadline.id), row | more).scalar_one())


def engagement(world: World, title: str, **more: Any) -> int:
    with writing(world.engine, world.tenant.id) as connection:
        row = {
            "municipality_id": world.tenant.id,
            "number": "orebro-e-00077",
            "kind": "membership",
            "title": title,
            "status": "active",
            "responsible_body_id": world.tenant.body_ids[BOARD],
            "scope": "own-area",
            "goals": [],
            "fields": {},
            "signature": {},
            "origin": "register",
            "created_at": world.now,
        }
        return int(connection.execute(insert(Engagement).returning(Engagement.id), row | more).scalar_one())


# -- what opens nothing


def test_no_address_but_the_persons_own_opens_anything(world: World, client: FlaskClient) -> None:
    path = address(world, "officer")
    wrong = [
        "/calendar/orebro.ics",
        "/calendar/.ics",
        "/calendar/" + "x" * 50 + ".ics",
        "/calendar/orebro_" + "A" * 43 + ".ics",
        path.replace("orebro_", "nowhere_"),
        path.removesuffix(".ics"),
        path[:-5] + ("a" if path[-5] != "a" else "b") + ".ics",
    ]
    for one in wrong:
        assert client.get(one).status_code == 404, one


def test_a_revoked_address_and_a_replaced_one_open_nothing(world: World, client: FlaskClient) -> None:
    first = address(world, "officer")
    second = address(world, "officer")
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    revoke_calendar(world.services, world.people["officer"], "orebro", now=world.now)
    assert client.get(second).status_code == 404


def test_a_closed_accounts_calendar_is_gone(world: World, client: FlaskClient) -> None:
    path = address(world, "officer")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["officer"]).values(is_active=False))
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_municipalitys_key_before_the_secret_opens_nothing(world: World, client: FlaskClient) -> None:
    from tests.worlds import policy_of
    from workflow.versions.install import install

    install(world.engine, [policy_of("oslo")], now=world.now)
    assert client.get(address(world, "officer").replace("orebro_", "oslo_")).status_code == 404


def test_the_calendar_of_one_is_not_the_calendar_of_another(world: World, client: FlaskClient) -> None:
    put(world, 1, state="decide:council", due_on=lambda _n: DUE, **seat(world, "chair", BOARD))
    assert events(client, address(world, "coordinator")) == []
    assert events(client, address(world, "officer")) == []


def test_a_session_opens_no_calendar_and_a_calendar_makes_no_session(world: World, app: Flask) -> None:
    desk = sit(app, "officer@orebro")
    assert desk.get("/calendar/orebro.ics").status_code == 404
    answer = app.test_client().get(address(world, "officer"))
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_secret_cases_title_is_not_in_the_calendar(world: World, client: FlaskClient) -> None:
    secret = {"secrecy_law": "OSL 15:1", "title": "Unspeakable matter"}
    put(world, 1, state="decide:council", due_on=lambda _n: DUE, **seat(world, "chair", BOARD), **secret)
    entered = engagement(world, "Unspeakable matter", entered_by="orebro-1999-00001", origin="case")
    marked = {"secrecy_law": "OSL 15:1", "state": "concluded", "act": "enter", "engagement_id": entered}
    number = world.open("exchange")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(**marked, waits_person_id=None))
    deadline(world, "evaluation", "orebro-v-00001", BOARD, engagement_id=entered)
    path = address(world, "chair.executive")
    assert "Unspeakable" not in client.get(path).text
    assert [str(event["summary"]) for event in events(client, path)] == [
        "Case: orebro-1999-00000",
        "Evaluation: orebro-e-00077",
    ]


def test_what_is_met_is_no_longer_in_the_calendar(world: World, client: FlaskClient) -> None:
    deadline(world, "evaluation", "orebro-v-00001", BOARD, state="closed")
    assert events(client, address(world, "coordinator")) == []


# -- what it shows


@each_store
def test_cases_opinions_and_evaluations_stand_on_their_last_day(world: World, client: FlaskClient) -> None:
    (case,) = put(
        world, 1, state="consult", due_on=lambda _n: DUE, title="Rö; d, \\ tråd", **seat(world, "secretary", COMMITTEE)
    )
    deadline(world, "step", "orebro-1999-00000", COMMITTEE, case_id=case, cycle=3)
    member = engagement(world, "Eurocities")
    deadline(world, "evaluation", "orebro-v-00001", COMMITTEE, engagement_id=member, due_on=DUE + timedelta(days=2))
    with writing(world.engine, world.tenant.id) as connection:
        asked = {
            "municipality_id": world.tenant.id,
            "case_id": case,
            "body_id": world.tenant.body_ids[COMMITTEE],
            "round": 1,
            "state": "asked",
            "due_on": DUE + timedelta(days=1),
        }
        opinion = connection.execute(insert(Consultation).returning(Consultation.id), asked).scalar_one()
    found = {str(event["uid"]): event for event in events(client, address(world, "secretary.committee"))}
    assert sorted(found) == [
        "case-orebro-1999-00000@orebro.instans",
        "evaluation-orebro-v-00001@orebro.instans",
        f"opinion-{opinion}@orebro.instans",
    ]
    event = found["case-orebro-1999-00000@orebro.instans"]
    assert event.decoded("dtstart") == DUE
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event.decoded("dtend") == DUE + timedelta(days=1)
    assert event.decoded("sequence") == 3
    assert str(event["summary"]) == "Case: Rö; d, \\ tråd (orebro-1999-00000)"
    assert event.decoded("dtstamp") == world.now
    assert (
        str(found["evaluation-orebro-v-00001@orebro.instans"]["summary"]) == "Evaluation: Eurocities (orebro-e-00077)"
    )


def test_the_evaluations_of_the_body_above_ones_administration_are_shown(world: World, client: FlaskClient) -> None:
    administration = world.policy.administration_of(BOARD).key
    let_in(world, "clerk", ("officer", administration))
    deadline(world, "evaluation", "orebro-v-00001", BOARD)
    assert len(events(client, address(world, "clerk"))) == 1


def test_what_one_stands_in_for_is_shown(world: World, client: FlaskClient) -> None:
    put(world, 1, state="consult", due_on=lambda _n: DUE, **seat(world, "coordinator", BOARD))
    path = address(world, "chair.executive")
    assert events(client, path) == []
    stand_in(world, "coordinator", "chair.executive", "coordinator", BOARD)
    assert len(events(client, path)) == 1


def test_a_draft_of_ones_own_is_shown(world: World, client: FlaskClient) -> None:
    number = world.open("visit")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(due_on=DUE))
    assert [str(event["uid"]) for event in events(client, address(world, "officer"))] == [
        f"case-{number}@orebro.instans"
    ]


def test_a_new_last_day_keeps_its_name_and_raises_its_number(world: World, client: FlaskClient) -> None:
    id_ = deadline(world, "evaluation", "orebro-v-00001", BOARD)
    path = address(world, "coordinator")
    (before,) = events(client, path)
    with writing(world.engine, world.tenant.id) as connection:
        later = {"due_on": DUE + timedelta(days=30), "cycle": 1}
        connection.execute(update(Deadline).where(Deadline.id == id_).values(**later))
    (after,) = events(client, path)
    assert before["uid"] == after["uid"]
    assert (before.decoded("sequence"), after.decoded("sequence")) == (0, 1)
    assert after.decoded("dtstart") == DUE + timedelta(days=30)


def test_it_speaks_the_persons_language(world: World, client: FlaskClient) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["coordinator"]).values(language="sv"))
    deadline(world, "evaluation", "orebro-v-00001", BOARD)
    (event,) = events(client, address(world, "coordinator"))
    assert str(event["summary"]) == "Utvärdering: orebro-v-00001"


def test_a_calendar_is_bounded_and_takes_few_statements(world: World, app: Flask) -> None:
    put(world, MOST + 20, state="decide:council", due_on=lambda _n: DUE, **seat(world, "chair", BOARD))
    path, client = address(world, "chair.executive"), app.test_client()
    client.get(path)
    with counted(app) as sent:
        assert len(events(client, path)) == MOST
    assert len(sent) <= 4, sent
