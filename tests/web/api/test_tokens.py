"""Bearer tokens: what opens the API, and what does not."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from models import ApiToken, Appointment, Person, TrailEntry
from models.database import reading, writing
from tests.web.api.conftest import Program, Programs, codes, token_of
from tests.web.conftest import Browser
from tests.worlds import World, build
from web.auth.access_control import ACCESS
from workflow.core.errors import Malformed, NotFound
from workflow.people import tokens

NO_TOKENS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer instans_orebro_",
    "Bearer instans_orebro_wrong",
    "Bearer instans_nowhere_" + "x" * 43,
    "Bearer instans_orebro_" + "x" * 43,
    "Bearer instans_Orebro_" + "x" * 43,
    "Bearer " + "x" * 10_000,
    "Bearer instans_orebro_\xe5" + "x" * 42,
    "Basic b2ZmaWNlcjpwYXNz",
    "instans_orebro_" + "x" * 43,
]


def test_anything_else_than_a_token_opens_nothing(program: Programs, subtests: pytest.Subtests) -> None:
    nobody = program("")
    for header in NO_TOKENS:
        with subtests.test(header[:60]):
            answer = nobody.get("/cases", **({"Authorization": header} if header else {}))
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert codes(answer) == []


def test_a_token_opens_the_api_whatever_the_case_of_its_scheme(program: Programs, world: World) -> None:
    token = token_of(world, "officer")
    assert program("").get("/cases", Authorization=f"bearer {token}").status_code == 200


def test_a_revoked_token_opens_nothing(program: Programs, world: World) -> None:
    officer, other = program("officer"), program("manager")
    assert tokens.revoke_all(world.engine, world.services.tenants, "officer@orebro", world.now) == 1
    assert officer.get("/cases").status_code == 401
    assert other.get("/cases").status_code == 200
    assert tokens.revoke_all(world.engine, world.services.tenants, "officer@orebro", world.now) == 0


def test_the_token_of_somebody_inactive_opens_nothing(program: Programs, world: World) -> None:
    officer = program("officer")
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["officer"]).values(is_active=False))
    assert officer.get("/cases").status_code == 401
    with pytest.raises(tokens.PersonInactive):
        token_of(world, "officer")


def test_a_token_says_which_municipality_it_is_of_and_another_prefix_opens_nothing(
    program: Programs, world: World
) -> None:
    other = build(world.engine, "oslo")
    token = token_of(world, "officer")
    assert program("").get("/cases", Authorization=f"Bearer {token}").status_code == 200
    forged = token.replace("_orebro_", f"_{other.tenant.key}_")
    assert program("").get("/cases", Authorization=f"Bearer {forged}").status_code == 401


def test_a_session_opens_no_api_and_a_token_no_screen(browser: Browser, world: World) -> None:
    browser.log_in("officer@orebro")
    assert browser.get("/").status_code == 200
    assert browser.get("/api/v1/cases").status_code == 401
    fresh = browser.client.application.test_client()
    answer = fresh.get("/", headers={"Authorization": f"Bearer {token_of(world, 'officer')}"})
    assert answer.status_code == 303


def test_only_the_digest_is_kept_and_the_journal_tells_of_it(engine: Engine, world: World) -> None:
    token = token_of(world, "officer")
    assert token.startswith("instans_orebro_")
    with reading(engine, world.tenant.id) as session:
        kept = session.execute(select(ApiToken.token_hash, ApiToken.created_at)).one()
        told = session.execute(
            select(TrailEntry.actor, TrailEntry.data).where(TrailEntry.action == "create-token")
        ).one()
    assert kept.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert kept.created_at == world.now
    assert token.removeprefix("instans_orebro_") not in told.data
    assert told.actor == "system"


def test_nobody_gets_a_token_who_is_not_known(world: World) -> None:
    for username in ("nobody@orebro", "officer@nowhere", "officer", ""):
        with pytest.raises(NotFound):
            tokens.create(world.engine, world.services.tenants, username, world.now)


def test_a_token_expires_after_a_year_or_earlier(program: Programs, world: World) -> None:
    officer: Program = program("officer")
    short = tokens.create(world.engine, world.services.tenants, "manager@orebro", world.now, days=1)
    assert program("").get("/cases", Authorization=f"Bearer {short}").status_code == 200
    world.later(days=1)
    assert program("").get("/cases", Authorization=f"Bearer {short}").status_code == 401
    world.later(days=363, hours=23)
    assert officer.get("/cases").status_code == 200
    world.later(hours=1)
    answer = officer.get("/cases")
    assert answer.status_code == 401
    assert codes(answer) == []


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_a_token_lives_from_a_day_to_a_year(world: World, days: int) -> None:
    with pytest.raises(Malformed) as caught:
        tokens.create(world.engine, world.services.tenants, "officer@orebro", world.now, days=days)
    assert [why.code for why in caught.value.reasons] == ["token-life"]


def test_the_last_use_of_a_token_is_noted_once_a_day(program: Programs, world: World) -> None:
    officer = program("officer")
    with reading(world.engine, world.tenant.id) as session:
        assert session.execute(select(ApiToken.used_on)).scalar_one() is None
    for _ in range(2):
        officer.get("/cases")
    world.later(days=3)
    officer.get("/cases")
    with reading(world.engine, world.tenant.id) as session:
        assert session.execute(select(ApiToken.used_on)).scalar_one() == world.now.date()


def test_the_token_of_somebody_without_a_seat_reads_nothing(program: Programs, world: World) -> None:
    officer, other = program("officer"), program("manager")
    with writing(world.engine, world.tenant.id) as connection:
        ends = world.now.date() - timedelta(days=1)
        connection.execute(
            update(Appointment).where(Appointment.person_id == world.people["officer"]).values(ends_on=ends)
        )
    named, tried = {"Authorization": f"Bearer {officer.token}"}, 0
    for rule in officer.client.application.url_map.iter_rules():
        if ACCESS[rule.endpoint] != "token":
            continue
        path = re.sub("<[^>]+>", "orebro-2026-00001", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = officer.client.open(path, method=method, headers=named, json={} if method == "POST" else None)
            assert answer.status_code == 403, (rule, method)
            assert codes(answer) == ["no-seat"]
            tried += 1
    assert tried > 10
    assert other.get("/cases").status_code == 200
