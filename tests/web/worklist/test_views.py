"""The worklist: everything that waits for a person, once, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, select, update

from models import Case, Consultation, Notice
from models.database import reading, writing
from tests.web.clients import sit
from tests.web.conftest import Browser
from tests.web.evaluation_data import evaluation_of, registered
from tests.worlds import World, build
from web.auth.session import User
from web.ui.pagination import Key, Keyset
from web.worklist.labels import NEXT_ACTIONS
from web.worklist.queries import PAGE, SOONEST_FIRST, WorklistRow, worklist_page
from workflow.cases.actor import load_actor
from workflow.policy.state_machine import FINAL

TODAY = date(2026, 9, 15)


def rows_of(page: str) -> list[str]:
    """Case numbers on a page, in its order."""
    return re.findall(r'<h2 class="waiting-title">\s*<a href="/cases/([^"]+)"', page)


def put(world: World, count: int, **columns: Any) -> list[int]:
    """So many cases as they would stand on somebody's list; `due_on` may be a function of the number."""
    number = world.open("exchange")
    with writing(world.engine, world.tenant.id) as connection:
        template = dict(connection.execute(select(Case.__table__).where(Case.number == number)).mappings().one())
        del template["id"]
        due: Callable[[int], date | None] = columns.pop("due_on", lambda _n: None)
        rows = [
            template
            | {"waits_person_id": None, "submitted_by_id": world.people["officer"]}
            | columns
            | {"number": f"{world.tenant.key}-1999-{n:05d}", "due_on": due(n)}
            for n in range(count)
        ]
        ids = list(connection.execute(insert(Case).returning(Case.id), rows).scalars())
        connection.execute(update(Case).where(Case.number == number).values(waits_person_id=None))
    return ids


def seat(world: World, role: str, body: str) -> dict[str, Any]:
    """Columns of a case that waits for a seat."""
    return {"waits_role": role, "waits_body_id": world.tenant.body_ids[body]}


# -- what is not there


def test_a_stranger_sees_nothing(browser: Browser) -> None:
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("who", ["auditor", "admin", "coordinator", "member0", "manager"])
def test_a_draft_waits_for_nobody_but_its_officer(world: World, browser: Browser, who: str) -> None:
    number = world.open("exchange")
    browser.log_in(f"{who}@orebro")
    page = browser.get("/").text
    assert number not in page
    assert "Nothing waits for you." in page


def test_another_bodys_case_is_not_on_the_list(world: World, browser: Browser) -> None:
    put(world, 1, state="decide:council", **seat(world, "secretary", "kommunfullmaktige"))
    browser.log_in("secretary.executive@orebro")
    assert rows_of(browser.get("/").text) == []


def test_another_role_in_the_same_body_does_not_have_the_case(world: World, browser: Browser) -> None:
    put(world, 1, state="decide:council", **seat(world, "secretary", "kommunfullmaktige"))
    browser.log_in("chair.council@orebro")
    assert rows_of(browser.get("/").text) == []


def test_what_is_concluded_waits_for_nobody(world: World, browser: Browser) -> None:
    number = world.open("visit")
    world.walk(number)
    for who in ("officer", "manager", "secretary.committee", "chair.committee", "coordinator"):
        browser.log_in(f"{who}@orebro")
        assert rows_of(browser.get("/").text) == [], who
        browser.post("/logout")


@pytest.mark.parametrize(
    "after", ["x", "2026-09-15", "none.0.1", "5;drop", Keyset("cases", (Key(Case.id),)).cursor((5,)), "9" * 5_000]
)
def test_a_place_nobody_wrote_is_not_found(browser: Browser, after: str) -> None:
    browser.log_in("officer@orebro")
    assert browser.client.get("/", query_string={"after": after}).status_code == 404


# -- what is there


