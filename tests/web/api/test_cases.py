"""Cases in the API: what programs read of them and can do with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event, select, update

from models import AccessLog, Appointment
from models.database import reading, writing
from tests.web.api.conftest import Program, Programs, codes, token_of
from tests.web.conftest import serving
from tests.worlds import World, build
from web.core.services import Services


def test_a_request_is_opened_and_answered_at_once(program: Programs, world: World) -> None:
    answer = program("officer").post("/cases", world.draft("twin-agreement"))
    assert answer.status_code == 201
    case = answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/cases/{case['number']}"
    assert case["number"].startswith("orebro-2026-")
    assert (case["state"], case["version"], case["outcome"]) == ("draft", 1, None)
    assert (case["body_kind"], case["body_key"], case["body_name"]) == (
        "council",
        "kommunfullmaktige",
        "Kommunfullmäktige",
    )
    assert case["responsible"] == "programnamnd-barn"
    assert case["waits_for"] == {"role": "officer", "body_key": "forvaltningen-barn", "person": "officer@orebro"}
    assert "orebro/levels.council" in case["clauses"]
    assert case["partner"] == {"name": "Turku", "country": "FI"}
    assert case["proposal"]["text"] == "We propose to go ahead."
    assert case["policy_version"] == "orebro-2012-2"
    assert case["policy_digest"] == world.policy.digest
    steps = [stop["step"] for stop in case["route"]]
    assert steps == ["draft", "review", "recommend", "recommend", "decide", "sign"]
    assert [stop["current"] for stop in case["route"]] == [True, False, False, False, False, False]
    assert {"goal", "time-limited"} <= {demand["id"] for demand in case["requirements"]}
    assert all(demand["met"] for demand in case["requirements"])
    allowed = {found["action"]: found["allowed"] for found in case["available_actions"]}
    assert allowed == {"amend": True, "reassign": False, "submit": True, "withdraw": True}


def test_what_is_open_and_refused_says_why(program: Programs, world: World) -> None:
    number = world.open("exchange", fields={})
    found = {
        told["action"]: told for told in program("officer").get(f"/cases/{number}").get_json()["available_actions"]
    }
    assert not found["submit"]["allowed"]
    assert {reason["code"] for reason in found["submit"]["reasons"]} == {"missing"}
    assert found["submit"]["clauses"]
    assert [reason["code"] for reason in found["reassign"]["reasons"]] == ["not-appointed"]


def test_somebody_elses_case_is_refused_with_its_officers_name(program: Programs, world: World) -> None:
    number = world.open("visit")
    world.add("second", *(("officer", body.key) for body in world.policy.bodies_of("administration")))
    world.act("manager", number, "reassign", {"officer": "second@orebro"})
    told = program("officer").get(f"/cases/{number}").get_json()
    why = {action["action"]: [reason["text"] for reason in action["reasons"]] for action in told["available_actions"]}
    answer = program("officer").act(number, "submit", told["version"])
    assert why["submit"] == [answer.get_json()["detail"]]
    assert answer.get_json()["detail"].endswith("it is with Second.")


def test_what_the_policy_forbids_is_refused_with_its_clause(engine: Engine) -> None:
    world = build(engine, "stockholm")
    for app in serving(world):
        officer = Program(app.test_client(), token_of(world, "officer"))
        answer = officer.post("/cases", world.draft("twin-agreement"))
        assert answer.status_code == 422
        assert codes(answer) == ["refused-by-clause"]
        assert answer.get_json()["clauses"] == ["stockholm/no-twins"]
        assert answer.get_json()["error"] == "NotCompetent"


def test_a_draft_is_read_in_the_order_of_the_contract(program: Programs, world: World) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    assert codes(officer.post("/cases", {**draft, "municipality": None})) == ["field-wrong"]
    assert codes(officer.post("/cases", {k: v for k, v in draft.items() if k != "municipality"})) == ["field-missing"]
    assert officer.post("/cases", {**draft, "municipality": "nowhere", "unheard": 1}).status_code == 404
    build(world.engine, "oslo")
    assert officer.post("/cases", {**draft, "municipality": "oslo"}).status_code == 404
    assert codes(program("auditor").post("/cases", {**draft, "unheard": 1})) == ["field-unknown"]
    assert program("auditor").post("/cases", draft).status_code == 403
    derived = {**draft, "attributes": {"named_nordic_twin": True}}
    assert codes(officer.post("/cases", derived)) == ["field-unknown"]


def test_a_case_travels_all_the_way_through_the_api(program: Programs, world: World) -> None:
    case = program("officer").post("/cases", world.draft("twin-agreement")).get_json()
    number, seen = case["number"], []
    while case["waits_for"]:
        seen.append(case["state"])
        who, action, payload = _next(world, case)
        answer = program(who).act(number, action, case["version"], payload)
        assert answer.status_code == 200, answer.text
        case = answer.get_json()
    assert seen == [
        "draft",
        "review",
        "recommend:responsible",
        "confirm-recommend:responsible",
        "recommend:executive-board",
        "confirm-recommend:executive-board",
        "decide:council",
        "confirm-decide:council",
        "sign",
        "awaiting-counterpart",
    ]
    assert (case["state"], case["outcome"]) == ("concluded", "approved")
    assert all(stop["done"] for stop in case["route"])
    assert [decision["outcome"] for decision in case["decisions"]] == ["recommend", "recommend", "approve"]
    assert {decision["state"] for decision in case["decisions"]} == {"confirmed"}
    assert case["available_actions"] == []
    assert len(case["engagements"]) == 1


def _next(world: World, case: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Who takes the step forward, and how."""
    state = case["state"]
    if "recommend" in state or "decide" in state:
        assert (case["members"], case["quorum"]) == (11, 6)
        who = world.seated(case["waits_for"]["role"], case["waits_for"]["body_key"])
        if state.startswith("confirm"):
            return who, "confirm", {}
        return who, "enter-decision", world.decision("recommend" if state.startswith("recommend") else "approve")
    assert "members" not in case
    if state == "awaiting-counterpart":
        return "officer", "record-counterpart", {"counter_signed_on": "2026-09-15"}
    action = {"draft": "submit", "review": "endorse", "sign": "sign"}[state]
    payload = {"signed_on": "2026-09-15"} if state == "sign" else {}
    return world.seated(case["waits_for"]["role"], case["waits_for"]["body_key"]), action, payload


