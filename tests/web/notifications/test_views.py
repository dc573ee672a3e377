"""Views of notices: those to every acting role of a person, no others, and which are new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from models import Person
from models.database import reading
from tests.web.clients import Desk, counted, each_store, engine_of, let_in, sit, words
from tests.web.worklist.test_views import _user, put
from tests.workflow.notices import notice, stand_in
from tests.worlds import World
from web.notifications.queries import NEWEST_FIRST, PAGE, notices_for

BOARD, COUNCIL = "kommunstyrelsen", "kommunfullmaktige"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def coordinator(app: Flask) -> Desk:
    return sit(app, "coordinator@orebro")


def seen(world: World, who: str) -> int:
    with reading(world.engine, world.tenant.id) as db:
        return db.execute(select(Person.seen_notice_id).where(Person.id == world.people[who])).scalar_one()


# -- who sees nothing


def test_notices_to_another_seat_are_not_seen(world: World, app: Flask) -> None:
    notice(world, "chair", BOARD, "rung-step")
    notice(world, "coordinator", COUNCIL, "rung-step")
    assert "There are no notices for you." in sit(app, "coordinator@orebro").read("/notices")


def test_somebody_without_a_seat_has_no_notices(world: World, app: Flask) -> None:
    let_in(world, "nobody")
    notice(world, "chair", BOARD, "rung-step")
    answer = sit(app, "nobody@orebro").get("/notices")
    assert answer.status_code == 403
    assert "there is nothing here for you to read" in words(answer.text)


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "9" * 18, "²"])
def test_a_place_nobody_wrote_is_not_found(coordinator: Desk, before: str) -> None:
    assert coordinator.get(f"/notices?before={before}").status_code == 404


def test_marking_as_read_needs_our_form(world: World, coordinator: Desk) -> None:
    notice(world, "coordinator", BOARD)
    assert coordinator.browser.client.post("/notices/read", data={"up_to": "1"}).status_code == 400
    assert seen(world, "coordinator") == 0


# -- who sees what


@each_store
def test_notices_to_every_seat_are_seen_newest_first(world: World, app: Flask) -> None:
    let_in(world, "both", ("chair", BOARD), ("secretary", COUNCIL))
    notice(world, "chair", BOARD, "lapsed")
    notice(world, "secretary", COUNCIL, "renegotiate")
    notice(world, "chair", COUNCIL, "evaluation-reported")
    page = sit(app, "both@orebro").read("/notices")
    assert page.index("An engagement is to be renegotiated.") < page.index("An engagement has run out")
    assert "For you as Chair, Municipal executive board" in page
    assert "An evaluation has been reported." not in page


def test_whoever_stands_in_sees_what_the_absent_person_is_told(world: World, app: Flask) -> None:
    notice(world, "coordinator", BOARD, "renegotiate")
    assert "renegotiated" not in sit(app, "chair.executive@orebro").read("/notices")
    stand_in(world, "coordinator", "chair.executive", "coordinator", BOARD)
    assert "An engagement is to be renegotiated." in sit(app, "chair.executive@orebro").read("/notices")


def test_a_reminder_says_whether_the_day_is_over(world: World, app: Flask) -> None:
    (case,) = put(world, 1, state="decide:council")
    today = world.now.date()
    notice(world, "coordinator", BOARD, "rung-step", case_id=case, due_on=today)
    notice(world, "coordinator", BOARD, "rung-step", case_id=case, due_on=today - timedelta(days=1))
    page = sit(app, "coordinator@orebro").read("/notices")
    assert "A case is late. A exchange" in page
    assert "was due 14 September 2026" in page
    assert "A case must be dealt with soon. A exchange" in page
    assert "until 15 September 2026" in page


def test_of_a_secret_case_only_the_number_is_shown(world: World, coordinator: Desk) -> None:
    (case,) = put(world, 1, state="decide:council", secrecy_law="OSL 15:1", title="Unspeakable matter")
    notice(world, "coordinator", BOARD, "rung-step", case_id=case)
    for path in ("/", "/notices"):
        page = coordinator.get(path).text
        assert "orebro-1999-00000" in page
        assert "Unspeakable" not in page


def test_whose_appointment_ends_is_named(world: World, coordinator: Desk) -> None:
    from sqlalchemy import insert

    from models import Appointment, Deadline, PolicyVersion
    from models.database import writing

    with writing(world.engine, world.tenant.id) as connection:
        seat = connection.execute(
            select(Appointment.id).where(
                Appointment.person_id == world.people["chair.council"], Appointment.role == "chair"
            )
        ).scalar_one()
        version = connection.execute(select(PolicyVersion.id).limit(1)).scalar_one()
        row = {
            "municipality_id": world.tenant.id,
            "kind": "appointment",
            "subject": str(seat),
            "body_id": world.tenant.body_ids[COUNCIL],
            "policy_version_id": version,
            "ladder": "appointment",
            "state": "open",
            "cycle": 0,
            "due_on": world.now.date(),
            "due_at": world.now,
            "next_rung": 0,
            "version": 0,
            "head_hash": "",
        }
        deadline = connection.execute(insert(Deadline).returning(Deadline.id), row).scalar_one()
    notice(world, "coordinator", BOARD, "rung-appointment", deadline_id=deadline, due_on=world.now.date())
    page = coordinator.read("/notices")
    assert "An appointment ends soon, and cases wait for it. Chair.Council, Chair, Municipal council" in page


@each_store
def test_all_notices_are_reached_page_by_page_each_once(world: World) -> None:
    world.add("both", ("chair", BOARD), ("secretary", COUNCIL))
    ids = [notice(world, *((("chair", BOARD), ("secretary", COUNCIL))[n % 2])) for n in range(2 * PAGE + 3)]
    user, found, cursor, pages = _user(world, "both"), [], "", 0
    while True:
        with reading(world.engine, world.tenant.id) as db:
            rows, cursor = notices_for(db, user, after=NEWEST_FIRST.read(cursor))
        found += [row.id for row in rows]
        pages += 1
        if not cursor:
            break
    assert (found, pages) == (ids[::-1], 3)


def test_every_kind_has_words(world: World, coordinator: Desk) -> None:
    from web.i18n.terms import NOTICES, NOTICES_LATE

    for kind in NOTICES:
        notice(world, "coordinator", BOARD, kind, due_on=world.now.date() + timedelta(days=1))
    for kind in NOTICES_LATE:
        notice(world, "coordinator", BOARD, kind, due_on=world.now.date() - timedelta(days=1))
    page = coordinator.read("/notices")
    assert "rung-" not in page
    # a reminder of an evaluation without an engagement is about the policy itself
    for sentence in (set(NOTICES.values()) | set(NOTICES_LATE.values())) - {
        "An evaluation is due soon.",
        "An evaluation is late.",
    }:
        assert sentence in page, sentence


# -- what is new


def test_what_is_new_says_so_until_it_is_marked_as_read(world: World, coordinator: Desk) -> None:
    notice(world, "coordinator", BOARD, "lapsed")
    newest = notice(world, "coordinator", BOARD, "renegotiate")
    page = coordinator.get("/notices").text
    assert page.count(">New<") == 2
    assert f'name="up_to" value="{newest}"' in page
    answer = coordinator.send("/notices/read", up_to=str(newest), next="/notices")
    assert (answer.status_code, answer.location) == (303, "/notices")
    page = coordinator.get("/notices").text
    assert (page.count(">New<"), "Mark all as read" in page) == (0, False)
    notice(world, "coordinator", BOARD, "lapsed")
    assert coordinator.get("/").text.count(">New<") == 1


def test_marking_an_older_one_makes_nothing_new_again(world: World, coordinator: Desk) -> None:
    first, second = notice(world, "coordinator", BOARD), notice(world, "coordinator", BOARD)
    coordinator.send("/notices/read", up_to=str(second))
    coordinator.send("/notices/read", up_to=str(first))
    assert seen(world, "coordinator") == second


def test_what_one_has_read_another_has_not(world: World, app: Flask, coordinator: Desk) -> None:
    let_in(world, "second", ("coordinator", BOARD))
    newest = notice(world, "coordinator", BOARD)
    coordinator.send("/notices/read", up_to=str(newest))
    assert sit(app, "second@orebro").get("/notices").text.count(">New<") == 1


def test_marking_as_read_leads_nowhere_else(world: World, coordinator: Desk) -> None:
    answer = coordinator.send("/notices/read", up_to="0", next="https://evil.example/")
    assert answer.location == "/"


# -- what it costs


def test_the_page_sends_few_statements_however_many_notices(world: World, app: Flask, coordinator: Desk) -> None:
    for _ in range(PAGE + 5):
        notice(world, "coordinator", BOARD)
    coordinator.get("/notices")
    with counted(app) as sent:
        assert coordinator.get("/notices").status_code == 200
    assert len(sent) <= 3, sent


def test_notices_are_read_from_an_index(world: World) -> None:
    world.add("both", ("chair", BOARD), ("secretary", COUNCIL))
    user = _user(world, "both")
    sent: list[tuple[str, object]] = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
    for after in ((), (50,)):
        with reading(world.engine, world.tenant.id) as db:
            notices_for(db, user, after=after)
        statement, parameters = sent[-1]
        with world.engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert [step for step in plan if "ix_notice_body" in step], plan
        walked = ("case", "engagement", "deadline", "appointment", "person", "mandate", "notice")
        assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in walked], plan
