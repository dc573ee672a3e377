"""Versions of the policy in the API, and their impact."""

from __future__ import annotations

import pytest

from tests.web.api.conftest import Programs, codes
from tests.web.evaluation_data import registered
from tests.workflow.pack_versions import later_pack, revised
from tests.workflow.versions.test_impact import both
from tests.worlds import World, policy_of
from workflow.versions.service import submit_pack

VERSIONS = "/policies?municipality=orebro"
IMPACT = "/policies/orebro-2027/impact?municipality=orebro"


@pytest.fixture
def waiting(world: World) -> World:
    """Örebro, with a version that waits: agreements go to the council, and visits are forbidden."""
    raw = later_pack("orebro", both)
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    return world


def test_what_cannot_be_read_is_told_in_the_order_of_the_contract(program: Programs, waiting: World) -> None:
    assert program("").get(VERSIONS).status_code == 401
    assert program("").get(IMPACT).status_code == 401
    officer = program("officer")
    for path in ("/policies?municipality=oslo", "/policies/orebro-1999/impact?municipality=orebro"):
        assert officer.get(path).status_code == 404
    for path, code in (
        ("/policies", "field-missing"),
        ("/policies/orebro-2027/impact", "field-missing"),
        (f"{VERSIONS}&colour=red", "field-unknown"),
        (f"{IMPACT}&kind=worse", "field-wrong"),
        (f"{IMPACT}&limit=0", "field-wrong"),
    ):
        answer = officer.get(path)
        assert (answer.status_code, codes(answer)) == (422, [code]), path


def test_a_case_the_caller_may_not_see_is_counted_and_not_listed(program: Programs, waiting: World) -> None:
    draft = waiting.open("visit")
    for who, numbers in (("auditor", []), ("officer", [draft])):
        told = program(who).get(IMPACT).get_json()
        assert told["cases"]["refused"] == 1
        assert [one["number"] for one in told["items"]] == numbers


def test_versions_are_told_with_what_brought_them(program: Programs, waiting: World) -> None:
    items = program("auditor").get(VERSIONS).get_json()["items"]
    assert [(one["version"], one["standing"], one["governs_from"], one["basis"]) for one in items] == [
        ("orebro-2012-2", "in-force", "2012-01-01", "founding"),
        ("orebro-2027", "waits", None, None),
        ("orebro-law", "law", None, None),
    ]
    assert items[0]["digest"] == policy_of("orebro").digest
    assert items[2]["valid_from"] is None


def test_the_impact_is_counted_and_each_case_is_told(program: Programs, waiting: World) -> None:
    visit, agreement, project = (waiting.open(kind) for kind in ("visit", "partnership", "project"))
    for number in (visit, agreement, project):
        waiting.step(number)
    registered(waiting, kind="partnership")
    told = program("officer").get(IMPACT).get_json()
    assert told["cases"] == {"refused": 1, "changed-route": 1, "new-requirement": 0, "unchanged": 1}
    assert told["engagements"] == {"refused": 0, "changed-route": 1, "new-requirement": 0, "unchanged": 0}
    assert [one["number"] for one in told["items"]] == [project, agreement, visit]
    _same, moved, refused = told["items"]
    assert (moved["was"], moved["now"], moved["to"]) == ("kommunstyrelsen", "kommunfullmaktige", "review")
    assert [(step["what"], step["stop"]) for step in moved["steps"]] == [("added", "recommend:executive-board")]
    assert (refused["now"], refused["to"]) == (None, None)
    assert [(why["code"], why["clauses"]) for why in refused["stays"]] == [("refused-by-clause", ["orebro/no-visits"])]


def test_cases_page_by_key_and_by_kind(program: Programs, waiting: World) -> None:
    numbers = [waiting.open("visit") for _ in range(3)]
    waiting.open("project")
    officer = program("officer")
    first = officer.get(f"{IMPACT}&kind=refused&limit=2").get_json()
    assert [one["number"] for one in first["items"]] == numbers[:0:-1]
    rest = officer.get(first["next"]).get_json()
    assert ([one["number"] for one in rest["items"]], rest["next"]) == (numbers[:1], None)


def test_cases_that_are_under_the_version_are_counted_by_themselves(program: Programs, waiting: World) -> None:
    name = revised(waiting, both, "orebro-2028")
    waiting.open("project")
    told = program("officer").get(f"/policies/{name}/impact?municipality=orebro").get_json()
    assert (told["under_it"], told["items"]) == (1, [])
