"""Requests that cannot be read: each is answered with a problem, never with a page or a traceback."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from models import Person
from models.database import writing
from tests.web.api.conftest import API, Programs, codes
from tests.worlds import World
from web.api.request_parsing import LARGEST_BODY

UNREADABLE = {
    "nothing": b"",
    "not JSON": b"{'a': 1}",
    "cut off": b'{"action": "submit"',
    "not UTF-8": b'{"action": "\xff"}',
    "UTF-16": '{"action": "submit"}'.encode("utf-16"),
    "no object": b"[1, 2]",
    "no number JSON has": b'{"version": NaN}',
    "too many digits": b'{"version": ' + b"9" * 5000 + b"}",
    "a name twice": b'{"action": "submit", "version": 9, "version": 1}',
    "nested without end": b'{"payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "NUL in a text": b'{"action": "submit", "version": 1, "comment": "a\\u0000b"}',
    "NUL in a name": b'{"action": "submit", "version": 1, "payload": {"a\\u0000b": 1}}',
    "NUL further in": b'{"action": "submit", "version": 1, "payload": {"a": [{"b": "\\u0000"}]}}',
    "half a character": b'{"action": "submit", "version": 1, "comment": "\\ud800"}',
}


def test_a_body_that_cannot_be_read_is_malformed(program: Programs, world: World, subtests: pytest.Subtests) -> None:
    number, officer = world.open("exchange"), program("officer")
    for name, raw in UNREADABLE.items():
        for path in ("/cases", f"/cases/{number}/actions"):
            with subtests.test(name, path=path):
                answer = officer.send(path, raw)
                assert answer.status_code == 422
                assert set(codes(answer)) <= {"field-wrong", "field-missing"}
    assert world.version(number) == 1


@pytest.mark.parametrize(("levels", "code"), [(20, "field-unknown"), (400, "field-wrong"), (900, "field-wrong")])
def test_a_deep_body_that_can_be_read_is_refused(program: Programs, world: World, levels: int, code: str) -> None:
    number = world.open("exchange")
    deep = b'{"action": "submit", "version": 1, "payload": {"a": ' + b"[" * levels + b"]" * levels + b"}}"
    assert codes(program("officer").send(f"/cases/{number}/actions", deep)) == [code]


def test_another_content_type_is_refused(program: Programs, world: World) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = program("officer").send("/cases", b"{}", content_type=content_type)
        assert answer.status_code == 415
        codes(answer)


def test_a_body_that_is_too_large_is_refused_unread(program: Programs, world: World) -> None:
    officer = program("officer")
    for content_type in ("application/json", "multipart/form-data; boundary=x"):
        answer = officer.send("/cases", b'{"title": "' + b"x" * LARGEST_BODY + b'"}', content_type=content_type)
        assert answer.status_code == 413
        codes(answer)


NOT_THERE = [
    ("DELETE", "/cases", 405),
    ("PUT", "/cases/orebro-2026-00001", 405),
    ("POST", "/who-decides", 405),
    ("GET", "/cases/orebro-2026-00001/actions", 405),
    ("GET", "/nothing-here", 404),
    ("GET", "/cases/", 404),
    ("GET", "/cases/orebro-2026-00001/", 404),
]


def test_a_wrong_address_or_method_is_a_problem(program: Programs, subtests: pytest.Subtests) -> None:
    officer = program("officer")
    headers = {"Authorization": f"Bearer {officer.token}", "Accept": "text/html"}
    for method, path, status in NOT_THERE:
        with subtests.test(f"{method} {path}"):
            answer = officer.client.open(f"{API}{path}", method=method, headers=headers)
            assert answer.status_code == status
            assert codes(answer) == []
            assert answer.get_json()["clauses"] == []


NUMBERS = ["orebro-2026-99999", "oslo-2026-00001", "nowhere-2026-00001", "x", "orebro-%00", "orebro-%ED%A0%80", "å"]


def test_a_number_nobody_has_is_not_found(program: Programs, subtests: pytest.Subtests) -> None:
    officer = program("officer")
    for number in NUMBERS:
        for path in (f"/cases/{number}", f"/cases/{number}/trail", f"/engagements/{number}"):
            with subtests.test(path):
                answer = officer.get(path)
                assert answer.status_code == 404
                assert codes(answer) == ["not-found"]


MEANINGLESS = ["limit=0", "limit=101", "limit=x", "after=0", "after=-1", "after=x", "after=9999999999", "unheard=1"]
MEANINGLESS += ["state=a&state=b", "engagement=marriage", "responsible=nobody", "waiting=you", "state=%00"]


def test_a_parameter_that_means_nothing_is_malformed(program: Programs, subtests: pytest.Subtests) -> None:
    officer = program("officer")
    for query in MEANINGLESS:
        with subtests.test(query):
            answer = officer.get(f"/cases?{query}")
            assert answer.status_code == 422
            assert codes(answer)


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(
    program: Programs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = program("officer")
    officer.client.application.testing = False

    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("web.api.cases.load_case", broken)
    answer = officer.get(f"/cases/{world.open('exchange')}")
    assert answer.status_code == 500
    assert codes(answer) == []
    assert "secret inside" not in answer.text


def test_a_database_that_does_not_answer_is_worth_another_try(
    program: Programs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = program("officer")
    officer.client.application.testing = False

    def away(*_arguments: object, **_named: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("locked"))

    monkeypatch.setattr("web.api.cases.load_case", away)
    answer = officer.get("/cases/orebro-2026-00001")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert codes(answer) == []
    assert "SELECT" not in answer.text


SWEDISH, ENGLISH = "Förvaltningen barn och utbildning", "Children and Education Administration"


SPOKEN = [
    ("sv", "en", SWEDISH),
    ("en-GB, sv;q=0.5", "sv", ENGLISH),
    ("", "sv", SWEDISH),
    ("", "en", ENGLISH),
    ("fi, *;q=0.1", "sv", SWEDISH),
    ("no", "sv", ENGLISH),
]


def test_a_refusal_speaks_the_language_asked_for_else_the_persons(
    program: Programs, world: World, subtests: pytest.Subtests
) -> None:
    number, manager = world.open("exchange"), program("manager")
    body = {"action": "submit", "version": 1}
    for wanted, own, name in SPOKEN:
        with writing(world.engine, world.tenant.id) as connection:
            connection.execute(update(Person).where(Person.id == world.people["manager"]).values(language=own))
        with subtests.test(f"{wanted!r} of somebody who reads {own}"):
            headers = {"Accept-Language": wanted} if wanted else {}
            answer = manager.post(f"/cases/{number}/actions", body, **headers)
            assert name in answer.get_json()["detail"]
