"""Evaluations in the API: read, begun and reported by programs."""

from __future__ import annotations

from typing import Any

from tests.web.api.conftest import Program, Programs, codes
from tests.web.evaluation_data import again, evaluation_of, registered, report, whole_report
from tests.worlds import World


def act(program: Program, number: str, action: str, version: int, payload: Any = None, **headers: str) -> Any:
    body = {"action": action, "version": version, "payload": payload or {}}
    return program.post(f"/evaluations/{number}/actions", body, **headers)


def test_refusals_come_in_the_order_of_the_contract(program: Programs, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    assert act(program(""), number, "start-evaluation", 0).status_code == 401
    coordinator = program("coordinator")
    assert act(coordinator, "orebro-v-99999", "dance", 0).status_code == 404
    assert act(coordinator, "oslo-v-00001", "start-evaluation", 0).status_code == 404
    assert act(coordinator, number, "dance", 0).status_code == 422
    assert act(program("officer"), number, "start-evaluation", 7).status_code == 403
    stale = act(coordinator, number, "start-evaluation", 7)
    assert (stale.status_code, codes(stale)) == (409, ["evaluation-changed"])
    lacking = act(coordinator, number, "report-evaluation", 0, {"answers": {}, "proposes": "continue"})
    assert (lacking.status_code, set(codes(lacking))) == (422, {"missing"})
    assert "orebro/networks.evaluation" in lacking.get_json()["clauses"]
    assert again(world, number).state == "pending"


def test_reasons_are_sent_in_the_report_and_not_beside_it(program: Programs, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    body = {"action": "start-evaluation", "version": 0, "comment": "Because"}
    assert program("coordinator").post(f"/evaluations/{number}/actions", body).status_code == 422


def test_program_begins_and_reports(program: Programs, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    coordinator = program("coordinator")
    found = coordinator.get(f"/evaluations/{number}").get_json()
    assert found["late"] is True
    assert [one["action"] for one in found["available_actions"] if one["allowed"]] == [
        "start-evaluation",
        "report-evaluation",
    ]
    begun = act(coordinator, number, "start-evaluation", found["version"]).get_json()
    assert (begun["state"], begun["version"]) == ("under-way", 1)
    answers = {question["key"]: "An answer" for question in begun["questions"]}
    told = act(coordinator, number, "report-evaluation", 1, {"answers": answers, "proposes": "terminate"}).get_json()
    assert (told["state"], told["proposes"], told["reported_by"]) == ("reported", "terminate", "coordinator@orebro")
    case = program("officer").get(f"/cases/{told['decided_in']}").get_json()
    assert (case["act"], case["fields"]["evaluation_outcome"]) == ("terminate", "terminate")


def test_report_that_is_sent_twice_opens_one_case(program: Programs, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    coordinator, given = program("coordinator"), whole_report(world, number)
    first = act(coordinator, number, "report-evaluation", 0, given, Idempotency_Key="one")
    second = act(coordinator, number, "report-evaluation", 0, given, Idempotency_Key="one")
    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert again(world, number).version == 1


def test_evaluations_are_listed_filtered_and_paged(program: Programs, world: World) -> None:
    late = registered(world, title="Late")
    later = registered(world, title="Later", starts_on="2026-01-01")
    done = registered(world, title="Reported")
    case = report(world, "coordinator", evaluation_of(world, done).number)
    reader = program("auditor")
    found = reader.get("/evaluations?limit=2").get_json()
    assert [one["title"] for one in found["items"]] == ["Reported", "Later"]
    assert found["items"][0]["decided_in"] == case
    onward = reader.get(found["next"]).get_json()
    assert [one["title"] for one in onward["items"]] == ["Late"]
    assert onward["next"] is None
    assert [one["engagement_number"] for one in reader.get("/evaluations?late=true").get_json()["items"]] == [late]
    assert len(reader.get("/evaluations?late=false").get_json()["items"]) == 2
    assert [one["title"] for one in reader.get("/evaluations?state=reported").get_json()["items"]] == ["Reported"]
    assert [one["title"] for one in reader.get(f"/evaluations?engagement={later}").get_json()["items"]] == ["Later"]
    for query in ("state=lost", "late=perhaps", "more=1"):
        assert reader.get(f"/evaluations?{query}").status_code == 422
