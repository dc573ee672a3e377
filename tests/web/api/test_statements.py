"""Statements of a POST: one for the token, the gate's own, and those its answer needs, in the gate's transaction."""

from __future__ import annotations

from typing import Any

from tests.web.api.conftest import Program, Programs
from tests.web.api.test_cases import services_of
from tests.workflow.cases.test_statements import counted
from tests.worlds import World

#: The most statements of each POST on a visit's way to its decision, BEGIN of both transactions included.
MOST = {"open": 14, "submit": 14, "endorse": 15, "enter-decision": 23, "confirm": 25}
#: What an Idempotency-Key takes besides: a look for it, with its BEGIN, the forgetting of old ones, and its row.
KEYED = 4


def sent_by(program: Program, path: str, body: dict[str, Any], **headers: str) -> tuple[dict[str, Any], list[str]]:
    """The answer to a POST that is accepted, and its statements."""
    with counted(services_of(program).engine) as sent:
        answer = program.post(path, body, **headers)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.get_json()
    return found, sent


def walked(program: Programs, world: World, **headers: str) -> dict[str, list[str]]:
    """The statements of every POST that opens and decides a visit."""
    draft = world.draft("visit")
    officer = program("officer")
    officer.get("/cases")  # the first use of a token in a day is noted, with two statements more
    case, sent = sent_by(officer, "/cases", draft, **{name: f"{key}-0" for name, key in headers.items()})
    found = {"open": sent}
    ways = [
        ("officer", "submit", {}),
        ("manager", "endorse", {}),
        ("secretary.committee", "enter-decision", world.decision() | {"paragraph": case["number"]}),
        ("chair.committee", "confirm", {}),
    ]
    for version, (who, action, payload) in enumerate(ways, start=1):
        body = {"action": action, "version": version, "payload": payload}
        named = {name: f"{key}-{version}" for name, key in headers.items()}
        sender = program(who)
        sender.get("/cases")
        case, found[action] = sent_by(sender, f"/cases/{case['number']}/actions", body, **named)
    return found


def test_a_post_takes_few_statements_in_two_transactions(program: Programs, world: World) -> None:
    walked(program, world)  # the policy is in memory, as in a running server
    found = walked(program, world)
    assert {action: len(sent) for action, sent in found.items() if len(sent) > MOST[action]} == {}
    for action, sent in found.items():
        assert len([one for one in sent if one.startswith("BEGIN")]) == 2, action


def test_an_idempotency_key_takes_four_more(program: Programs, world: World) -> None:
    walked(program, world)
    found = walked(program, world, Idempotency_Key="k")
    assert {action: len(sent) for action, sent in found.items() if len(sent) > MOST[action] + KEYED} == {}
    for action, sent in found.items():
        (key,) = (n for n, one in enumerate(sent) if one.startswith("INSERT INTO idempotency_key"))
        begins = [n for n, one in enumerate(sent) if one.startswith("BEGIN")]
        entry = next(n for n, one in enumerate(sent) if one.startswith("INSERT INTO trail_entry"))
        assert begins[-1] < entry < key, action  # in the act's own transaction


def test_an_act_costs_the_same_among_many_cases(program: Programs, world: World) -> None:
    walked(program, world)
    few = walked(program, world)
    for _ in range(30):
        world.open("visit")
    many = walked(program, world)
    assert {action: len(sent) for action, sent in few.items()} == {action: len(sent) for action, sent in many.items()}
