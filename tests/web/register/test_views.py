"""Views of the register: visibility, links to requests, and the source of an older engagement."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update

from models import Case, Engagement, TrailEntry
from models.database import reading, writing
from tests.web.clients import Desk, counted, each_store, engine_of, let_in, section, sit, values, words
from tests.web.conftest import furnished, serving
from tests.worlds import World, build
from web.register.queries import PAGE, STATUSES
from workflow.register.service import register_engagement

#: The day before `NOON`.
YESTERDAY = date(2026, 9, 14)
EVIL = "<script>alert(1)</script>"
FORM: dict[str, Any] = {
    "kind": "membership",
    "title": "Mayors for Peace",
    "partner_name": "Hiroshima",
    "partner_country": "JP",
    "source": "Minutes 1993, § 4",
    "responsible": "kommunstyrelsen",
    "scope": "municipality",
    "external_funding": "0",
    "goals": ["develop-operations", "strategy-budget"],
    "starts_on": "1993-05-01",
    "fields.purpose": "Peace\r\nand quiet",
    "fields.representatives": "A. Andersson\r\nB. Berg",
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


@pytest.fixture
def auditor(app: Flask) -> Desk:
    return sit(app, "auditor@orebro")


def registered(world: World, title: str, **more: Any) -> str:
    given = {"kind": "membership", "title": title, "source": "Minutes 1993", "responsible": "kommunstyrelsen"}
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given | more, now=world.now)


def how_many(world: World) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(func.count(Engagement.id))).scalar_one()


def changed(world: World, number: str, **columns: Any) -> None:
    """As the gate would leave it: only a concluded case changes the register."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Engagement).where(Engagement.number == number).values(**columns))


def titles(page: str) -> list[str]:
    """Titles in the list, in order."""
    found = re.findall(r'<h2 class="record-title"><a [^>]*>(.*?)</a>', page, flags=re.DOTALL)
    return [html.unescape(title) for title in found]


# -- refusals


def test_a_stranger_sees_no_register(app: Flask) -> None:
    for path in ("/engagements", "/engagements/orebro-e-00001", "/engagements/register"):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["manager", "auditor", "admin", "coordinator", "secretary.council", "member1"])