def test_a_case_waits_for_one_after_the_other_on_its_way(world: World, browser: Browser) -> None:
    """The list of whoever has the turn, and of nobody else, at every step of a whole case."""
    number = world.open("exchange")
    people = ("officer", "manager", "secretary.committee", "chair.committee", "secretary.council", "coordinator")
    turns = []
    while str(world.row(number).state) != "concluded":
        for who in people:
            with reading(world.engine, world.tenant.id) as db:
                user = _user(world, who)
                found, _onward = worklist_page(db, user, world.policy, None)
            if found:
                turns.append((who, found[0].next_action))
        world.step(number)
    assert turns == [
        ("officer", "submit"),
        ("manager", "endorse"),
        ("secretary.committee", "enter-decision"),
        ("chair.committee", "confirm"),
        ("chair.committee", "sign"),
        ("officer", "record-counterpart"),
    ]


def test_the_action_told_of_is_open_at_the_gate(world: World) -> None:
    number = world.open("twin-agreement")
    while str(world.row(number).state) != "concluded":
        for who in world.people:
            with reading(world.engine, world.tenant.id) as db:
                found, _onward = worklist_page(db, _user(world, who), world.policy, None)
            for row in found:
                assert world.actions(who, number)[row.next_action].allowed, (who, row)
                assert row.next_action in NEXT_ACTIONS
        world.step(number)


def test_a_row_tells_what_from_whom_until_when_and_what_next(world: World, browser: Browser) -> None:
    put(
        world,
        1,
        state="decide:council",
        title="Turku, again",
        due_on=lambda _n: TODAY + timedelta(days=3),
        **seat(world, "secretary", "kommunfullmaktige"),
    )
    browser.log_in("secretary.council@orebro")
    page = browser.get("/").text
    for told in (
        "Turku, again",
        "orebro-1999-00000",
        "Enter what the meeting decided",
        "Officer, Committee for Children and Education",
        "until 18 September 2026",
        "Decision: Municipal council",
    ):
        assert told in page, told
    assert "For you as" not in page


def test_whoever_holds_several_seats_is_told_for_which_a_case_waits(world: World, browser: Browser) -> None:
    put(world, 1, state="review", **seat(world, "manager", "bolagsledningen"))
    browser.log_in("manager@orebro")
    assert "Line manager, Management of the company" in browser.get("/").text


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, "1 day late"),
        (-12, "12 days late"),
        (0, "today is the last day"),
        (1, "until 16 September 2026"),
        (None, "no last day"),
    ],
)
def test_lateness_is_told_in_words(world: World, browser: Browser, days: int | None, told: str) -> None:
    due = None if days is None else TODAY + timedelta(days=days)
    put(world, 1, state="review", due_on=lambda _n: due, **seat(world, "manager", "forvaltningen-barn"))
    browser.log_in("manager@orebro")
    assert told in browser.get("/").text


def test_the_secretary_of_a_body_that_is_asked_sees_the_consultation(world: World, browser: Browser) -> None:
    (case,) = put(world, 1, state="consult", **seat(world, "coordinator", "kommunstyrelsen"))
    ask(world, case, "bolagsstyrelsen", due=TODAY)
    browser.log_in("secretary.committee@orebro")
    page = browser.get("/").text
    assert rows_of(page) == ["orebro-1999-00000"]
    assert "Give your body’s opinion" in page
    assert "Board of a municipal company" in page


@pytest.mark.parametrize(("state", "case_state"), [("given", "consult"), ("silent", "consult"), ("asked", "withdrawn")])
def test_a_consultation_that_is_over_waits_for_nobody(
    world: World, browser: Browser, state: str, case_state: str
) -> None:
    (case,) = put(world, 1, state=case_state)
    ask(world, case, "bolagsstyrelsen", state=state)
    browser.log_in("secretary.committee@orebro")
    assert rows_of(browser.get("/").text) == []


