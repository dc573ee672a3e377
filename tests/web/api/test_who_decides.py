"""Who decides, in the API."""

from __future__ import annotations

import pytest

from tests.web.api.conftest import Programs, codes
from tests.worlds import World, build
from workflow.policy.assumptions import assumption_ids
from workflow.versions.assumption_reviews import record_review

TWINS = "municipality=orebro&engagement=twin-agreement&act=enter"


def test_the_competent_body_the_way_and_the_demands_are_told(program: Programs) -> None:
    answer = program("officer").get(f"/who-decides?{TWINS}").get_json()
    assert answer["outcome"] == "decided"
    assert (answer["body"], answer["body_key"], answer["body_name"]) == (
        "council",
        "kommunfullmaktige",
        "Kommunfullmäktige",
    )
    assert [(stop["step"], stop["by"]) for stop in answer["route"]] == [
        ("draft", "officer@responsible"),
        ("review", "manager@responsible"),
        ("recommend", "responsible"),
        ("recommend", "executive-board"),
        ("decide", "council"),
        ("sign", "chair@executive-board"),
    ]
    assert answer["attributes"] == {
        "responsible": "committee",
        "scope": "own-area",
        "initiative": None,
        "principal": False,
        "named_nordic_twin": False,
        "eu_funded": False,
        "external_funding": 0,
    }
    goals = [demand["options"] for demand in answer["requirements"] if demand["id"] == "goal"]
    assert ["develop-operations", "resident-contacts", "business-visitors"] in goals
    assert "time-limited" in {demand["id"] for demand in answer["requirements"]}


def test_attributes_change_the_answer(program: Programs) -> None:
    officer = program("officer")
    ask = "/who-decides?municipality=orebro&act=enter&engagement="
    assert officer.get(f"{ask}membership").get_json()["body"] == "committee"
    assert officer.get(f"{ask}membership&scope=municipality").get_json()["body"] == "executive-board"
    assert officer.get(f"{ask}membership&principal=true").get_json()["body"] == "council"
    company = officer.get(f"{ask}membership&responsible=bolagsstyrelsen").get_json()
    assert (company["body_key"], company["attributes"]["responsible"]) == ("bolagsstyrelsen", "company-board")
    nordic = officer.get(f"/who-decides?{TWINS}&partner=Nordic twin town A (example)").get_json()
    assert nordic["attributes"]["named_nordic_twin"] is True
    assert "time-limited" not in {demand["id"] for demand in nordic["requirements"]}
    fifth = officer.get(f"/who-decides?{TWINS}&partner=A fifth town").get_json()
    assert "time-limited" in {demand["id"] for demand in fifth["requirements"]}


MALFORMED = [
    ("", ["field-missing"] * 3),
    ("engagement=visit&act=enter", ["field-missing"]),
    ("municipality=orebro&engagement=marriage&act=enter", ["field-wrong"]),
    ("municipality=orebro&engagement=visit&act=adopt", ["field-wrong"]),
    ("municipality=orebro&engagement=policy&act=enter", ["field-wrong"]),
    (f"{TWINS}&colour=red", ["field-unknown"]),
    (f"{TWINS}&named_nordic_twin=true", ["partner-instead"]),
    (f"{TWINS}&on=tomorrow", ["field-wrong"]),
    (f"{TWINS}&on=9999-12-31", ["day-out-of-range"]),
    (f"{TWINS}&scope=everywhere", ["field-wrong"]),
    (f"{TWINS}&responsible=council", ["field-wrong"]),
    (f"{TWINS}&principal=perhaps", ["field-wrong"]),
    (f"{TWINS}&external_funding=101", ["field-wrong"]),
    (f"{TWINS}&external_funding=-1", ["field-wrong"]),
    (f"{TWINS}&external_funding=%C2%B2", ["field-wrong"]),
    (f"{TWINS}&initiative=mine", ["field-wrong"]),
    (f"{TWINS}&scope=own-area&scope=municipality", ["field-wrong"]),
]


def test_a_question_that_cannot_be_read_is_malformed(program: Programs, subtests: pytest.Subtests) -> None:
    officer = program("officer")
    for query, expected in MALFORMED:
        with subtests.test(query):
            answer = officer.get(f"/who-decides?{query}")
            assert answer.status_code == 422
            assert codes(answer) == expected


def test_a_day_asks_the_policy_and_the_law_of_that_day(program: Programs) -> None:
    officer = program("officer")
    assert officer.get(f"/who-decides?{TWINS}&on=2027-01-01").get_json()["policy_version"].startswith("orebro-2012-2")
    assert officer.get(f"/who-decides?{TWINS}&on=2011-12-31").get_json()["policy_version"] == "orebro-law"


def test_another_municipality_is_not_found(program: Programs, world: World) -> None:
    build(world.engine, "oslo")
    for key in ("oslo", "nowhere"):
        answer = program("officer").get(f"/who-decides?municipality={key}&engagement=visit&act=enter")
        assert answer.status_code == 404


def test_what_the_municipality_says_of_each_assumption_is_told(program: Programs, world: World) -> None:
    asked = program("officer")
    assert asked.get(f"/who-decides?{TWINS}").get_json()["rulings"] == []
    path = f"/who-decides?{TWINS.replace('enter', 'renew')}"
    (why,) = asked.get(path).get_json()["assumptions"]
    open_ = {"assumption": why, "verdict": "open", "by": None, "at": None, "note": ""}
    assert asked.get(path).get_json()["rulings"] == [open_]
    known, who = assumption_ids(world.policy)[why], world.people["coordinator"]
    record_review(world.services, who, "orebro", world.policy.version, known, "confirmed", "The council", now=world.now)
    (told,) = asked.get(path).get_json()["rulings"]
    assert told == open_ | {"verdict": "confirmed", "by": "Coordinator", "at": told["at"], "note": "The council"}
    assert told["at"].startswith("2026-09-15T10:00:00")
