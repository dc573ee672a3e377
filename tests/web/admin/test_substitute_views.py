"""Views for naming substitutes, and the worklist of a substitute."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from models import Person, Substitute
from models.database import reading, writing
from tests.web.clients import Desk, counted, engine_of, let_in, sit, values, words
from tests.workflow.changes import confirm_last
from tests.workflow.substitutes import let_stand_in
from tests.worlds import World
from workflow.cases.gate import open_case

BODY = "forvaltningen-barn"
NAMED = {
    "seat": f"manager@{BODY}",
    "substitute": "b@orebro",
    "starts_on": "2026-09-15",
    "ends_on": "2026-10-12",
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def town(world: World) -> World:
    """Örebro with another officer in an administration."""
    let_in(world, "b", ("officer", BODY))
    return world


def rows(world: World) -> list[Any]:
    """Everything that was named."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(Substitute).order_by(Substitute.id)))


def named(desk: Desk, path: str = "/away", **more: str) -> Any:
    """Send the form."""
    return desk.send(path, {**NAMED, **more})


# -- refusals


@pytest.mark.parametrize("who", ["b", "manager", "auditor", "chair.council"])
def test_only_administrators_come_to_the_page_for_somebody_else(town: World, app: Flask, who: str) -> None:
    assert sit(app, f"{who}@orebro").get("/admin/people/manager@orebro/away").status_code == 403


@pytest.mark.parametrize("who", ["b", "auditor", "chair.council"])
def test_only_the_person_away_and_administrators_come_to_the_end_of_it(town: World, app: Flask, who: str) -> None:
    id_ = let_stand_in(town, "manager", "b", "manager", BODY)
    desk = sit(app, f"{who}@orebro")
    assert desk.get(f"/away/{id_}/end").status_code == 404
    assert desk.send(f"/away/{id_}/end", do="now").status_code == 404
    assert rows(town)[0].ends_on == date(2026, 10, 12)


def test_unknown_person_and_unknown_time_are_not_found(town: World, app: Flask) -> None:
    desk = sit(app, "admin@orebro")
    assert desk.get("/admin/people/nobody@orebro/away").status_code == 404
    assert desk.get("/away/4711/end").status_code == 404


def test_what_was_chosen_survives_a_refusal_and_the_field_is_named(town: World, app: Flask) -> None:
    answer = named(sit(app, "manager@orebro"), ends_on="2026-09-01")
    assert answer.status_code == 422
    page = answer.text
    found = values(page)
    assert (found["seat"], found["substitute"]) == (NAMED["seat"], NAMED["substitute"])
    assert 'href="#f-ends-on"' in page
    assert rows(town) == []


def test_seat_of_somebody_else_is_refused_beside_the_seat(town: World, app: Flask) -> None:
    answer = named(sit(app, "b@orebro"), substitute="officer@orebro")
    assert answer.status_code == 422
    assert "does not hold this seat" in words(answer.text)
    assert rows(town) == []


def test_form_without_anything_tells_what_is_needed(town: World, app: Flask) -> None:
    answer = sit(app, "manager@orebro").send("/away")
    assert answer.status_code == 422
    assert rows(town) == []


@pytest.mark.parametrize("who", ["member0", "auditor", "admin"])
def test_who_has_no_seat_to_be_stood_in_for_is_told_so(town: World, app: Flask, who: str) -> None:
    page = sit(app, f"{who}@orebro").get("/away").text
    assert "There is no seat to stand in for." in words(page)
    assert 'name="substitute"' not in page


# -- naming and ending


def test_person_names_who_stands_in_and_sees_it(town: World, app: Flask) -> None:
    desk = sit(app, "manager@orebro")
    assert '<a href="/away">' in desk.get("/").text
    page = desk.get("/away").text
    assert 'value="b@orebro"' in page
    assert 'value="manager@orebro"' not in page
    answer = named(desk)
    assert (answer.status_code, answer.location) == (303, "/away")
    told = words(desk.get("/away").text)
    assert "End early : B" in told or "End early: B" in told
    assert "Holds today" in told


def test_administrator_names_for_somebody_and_the_persons_page_shows_it(town: World, app: Flask) -> None:
    desk = sit(app, "admin@orebro")
    path = "/admin/people/manager@orebro/away"
    assert path in desk.get("/admin/people/manager@orebro").text
    assert named(desk, path).location == path
    assert rows(town) == []
    confirm_last(town)
    page = desk.get("/admin/people/manager@orebro").text
    assert f"/away/{rows(town)[0].id}/end" in page


def test_administrators_own_page_of_another_kind_leads_to_their_own(town: World, app: Flask) -> None:
    answer = sit(app, "admin@orebro").get("/admin/people/admin@orebro/away")
    assert (answer.status_code, answer.location) == (303, "/away")