def test_nobody_but_an_officer_registers(app: Flask, world: World, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert desk.get("/engagements/register").status_code == 403
    assert desk.send("/engagements/register", FORM).status_code == 403
    assert how_many(world) == 0


def test_nobody_else_is_offered_to_register(officer: Desk, auditor: Desk) -> None:
    assert "/engagements/register" in officer.get("/engagements").text
    assert "/engagements/register" not in auditor.get("/engagements").text


def test_a_form_of_another_site_registers_nothing(officer: Desk, world: World) -> None:
    assert officer.browser.client.post("/engagements/register", data=FORM).status_code == 400
    assert how_many(world) == 0


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({"source": " "}, "f-source", "is needed"),
        ({"title": ""}, "f-title", "is needed"),
        ({"kind": ""}, "f-kind", "is needed"),
        ({"kind": "castle"}, "f-kind", "is not valid"),
        ({"responsible": "kommunfullmaktige"}, "f-responsible", "no such responsible body"),
        ({"external_funding": "101"}, "f-external-funding", "is not valid"),
        ({"external_funding": "half"}, "f-external-funding", "is not valid"),
        ({"starts_on": "soon"}, "f-starts-on", "is not valid"),
        ({"starts_on": "2020-02-02", "ends_on": "2020-02-01"}, "f-ends-on", "before it starts"),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_nothing_typed_is_lost(
    officer: Desk, world: World, sent: dict[str, str], field: str, told: str
) -> None:
    answer = officer.send("/engagements/register", FORM | sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert told in words(answer.text)
    shown = values(answer.text)
    kept = {name: value for name, value in (FORM | sent).items() if name not in ("goals", *sent)}
    assert {name: shown[name].replace("\n", "\r\n") for name in kept} == kept
    assert all(f'value="{goal}" checked' in answer.text for goal in FORM["goals"])
    assert how_many(world) == 0


def test_another_municipalitys_engagement_is_not_there(engine: Engine, world: World, officer: Desk) -> None:
    oslo = build(engine, "oslo")
    number = registered(oslo, "Oslo's own", responsible=oslo.policy.only("executive-board").key)
    assert officer.get(f"/engagements/{number}").status_code == 404
    assert "Oslo" not in officer.read("/engagements")
    assert officer.get("/engagements/orebro-e-99999").status_code == 404


def test_a_draft_about_it_is_seen_by_its_officer_alone(world: World, officer: Desk, auditor: Desk) -> None:
    number = registered(world, "Mayors for Peace")
    case = world.open("membership", "terminate", engagement_number=number, title="We leave")
    path = f"/engagements/{number}"
    assert case in officer.read(path)
    assert case not in auditor.read(path)
    world.act("officer", case, "submit")
    assert case in auditor.read(path)


def test_a_secret_case_about_it_is_seen_by_an_auditor_and_not_by_others(
    app: Flask, world: World, auditor: Desk
) -> None:
    number = registered(world, "Mayors for Peace")
    secrecy = {"law": "OSL 15:1", "note": ""}
    case = world.open("membership", "terminate", engagement_number=number, title="We leave", secrecy=secrecy)
    world.act("officer", case, "submit")
    path = f"/engagements/{number}"
    assert case in auditor.read(path)
    assert case not in sit(app, "secretary.council@orebro").read(path)


def test_what_people_wrote_is_never_markup(world: World, officer: Desk) -> None:
    number = registered(world, EVIL, partner_name=EVIL, source=EVIL, fields={"purpose": EVIL})
    for path in ("/engagements", f"/engagements/{number}", f"/engagements?q={EVIL}"):
        page = officer.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page


# -- the register


def test_an_empty_register_says_so(officer: Desk) -> None:
    assert "The register is empty" in officer.read("/engagements")


@each_store
def test_the_newest_stands_first_and_the_pages_hold_everything_once(world: World, officer: Desk) -> None:
    wanted = [f"Network {number}" for number in range(PAGE + 3)]
    for title in wanted:
        registered(world, title)
    first = officer.get("/engagements").text
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = officer.get(onward).text
    assert titles(first) + titles(second) == wanted[::-1]
    assert 'rel="next"' not in second
    assert 'rel="next"' not in officer.get("/engagements?q=Network+1").text


@each_store
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=twin-agreement", ["Turku"]),
        ("q=ÅRHUS", ["Klimat i Århus"]),
        ("q=århus", ["Klimat i Århus"]),
        ("q=turku", ["Turku"]),
        ("q=partner+of", ["Klimat i Århus"]),
        ("q=100%25", ["All 100% of it"]),
        ("q=%25", []),
        ("q=arhus", ["Klimat i Århus"]),
        ("q=arh+kli", ["Klimat i Århus"]),
        ("q=limat", []),
        ("country=DK", ["Klimat i Århus"]),
        ("country=DE", []),
        ("responsible=bolagsstyrelsen", []),
        ("sort=title", ["All 100% of it", "Klimat i Århus", "Turku"]),
        ("sort=partner", ["Klimat i Århus", "Turku", "All 100% of it"]),
        ("sort=ends", ["Klimat i Århus", "Turku", "All 100% of it"]),
        ("q=_", []),
        ("q=orebro-e-00001", ["Turku"]),
        ("kind=castle", ["All 100% of it", "Klimat i Århus", "Turku"]),
        ("after=nonsense", ["All 100% of it", "Klimat i Århus", "Turku"]),
        ("kind=visit", []),
    ],
)
def test_the_register_is_searched(world: World, officer: Desk, asked: str, found: list[str]) -> None:
    registered(world, "Turku", kind="twin-agreement")
    registered(world, "Klimat i Århus", partner_name="Partner of ours", partner_country="DK", ends_on="2027-01-01")
    registered(world, "All 100% of it")
    assert titles(officer.get(f"/engagements?{asked}").text) == found


@each_store
def test_a_status_follows_from_the_dates(world: World, officer: Desk) -> None:
    for title, columns in {
        "Open": {"status": "active"},
        "Runs out today": {"ends_on": world.now.date()},
        "Ran out": {"ends_on": YESTERDAY},
        "Given notice of": {"ends_on": date(2027, 1, 1), "notice_on": date(2026, 9, 1)},
        "Brought to an end": {"ends_on": YESTERDAY, "notice_on": date(2026, 3, 1)},
        "Marked as ended": {"status": "ended"},
        "Noted": {"status": "noted"},
        "Noted and over": {"status": "noted", "ends_on": YESTERDAY},
    }.items():
        changed(world, registered(world, title), **columns)
    found = {status: titles(officer.get(f"/engagements?status={status}").text) for status in STATUSES}
    assert found == {
        "active": ["Given notice of", "Runs out today", "Open"],
        "noted": ["Noted"],
        "lapsed": ["Noted and over", "Ran out"],
        "ended": ["Marked as ended", "Brought to an end"],
    }
    page = officer.get("/engagements").text
    told = dict(zip(titles(page), page.split('<li class="record">')[1:], strict=True))
    for status, named in found.items():
        assert all(f"status-{status}" in told[title] for title in named)


