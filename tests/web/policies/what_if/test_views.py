"""Tests of the what-if page: two requests, their differences, and a case that stays as it is."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import AccessLog
from models.database import reading
from tests.web.clients import Desk, counted, engine_of, section, sit, values, words
from tests.workflow.pack_versions import council_decides_agreements, later_pack, nobody_receives_visits
from tests.worlds import World, build
from workflow.versions.service import submit_pack

PAGE = "/policy/what-if"
PROJECT = f"{PAGE}?engagement=project&act=enter&responsible=programnamnd-barn"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def changes(desk: Desk, path: str) -> list[str]:
    """What the page says that changes, line by line."""
    answer = desk.get(path)
    assert answer.status_code == 200
    part = section(answer.text, "changes")
    lines = re.findall(r'<li class="difference.*?</li>', part, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


# -- refusals


def test_a_stranger_asks_nothing(app: Flask) -> None:
    assert app.test_client().get(PROJECT).headers["Location"].startswith("/login")


def test_a_case_is_there_only_for_whoever_may_see_it(app: Flask, engine: Engine, world: World, officer: Desk) -> None:
    secret = world.open("project", secrecy={"law": "OSL 15:1", "note": "Relations with another state"})
    elsewhere = build(engine, "oslo").open("visit")
    outsider = sit(app, "secretary.executive@orebro")
    for desk, number in ((outsider, secret), (officer, elsewhere), (officer, "orebro-1999-00001"), (officer, "%00")):
        answer = desk.get(f"{PAGE}?case={number}")
        assert answer.status_code in (400, 404), number
        assert "A project" not in answer.text


def test_a_version_that_nobody_stored_is_not_there(engine: Engine, officer: Desk) -> None:
    build(engine, "oslo")
    for version in ("nope", "oslo-2023-2", "<script>"):
        assert officer.get(f"{PROJECT}&version={version}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("engagement=castle&act=enter", "f-engagement"),
        ("engagement=visit&act=adopt", "f-act"),
        ("engagement=visit&act=enter&if.engagement=visit&if.act=adopt", "f-if-act"),
        ("engagement=visit&act=enter&if.engagement=castle&if.act=enter", "f-if-engagement"),
        (
            "engagement=visit&act=enter&if.engagement=visit&if.act=enter&if.external_funding=101",
            "f-if-external-funding",
        ),
        ("engagement=visit&act=enter&if.engagement=visit&if.act=enter&if.principal=maybe", "f-if-principal"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field(officer: Desk, asked: str, field: str) -> None:
    answer = officer.get(f"{PAGE}?{asked}")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'id="answer"' not in answer.text


# -- two requests


def test_the_page_begins_with_one_question_and_the_second_begins_as_the_first(officer: Desk) -> None:
    begun = values(officer.get(PAGE).text)
    assert "engagement" in begun
    assert "if.engagement" not in begun
    asked = officer.get(PROJECT + "&external_funding=40&eu_funded=yes")
    shown = values(asked.text)
    assert (shown["if.engagement"], shown["if.act"], shown["if.responsible"]) == (
        "project",
        "enter",
        "programnamnd-barn",
    )
    assert shown["if.external_funding"] == "40"
    assert asked.text.count('value="yes" checked') == 2
    assert "Nothing: the same body, the same way" in words(asked.text)


def test_another_body_another_way_and_other_demands_are_told_in_words(officer: Desk) -> None:
    told = changes(officer, PROJECT + "&if.engagement=twin-agreement&if.act=enter")
    assert told[0] == "≠ Another body decides: Municipal council instead of Committee for Children and Education."
    assert "+ Now also: Step – Recommendation (Municipal executive board)" in told
    assert "− No longer: Step – Decision (Committee for Children and Education)" in told
    assert "+ Now also: Required – Last day" in told
    assert "− No longer: Required – Place in the operating plan" in told
    assert "+ Now also: Clause – orebro/levels.council" in told
    assert "− No longer: Clause – orebro/levels.committees" in told


def test_both_ways_are_drawn_and_what_only_one_side_has_is_marked(officer: Desk) -> None:
    page = officer.get(PROJECT + "&if.engagement=project&if.act=enter&if.principal=yes")
    assert page.text.count("<svg") == 2
    assert page.text.count('<span class="only">now also</span>') >= 1
    assert "The law gives it to another body than the policy would." in words(page.text)


def test_a_refusal_is_told_on_either_side(app: Flask, world: World, officer: Desk) -> None:
    raw = later_pack("orebro", nobody_receives_visits)
    version = submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    visit = f"{PAGE}?engagement=visit&act=enter"
    told = changes(officer, f"{visit}&version={version}&if.engagement=visit&if.act=enter")
    assert told[0] == "− Nobody may decide it any more: the policy forbids it."
    assert "There is none: it is refused." in officer.read(
        f"{visit}&version={version}&if.engagement=visit&if.act=enter"
    )


# -- other versions, and cases


def test_the_same_request_is_asked_under_another_version(world: World, officer: Desk) -> None:
    raw = later_pack("orebro", council_decides_agreements)
    version = submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    asked = f"{PAGE}?engagement=cooperation-agreement&act=enter&version={version}"
    told = changes(officer, f"{asked}&if.engagement=cooperation-agreement&if.act=enter")
    assert told[0] == "≠ Another body decides: Municipal council instead of Municipal executive board."
    shown = values(officer.get(asked).text)
    assert shown["version"] == version


def test_a_case_stands_on_the_left_as_it_is_and_nothing_of_it_changes(app: Flask, world: World, officer: Desk) -> None:
    number = world.open("project", title="A project with Turku", attributes={"initiative": "own", "eu_funded": True})
    before = world.row(number)
    assert f'href="{PAGE}?case={number}"' in officer.get(f"/cases/{number}").text
    answer = officer.get(f"{PAGE}?case={number}")
    page, shown = words(answer.text), values(answer.text)
    assert f"{number} A project with Turku" in page
    assert "engagement" not in shown
    assert (shown["case"], shown["if.engagement"], shown["if.initiative"]) == (number, "project", "own")
    assert "Nothing: the same body" in page
    told = changes(officer, f"{PAGE}?case={number}&if.engagement=project&if.act=enter&if.principal=yes")
    assert any(line.startswith("≠ Another body decides: Municipal council") for line in told)
    assert world.row(number) == before


def test_whoever_asks_about_a_secret_case_is_recorded(world: World, officer: Desk) -> None:
    number = world.open("project", secrecy={"law": "OSL 15:1", "note": "Relations with another state"})
    assert officer.get(f"{PAGE}?case={number}").status_code == 200
    with reading(world.engine, world.tenant.id) as session:
        rows = session.execute(select(AccessLog.what).where(AccessLog.subject == number)).scalars().all()
    assert rows == ["read"]


def test_asking_records_nothing_and_takes_few_statements(app: Flask, world: World, officer: Desk) -> None:
    number = world.open("project")
    for path, most in ((PROJECT, 4), (f"{PAGE}?case={number}", 9)):
        officer.get(path)
        with counted(app) as said:
            officer.get(path)
        assert len(said) <= most, said
        assert all(statement.lstrip().startswith("SELECT") for statement in said)


def test_the_page_is_in_the_readers_language(officer: Desk) -> None:
    path = PROJECT + "&if.engagement=twin-agreement&if.act=enter"
    first = {"sv": "Ett annat organ beslutar", "nb": "Et annet organ avgjør", "da": "Et andet organ afgør"}
    for code, told in first.items():
        officer.send("/language", {"language": code})
        assert changes(officer, path)[0].removeprefix("≠ ").startswith(told)