def test_a_rejected_case_shows_how_far_it_came(program: Programs, world: World) -> None:
    number = world.open("exchange")
    world.walk(number, "decide:responsible")
    world.act("secretary.committee", number, "enter-decision", world.decision("reject", **{"for": 2, "against": 9}))
    world.act("chair.committee", number, "confirm")
    case = program("officer").get(f"/cases/{number}").get_json()
    assert (case["state"], case["outcome"], case["waits_for"]) == ("rejected", "rejected", None)
    done = {stop["step"]: stop["done"] for stop in case["route"]}
    assert done == {"draft": True, "review": True, "decide": True, "sign": False}
    assert not any(stop["current"] for stop in case["route"])


def test_drafts_and_secret_cases_are_not_there_for_others(program: Programs, world: World) -> None:
    draft = world.open("exchange")
    secret = world.open("exchange", secrecy={"law": "OSL 15:1", "note": "foreign state"})
    world.act("officer", secret, "submit")
    seen = {
        who: {case["number"] for case in program(who).get("/cases").get_json()["items"]}
        for who in ("officer", "manager", "auditor", "secretary.council", "secretary.committee")
    }
    assert seen == {
        "officer": {draft, secret},
        "manager": {draft, secret},
        "auditor": {secret},
        "secretary.council": set(),
        "secretary.committee": {secret},
    }
    for who, numbers in seen.items():
        for number in (draft, secret):
            answer = program(who).get(f"/cases/{number}")
            assert answer.status_code == (200 if number in numbers else 404)