def test_a_long_register_takes_no_more_statements_than_a_short_one(app: Flask, world: World, officer: Desk) -> None:
    registered(world, "First", starts_on="2020-01-01")
    officer.get("/engagements")
    with counted(app) as few:
        officer.get("/engagements?kind=membership&q=i")
    for number in range(PAGE + 5):
        registered(world, f"Filler {number}", starts_on="2020-01-01")
    with counted(app) as many:
        officer.get("/engagements?kind=membership&q=i")
    assert len(few) == len(many) <= 5


# -- one engagement


def test_its_page_tells_what_the_register_knows_in_words(world: World, officer: Desk) -> None:
    number = registered(
        world,
        "Flood agreement",
        kind="cooperation-agreement",
        partner_name="Turku",
        partner_country="FI",
        goals=["develop-operations"],
        starts_on="2024-01-01",
        ends_on="2026-12-31",
        external_funding=40,
        fields={"purpose": "Dry feet", "representatives": ["A. Andersson", "B. Berg"]},
    )
    told = officer.read(f"/engagements/{number}")
    for fact in (
        "Cooperation agreement",
        "Turku, Finland",
        "Municipal executive board",
        "1 January 2024 to 31 December 2026",
        "Operations develop",
        "40 %",
        "Dry feet",
        "A. Andersson, B. Berg",
        "Minutes 1993",
        "older than the system",
    ):
        assert fact in told, fact


def test_a_late_evaluation_is_told_first_with_who_sees_to_it_and_why(world: World, officer: Desk) -> None:
    number = registered(world, "Network", starts_on="2024-08-31")
    page = officer.get(f"/engagements/{number}").text
    told = words(page)
    assert "It was due on 31 August 2026 and is 15 days late." in told
    assert "International coordinator, Municipal executive board" in told
    assert "Should we stay in the network?" in told
    assert 'href="/policy#orebro/networks.evaluation"' in page
    assert page.index("15 days late") < page.index("What it is")
    assert page.index("Ask to evaluate it") < page.index("Ask to renew it")
    assert "15 days late" in officer.read("/engagements")


def test_an_evaluation_far_ahead_stands_behind_the_facts(world: World, officer: Desk) -> None:
    page = officer.get(f"/engagements/{registered(world, 'Network', starts_on='2026-09-01')}").text
    assert page.index("What it is") < page.index("It is due on 1 September 2028.")
    assert page.index("Ask to renew it") < page.index("Ask to evaluate it")


def test_an_officer_is_led_to_a_request_that_knows_the_engagement(world: World, officer: Desk) -> None:
    number = registered(world, "Network")
    page = officer.get(f"/engagements/{number}").text
    for act in ("renew", "evaluate", "terminate"):
        href = f"/cases/new?engagement=membership&amp;act={act}&amp;engagement_number={number}"
        assert href in page
        assert officer.get(href.replace("&amp;", "&")).status_code == 200


def test_whoever_cannot_ask_is_told_who_can(app: Flask, world: World, auditor: Desk) -> None:
    number = registered(world, "Network")
    assert "Only a case officer of Executive Board Administration" in auditor.read(f"/engagements/{number}")
    assert "/cases/new" not in section(auditor.get(f"/engagements/{number}").text, "facts-title")
    let_in(world, "other", ("officer", "forvaltningen-barn"))
    assert "Only a case officer of" in sit(app, "other@orebro").read(f"/engagements/{number}")


def test_what_has_ended_can_only_be_entered_anew(world: World, officer: Desk) -> None:
    number = registered(world, "Network", ends_on="2026-09-14")
    page = officer.get(f"/engagements/{number}").text
    assert "Its time ran out" in words(page)
    assert "act=enter" in page
    assert "act=renew" not in page
    assert f"engagement_number={number}" not in page


