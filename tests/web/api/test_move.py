"""Moving a case to the version in force through the API: for an administrator alone, and past no step."""

from __future__ import annotations

from tests.web.api.conftest import Programs, codes
from tests.workflow.pack_versions import council_decides_agreements, revised
from tests.worlds import World

WHY = "The council has revised the policy"


def running(world: World, state: str) -> str:
    """A case at a state, and another version in force."""
    number = world.open("cooperation-agreement")
    assert world.walk(number, state) == state
    revised(world, council_decides_agreements)
    return number


def test_a_program_of_nobody_else_moves_a_case(program: Programs, world: World) -> None:
    number = running(world, "review")
    version = world.version(number)
    for who, status in (("", 401), ("officer", 403), ("manager", 403), ("auditor", 403)):
        answer = program(who).act(number, "move", version, {"to": "orebro-2027"}, comment=WHY)
        assert answer.status_code == status
    assert world.version(number) == version


def test_what_is_malformed_stale_or_would_skip_a_step_is_refused_in_the_contracts_order(
    program: Programs, world: World
) -> None:
    number = running(world, "sign")
    admin, version = program("admin"), world.version(number)
    to = {"to": "orebro-2027"}
    assert admin.act("orebro-2026-09999", "move", 1, {}).status_code == 404
    assert codes(admin.act(number, "move", version, {}, comment=WHY)) == ["field-missing"]
    assert codes(admin.act(number, "move", version, to)) == ["reason-needed"]
    assert admin.act(number, "move", version - 1, to, comment=WHY).status_code == 409
    answer = admin.act(number, "move", version, to, comment=WHY)
    assert (answer.status_code, codes(answer)) == (409, ["move-decided", "move-skips", "move-skips"])
    assert world.version(number) == version


def test_an_administrators_program_moves_a_case_once(program: Programs, world: World) -> None:
    number = running(world, "decide:executive-board")
    body = {"action": "move", "version": world.version(number), "payload": {"to": "orebro-2027"}, "comment": WHY}
    admin = program("admin")
    first = admin.post(f"/cases/{number}/actions", body, Idempotency_Key="once")
    again = admin.post(f"/cases/{number}/actions", body, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.get_json()["state"], first.get_json()["body_key"]) == (
        "recommend:executive-board",
        "kommunfullmaktige",
    )
    assert world.version(number) == body["version"] + 1  # type: ignore[operator]
