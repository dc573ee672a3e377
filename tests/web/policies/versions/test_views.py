"""Tests of the version pages: states, differences and impact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, select

from models import Case
from models.database import reading, writing
from tests.web.clients import Desk, counted, each_store, engine_of, section, sit, words
from tests.web.conftest import furnished, serving
from tests.web.evaluation_data import registered
from tests.workflow.pack_versions import later_pack, revised
from tests.workflow.versions.test_impact import both
from tests.worlds import World
from web.policies.versions.impact import CASES
from workflow.versions.service import submit_pack

NEW = "orebro-2027"
PAGE = f"/policy/versions/{NEW}"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def world(engine: Engine) -> World:
    """Örebro, with a version that waits: agreements go to the council, and visits are forbidden."""
    world = furnished(engine, "orebro")
    submit_pack(
        world.services, world.people["admin"], "orebro", later_pack("orebro", both), "later.yaml", now=world.now
    )
    return world


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    yield from serving(world)


def english(app: Flask, who: str) -> Desk:
    """A desk whose screens are in English."""
    desk = sit(app, f"{who}@orebro")
    desk.send("/language", {"language": "en"})
    return desk


def listed(page: str, heading: str) -> list[str]:
    """Numbers in the list of a section."""
    import re

    return re.findall(r'record-number">([^<]+)<', section(page, heading))


# -- what cannot be had


def test_a_version_nobody_has_is_not_found(app: Flask) -> None:
    desk = english(app, "officer")
    for path in ("/policy/versions/orebro-1999", f"{PAGE}?against=orebro-1999"):
        assert desk.get(path).status_code == 404
    assert app.test_client().get(PAGE).status_code == 303  # to the log-in


def test_a_draft_of_somebody_else_and_a_secret_case_are_counted_and_not_listed(world: World, app: Flask) -> None:
    draft = world.open("visit")
    secret = world.open("visit", secrecy={"law": "OSL 15:1", "note": "Relations with another state"})
    world.step(secret)
    page = english(app, "chair.council").get(PAGE).text
    assert "Refused now" in words(page)
    assert listed(page, "cases") == []
    assert "2 cases here are counted, and are not for you to see." in words(page)
    assert "A visit" not in words(page)
    assert listed(english(app, "officer").get(PAGE).text, "cases") == [secret, draft]


def test_only_an_administrator_is_offered_to_bring_it_into_force(app: Flask) -> None:
    assert f"{PAGE}/activate" not in english(app, "officer").get(PAGE).text
    assert f"{PAGE}/activate" in english(app, "admin").get(PAGE).text


def test_cases_are_ticked_only_where_an_administrator_can_move_them(world: World, app: Flask) -> None:
    number = world.open("partnership")
    world.step(number)
    world.step(world.open("visit"))
    assert "checkbox" not in english(app, "admin").get(f"{PAGE}?kind=changed-route").text  # it governs nothing yet
    name = revised(world, both, "orebro-2028")
    path = f"/policy/versions/{name}"
    ticked = section(english(app, "admin").get(f"{path}?kind=changed-route").text, "cases")
    assert f'name="case" value="{number}:{world.version(number)}"' in ticked
    assert f'action="{path}/moves"' in ticked
    for who, kind in (("officer", "changed-route"), ("admin", "refused")):
        assert "checkbox" not in section(english(app, who).get(f"{path}?kind={kind}").text, "cases")


def test_what_is_ticked_is_moved(world: World, app: Flask) -> None:
    number = world.open("partnership")
    world.step(number)
    name = revised(world, both, "orebro-2028")
    desk = english(app, "admin")
    seen = f"{number}:{world.version(number)}"
    told = desk.send(f"/policy/versions/{name}/moves", {"case": [seen], "comment": "The council has revised it"})
    assert told.status_code == 200
    assert "1 case is under this version already." in desk.read(f"/policy/versions/{name}")


# -- what is there


@each_store
def test_versions_are_listed_with_how_they_stand_and_who_brought_them(world: World, app: Flask) -> None:
    told = english(app, "auditor").read("/policy/versions")
    order = [told.index(text) for text in ("orebro-2012-2", "orebro-2027", "orebro-law")]
    assert order == sorted(order)
    assert "In force from 1 January 2012 · Adopted" in told
    assert "Waits, governs nothing · Adopted" in told
    assert "brought in by Admin" in told
    assert "brought in by the installation" in told
    revised(world, both, "orebro-2028")
    told = english(app, "auditor").read("/policy/versions")
    assert "A new reading of the same document" in told
    assert "Governed earlier" in told


@each_store
def test_a_version_that_waits_is_told_against_the_one_in_force(world: World, app: Flask) -> None:
    for kind in ("visit", "partnership", "project"):
        world.step(world.open(kind))
    registered(world, kind="partnership")
    page = english(app, "officer").get(PAGE).text
    changes = words(f"<main{section(page, 'changes')}</main>")
    assert "Now: decided by Municipal council. Before: decided by Municipal executive board." in changes
    assert "Now: forbidden, nobody may decide it. Before: decided by the body whose matter it is." in changes
    assert "New step: Recommendation (Municipal executive board)" in changes
    cases = words(f"<main{section(page, 'cases')}</main>")
    assert "The policy forbids this." in cases
    assert "It must stay where it is" in cases
    engagements = words(f"<main{section(page, 'engagements')}</main>")
    assert "Renew, Evaluate, Terminate: Now: decided by Municipal council." in engagements


def test_each_count_leads_to_its_list(world: World, app: Flask) -> None:
    numbers = {kind: world.open(kind) for kind in ("visit", "partnership", "project")}
    desk = english(app, "officer")
    for kind, engagement in (("refused", "visit"), ("changed-route", "partnership"), ("unchanged", "project")):
        page = desk.get(f"{PAGE}?kind={kind}").text
        assert listed(page, "cases") == [numbers[engagement]]
        assert f"kind={kind}" in section(page, "cases")
    page = desk.get(f"{PAGE}?kind=changed-route").text
    assert "It would stand at: Draft" in words(page)


def test_a_list_pages_by_key(world: World, app: Flask) -> None:
    number = world.open("visit")
    world.step(number)
    with writing(world.engine, world.tenant.id) as connection:
        row = dict(connection.execute(select(Case.__table__).where(Case.number == number)).one()._mapping)
        del row["id"]
        connection.execute(insert(Case), [row | {"number": f"orebro-1999-{index:05d}"} for index in range(30)])
    desk = english(app, "officer")
    first = desk.get(PAGE).text
    assert len(listed(first, "cases")) == 25
    with reading(world.engine, world.tenant.id) as db:
        last = db.execute(select(Case.id).order_by(Case.id.desc()).offset(24).limit(1)).scalar_one()
    after = CASES.cursor((last,))
    assert f"after={after}" in first
    rest = desk.get(f"{PAGE}?kind=refused&after={after}").text
    assert len(listed(rest, "cases")) == 6
    assert not set(listed(rest, "cases")) & set(listed(first, "cases"))
    assert desk.get(f"{PAGE}?after=x&kind=y&e-after=-1").status_code == 200


def test_a_version_can_be_compared_with_any_other(app: Flask) -> None:
    desk = english(app, "officer")
    against_law = desk.read(f"{PAGE}?against=orebro-law")
    assert "Status. Now: Adopted. Before: The country’s law alone." in against_law
    governing = desk.read("/policy/versions/orebro-2012-2")
    assert "Compared with" in governing
    assert "Status. Now: Adopted. Before: The country’s law alone." in governing  # nothing governed before it


def test_a_version_whose_time_is_over_meets_nobody(world: World, app: Flask) -> None:
    world.step(world.open("visit"))
    name = revised(world, both, "orebro-2028")
    desk = english(app, "officer")
    assert section(desk.get("/policy/versions/orebro-2012-2").text, "cases") == ""
    governing = desk.get(f"/policy/versions/{name}").text
    assert listed(governing, "cases") != []
    assert section(governing, "engagements") == ""


def test_a_page_takes_as_many_statements_for_one_case_as_for_many(world: World, app: Flask) -> None:
    number = world.open("visit")
    world.step(number)
    desk = english(app, "officer")
    desk.get(PAGE)
    with counted(app) as few:
        desk.get(PAGE)
    for _index in range(5):
        world.step(world.open("visit"))
    with counted(app) as many:
        desk.get(PAGE)
    assert len(many) == len(few) <= 16


def test_the_policy_page_leads_to_the_versions(app: Flask) -> None:
    assert 'href="/policy/versions"' in sit(app, "officer@orebro").get("/policy").text
