"""Tests of policy downloads: own municipality, version shown, reader's language."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import Desk, each_store, engine_of, sit
from tests.worlds import World, build
from web.policies.download_labels import ReaderNames
from workflow.policy.interchange.bpmn import bpmn
from workflow.policy.state_machine import procedure_for

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
ROUTE = "/policy/orebro-2012-2/routes/{}.bpmn?responsible={}"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


# -- refusals


def test_a_stranger_gets_no_file(app: Flask) -> None:
    for path in ("/policy/orebro-2012-2/table.dmn", ROUTE.format("policy", "kommunstyrelsen")):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


@each_store
def test_nobody_gets_the_file_of_another_municipality(engine: Engine, officer: Desk) -> None:
    build(engine, "oslo")
    assert officer.get("/policy/oslo-2023-2/table.dmn").status_code == 404
    assert officer.get("/policy/oslo-2023-2/routes/policy.bpmn?responsible=byradet").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/policy/orebro-2013/table.dmn",
        "/policy/orebro-2012-2/table.xml",
        ROUTE.format("detour", "kommunstyrelsen"),
        ROUTE.format("policy", "kommunfullmaktige"),
        ROUTE.format("policy", "nobody"),
        ROUTE.format("policy", ""),
        "/policy/orebro-2012-2/routes/policy.bpmn",
        "/policy/orebro-2012-2/routes/<script>.bpmn?responsible=kommunstyrelsen",
    ],
)
def test_what_no_policy_has_is_not_there(officer: Desk, path: str) -> None:
    assert officer.get(path).status_code == 404


# -- files


@each_store
def test_every_link_on_the_page_leads_to_a_file(engine: Engine, officer: Desk) -> None:
    officer.send("/language", {"language": "en"})
    page = officer.get("/policy?responsible=bolagsstyrelsen").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/policy/[^"#]+[.](?:bpmn|dmn)[^"#]*)"', page)]
    drawn = [link for link in links if ".bpmn" in link]
    assert len(drawn) == page.count('class="way"') > 3
    assert [link for link in links if link.endswith(".dmn")] == ["/policy/orebro-2012-2/table.dmn"]
    for link in links:
        answer = officer.get(link)
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="orebro-2012-2')
        root = ET.fromstring(answer.text)  # noqa: S314 - our own file
        assert root.tag in (f"{BPMN}definitions", f"{DMN}definitions")
        if ".bpmn" in link:
            lanes = {lane.get("name") for lane in root.iter(f"{BPMN}lane")}
            assert "Management of the company" in lanes


def test_a_file_speaks_the_readers_language(app: Flask, officer: Desk) -> None:
    path = ROUTE.format("council-agreement", "programnamnd-barn")
    for language, draft, kind in (("sv", "Utkast", "Slag av engagemang"), ("da", "Udkast", "Slags indsats")):
        officer.send("/language", {"language": language})
        drawn = ET.fromstring(officer.get(path).text)  # noqa: S314 - our own file
        assert draft in {task.get("name") for task in drawn.iter(f"{BPMN}userTask")}
        table = ET.fromstring(officer.get("/policy/orebro-2012-2/table.dmn").text)  # noqa: S314 - our own file
        labels = [column.get("label") for column in (*table.iter(f"{DMN}input"), *table.iter(f"{DMN}output"))]
        assert len(labels) == len({*labels})
        assert kind in labels


def test_every_state_of_every_route_has_words(world: World, app: Flask) -> None:
    policy = world.policy
    with app.test_request_context():
        for route in policy.routes:
            for body in policy.responsible_bodies():
                words = ReaderNames(policy, body.key)
                text = bpmn(policy, route, body.key, words)
                for state in procedure_for(policy, route, body.kind).states:
                    assert words.state(state) != state
                assert "responsible" not in "".join(re.findall(r'name="([^"]*)"', text))


def test_the_law_alone_has_its_files_too(officer: Desk) -> None:
    assert officer.get("/policy/orebro-law/table.dmn").status_code == 200
    path = "/policy/orebro-law/routes/founding-policy.bpmn?responsible=kommunstyrelsen"
    assert officer.get(path).status_code == 200