def test_lists_are_filtered_and_paged_by_key(program: Programs, world: World) -> None:
    numbers = [world.open(kind) for kind in ("exchange", "visit", "exchange", "exchange", "visit")]
    world.act("officer", numbers[0], "submit")
    officer = program("officer")
    first = officer.get("/cases?engagement=exchange&limit=2").get_json()
    assert [case["number"] for case in first["items"]] == [numbers[3], numbers[2]]
    second = officer.get(first["next"]).get_json()
    assert [case["number"] for case in second["items"]] == [numbers[0]]
    assert second["next"] is None
    assert officer.get("/cases?engagement=exchange&limit=3").get_json()["next"] is None

    def listed(who: str, query: str) -> set[str]:
        return {case["number"] for case in program(who).get(f"/cases?{query}").get_json()["items"]}

    assert listed("officer", "state=review") == {numbers[0]}
    assert listed("officer", "state=draft") == set(numbers[1:])
    assert listed("officer", "waiting=me") == set(numbers[1:])
    assert listed("manager", "waiting=me") == {numbers[0]}
    assert listed("officer", "responsible=programnamnd-barn") == set(numbers)
    assert listed("officer", "responsible=kommunstyrelsen") == set()


def test_a_consultation_waits_for_everybody_who_is_asked(engine: Engine) -> None:
    world = build(engine, "stockholm")
    number = world.open("policy", "revise")
    world.walk(number, "consult")
    for app in serving(world):
        for who in ("coordinator", "secretary.committee"):
            waiting = Program(app.test_client(), token_of(world, who)).get("/cases?waiting=me").get_json()
            assert [case["number"] for case in waiting["items"]] == [number]


def test_another_municipalitys_cases_are_not_there(program: Programs, world: World) -> None:
    other = build(world.engine, "oslo")
    number = other.open("exchange")
    other.act("officer", number, "submit")
    officer = program("officer")
    assert officer.get("/cases").get_json()["items"] == []
    assert officer.get(f"/cases/{number}").status_code == 404
    assert officer.act(number, "endorse", 2).status_code == 404


def test_a_refusal_through_the_api_is_in_the_access_log(program: Programs, world: World) -> None:
    number = world.open("exchange")
    assert program("manager").act(number, "submit", 1).status_code == 403
    with reading(world.engine, world.tenant.id) as session:
        logged = session.execute(select(AccessLog.what, AccessLog.subject, AccessLog.action)).all()
    assert ("refused", number, "submit") in [tuple(row) for row in logged]


def test_reading_a_secret_case_is_recorded(program: Programs, world: World) -> None:
    secret = world.open("exchange", secrecy={"law": "OSL 15:1", "note": ""})
    for number in (world.open("exchange"), secret):
        program("officer").get(f"/cases/{number}")
    with reading(world.engine, world.tenant.id) as session:
        logged = session.execute(select(AccessLog.subject).where(AccessLog.what == "read")).scalars().all()
    assert logged == [secret]


def test_a_page_costs_the_same_however_many_cases_it_shows(program: Programs, world: World) -> None:
    officer = program("officer")
    for _ in range(3):
        world.open("exchange")
    officer.get("/cases")  # the policy is built once
    said: list[str] = []
    event.listen(services_of(officer).engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for limit in (1, 25):
        said.clear()
        officer.get(f"/cases?limit={limit}")
        assert len([one for one in said if one.startswith("SELECT") and "set_config" not in one]) == 3


def services_of(program: Program) -> Services:
    """What the application of a program stands on."""
    found: Services = program.client.application.extensions["instans"]
    return found


def test_who_presided_confirms_by_the_api_after_the_term(program: Programs, world: World) -> None:
    number = world.open("visit", responsible="programnamnd-barn")
    world.walk(number, "confirm-decide:responsible")
    chair = program("chair.committee")
    with writing(world.engine, world.tenant.id) as connection:
        theirs = Appointment.person_id == world.people["chair.committee"]
        connection.execute(update(Appointment).where(theirs).values(ends_on=world.now.date()))
    world.later(days=1)
    case = chair.get(f"/cases/{number}").get_json()
    assert [found["action"] for found in case["available_actions"] if found["allowed"]] == ["refer-back", "confirm"]
    chair.act(number, "confirm", case["version"])
    assert world.row(number).state == "concluded"
    assert chair.get(f"/cases/{number}").status_code == 403  # no seat is left
