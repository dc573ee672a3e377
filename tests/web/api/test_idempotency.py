"""Idempotency keys: a request sent twice acts once, whatever happens in between."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from models import AccessLog, Appointment, Case
from models.database import reading, writing
from tests.web.api.conftest import API, Programs, codes
from tests.worlds import World
from web.api.idempotency import REMEMBERED
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.people.administration import carry_out


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


# -- replays


def test_a_replay_answers_the_case_as_it_is_now(program: Programs, world: World) -> None:
    officer = program("officer")
    number = officer.post("/cases", world.draft("exchange"), Idempotency_Key="k").get_json()["number"]
    world.act("officer", number, "submit")
    again = officer.post("/cases", world.draft("exchange"), Idempotency_Key="k")
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.get_json()["state"], again.get_json()["version"]) == ("review", 2)


def test_a_replay_is_recorded_as_a_read(program: Programs, world: World) -> None:
    number, officer = world.open("exchange"), program("officer")
    body = {"action": "submit", "version": 1}
    for _ in range(2):
        assert officer.post(f"/cases/{number}/actions", body, Idempotency_Key="k").status_code == 200
    with reading(world.engine, world.tenant.id) as session:
        logged = session.execute(select(AccessLog.what, AccessLog.subject, AccessLog.action)).all()
    assert [tuple(row) for row in logged] == [("read", number, "api")]


def test_a_replay_is_refused_to_whoever_has_lost_the_seat(program: Programs, world: World) -> None:
    number, manager = world.open("exchange"), program("manager")
    world.act("officer", number, "submit")
    body = {"action": "endorse", "version": 2}
    assert manager.post(f"/cases/{number}/actions", body, Idempotency_Key="k").status_code == 200
    administration = world.policy.administration_of("programnamnd-barn").key
    _end_appointment(world, "manager", administration)
    answer = manager.post(f"/cases/{number}/actions", body, Idempotency_Key="k")
    assert answer.status_code == 403
    assert codes(answer) == ["not-appointed"]


def test_a_replay_is_not_found_by_whoever_may_not_see_the_case_any_more(program: Programs, world: World) -> None:
    number = world.open("exchange", secrecy={"law": "OSL 15:1", "note": ""})
    world.act("officer", number, "submit")
    manager = program("manager")
    body = {"action": "endorse", "version": 2}
    assert manager.post(f"/cases/{number}/actions", body, Idempotency_Key="k").status_code == 200
    _end_appointment(world, "manager", None)
    with writing(world.engine, world.tenant.id) as connection:
        elsewhere = {"username": "manager@orebro", "body": "kommunfullmaktige", "role": "member"}
        given = elsewhere | {"starts_on": world.now.date().isoformat()}
        carry_out(connection, world.tenant, None, "appoint", given, now=world.now)
    assert manager.post(f"/cases/{number}/actions", body, Idempotency_Key="k").status_code == 404


def _end_appointment(world: World, who: str, body: str | None) -> None:
    """End a person's appointments yesterday, in one body or in all."""
    a = Appointment.__table__.c
    bodies = [world.tenant.body_ids[body]] if body else list(world.tenant.body_ids.values())
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(
            update(Appointment)
            .where(a.person_id == world.people[who], a.body_id.in_(bodies))
            .values(ends_on=world.now.date() - timedelta(days=1))
        )


def test_old_keys_are_forgotten(program: Programs, world: World) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    officer.post("/cases", draft, Idempotency_Key="old")
    world.now += REMEMBERED - timedelta(seconds=1)
    assert "Idempotency-Replayed" in officer.post("/cases", draft, Idempotency_Key="old").headers
    world.now += timedelta(seconds=2)
    officer.post("/cases", draft, Idempotency_Key="new")
    assert "Idempotency-Replayed" not in officer.post("/cases", draft, Idempotency_Key="old").headers
    assert cases(world) == 3


def test_an_act_that_cannot_be_answered_is_not_taken(
    program: Programs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    officer.client.application.testing = False

    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("web.api.cases.load_case", broken)
        assert officer.post("/cases", draft, Idempotency_Key="k").status_code == 500
    assert cases(world) == 0


def test_of_two_acts_at_once_one_is_taken_and_both_get_its_answer(program: Programs, world: World) -> None:
    number, together = world.open("exchange"), Barrier(2)
    programs = [program("officer") for _ in range(2)]

    def send(index: int) -> tuple[int, bytes, bool]:
        together.wait()
        body = {"action": "submit", "version": 1}
        answer = programs[index].post(f"/cases/{number}/actions", body, Idempotency_Key="k")
        return answer.status_code, answer.data, "Idempotency-Replayed" in answer.headers

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(send, range(2))
    assert one[:2] == other[:2]
    assert one[0] == 200
    assert {one[2], other[2]} == {False, True}
    assert world.version(number) == 2


def test_an_act_stands_though_its_actor_may_not_see_what_came_of_it(
    program: Programs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, officer = world.open("exchange"), program("officer")

    def hidden(*_arguments: object, **_named: object) -> None:
        raise NotFound(reason("not-found"))

    monkeypatch.setattr("web.api.cases.load_case", hidden)
    assert officer.post(f"/cases/{number}/actions", {"action": "submit", "version": 1}).status_code == 404
    assert world.version(number) == 2


# -- a process that dies


#: Sends one request and is killed at the moment named: before the commit of the act, or right after it.
DYING = """
import os, signal, sys
from sqlalchemy import Engine, event
from config.settings import Settings
from web.app import create_app

url, token, path, body, moment = sys.argv[1:]
app = create_app(Settings(database_url=url, secret_key="a secret for tests alone", cookies_secure=False))

def die(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

is_written = []

@event.listens_for(Engine, "before_cursor_execute")
def note(_connection, _cursor, statement, *_more):
    if statement.startswith("INSERT INTO idempotency_key"):
        is_written.append(True)

@event.listens_for(Engine, "commit")
def committing(_connection):
    if is_written and moment == "before":
        die()

@event.listens_for(Engine, "checkin")
def returned(*_given):
    if is_written and moment == "after":
        die()

headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
app.test_client().post(path, data=body, content_type="application/json", headers=headers)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_around_the_commit_leaves_one_case_for_one_key(
    program: Programs, world: World, moment: str
) -> None:
    officer, draft = program("officer"), world.draft("exchange")
    url = world.engine.url.render_as_string(hide_password=False)
    given = [url, officer.token, f"{API}/cases", json.dumps(draft), moment]
    died = subprocess.run([sys.executable, "-c", DYING, *given], check=False, capture_output=True, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert cases(world) == (1 if moment == "after" else 0)
    answer = officer.post("/cases", draft, Idempotency_Key="k")
    assert answer.status_code == 201
    assert ("Idempotency-Replayed" in answer.headers) == (moment == "after")
    assert cases(world) == 1