def test_whatever_waits_for_somebody_they_may_open_a_secret_case_too(engine: Engine) -> None:
    """The whole way of Stockholm's policy, consultation included, kept secret from its first day."""
    world = build(engine, "stockholm")
    number = world.open("policy", "adopt", responsible="kommunstyrelsen", secrecy={"law": "OSL 15:1", "note": ""})
    found_for = set()
    while str(world.row(number).state) not in FINAL:
        for who in world.people:
            with reading(engine, world.tenant.id) as db:
                found, _onward = worklist_page(db, _user(world, who), world.policy, None)
            for row in found:
                assert row.number == number
                assert world.actions(who, number)[row.next_action].allowed, (who, row)
                found_for.add((who, row.next_action))
        world.step(number)
    assert {("coordinator", "close-consultation"), ("secretary.committee", "give-opinion")} <= found_for


def ask(world: World, case: int, body: str, *, state: str = "asked", due: date | None = None, round_: int = 1) -> None:
    """A body is asked for its opinion."""
    row = {
        "municipality_id": world.tenant.id,
        "case_id": case,
        "body_id": world.tenant.body_ids[body],
        "round": round_,
        "state": state,
        "due_on": due,
    }
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(insert(Consultation), row)


# -- pages


def test_pages_by_key_show_everything_once_in_order_of_urgency(world: World, app: Flask) -> None:
    """Several lists in one: a manager's administrations and, for a secretary, consultations, with and without dates."""
    when = [None, TODAY, TODAY - timedelta(days=9), TODAY + timedelta(days=1), TODAY]
    cases = put(world, 37, state="review", due_on=lambda n: when[n % 5], **seat(world, "manager", "forvaltningen-barn"))
    for n, case in enumerate(cases[:23]):
        ask(world, case, "bolagsstyrelsen", due=when[n % 4])
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.id.in_(cases[:23])).values(state="consult"))
    user = _user(world, "manager")
    user = User(
        user.id,
        user.public_id,
        user.username,
        user.name,
        "en",
        world.tenant,
        user.seats | {("secretary", "bolagsstyrelsen")},
    )
    seen: list[WorklistRow] = []
    after: tuple[Any, ...] = ()
    for _page in range(10):
        with reading(world.engine, world.tenant.id) as db:
            found, onward = worklist_page(db, user, world.policy, after)
        seen += found
        if not onward:
            break
        assert len(found) == PAGE
        after = SOONEST_FIRST.read(onward)
    assert len(seen) == 60
    keys = [(row.due_on is None, row.due_on or TODAY, row.what, row.id) for row in seen]
    assert keys == sorted(keys)
    assert len(set(keys)) == 60
    for tenant, row in enumerate(seen):
        with reading(world.engine, world.tenant.id) as db:
            found, _onward = worklist_page(db, user, world.policy, row.key)
        assert found == seen[tenant + 1 : tenant + 1 + PAGE], row.key


def test_the_pager_leads_on_and_back(world: World, browser: Browser) -> None:
    put(world, PAGE + 1, state="review", **seat(world, "manager", "forvaltningen-barn"))
    browser.log_in("manager@orebro")
    first = browser.get("/").text
    assert len(rows_of(first)) == PAGE
    onward = re.search(r'href="(/\?after=[^"]+)"', first)
    assert onward is not None
    second = browser.get(onward[1]).text
    assert len(rows_of(second)) == 1
    assert 'rel="next"' not in second
    assert "Back to the first page" in second


# -- with nothing waiting


@pytest.mark.parametrize(
    ("who", "label"),
    [
        ("officer", "Start a request"),
        ("auditor", "Follow a decision’s trail"),
        ("admin", "See people and appointments"),
    ],
)
def test_with_nothing_waiting_the_next_useful_place_is_shown(browser: Browser, who: str, label: str) -> None:
    browser.log_in(f"{who}@orebro")
    page = browser.get("/").text
    assert "Nothing waits for you." in page
    assert label in page


# -- notices


