"""Does a request that is sent twice act once?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import func, select

from models import Case, IdempotencyKey
from models.database import reading
from tests.web.api.conftest import Programs, codes
from tests.worlds import World
from web.api import idempotency
from web.api.idempotency import ABANDONED, KEPT, Answer, Key, StillRunning, once


def cases(world: World) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return int(session.execute(select(func.count(Case.id))).scalar_one())


def test_the_same_request_with_the_same_key_acts_once_and_answers_the_same(program: Programs, world: World) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    first = officer.post("/cases", draft, Idempotency_Key="k1")
    again = officer.post("/cases", draft, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"] == f"/api/v1/cases/{first.get_json()['number']}"
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert cases(world) == 1
    assert officer.post("/cases", draft, Idempotency_Key="k2").status_code == 201
    assert officer.post("/cases", draft).status_code == 201
    assert cases(world) == 3


def test_an_action_is_not_taken_again_and_not_called_stale(program: Programs, world: World) -> None:
    number, officer = world.open("exchange"), program("officer")
    body = {"action": "submit", "version": 1}
    first = officer.post(f"/cases/{number}/actions", body, Idempotency_Key="k")
    again = officer.post(f"/cases/{number}/actions", body, Idempotency_Key="k")
    assert first.status_code == again.status_code == 200
    assert first.data == again.data
    assert world.version(number) == 2
    assert codes(officer.post(f"/cases/{number}/actions", body)) == ["changed"]


def test_the_same_key_with_another_request_is_refused(program: Programs, world: World) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    number = officer.post("/cases", draft, Idempotency_Key="k").get_json()["number"]
    for path, body in (
        ("/cases", draft | {"title": "Another"}),
        (f"/cases/{number}/actions", {"action": "submit", "version": 1}),
    ):
        answer = officer.post(path, body, Idempotency_Key="k")
        assert answer.status_code == 422
        assert codes(answer) == ["idempotency-differs"]
    assert cases(world) == 1
    assert world.version(number) == 1


def test_a_key_belongs_to_one_person(program: Programs, world: World) -> None:
    number = world.open("exchange")
    world.act("officer", number, "submit")
    path, body = f"/cases/{number}/actions", {"action": "endorse", "version": 2}
    officer, manager = program("officer"), program("manager")
    assert officer.post(path, body, Idempotency_Key="k").status_code == 403
    answer = manager.post(path, body, Idempotency_Key="k")
    assert answer.status_code == 200
    assert "Idempotency-Replayed" not in answer.headers
    assert officer.post(path, body, Idempotency_Key="k").status_code == 403
    assert manager.post(path, body, Idempotency_Key="k").status_code == 200


def test_a_refusal_is_kept_too(program: Programs, world: World) -> None:
    number, officer = world.open("exchange", fields={}), program("officer")
    body = {"action": "submit", "version": 1}
    first = officer.post(f"/cases/{number}/actions", body, Idempotency_Key="k")
    again = officer.post(f"/cases/{number}/actions", body, Idempotency_Key="k")
    assert set(codes(first)) == set(codes(again)) == {"missing"}
    assert again.headers["Idempotency-Replayed"] == "true"


def test_what_could_not_be_read_or_found_leaves_the_key_free(program: Programs, world: World) -> None:
    number, officer = world.open("exchange"), program("officer")
    path = f"/cases/{number}/actions"
    assert officer.send(path, b"{", Idempotency_Key="k").status_code == 422
    assert (
        officer.post(path, {"action": "submit", "version": 1, "payload": {"x": 1}}, Idempotency_Key="k").status_code
        == 422
    )
    assert (
        officer.post(
            "/cases/orebro-2026-09999/actions", {"action": "submit", "version": 1}, Idempotency_Key="k"
        ).status_code
        == 404
    )
    answer = officer.post(path, {"action": "submit", "version": 1}, Idempotency_Key="k")
    assert answer.status_code == 200
    assert "Idempotency-Replayed" not in answer.headers


def test_a_failure_of_ours_leaves_the_key_free(
    program: Programs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    officer.client.application.testing = False

    def broken(*_arguments: object, **_named: object) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("web.api.cases.open_case", broken)
        assert officer.post("/cases", draft, Idempotency_Key="k").status_code == 500
    assert officer.post("/cases", draft, Idempotency_Key="k").status_code == 201


def test_a_key_that_is_none_is_malformed(program: Programs, world: World, subtests: pytest.Subtests) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    for key in ("", " ", "a b", "å", "x" * 256, "a\tb"):
        with subtests.test(repr(key)):
            answer = officer.post("/cases", draft, Idempotency_Key=key)
            assert answer.status_code == 422
            assert codes(answer) == ["field-wrong"]
    assert cases(world) == 0


def test_of_two_at_once_one_acts_and_both_get_its_answer(program: Programs, world: World) -> None:
    draft, together = world.draft("exchange"), Barrier(2)
    programs = [program("officer") for _ in range(2)]

    def send(index: int) -> tuple[int, bytes, bool]:
        together.wait()
        answer = programs[index].post("/cases", draft, Idempotency_Key="k")
        return answer.status_code, answer.data, "Idempotency-Replayed" in answer.headers

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send, range(2))
    assert one[:2] == other[:2]
    assert one[0] == 201
    assert {one[2], other[2]} == {False, True}
    assert cases(world) == 1


# -- the keeping itself


def key_of(world: World, hashed: str = "h") -> Key:
    return Key(world.engine, world.tenant.id, world.people["officer"], "k", hashed)


def telling(status: int, calls: list[int]) -> Callable[[], Callable[[], Answer]]:
    def act() -> Callable[[], Answer]:
        calls.append(status)
        return lambda: Answer(status, "{}")

    return act


def test_whoever_comes_second_waits_for_the_answer(world: World) -> None:
    begun, go_on = Event(), Event()

    def slow() -> Callable[[], Answer]:
        begun.set()
        assert go_on.wait(10)
        return lambda: Answer(200, '"first"')

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once, key_of(world), slow, world.now)
        assert begun.wait(10)
        second = pool.submit(once, key_of(world), telling(200, []), world.now)
        go_on.set()
        assert first.result() == Answer(200, '"first"')
        assert second.result() == Answer(200, '"first"', is_replay=True)


def test_whoever_waits_too_long_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PAUSE", 0)

    def within() -> Callable[[], Answer]:
        with pytest.raises(StillRunning):
            once(key_of(world), telling(200, []), world.now)
        return lambda: Answer(200, "{}")

    assert once(key_of(world), within, world.now).status == 200


def test_an_abandoned_claim_is_taken_over_and_old_answers_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PAUSE", 0)

    def failing() -> Callable[[], Answer]:
        def tell() -> Answer:
            raise ZeroDivisionError  # after the act: nobody knows what came of it

        return tell

    calls: list[int] = []
    with pytest.raises(ZeroDivisionError):
        once(key_of(world), failing, world.now)
    with pytest.raises(StillRunning):
        once(key_of(world), telling(200, calls), world.now + ABANDONED - timedelta(seconds=1))
    later = world.now + ABANDONED + timedelta(seconds=1)
    assert once(key_of(world), telling(200, calls), later).status == 200
    assert once(key_of(world), telling(200, calls), later + KEPT - timedelta(seconds=1)).is_replay
    assert not once(key_of(world, "another"), telling(200, calls), later + KEPT + timedelta(seconds=1)).is_replay
    assert calls == [200, 200]
    with reading(world.engine, world.tenant.id) as session:
        assert session.execute(select(func.count(IdempotencyKey.id))).scalar_one() == 1
