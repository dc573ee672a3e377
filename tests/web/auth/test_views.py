"""Views for logging in and out: throttling, one-click log-in, and the end of a session."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, select, update
from werkzeug.test import TestResponse

from models import AccessLog, Installation, LoginThrottle, Person
from models.database import reading, writing
from tests.web.conftest import CHEAP, PASSWORD, Browser, furnished, serving, settings_for
from tests.worlds import World
from web.app import create_app
from web.auth.client_address import client_address
from web.core import login_throttle
from web.core.passwords import LONGEST_PASSWORD, Passwords
from workflow.people.administration import carry_out
from workflow.people.usernames import normal_username

#: The address that test browsers come from.
HERE = "127.0.0.1"
WRONG = "The user name or the password is not right."


def logged(world: World) -> list[Any]:
    """The access log of log-ins: what, subject, person."""
    with reading(world.engine, world.tenant.id) as db:
        query = select(AccessLog.what, AccessLog.subject, AccessLog.person_id).order_by(AccessLog.id)
        return [tuple(row) for row in db.execute(query)]


def is_in(browser: Browser) -> bool:
    """Whether the browser is logged in."""
    return browser.get("/").status_code == 200


# -- who does not get in


def test_a_stranger_is_sent_to_log_in_and_led_back(client: FlaskClient) -> None:
    assert client.get("/").location == "/login"
    answer = client.get("/cases/new?act=enter")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/cases/new?act%3Denter"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("officer@orebro", "wrong"),
        ("nobody@orebro", PASSWORD),
        ("officer@nowhere", PASSWORD),
        ("officer", PASSWORD),
        ("officer@orebro", PASSWORD + " "),
        ("officer@orebro' OR '1'='1", PASSWORD),
        ("x" * 5000 + "@orebro", PASSWORD),
        ("officer@orebro", "x" * (LONGEST_PASSWORD + 1)),
    ],
)
def test_a_wrong_name_or_password_gets_one_and_the_same_answer(browser: Browser, username: str, password: str) -> None:
    answer = browser.log_in(username, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize(("username", "password"), [("", PASSWORD), ("officer@orebro", ""), ("  ", "x")])
def test_an_empty_form_is_no_attempt(browser: Browser, world: World, username: str, password: str) -> None:
    answer = browser.log_in(username, password)
    assert answer.status_code == 422
    assert "Give both" in answer.text
    with world.engine.connect() as connection:
        assert connection.execute(select(LoginThrottle.key)).all() == []


def test_a_refused_form_keeps_the_name_and_never_the_password(browser: Browser) -> None:
    page = browser.log_in("officer@orebro", "my secret guess").text
    assert 'value="officer@orebro"' in page
    assert "my secret guess" not in page
    assert 'href="#username"' in page


def test_somebody_who_was_made_inactive_does_not_get_in(browser: Browser, world: World) -> None:
    _administer(world, "change-person", {"username": "officer@orebro", "is_active": False})
    assert WRONG in browser.log_in("officer@orebro").text


def test_somebody_without_a_password_does_not_get_in(browser: Browser, world: World) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.username == "officer@orebro").values(password_hash=None))
    assert WRONG in browser.log_in("officer@orebro").text


def test_an_unknown_name_costs_a_verification_too(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    hasher = app.extensions["instans"].passwords._hasher

    class Watched:
        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash)
            return bool(hasher.verify(password_hash, password))

    monkeypatch.setattr(app.extensions["instans"].passwords, "_hasher", Watched())
    for username in ("nobody@orebro", "nobody@nowhere", "officer@orebro"):
        browser.log_in(username, "wrong")
    assert len(verified) == 3
    assert verified[0] == verified[1] != verified[2]


def test_verification_holds_no_connection(app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    here = app.extensions["instans"]
    held: list[int] = []
    matches = here.passwords.matches

    def watched(password_hash: str | None, password: str) -> bool:
        held.append(here.engine.pool.checkedout())
        return bool(matches(password_hash, password))

    monkeypatch.setattr(here.passwords, "matches", watched)
    browser.log_in("officer@orebro")
    assert held == [0]
    assert is_in(browser)


# -- throttling


def test_after_five_failures_a_name_must_wait_even_with_the_right_password(browser: Browser) -> None:
    for _ in range(5):
        assert browser.log_in("officer@orebro", "wrong").status_code == 422
    answer = browser.log_in("officer@orebro")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "15"
    assert "Too many attempts" in answer.text
    assert not is_in(browser)


def test_an_unknown_name_must_wait_as_well(browser: Browser) -> None:
    answers = [browser.log_in("nobody@orebro", "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_another_name_need_not_wait(browser: Browser) -> None:
    for _ in range(6):
        browser.log_in("officer@orebro", "wrong")
    browser.log_in("manager@orebro")
    assert is_in(browser)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    key = login_throttle.Key("pair:", 5)
    waits = [login_throttle.wait_after(failures, key) for failures in (4, 5, 6, 7, 10, 11, 12, 5_000_000)]
    assert waits[0] is None
    assert [wait.total_seconds() for wait in waits[1:] if wait] == [15, 30, 60, 480, 900, 900, 900]


def test_while_it_waits_no_attempt_counts_and_afterwards_the_wait_is_longer(browser: Browser, world: World) -> None:
    for _ in range(9):
        browser.log_in("officer@orebro", "wrong")
    assert _failures(world, f"pair:{HERE} officer@orebro") == 5
    world.later(seconds=16)
    assert browser.log_in("officer@orebro", "wrong").status_code == 422
    assert browser.log_in("officer@orebro", "wrong").headers["Retry-After"] == "30"


def test_success_after_the_wait_forgets_the_failures(browser: Browser, world: World) -> None:
    for _ in range(5):
        browser.log_in("officer@orebro", "wrong")
    world.later(seconds=16)
    browser.log_in("officer@orebro")
    assert is_in(browser)
    for key in ("user:officer@orebro", f"pair:{HERE} officer@orebro", f"address:{HERE}"):
        assert _failures(world, key) == 0


def test_after_an_hour_failures_are_forgotten(browser: Browser, world: World) -> None:
    for _ in range(4):
        browser.log_in("officer@orebro", "wrong")
    world.later(minutes=61)
    browser.log_in("officer@orebro", "wrong")
    assert _failures(world, f"pair:{HERE} officer@orebro") == 1
    assert _failures(world, "user:officer@orebro") == 1


def test_failures_of_one_account_shut_out_nobody_else_at_its_address(app: Flask, world: World) -> None:
    for number in range(30):
        Browser(app.test_client()).log_in("officer@orebro", "wrong")
        world.later(seconds=20 * number)
    for other in ("manager", "admin", "auditor"):
        colleague = Browser(app.test_client())
        colleague.log_in(f"{other}@orebro")
        assert is_in(colleague), other


def test_guesser_of_one_account_at_many_addresses_is_slowed(app: Flask) -> None:
    answers = [_at(app, f"192.0.2.{n}", "officer@orebro", "wrong").status_code for n in range(30)]
    assert answers == [422] * 20 + [429] * 10
    assert _at(app, "198.51.100.7", "manager@orebro").status_code == 303


def test_guesser_elsewhere_does_not_shut_the_owner_out_where_they_have_logged_in(app: Flask, world: World) -> None:
    assert _at(app, "198.51.100.7", "officer@orebro").status_code == 303
    for n in range(25):
        _at(app, f"192.0.2.{n}", "officer@orebro", "wrong")
    assert _at(app, "198.51.100.8", "officer@orebro").status_code == 429
    assert _at(app, "198.51.100.7", "officer@orebro").status_code == 303
    answers = [_at(app, "198.51.100.7", "officer@orebro", "wrong").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    world.later(days=31)
    for n in range(25):
        _at(app, f"192.0.2.{n}", "officer@orebro", "wrong")
    assert _at(app, "198.51.100.7", "officer@orebro").status_code == 429


def test_success_takes_back_only_what_failed_at_its_own_address(app: Flask, world: World) -> None:
    for n in range(15):
        _at(app, f"192.0.2.{n}", "officer@orebro", "wrong")
    _at(app, "198.51.100.7", "officer@orebro", "wrong")
    assert _at(app, "198.51.100.7", "officer@orebro").status_code == 303
    assert _failures(world, "user:officer@orebro") == 15


@pytest.mark.parametrize("name", ["person{n}@orebro", "member{n}@orebro"], ids=["unknown", "known"])
def test_one_address_trying_many_accounts_must_wait(app: Flask, world: World, name: str) -> None:
    assert _at(app, "192.0.2.7", "manager@orebro").status_code == 303
    answers = [_at(app, "192.0.2.7", name.format(n=n), "wrong").status_code for n in range(51)]
    assert answers == [422] * 50 + [429]
    assert _at(app, "192.0.2.7", "officer@orebro").status_code == 429
    assert _at(app, "192.0.2.7", "manager@orebro").status_code == 303
    assert _at(app, "192.0.2.8", "officer@orebro").status_code == 303
    world.later(seconds=61)
    assert _at(app, "192.0.2.7", "officer@orebro").status_code == 303


def test_each_mistake_put_right_leaves_the_address_as_it_was(app: Flask, world: World) -> None:
    for n in range(10):
        _at(app, "192.0.2.7", f"member{n}@orebro", "wrong")
        assert _at(app, "192.0.2.7", f"member{n}@orebro").status_code == 303
    assert _failures(world, "address:192.0.2.7") == 0


def _at(app: Flask, address: str, username: str, password: str = PASSWORD) -> TestResponse:
    """Log in from an address, with a browser of its own."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Browser(client).log_in(username, password)