def test_a_concluded_case_stands_on_the_page_it_made_with_its_signature(world: World, officer: Desk) -> None:
    case = world.open("project", title="A flood project")
    world.walk(case)
    with reading(world.engine, world.tenant.id) as session:
        number, signature = session.execute(select(Engagement.number, Engagement.signature)).one()
    page = officer.get(f"/engagements/{number}").text
    told = words(page)
    assert f'href="/cases/{case}"' in page
    assert "entered it" in told
    assert "Signed for us" in told
    assert signature["digest"] in told
    assert "older than the system" not in told


def test_what_a_concluded_case_entered_is_found_by_its_words_and_stands_in_its_place(
    world: World, officer: Desk
) -> None:
    registered(world, "Aachen")
    world.walk(world.open("project", title="Flodprojekt i Mälaren", partner={"name": "Turku", "country": "FI"}))
    for asked in ("q=malaren", "q=flod+turk", "country=FI"):
        assert titles(officer.get(f"/engagements?{asked}").text) == ["Flodprojekt i Mälaren"], asked
    for sort, order in (
        ("title", ["Aachen", "Flodprojekt i Mälaren"]),
        ("partner", ["Flodprojekt i Mälaren", "Aachen"]),
    ):
        assert titles(officer.get(f"/engagements?sort={sort}").text) == order


def test_every_page_of_an_engagement_takes_the_same_few_statements(app: Flask, world: World, officer: Desk) -> None:
    number = registered(world, "Network", starts_on="2024-08-31")
    officer.get(f"/engagements/{number}")
    with counted(app) as few:
        officer.get(f"/engagements/{number}")
    for _ in range(3):
        case = world.open("membership", "evaluate", engagement_number=number)
        world.act("officer", case, "submit")
    with counted(app) as many:
        officer.get(f"/engagements/{number}")
    assert len(few) == len(many) <= 12


# -- from before


@each_store
def test_an_officer_registers_what_was_there_before_and_it_is_no_decision(world: World, officer: Desk) -> None:
    assert officer.get("/engagements/register").status_code == 200
    answer = officer.send("/engagements/register", FORM)
    assert answer.status_code == 303, words(answer.text)
    told = officer.read(answer.headers["Location"])
    assert "is in the register" in told
    assert "Minutes 1993, § 4" in told
    assert "Hiroshima, Japan" in told
    with reading(world.engine, world.tenant.id) as session:
        row = session.execute(select(*Engagement.__table__.c).select_from(Engagement)).one()
        assert session.execute(select(func.count(Case.id))).scalar_one() == 0
        acts = session.execute(select(TrailEntry.action).where(TrailEntry.stream == "orebro-journal")).scalars()
        assert "register-engagement" in set(acts)
    assert (row.origin, row.status, row.goals) == ("register", "active", FORM["goals"])
    assert row.fields == {"purpose": "Peace\nand quiet", "representatives": ["A. Andersson", "B. Berg"]}


def test_the_nordic_exception_is_set_in_the_register(world: World, officer: Desk) -> None:
    """Where the policy names towns it follows from the name; nobody is asked, and nobody can claim it for another."""
    assert "named_nordic_twin" not in officer.get("/engagements/register").text
    sent = {"kind": "twin-agreement", "partner_name": "Nordic twin town A (example)"}
    number = officer.send("/engagements/register", FORM | sent).headers["Location"].rpartition("/")[2]
    assert "None needed" in officer.read(f"/engagements/{number}")
    fifth = officer.send("/engagements/register", FORM | {"kind": "twin-agreement", "partner_name": "A fifth town"})
    assert "None needed" not in officer.read(fifth.headers["Location"])


def test_where_the_policy_names_nobody_the_register_says_who_is_excepted(sqlite_engine: Engine) -> None:
    oslo = build(sqlite_engine, "oslo")
    for app in serving(oslo):
        desk = sit(app, "officer@oslo")
        assert "named_nordic_twin" in desk.get("/engagements/register").text


def test_every_language_has_the_register(engine: Engine, world: World, officer: Desk) -> None:
    furnished(engine, "odense")
    number = registered(world, "Network", starts_on="2024-08-31")
    for code in ("sv", "nb", "da", "en"):
        officer.send("/language", {"language": code})
        for path in ("/engagements", f"/engagements/{number}", "/engagements/register"):
            assert officer.get(path).status_code == 200