def test_the_coordinator_hears_of_a_new_engagement(world: World, browser: Browser) -> None:
    number = world.open("exchange")
    world.walk(number)
    browser.log_in("coordinator@orebro")
    page = browser.get("/").text
    assert "A new engagement is in the register." in page
    assert number in page
    browser.post("/logout")
    browser.log_in("officer@orebro")
    assert "A new engagement" not in browser.get("/").text


def test_ten_notices_are_shown_newest_first(world: World, browser: Browser) -> None:
    body = world.tenant.body_ids["kommunstyrelsen"]
    (case,) = put(world, 1, state="draft")
    rows = [
        {
            "municipality_id": world.tenant.id,
            "body_id": body,
            "role": "coordinator",
            "kind": "engagement-ended",
            "case_id": case,
            "created_at": world.now + timedelta(minutes=n),
        }
        for n in range(12)
    ]
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(insert(Notice), rows)
    browser.log_in("coordinator@orebro")
    shown = re.findall(r"15 September 2026 (\d\d:\d\d)", browser.get("/").text)
    assert shown == [f"12:{n:02d}" for n in range(11, 1, -1)]


# -- what it costs


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Statements an engine sends, but for those that begin and end a transaction."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", ["officer", "coordinator", "secretary.committee"])
@pytest.mark.parametrize("warm", [False, True], ids=["first", "later"])
def test_the_page_sends_few_statements_however_much_waits(
    world: World, app: Flask, browser: Browser, who: str, warm: bool
) -> None:
    cases = put(world, 30, state="consult", **seat(world, "coordinator", "kommunstyrelsen"))
    for case in cases:
        ask(world, case, "bolagsstyrelsen")
    browser.log_in(f"{who}@orebro")
    if warm:
        browser.get("/")
    with counted(app.extensions["instans"].engine) as sent:
        assert browser.get("/").status_code == 200
    queries = [statement for statement in sent if "set_config" not in statement]
    # who, cases, secrecy, evaluations under which versions, notices, changes of accounts
    assert len(queries) <= (7 if warm else 11), queries


def test_every_list_is_read_from_an_index(sqlite_engine: Engine) -> None:
    """SQLite walks no table and sorts nothing but single pages; PostgreSQL would need statistics to show its plan."""
    world = build(sqlite_engine, "orebro")
    user = _user(world, "secretary.committee")
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    for after in ((), (TODAY, 0, 5), (TODAY, 1, 5), (None, 0, 5), (None, 1, 5)):
        event.listen(world.engine, "before_cursor_execute", note)
        with reading(world.engine, world.tenant.id) as db:
            worklist_page(db, user, world.policy, after)
        event.remove(world.engine, "before_cursor_execute", note)
        statement, parameters = sent[-1]
        with world.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        steps = [row[3] for row in plan]
        walked = [step for step in steps if step.startswith("SCAN")]
        assert not [step for step in walked if not re.match(r"SCAN (anon_\d+|keys|parts)$", step)]
        assert [step for step in steps if "ix_case_waits_body" in step] or after == (None, 1, 5)
        assert steps.count("USE TEMP B-TREE FOR ORDER BY") <= 2


def _user(world: World, who: str) -> User:
    """A person with their seats, known without any application."""
    with reading(world.engine, world.tenant.id) as db:
        actor = load_actor(db.connection(), world.tenant.id, world.people[who], TODAY)
    return User(actor.id, actor.public_id, actor.username, actor.name, "en", world.tenant, actor.seats)


def test_a_late_evaluation_waits_for_whoever_reports_it(world: World, app: Flask) -> None:
    given = {"scope": "municipality", "starts_on": (world.now.date() - timedelta(days=800)).isoformat()}
    number = registered(world, title="Network of late towns", **given)
    told = sit(app, "coordinator@orebro").read("/")
    assert "Evaluations for you to report Network of late towns" in told
    assert "Nothing waits for you" not in told
    assert evaluation_of(world, number).number in told
    assert "Evaluations for you to report" not in sit(app, "officer@orebro").read("/")