@pytest.mark.parametrize(("fields", "last"), [({"do": "now"}, date(2026, 9, 14)), ({"ends_on": "2026-09-20"}, None)])
def test_it_ends_at_once_or_after_a_day(town: World, app: Flask, fields: dict[str, str], last: date | None) -> None:
    id_ = let_stand_in(town, "manager", "b", "manager", BODY)
    desk = sit(app, "manager@orebro")
    assert "End it at once" in words(desk.get(f"/away/{id_}/end").text)
    assert desk.send(f"/away/{id_}/end", {**fields}).location == "/away"
    assert rows(town)[0].ends_on == (last or date(2026, 9, 20))


def test_later_last_day_is_refused_beside_the_day(town: World, app: Flask) -> None:
    id_ = let_stand_in(town, "manager", "b", "manager", BODY)
    answer = sit(app, "manager@orebro").send(f"/away/{id_}/end", ends_on="2026-12-24")
    assert answer.status_code == 422
    assert values(answer.text)["ends_on"] == "2026-12-24"


def test_called_off_before_it_began_it_is_not_shown_any_more(town: World, app: Flask) -> None:
    id_ = let_stand_in(town, "manager", "b", "manager", BODY, starts_on="2026-09-20")
    desk = sit(app, "manager@orebro")
    assert "Call it off" in words(desk.get(f"/away/{id_}/end").text)
    desk.send(f"/away/{id_}/end", do="now")
    assert "Nobody so far." in words(desk.get("/away").text)


# -- what the substitute sees


def test_what_waits_for_the_absent_waits_for_the_substitute_marked_with_the_name(town: World, app: Flask) -> None:
    number = town.open("twin-agreement")
    town.act("officer", number, "submit")
    assert number not in sit(app, "b@orebro").get("/").text
    let_stand_in(town, "manager", "b", "manager", BODY)
    page = sit(app, "b@orebro").get("/").text
    assert number in page
    assert "for Manager, who is away" in words(page)
    assert "You stand in today" in page
    assert "who is away" not in words(sit(app, "manager@orebro").get("/").text)


def test_draft_of_the_absent_officer_waits_for_the_substitute(town: World, app: Flask) -> None:
    number = open_case(town.services, town.people["b"], town.draft("visit"), now=town.now)
    let_in(town, "c", ("coordinator", BODY))
    let_stand_in(town, "b", "c", "officer", BODY)
    desk = sit(app, "c@orebro")
    assert "for B, who is away" in words(desk.get("/").text)
    assert number in desk.get("/cases?show=mine").text
    assert desk.get("/cases/new").status_code == 200
    page = words(desk.get(f"/cases/{number}").text)
    assert "You stand in for B, who is away." in page
    assert "B (away; C stands in)" in page


def test_officers_other_drafts_do_not_wait_for_who_stands_in_at_another_seat(town: World, app: Flask) -> None:
    let_in(town, "both", ("officer", BODY), ("officer", "bolagsledningen"))
    let_in(town, "c", ("coordinator", "bolagsledningen"))
    number = open_case(town.services, town.people["both"], town.draft("visit"), now=town.now)
    let_stand_in(town, "both", "c", "officer", "bolagsledningen")
    assert number not in sit(app, "c@orebro").get("/").text
    assert number not in sit(app, "c@orebro").get("/cases?show=mine").text


def test_case_and_trail_and_journal_tell_both_names(town: World, app: Flask) -> None:
    number = town.open("twin-agreement")
    town.act("officer", number, "submit")
    let_stand_in(town, "manager", "b", "manager", BODY)
    desk = sit(app, "b@orebro")
    assert "You act for Manager, who is away." in words(desk.get(f"/cases/{number}/do/endorse").text)
    desk.send(f"/cases/{number}/do/endorse", version=town.version(number))
    assert ", for Manager" in words(desk.get(f"/cases/{number}").text)
    auditor = sit(app, "auditor@orebro")
    assert "on behalf of Manager" in words(auditor.get(f"/audit/cases/{number}").text)
    assert "on behalf of Manager" in words(auditor.get(f"/audit?number={number}").text)
    journal = words(auditor.get("/audit/journal").text)
    assert "Substitute named" in journal
    assert "Stands in B" in journal


def test_page_takes_few_statements(town: World, app: Flask) -> None:
    desk = sit(app, "manager@orebro")
    desk.get("/away")
    with counted(app) as sent:
        desk.get("/away")
    assert len(sent) <= 5, sent


def test_names_are_text_and_nothing_else(town: World, app: Flask) -> None:
    with writing(town.engine, town.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == town.people["b"]).values(name="<b>B</b>"))
    let_stand_in(town, "manager", "b", "manager", BODY)
    assert "<b>B</b>" not in sit(app, "manager@orebro").get("/away").text
