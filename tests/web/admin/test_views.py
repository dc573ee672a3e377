"""Views of administration: access, no self-service, and a journal entry for every change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import Appointment, Case, Disclosure, Mandate, Person, TrailEntry
from models.database import reading
from tests.web.clients import Desk, counted, each_store, engine_of, let_in, sit, values, words
from tests.web.conftest import HASH, Browser
from tests.workflow.changes import confirm_last
from tests.worlds import World, build
from web.admin.queries import PAGE

EVIL = "<script>alert(1)</script>"
NEW = {"name": "Åsa Öberg", "username": "asa", "language": "sv", "email": "asa@kommun.example"}
SEAT = {
    "username": "member1",
    "role": "chair",
    "body": "kommunstyrelsen",
    "starts_on": "2026-09-15",
    "reference": "§ 7",
}
MANDATE: dict[str, Any] = {
    "to_body": "forvaltningen-barn",
    "engagements": ["visit", "exchange"],
    "acts": ["enter"],
    "starts_on": "2026-09-15",
    "reference": "Delegation order, 9",
}
#: Address, form and table of every act that adds something.
ADDING = [
    ("/admin/people/new", NEW, Person),
    ("/admin/appointments/new", SEAT, Appointment),
    ("/admin/mandates/new", MANDATE, Mandate),
]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def admin(app: Flask) -> Desk:
    return sit(app, "admin@orebro")


def how_many(world: World, table: Any) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(func.count(table.id))).scalar_one()


def last(world: World, table: Any) -> Any:
    """The row added last."""
    with reading(world.engine, world.tenant.id) as session:
        columns = (getattr(table, column.name) for column in table.__table__.columns)
        return session.execute(select(*columns).order_by(table.id.desc()).limit(1)).one()


def journal(world: World) -> tuple[str, dict[str, Any], dict[str, str], str]:
    """The journal's last entry: action, data, words, role of whoever did it."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry.number, TrailEntry.action, TrailEntry.data, TrailEntry.actor_role)
        row = session.execute(
            query.where(TrailEntry.stream == "orebro-journal").order_by(TrailEntry.number.desc()).limit(1)
        ).one()
        told = session.execute(
            select(Disclosure.field, Disclosure.value).where(
                Disclosure.stream == "orebro-journal", Disclosure.number == row.number
            )
        )
        return row.action, json.loads(row.data), {row.field: row.value for row in told}, row.actor_role


# -- refusals


def test_a_stranger_administers_nothing(app: Flask) -> None:
    for path in ("/admin/people", "/admin/appointments", "/admin/mandates", "/admin/people/admin@orebro"):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["officer", "manager", "auditor", "coordinator", "chair.council"])
