"""Views for editing an engagement's details: who may, and what a refusal or a lookup leaves unchanged."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import Document, Engagement, FundingLine, TrailEntry
from models.database import reading
from tests.web.clients import PDF, Desk, each_store, engine_of, let_in, sit, values, words
from tests.worlds import World
from workflow.register.service import register_engagement

PARTNER = {"partner_kind": "city", "place": "Lund", "latitude": "55,7", "longitude": "13,19", "participants": "12"}
LINE = {"year": "2026", "amount": "1 250 000", "currency": "sek", "funding_source": "external", "funder": "Region"}
PEOPLE = {"contacts.0.name": "Ada", "contacts.0.role": "Head", "contacts.0.email": "ada@example.org"}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def number(world: World) -> str:
    given = {"kind": "twin-agreement", "title": "Twin town", "source": "Minutes", "responsible": "kommunstyrelsen"}
    given |= {"partner_name": "Columbus", "partner_country": "US"}
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def row(world: World, number: str) -> Any:
    with reading(world.engine, world.tenant.id) as session:
        columns = Engagement.__table__.c
        return session.execute(select(*columns).select_from(Engagement).where(Engagement.number == number)).one()


def entries(world: World) -> int:
    with reading(world.engine, world.tenant.id) as session:
        query = select(func.count(TrailEntry.number)).where(TrailEntry.action == "keep-engagement")
        return session.execute(query).scalar_one()


def part(number: str, name: str) -> str:
    return f"/engagements/{number}/details/{name}"


# -- refusals


def test_a_stranger_keeps_nothing(app: Flask, number: str) -> None:
    for path in (f"/engagements/{number}/details", "/engagements/map"):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["manager", "auditor", "admin", "secretary.council", "member1"])
def test_nobody_else_is_offered_the_details_or_may_send_them(app: Flask, world: World, number: str, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert f"{number}/details" not in desk.get(f"/engagements/{number}").text
    assert desk.get(f"/engagements/{number}/details").status_code == 403
    for name, sent in (("partner", PARTNER), ("contacts", PEOPLE), ("add-funding", LINE)):
        assert desk.send(part(number, name), sent, version="0").status_code == 403
    assert desk.upload(f"/engagements/{number}/documents").status_code == 403
    assert entries(world) == 0


def test_an_officer_of_another_administration_is_not_offered_it_either(app: Flask, world: World, number: str) -> None:
    let_in(world, "other", ("officer", "forvaltningen-barn"))
    desk = sit(app, "other@orebro")
    assert desk.get(f"/engagements/{number}/details").status_code == 403
    assert desk.send(part(number, "partner"), PARTNER, version="0").status_code == 403
    assert entries(world) == 0


def test_a_form_of_another_site_changes_nothing(officer: Desk, world: World, number: str) -> None:
    assert officer.browser.client.post(part(number, "partner"), data=PARTNER | {"version": "0"}).status_code == 400
    assert entries(world) == 0


def test_there_is_no_other_part_and_no_other_engagement(officer: Desk, number: str) -> None:
    assert officer.send(part(number, "title"), {"title": "x"}, version="0").status_code == 404
    assert officer.send(part("orebro-e-99999", "partner"), PARTNER, version="0").status_code == 404
    assert officer.get("/engagements/orebro-e-99999/details").status_code == 404


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("partner", PARTNER | {"latitude": "95"}, "f-latitude"),
        ("partner", PARTNER | {"longitude": ""}, "f-longitude"),
        ("partner", PARTNER | {"participants": "many"}, "f-participants"),
        ("contacts", {"contacts.1.name": "Ada", "contacts.1.email": "no address"}, "f-contacts-1-email"),
        ("contacts", {"contacts.1.role": "Head of nobody"}, "f-contacts-1-name"),
        ("add-funding", LINE | {"amount": ""}, "f-amount"),
        ("add-funding", LINE | {"amount": "some"}, "f-amount"),
        ("add-funding", LINE | {"currency": "kr"}, "f-currency"),
        ("add-funding", LINE | {"report_due_on": "soon"}, "f-report-due-on"),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_nothing_typed_is_lost(
    officer: Desk, world: World, number: str, name: str, sent: dict[str, str], field: str
) -> None:
    answer = officer.send(part(number, name), sent, version="0")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    shown = values(answer.text)
    assert {what: shown[what] for what in sent} == sent
    assert entries(world) == 0


def test_the_second_of_two_keeps_what_they_typed_and_sees_what_the_first_saved(
    app: Flask, officer: Desk, world: World, number: str
) -> None:
    assert officer.send(part(number, "partner"), PARTNER, version="0").status_code == 303
    late = sit(app, "coordinator@orebro").send(part(number, "add-funding"), LINE, version="0")
    assert late.status_code == 409
    assert "Somebody else has changed these details" in words(late.text)
    assert values(late.text)["funder"] == "Region"
    assert values(late.text)["version"] == "1"
    assert entries(world) == 1


def test_what_people_wrote_is_never_markup(officer: Desk, number: str) -> None:
    evil = "<script>alert(1)</script>"
    officer.send(part(number, "contacts"), {"contacts.0.name": evil, "contacts.0.role": evil}, version="0")
    officer.send(part(number, "add-funding"), LINE | {"funder": evil}, version="1")
    for path in (f"/engagements/{number}", f"/engagements/{number}/details"):
        page = officer.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page


# -- looking a town up


def test_a_name_that_several_towns_bear_is_a_choice_and_changes_nothing(
    officer: Desk, world: World, number: str
) -> None:
    sent = {"do": "look-up", "place": "Columbus", "place_country": "US", "participants": "7"}
    answer = officer.send(part(number, "partner"), sent, version="0")
    assert answer.status_code == 200
    assert "Columbus, Ohio, United States" in words(answer.text)
    assert "Columbus, Georgia, United States" in words(answer.text)
    assert len(re.findall(r'name="town"', answer.text)) == 5
    assert " checked" not in "".join(re.findall(r'<input[^>]*name="town"[^>]*>', answer.text))
    assert values(answer.text)["participants"] == "7"
    assert (entries(world), row(world, number).latitude) == (0, None)
    ohio = re.search(r'name="town" value="(39\.[^"]+)"', answer.text)
    assert ohio is not None
    kept = officer.send(part(number, "partner"), sent | {"do": "keep", "town": ohio[1]}, version="0")
    assert kept.status_code == 303
    assert round(row(world, number).latitude) == 40


def test_a_town_nobody_knows_here_can_be_given_by_hand(officer: Desk, world: World, number: str) -> None:
    sent = {"do": "look-up", "place": "Klaksvík", "place_country": "FO"}
    assert "No town of that name is known here." in words(officer.send(part(number, "partner"), sent, version="0").text)
    sent |= {"do": "keep", "latitude": "62,2266", "longitude": "-6,589"}
    assert officer.send(part(number, "partner"), sent, version="0").status_code == 303
    assert (row(world, number).latitude, row(world, number).longitude) == (62.2266, -6.589)


# -- what is kept


@each_store
@pytest.mark.parametrize("who", ["officer", "coordinator"])
def test_details_are_kept_and_stand_on_the_page(app: Flask, world: World, number: str, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert "agreed or decided" in desk.read(f"/engagements/{number}/details")
    assert desk.send(part(number, "partner"), PARTNER, version="0").status_code == 303
    assert desk.send(part(number, "contacts"), PEOPLE, version="1").status_code == 303
    assert desk.send(part(number, "add-funding"), LINE, version="2").status_code == 303
    assert desk.upload(f"/engagements/{number}/documents", title="The agreement").status_code == 303
    told = desk.read(f"/engagements/{number}")
    for text in ("Town or region", "55.7° north", "12 people", "Ada", "carry no mandate", "1,250,000 SEK", "Region"):
        assert text in told, text
    assert "The agreement" in told
    assert "<svg" in desk.get(f"/engagements/{number}").text
    assert entries(world) == 4


def test_a_line_of_funding_is_taken_away(officer: Desk, world: World, number: str) -> None:
    officer.send(part(number, "add-funding"), LINE, version="0")
    with reading(world.engine, world.tenant.id) as session:
        line = session.execute(select(FundingLine.id)).scalar_one()
    assert officer.send(part(number, "remove-funding"), {"id": str(line)}, version="1").status_code == 303
    assert "Region" not in officer.read(f"/engagements/{number}")


def test_a_contact_person_whose_row_is_emptied_is_gone(officer: Desk, world: World, number: str) -> None:
    officer.send(part(number, "contacts"), PEOPLE | {"contacts.1.name": "Bo"}, version="0")
    officer.send(part(number, "contacts"), {"contacts.0.name": "", "contacts.1.name": "Bo"}, version="1")
    assert [person["name"] for person in row(world, number).contacts] == ["Bo"]


def test_a_document_of_an_engagement_is_no_letter_and_is_fetched_by_those_who_may(
    app: Flask, officer: Desk, world: World, number: str
) -> None:
    officer.upload(f"/engagements/{number}/documents", title="The agreement")
    with reading(world.engine, world.tenant.id) as session:
        document = session.execute(select(Document.number)).scalar_one()
    assert "The agreement" not in officer.read("/letters")
    assert officer.get(f"/letters/{document}").status_code == 404
    for who, status in (("officer", 200), ("auditor", 200), ("coordinator", 200), ("member1", 404)):
        desk = sit(app, f"{who}@orebro")
        answer = desk.get(f"/documents/{document}")
        assert answer.status_code == status, who
        assert (f"/documents/{document}" in desk.get(f"/engagements/{number}").text) == (status == 200)
        if status == 200:
            assert answer.data == PDF


def test_an_auditor_reads_in_the_journal_what_was_kept(app: Flask, officer: Desk, number: str) -> None:
    officer.send(part(number, "partner"), PARTNER, version="0")
    officer.send(part(number, "add-funding"), LINE, version="1")
    told = sit(app, "auditor@orebro").read("/audit/journal")
    for text in ("Engagement’s details changed", "The partner’s details", "A line of funding was added", "From others"):
        assert text in told, text


# -- the map


def spread(world: World, *places: tuple[str, str, str], kind: str = "city") -> None:
    for name, north, east in places:
        given = {"kind": "visit", "title": name, "source": "Minutes", "responsible": "kommunstyrelsen"}
        given |= {"latitude": north, "longitude": east, "partner_kind": kind, "partner_name": name}
        register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


def test_an_empty_map_says_how_a_place_comes_on_it(officer: Desk, number: str) -> None:
    assert "has a place on the map yet" in officer.read("/engagements/map")


@each_store
def test_every_mark_of_the_map_has_its_line_in_the_list(world: World, officer: Desk) -> None:
    spread(world, ("Lund", "55.7", "13.2"), ("Malmö", "55.6", "13.0"), ("Åbo", "60.45", "22.27"))
    page = officer.get("/engagements/map").text
    assert re.findall(r'<text class="spot-number[^>]*>(\d+)</text>', page) == ["1", "2"]
    listed = page.partition('<ol class="spots">')[2]
    assert re.findall(r"<a [^>]*>([^<]+)</a>", listed)[:3] == ["Åbo", "Lund", "Malmö"]
    assert "2 together" in listed


def test_what_lies_beyond_the_part_shown_stands_in_the_list(world: World, officer: Desk) -> None:
    spread(world, ("Lund", "55.7", "13.2"), ("Cape Town", "-33.9", "18.4"))
    assert "Beyond this part of the world" in officer.read("/engagements/map?view=europe")
    assert "Beyond this part of the world" not in officer.read("/engagements/map")
    assert "Cape Town" not in officer.read("/engagements/map?q=lund")


def test_a_map_shows_no_more_than_it_says(world: World, officer: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.register.map_queries.MOST", 2)
    spread(world, ("Lund", "55.7", "13.2"), ("Åbo", "60.45", "22.27"), ("Rome", "41.9", "12.5"))
    told = officer.read("/engagements/map")
    assert "Only the 2 northernmost are shown" in told
    assert "Rome" not in told


def test_places_at_the_ends_of_the_world_are_drawn_within_it(world: World, officer: Desk) -> None:
    spread(world, ("North", "90", "180"), ("South", "-90", "-180"), ("Nowhere", "0", "0"))
    assert officer.get("/engagements/map?view=world").status_code == 200


@pytest.mark.parametrize("code", ["sv", "nb", "da", "en"])
def test_every_language_has_the_screens(officer: Desk, world: World, number: str, code: str) -> None:
    spread(world, ("Lund", "55.7", "13.2"))
    officer.send(part(number, "add-funding"), LINE, version="0")
    officer.send("/language", {"language": code})
    for path in (f"/engagements/{number}/details", f"/engagements/{number}", "/engagements/map", "/engagements/import"):
        assert officer.get(path).status_code == 200