def test_the_count_holds_across_processes(world: World, browser: Browser) -> None:
    for _ in range(5):
        browser.log_in("officer@orebro", "wrong")
    other = create_app(settings_for(world), now=lambda: world.now)
    assert Browser(other.test_client()).log_in("officer@orebro").status_code == 429
    other.extensions["instans"].engine.dispose()


def test_a_hundred_attempts_at_once_gain_nothing(engine: Engine) -> None:
    """Every attempt counts before it is looked at, so only four and then one are looked at."""
    now = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
    keys = login_throttle.keys_of("officer@orebro", "10.0.0.1")
    looked_at: list[int] = []

    def attempt(number: int) -> None:
        try:
            with writing(engine, None) as connection:
                login_throttle.count_attempt(connection, keys, now)
        except login_throttle.Throttled:
            return
        looked_at.append(number)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 5


def test_old_counts_are_swept_away(world: World, browser: Browser) -> None:
    browser.log_in("nobody@orebro", "wrong")
    world.later(hours=3)
    browser.log_in("officer@orebro")
    with world.engine.connect() as connection:
        left = connection.execute(select(LoginThrottle.key).order_by(LoginThrottle.key)).scalars().all()
    assert left == [f"address:{HERE}", f"known:{HERE} officer@orebro", "user:officer@orebro"]


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("garbage", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_is_counted_by_its_network(given: str | None, counted: str) -> None:
    assert client_address(given) == counted


def _failures(world: World, key: str) -> int:
    with world.engine.connect() as connection:
        found = connection.execute(select(LoginThrottle.failures).where(LoginThrottle.key == key)).scalar_one_or_none()
        return found or 0


# -- who gets in


def test_the_right_name_and_password_open_the_start_page(browser: Browser, world: World) -> None:
    answer = browser.log_in("officer@orebro")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(browser)
    assert logged(world) == [("logged-in", "officer@orebro", world.people["officer"])]


def test_the_shipped_parameters_are_those_of_rfc_9106() -> None:
    """The second recommended option: argon2id, three passes over 64 MiB in four lanes."""
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("username", ["Officer@Orebro", "  officer@orebro "])
def test_a_name_is_read_without_regard_to_case_or_blanks(browser: Browser, username: str) -> None:
    browser.log_in(username)
    assert is_in(browser)


def test_failures_stand_in_the_access_log(browser: Browser, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    browser.log_in("officer@orebro", "wrong")
    browser.log_in("nobody@orebro", "wrong")
    browser.log_in("nobody@nowhere", "wrong")
    assert logged(world) == [
        ("login-failed", "officer@orebro", world.people["officer"]),
        ("login-failed", "nobody@orebro", None),
    ]
    assert len(caplog.records) == 3
    assert "wrong" not in caplog.text


def test_whoever_is_logged_in_does_not_see_the_form_again(browser: Browser) -> None:
    browser.log_in("officer@orebro")
    answer = browser.get("/login?next=/cases/new")
    assert (answer.status_code, answer.location) == (303, "/cases/new")


def test_log_in_leads_on_to_where_somebody_wanted_to_go(browser: Browser) -> None:
    assert browser.log_in("officer@orebro", next="/cases/new?act=enter").location == "/cases/new?act=enter"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example"])
def test_log_in_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    assert browser.log_in("officer@orebro", next=wanted).location == "/"


def test_a_hash_with_older_parameters_is_renewed(world: World, browser: Browser) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    _set_hash(world, weak)
    browser.log_in("officer@orebro", "wrong")
    assert _hash(world) == weak
    browser.log_in("officer@orebro")
    renewed = _hash(world)
    assert renewed != weak
    assert CHEAP.matches(renewed, PASSWORD)
    assert not CHEAP.is_outdated(renewed)


def test_a_hash_nobody_can_read_opens_nothing(world: World, browser: Browser) -> None:
    _set_hash(world, "md5$secret")
    assert WRONG in browser.log_in("officer@orebro", "secret").text


def test_letters_typed_as_one_sign_or_as_two_are_the_same_password() -> None:
    passwords = Passwords()
    assert passwords.matches(passwords.hash("Åsa är här"), "Åsa är här")
    assert not passwords.matches(passwords.hash("Åsa är här"), "Asa ar har")


def test_a_user_name_is_kept_short() -> None:
    assert len(normal_username("å" * 5000)) == 200


def _set_hash(world: World, password_hash: str) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        mine = (Person.municipality_id == world.tenant.id, Person.username == "officer@orebro")
        connection.execute(update(Person).where(*mine).values(password_hash=password_hash))


def _hash(world: World) -> str:
    with reading(world.engine, world.tenant.id) as db:
        return str(db.execute(select(Person.password_hash).where(Person.username == "officer@orebro")).scalar_one())


# -- the session


def test_log_in_begins_a_new_session(browser: Browser) -> None:
    """What a stranger planted before is gone: the form token, the language and everything else."""
    planted = browser.token()
    with browser.client.session_transaction() as session:
        session["planted"] = "by a stranger"
        session["language"] = "da"
    browser.log_in("officer@orebro")
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert "language" not in session
        assert session["person"]
    answer = browser.client.post("/language", data={"language": "sv", "csrf_token": planted})
    assert answer.status_code == 400


def test_a_session_ends_after_twelve_hours_however_busy(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    for _ in range(11):
        world.later(hours=1)
        assert is_in(browser)
    world.later(hours=1)
    assert not is_in(browser)


def test_a_session_ends_after_two_hours_of_silence(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    world.later(hours=1, minutes=59)
    assert is_in(browser)
    world.later(hours=1, minutes=59)
    assert is_in(browser)
    world.later(hours=2)
    assert not is_in(browser)


def test_whose_session_has_ended_is_told_so_and_led_back(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    world.later(hours=3)
    answer = browser.get("/cases/new")
    assert answer.location == "/login?next=/cases/new"
    assert "Your session has ended." in browser.get(answer.location).text
    assert "Your session has ended." not in browser.get("/login").text


def test_a_sign_of_life_is_written_at_most_once_a_minute(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    browser.get("/")
    world.later(seconds=30)
    assert "Set-Cookie" not in browser.get("/").headers
    world.later(seconds=31)
    assert "Set-Cookie" in browser.get("/").headers


@pytest.mark.parametrize("change", [{"is_active": False}, {"password_hash": CHEAP.hash("another one")}])
def test_a_new_password_or_being_made_inactive_ends_every_session(
    browser: Browser, world: World, change: dict[str, Any]
) -> None:
    browser.log_in("officer@orebro")
    _administer(world, "change-person", {"username": "officer@orebro", **change})
    assert not is_in(browser)


def test_appointments_are_those_of_the_day(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    assert browser.get("/cases/new").status_code == 200
    for id_ in _appointments(world, "officer"):
        day = world.now.date() - timedelta(days=1)
        _administer(world, "end-appointment", {"id": id_, "ends_on": day.isoformat()})
    assert browser.get("/cases/new").status_code == 403
    assert "You hold no appointment today." in browser.get("/").text


def test_log_out_ends_copies_of_the_session_as_well(app: Flask, browser: Browser) -> None:
    browser.log_in("officer@orebro")
    cookie = browser.client.get_cookie("instans")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("instans", cookie.value)
    assert is_in(Browser(thief))
    answer = browser.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert not is_in(browser)
    assert not is_in(Browser(thief))
    assert "You are logged out" in browser.get("/login").text


def test_nobody_is_logged_out_by_a_link(browser: Browser) -> None:
    browser.log_in("officer@orebro")
    assert browser.get("/logout").status_code == 405
    assert is_in(browser)


@pytest.mark.parametrize("name", ["person", "municipality", "epoch", "since", "seen"])
@pytest.mark.parametrize("value", [None, "nonsense", -1])
def test_a_session_that_cannot_be_read_is_nobodys(browser: Browser, name: str, value: object) -> None:
    browser.log_in("officer@orebro")
    with browser.client.session_transaction() as session:
        session[name] = value
    assert not is_in(browser)


def test_a_session_signed_with_another_secret_is_nobodys(world: World, browser: Browser) -> None:
    forger = create_app(settings_for(world, secret_key="another secret, quite long"), now=lambda: world.now)
    forged = Browser(forger.test_client())
    forged.log_in("officer@orebro")
    assert is_in(forged)
    cookie = forged.client.get_cookie("instans")
    assert cookie is not None
    browser.client.set_cookie("instans", cookie.value)
    assert not is_in(browser)
    forger.extensions["instans"].engine.dispose()


def test_a_session_opens_one_municipality_alone(engine: Engine, world: World, browser: Browser) -> None:
    """The same number in another municipality is another person, so the key alone must not carry a session over."""
    other = furnished(engine, "odense")
    browser.log_in("officer@orebro")
    with browser.client.session_transaction() as session:
        session["municipality"] = other.tenant.key
    assert not is_in(browser)


def test_one_statement_finds_who_sends_a_request(app: Flask, browser: Browser) -> None:
    browser.log_in("officer@orebro")
    here = app.extensions["instans"]
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.test_request_context("/"):
        from web.auth.session import load_user

        tenant = here.workflow.tenants.tenant("orebro")
        event.listen(here.engine, "before_cursor_execute", note)
        assert load_user(here, tenant, 1) is not None
        event.remove(here.engine, "before_cursor_execute", note)
    assert len([one for one in sent if one.startswith("SELECT") and "set_config" not in one]) == 1


def _administer(world: World, action: str, given: dict[str, Any]) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        carry_out(connection, world.tenant, None, action, given, now=world.now)


def _appointments(world: World, who: str) -> list[int]:
    from models import Appointment

    with reading(world.engine, world.tenant.id) as db:
        return list(db.execute(select(Appointment.id).where(Appointment.person_id == world.people[who])).scalars())


# -- the demo's one click


@pytest.fixture
def demo(world: World) -> Iterator[Flask]:
    """The demo, bound to loopback."""
    _mark(world, is_demo=True)
    yield from serving(world, is_demo=True)


def _mark(world: World, *, is_demo: bool) -> None:
    with world.engine.execution_options(instans_writes=True).begin() as connection:
        connection.execute(insert(Installation).values(is_demo=is_demo, created_at=world.now))
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.municipality_id == world.tenant.id).values(is_example=True))


def test_without_the_demo_there_is_no_one_click(browser: Browser, world: World) -> None:
    _mark(world, is_demo=True)
    assert "login/demo" not in browser.get("/login").text
    assert browser.post("/login/demo", username="officer@orebro").status_code == 404


@pytest.mark.parametrize(
    ("settings", "is_demo", "address", "host"),
    [
        ({}, False, "127.0.0.1", "localhost"),
        ({"host": "0.0.0.0"}, True, "127.0.0.1", "localhost"),  # noqa: S104
        ({}, True, "192.0.2.7", "localhost"),
        ({}, True, "127.0.0.1", "evil.example"),
        ({}, True, "127.0.0.1", "127.0.0.1.evil.example"),
    ],
    ids=["unmarked database", "bound to the network", "from elsewhere", "rebound name", "lookalike name"],
)
def test_one_click_needs_the_mark_and_loopback_on_every_side(
    world: World, settings: dict[str, Any], is_demo: bool, address: str, host: str
) -> None:
    _mark(world, is_demo=is_demo)
    for app in serving(world, is_demo=True, **settings):
        client = app.test_client()
        reached = {"base_url": f"http://{host}:8000", "environ_base": {"REMOTE_ADDR": address}}
        page = client.get("/login", **reached)
        assert "login/demo" not in page.text
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = client.post("/login/demo", data={"csrf_token": token, "username": "officer@orebro"}, **reached)
        assert answer.status_code == 404


@pytest.mark.parametrize("username", ["nobody@orebro", "nobody@nowhere", "", "real@orebro"])
def test_one_click_logs_in_nobody_but_the_demos_own_people(demo: Flask, world: World, username: str) -> None:
    world.add("real")
    browser = Browser(demo.test_client())
    assert browser.post("/login/demo", username=username).status_code == 404
    assert not is_in(browser)


def test_one_click_needs_the_form_token(demo: Flask) -> None:
    client = demo.test_client()
    assert client.post("/login/demo", data={"username": "officer@orebro"}).status_code == 400


def test_one_click_on_a_demo_person_logs_in(demo: Flask, world: World) -> None:
    browser = Browser(demo.test_client())
    page = browser.get("/login").text
    assert "Örebro" in page
    assert 'value="chair.council@orebro"' in page
    assert "Confirms what was recorded; signs." in page
    assert 'value="member0@orebro"' in page
    answer = browser.post("/login/demo", username="chair.council@orebro", next="/policy")
    assert (answer.status_code, answer.location) == (303, "/policy")
    assert is_in(browser)
    assert logged(world)[-1] == ("logged-in", "chair.council@orebro", world.people["chair.council"])


def test_the_demo_says_on_every_page_that_it_is_one(demo: Flask, browser: Browser) -> None:
    assert "Demo:" in Browser(demo.test_client()).get("/login").text
    assert "Demo:" not in browser.get("/login").text
