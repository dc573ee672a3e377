"""Versions come into force and cases are moved on the screen: by administrators alone, and nothing typed is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import Desk, counted, each_store, engine_of, sit, words
from tests.web.policies.versions.waiting import FORM, GIVEN, NEW, brought, decided
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.versions.service import activate

WHY = "The council has revised the policy"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def admin(app: Flask) -> Desk:
    return sit(app, "admin@orebro")


def in_force(world: World) -> None:
    """The version governs."""
    brought(world)
    given = GIVEN | {"case": decided(world)}
    activate(world.services, world.people["admin"], "orebro", NEW, given, now=world.now)


def at(world: World, state: str, kind: str = "cooperation-agreement") -> str:
    """A case that has come to a state."""
    number = world.open(kind)
    assert world.walk(number, state) == state
    return number


# -- refusals


@pytest.mark.parametrize("who", ["officer", "manager", "auditor", "coordinator", "chair.council"])
def test_nobody_but_an_administrator_comes_here(app: Flask, world: World, who: str) -> None:
    brought(world)
    number = at(world, "review")
    desk = sit(app, f"{who}@orebro")
    for path in (FORM, f"/cases/{number}/version"):
        assert desk.get(path).status_code == 403
        assert desk.send(path, GIVEN).status_code == 403
    assert desk.send(f"/policy/versions/{NEW}/moves", {"case": [f"{number}:2"]}).status_code == 403
    assert FORM not in desk.get(f"/policy?version={NEW}").text


def test_another_municipalitys_versions_and_cases_are_not_there(engine: Engine, world: World, admin: Desk) -> None:
    oslo = build(engine, "oslo")
    number = oslo.open("visit")
    oslo.step(number)
    for path in ("/policy/versions/oslo-2023-2/activate", f"/cases/{number}/version"):
        assert admin.get(path).status_code == 404
        assert admin.send(path, GIVEN).status_code == 404


def test_a_case_that_would_skip_a_higher_body_stays_and_the_page_says_which(world: World, admin: Desk) -> None:
    number = at(world, "sign")
    in_force(world)
    page = admin.read(f"/cases/{number}/version")
    assert "It must stay under its version" in page
    assert "The step “Decision” of Municipal council would be skipped" in page
    assert "Move the case" not in page
    sent = {"version": str(world.version(number)), "to": NEW, "comment": WHY}
    answer = admin.send(f"/cases/{number}/version", sent)
    assert answer.status_code == 409
    assert "would be skipped" in words(answer.text)
    assert world.row(number).decides == "executive-board"


def test_a_move_without_reasons_is_refused_beside_its_field(world: World, admin: Desk) -> None:
    number = at(world, "review")
    in_force(world)
    sent = {"version": str(world.version(number)), "to": NEW, "comment": ""}
    answer = admin.send(f"/cases/{number}/version", sent)
    assert answer.status_code == 422
    assert 'id="f-comment-error"' in answer.text


# -- permissions


@each_store
def test_an_administrator_brings_a_version_into_force_and_moves_a_case(world: World, admin: Desk) -> None:
    number, case = at(world, "decide:executive-board"), decided(world)
    brought(world)
    assert f'href="{FORM}"' in admin.get(f"/policy?version={NEW}").text
    assert f'<option value="{case}"' in admin.get(FORM).text
    assert admin.send(FORM, GIVEN | {"case": case}).status_code == 303
    assert NEW in admin.read("/policy")
    page = admin.get(f"/cases/{number}").text
    assert f'href="/cases/{number}/version"' in page
    sent = {"version": str(world.version(number)), "to": NEW, "comment": WHY}
    assert admin.send(f"/cases/{number}/version", sent).status_code == 303
    assert (world.row(number).state, world.row(number).decides) == ("recommend:executive-board", "council")
    assert "Moved from orebro-2012-2" in admin.read(f"/cases/{number}")
    assert f"/cases/{number}/version" not in admin.get(f"/cases/{number}").text
    assert world.walk(number) == "concluded"
    assert verify(world.engine).ok


def test_several_are_moved_and_what_stays_is_told(world: World, admin: Desk) -> None:
    numbers = [at(world, "review"), at(world, "sign")]
    in_force(world)
    ticked = [f"{number}:{world.version(number)}" for number in numbers]
    answer = admin.send(f"/policy/versions/{NEW}/moves", {"case": ticked, "comment": WHY})
    told = words(answer.text)
    assert answer.status_code == 200
    assert "1 case was moved" in told
    assert f"{numbers[1]} Executive board has decided" in told or "would be skipped" in told
    nothing = admin.send(f"/policy/versions/{NEW}/moves", {"case": ticked, "comment": ""})
    assert nothing.status_code == 422
    assert "No case was moved" in words(nothing.text)


def test_the_forms_take_few_statements(app: Flask, world: World, admin: Desk) -> None:
    numbers = [at(world, "review") for _ in range(3)]
    in_force(world)
    for path, most in ((FORM, 6), (f"/cases/{numbers[0]}/version", 22)):
        admin.get(path)
        with counted(app) as seen:
            admin.get(path)
        assert len(seen) <= most, (path, len(seen))