def test_nobody_but_an_administrator_administers(app: Flask, world: World, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    for path in ("/admin/people", "/admin/appointments", "/admin/mandates/new", "/admin/people/officer@orebro"):
        assert desk.get(path).status_code == 403
    assert (desk.get("/admin/mandates").status_code == 200) is (who in ("auditor", "coordinator"))
    for path, form, table in ADDING:
        before = how_many(world, table)
        assert desk.send(path, form).status_code == 403
        assert how_many(world, table) == before
    for path in ("/admin/appointments/1/end", "/admin/mandates/1/end"):
        assert desk.send(path, {"ends_on": "2026-09-15"}).status_code == 403
    assert desk.send("/admin/people/admin@orebro", {"do": "close"}).status_code == 403
    assert 'href="/admin/people' not in desk.get("/").text


def test_a_form_of_another_site_changes_nothing(world: World, admin: Desk) -> None:
    for path, form, table in ADDING:
        before = how_many(world, table)
        assert admin.browser.client.post(path, data=form).status_code == 400
        assert how_many(world, table) == before


def test_nobody_appoints_themselves(world: World, admin: Desk) -> None:
    before = how_many(world, Appointment)
    answer = admin.send("/admin/appointments/new", SEAT | {"username": "admin"})
    assert answer.status_code == 403
    assert "Nobody appoints themselves" in words(answer.text)
    assert values(answer.text)["reference"] == "§ 7"
    assert how_many(world, Appointment) == before


def test_nobody_ends_an_appointment_of_their_own(world: World, admin: Desk) -> None:
    with reading(world.engine, world.tenant.id) as session:
        own = session.execute(select(Appointment.id).where(Appointment.person_id == world.people["admin"])).scalar_one()
    answer = admin.send(f"/admin/appointments/{own}/end", {"ends_on": "2026-09-15"})
    assert answer.status_code == 403
    assert "Nobody appoints themselves" in words(answer.text)
    page = admin.get("/admin/people/admin@orebro").text
    assert f"/admin/appointments/{own}/end" not in page
    assert 'value="close"' not in page
    assert "another administrator changes your own" in words(page)


@pytest.mark.parametrize(
    ("path", "form", "sent", "field", "told"),
    [
        ("/admin/people/new", NEW, {"name": " "}, "f-name", "is needed"),
        ("/admin/people/new", NEW, {"username": ""}, "f-username", "is needed"),
        ("/admin/people/new", NEW, {"username": "officer"}, "f-username", "already taken"),
        ("/admin/people/new", NEW, {"username": "asa@oslo"}, "f-username", "is not valid"),
        ("/admin/people/new", NEW, {"username": "Å sa"}, "f-username", "does not match expected pattern"),
        ("/admin/people/new", NEW, {"language": "fi"}, "f-language", "is not valid"),
        ("/admin/people/new", NEW, {"email": "asa"}, "f-email", "not an e-mail address"),
        ("/admin/appointments/new", SEAT, {"username": "stranger"}, "f-username", "Nobody with the user name"),
        ("/admin/appointments/new", SEAT, {"role": ""}, "f-role", "is needed"),
        ("/admin/appointments/new", SEAT, {"role": "king"}, "f-role", "is not valid"),
        ("/admin/appointments/new", SEAT, {"body": "castle"}, "f-body", "no such body"),
        ("/admin/appointments/new", SEAT, {"starts_on": ""}, "f-starts-on", "is needed"),
        ("/admin/appointments/new", SEAT, {"ends_on": "2026-09-14"}, "f-ends-on", "before it starts"),
        ("/admin/mandates/new", MANDATE, {"to_body": "kommunstyrelsen"}, "f-to-body", "only an administration"),
        ("/admin/mandates/new", MANDATE, {"to_body": ""}, "f-to-body", "is needed"),
        ("/admin/mandates/new", MANDATE, {"reference": " "}, "f-reference", "is needed"),
        ("/admin/mandates/new", MANDATE, {"engagements": ["castle"]}, "f-engagements", "is not valid"),
        ("/admin/mandates/new", MANDATE, {"ends_on": "2026-09-14"}, "f-ends-on", "before it starts"),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_nothing_typed_is_lost(
    world: World, admin: Desk, path: str, form: dict[str, Any], sent: dict[str, Any], field: str, told: str
) -> None:
    tables = (Person, Appointment, Mandate)
    before = [how_many(world, table) for table in tables]
    answer = admin.send(path, form | sent)
    assert answer.status_code == 422, words(answer.text)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert told in words(answer.text)
    shown = values(answer.text)
    lists = ("engagements", "acts")
    kept = {name: value for name, value in form.items() if name not in ("password", *lists, *sent)}
    assert {name: shown[name] for name in kept} == kept
    for name in set(form).intersection(lists) - set(sent):
        assert all(f'value="{value}" checked' in answer.text for value in form[name])
    assert [how_many(world, table) for table in tables] == before


def test_no_form_of_administration_asks_for_a_password(world: World, admin: Desk) -> None:
    for path in ("/admin/people/new", "/admin/people/officer@orebro"):
        assert 'type="password"' not in admin.get(path).text
    admin.send("/admin/people/new", NEW | {"password": "chosen by an administrator"})
    admin.send("/admin/people/officer@orebro", {"do": "password", "password": "chosen by an administrator"})
    assert last(world, Person).password_hash is None
    with reading(world.engine, world.tenant.id) as session:
        hashes = session.scalars(select(Person.password_hash).where(Person.username == "officer@orebro")).all()
    assert hashes == [HASH]


def test_another_municipalitys_people_are_not_there(engine: Engine, world: World, admin: Desk) -> None:
    oslo = build(engine, "oslo")
    seat, mandate = last(oslo, Appointment), last(oslo, Mandate)
    for path in (
        "/admin/people/officer@oslo",
        f"/admin/appointments/{seat.id}/end",
        f"/admin/mandates/{mandate.id}/end",
    ):
        assert admin.get(path).status_code == 404
        assert admin.send(path, {"ends_on": "2026-09-15", "do": "close"}).status_code in (404, 422)
    assert last(oslo, Appointment).ends_on is None
    assert last(oslo, Mandate).ends_on is None
    assert "@oslo" not in admin.read("/admin/people?q=officer")


def test_what_people_wrote_is_never_markup(world: World, admin: Desk) -> None:
    admin.send("/admin/people/new", NEW | {"name": EVIL})
    admin.send("/admin/appointments/new", SEAT | {"username": "asa", "reference": EVIL})
    assert "&lt;script&gt;" in admin.get("/admin/changes").text
    confirm_last(world)
    admin.send("/admin/mandates/new", MANDATE | {"reference": EVIL})
    confirm_last(world)
    for path in ("/admin/people?q=asa", "/admin/people/asa@orebro", "/admin/appointments?q=asa", "/admin/mandates"):
        page = admin.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page
    assert "<script" not in admin.get(f"/admin/people?q={EVIL}&after={EVIL}&role={EVIL}").text


def test_nothing_here_touches_a_case(world: World, admin: Desk) -> None:
    number = world.open("visit")
    world.act("officer", number, "submit")
    before = world.row(number)
    for path, form, _table in ADDING:
        assert admin.send(path, form).status_code == 303
    assert world.row(number) == before
    assert how_many(world, Case) == 1


# -- people


@each_store
def test_a_person_is_added_and_an_invitation_is_proposed(world: World, admin: Desk) -> None:
    answer = admin.send("/admin/people/new", NEW | {"is_invited": "yes"})
    assert answer.status_code == 303
    page = admin.read(answer.headers["Location"])
    assert "Åsa Öberg is known here now." in page
    assert "Invite to choose a new password: Åsa Öberg" in page
    action, data, told, role = journal(world)
    assert (action, role, data["proposed_change"]) == ("propose-change", "admin", "invite-person")
    assert (last(world, Person).email, last(world, Person).password_hash) == ("asa@kommun.example", None)
    assert "kommun.example" not in json.dumps([data, told])


def test_whoever_is_not_invited_never_logs_in(app: Flask, world: World, admin: Desk) -> None:
    admin.send("/admin/people/new", NEW)
    action, _data, told, role = journal(world)
    assert (action, role) == ("add-person", "admin")
    assert told == {"name": "Åsa Öberg", "username": "asa@orebro"}
    assert last(world, Person).password_hash is None
    assert Browser(app.test_client()).log_in("asa@orebro", "anything at all").status_code == 422
    assert "Never logs in" in admin.read("/admin/people?q=asa")


@each_store
def test_a_closed_account_ends_its_sessions_and_can_be_opened_again(app: Flask, world: World, admin: Desk) -> None:
    officer = sit(app, "officer@orebro")
    answer = admin.send("/admin/people/officer@orebro", {"do": "close"})
    assert answer.status_code == 303
    assert officer.get("/").status_code == 303
    assert Browser(app.test_client()).log_in("officer@orebro").status_code == 422
    assert "Account closed" in admin.read("/admin/people?q=officer")
    assert journal(world)[1]["is_active"] is False
    admin.send("/admin/people/officer@orebro", {"do": "open"})
    assert Browser(app.test_client()).log_in("officer@orebro").status_code == 303


def test_a_person_is_renamed(world: World, admin: Desk) -> None:
    assert admin.send("/admin/people/officer@orebro", {"do": "name", "name": "\u200b"}).status_code == 422
    assert admin.send("/admin/people/officer@orebro", {"do": "name", "name": "Ola Lund"}).status_code == 303
    assert "Ola Lund" in admin.read("/admin/people?q=officer")
    assert journal(world)[2] == {"name": "Ola Lund"}


def test_a_change_that_is_none_is_refused(world: World, admin: Desk) -> None:
    assert admin.send("/admin/people/officer@orebro", {"do": "promote"}).status_code == 422
    assert admin.send("/admin/people/nobody@orebro", {"do": "close"}).status_code == 404


@each_store
def test_people_are_listed_by_user_name_page_by_page_and_found_by_any_part(world: World, admin: Desk) -> None:
    for number in range(PAGE):
        world.add(f"extra{number:02}")
    first = admin.get("/admin/people").text
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = admin.get(onward).text

    def usernames(page: str) -> list[str]:
        return [part.partition("<")[0] for part in page.split('<span class="record-number">')[1:]]

    with reading(world.engine, world.tenant.id) as session:
        everybody = sorted(session.execute(select(Person.username)).scalars())
    assert usernames(first) + usernames(second) == everybody
    assert usernames(admin.get("/admin/people?q=Extra03").text) == ["extra03@orebro"]
    assert usernames(admin.get("/admin/people?q=OFFICER@orebro").text) == ["officer@orebro"]
    assert "Nobody here is called that." in admin.read("/admin/people?q=Napoleon")


# -- appointments


@each_store
def test_an_appointment_holds_from_its_first_day_through_its_last(app: Flask, world: World, admin: Desk) -> None:
    new = let_in(world, "new")
    sent = {"username": "new", "role": "auditor", "body": "kommunfullmaktige", "starts_on": "2026-09-15"}
    answer = admin.send("/admin/appointments/new", sent | {"ends_on": "", "reference": "§ 7"})
    assert answer.status_code == 303
    assert sit(app, "new@orebro").get("/audit").status_code == 403
    assert "nothing has changed yet" in admin.read(answer.headers["Location"])
    confirm_last(world)
    assert "Auditor, Municipal council" in admin.read(answer.headers["Location"])
    assert sit(app, "new@orebro").get("/audit").status_code == 200
    action, data, told, _role = journal(world)
    assert (action, data["role"], told) == ("appoint", "auditor", {"reference": "§ 7"})
    with reading(world.engine, world.tenant.id) as session:
        seat = session.scalars(select(Appointment).where(Appointment.person_id == new)).one()
    ended = admin.send(f"/admin/appointments/{seat.id}/end", {"ends_on": "2026-09-14"})
    assert ended.status_code == 303
    confirm_last(world)
    assert sit(app, "new@orebro").get("/audit").status_code == 403
    assert journal(world)[0] == "end-appointment"
    assert "Over" in admin.read("/admin/people/new@orebro")


def test_an_end_that_is_no_day_is_refused(world: World, admin: Desk) -> None:
    seat, mandate = last(world, Appointment), last(world, Mandate)
    for path in (f"/admin/appointments/{seat.id}/end", f"/admin/mandates/{mandate.id}/end"):
        assert admin.get(path).status_code == 200
        for day in ("", "soon", "1999-01-01"):
            answer = admin.send(path, {"ends_on": day})
            assert answer.status_code == 422, (path, day)
            assert 'href="#f-ends-on"' in answer.text
    assert (last(world, Appointment).ends_on, last(world, Mandate).ends_on) == (None, None)


@each_store
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("role=auditor", ["Auditor, Municipal council"]),
        ("body=kommunfullmaktige&role=chair", ["Chair, Municipal council"]),
        ("q=officer@orebro&role=auditor", []),
        ("q=Auditor", ["Auditor, Municipal council"]),
        ("q=itor@oreb", ["Auditor, Municipal council"]),
        ("role=king&q=auditor", ["Auditor, Municipal council"]),
        ("role=coordinator&show=now", []),
        ("role=coordinator&show=all", ["International coordinator, Municipal executive board"]),
    ],
)
def test_appointments_are_found_by_person_role_body_and_time(
    world: World, admin: Desk, asked: str, found: list[str]
) -> None:
    with reading(world.engine, world.tenant.id) as session:
        query = select(Appointment.id).where(Appointment.role == "coordinator")
        ended = session.execute(query).scalar_one()
    admin.send(f"/admin/appointments/{ended}/end", {"ends_on": "2026-09-14"})
    page = admin.get(f"/admin/appointments?{asked}").text
    told = [
        words(f"<main>{part}</main>").removeprefix("> ").replace(" ,", ",")
        for part in (line.partition("</p>")[0] for line in page.split('<p class="record-facts">')[1:])
        if "<strong>" in part
    ]
    assert told == found


@each_store
def test_appointments_page_by_key(world: World, admin: Desk) -> None:
    page = admin.get("/admin/appointments").text
    count, rounds = page.count('<li class="record">'), 0
    while 'rel="next"' in page:
        page = admin.get(
            page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        ).text
        count, rounds = count + page.count('<li class="record">'), rounds + 1
    assert count == how_many(world, Appointment)
    assert rounds >= 1


# -- mandates


@each_store
def test_a_mandate_is_recorded_from_the_body_above_and_ended(world: World, admin: Desk) -> None:
    answer = admin.send("/admin/mandates/new", MANDATE)
    assert answer.status_code == 303
    waiting = admin.read("/admin/changes")
    assert "may decide in the place of Committee for Children and Education" in waiting
    assert "Visit, Exchange" in waiting
    confirm_last(world)
    told = admin.read("/admin/mandates?body=forvaltningen-barn")
    assert "from Committee for Children and Education" in told
    assert "Visit, Exchange: enter" in told
    assert "Delegation order, 9" in told
    mandate = last(world, Mandate)
    action, data, _told, role = journal(world)
    assert (action, role, data["from_body"]) == ("give-mandate", "admin", "programnamnd-barn")
    assert admin.send(f"/admin/mandates/{mandate.id}/end", {"ends_on": "2026-09-14"}).status_code == 303
    assert "Delegation order, 9" not in admin.read("/admin/mandates")
    assert "Delegation order, 9" in admin.read("/admin/mandates?show=all")


def test_a_mandate_over_everything_is_a_choice_and_no_empty_form(world: World, admin: Desk) -> None:
    answer = admin.send("/admin/mandates/new", MANDATE | {"engagements": [], "acts": []})
    assert answer.status_code == 422
    everything = MANDATE | {"engagements": [], "acts": [], "all_engagements": "yes", "all_acts": "yes"}
    assert admin.send("/admin/mandates/new", everything).status_code == 303
    confirm_last(world)
    row = last(world, Mandate)
    assert {"visit", "twin-agreement"} <= set(row.engagements)
    assert {"enter", "terminate"} <= set(row.acts)


# -- cost, languages


def test_a_list_of_any_length_takes_the_same_few_statements(app: Flask, world: World, admin: Desk) -> None:
    admin.get("/admin/people")
    for path in ("/admin/people?q=chair", "/admin/people", "/admin/appointments", "/admin/mandates?show=all"):
        with counted(app) as said:
            admin.get(path)
        assert len(said) <= 4, path
    with counted(app) as few:
        admin.get("/admin/people")
    for number in range(PAGE):
        world.add(f"extra{number:02}", ("member", "kommunstyrelsen"))
    with counted(app) as many:
        admin.get("/admin/people")
    assert len(few) == len(many)


def test_every_language_has_administration(world: World, admin: Desk) -> None:
    for code in ("sv", "nb", "da", "en"):
        admin.send("/language", {"language": code})
        for path in ("people", "people/new", "people/officer@orebro", "appointments", "appointments/new", "mandates"):
            assert admin.get(f"/admin/{path}").status_code == 200


# -- the delegation register


@pytest.mark.parametrize("who", ["auditor", "coordinator"])
def test_auditor_and_coordinator_read_the_mandates_and_change_none(app: Flask, world: World, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert 'href="/admin/mandates"' in desk.get("/").text
    page = desk.get("/admin/mandates").text
    assert "Delegation order, 4.1" in page
    assert "/admin/mandates/new" not in page
    assert "/end" not in page
    assert desk.get("/admin/mandates/new").status_code == 403
