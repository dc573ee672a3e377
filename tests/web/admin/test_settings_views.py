"""Views of a person's settings: mail, language, and a calendar address shown once."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import Person
from models.database import reading
from tests.web.clients import Desk, engine_of, sit, values, words
from tests.web.conftest import PASSWORD, serving
from tests.worlds import World
from workflow.core.errors import NotFound
from workflow.people import tokens

GIVEN = {"email": "leila@kommun.example", "mail_wanted": "daily", "language": "sv", "password": PASSWORD}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: what is stored is tested below."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def kept(world: World) -> tuple[str, str, str]:
    with reading(world.engine, world.tenant.id) as db:
        query = select(Person.email, Person.mail_wanted, Person.language)
        return tuple(db.execute(query.where(Person.id == world.people["officer"])).one())  # type: ignore[return-value]


# -- refusals


def test_a_form_that_is_not_ours_is_refused(world: World, officer: Desk) -> None:
    for path in ("/settings", "/settings/calendar", "/settings/calendar/end"):
        assert officer.browser.client.post(path, data=GIVEN).status_code == 400
    assert kept(world) == ("", "each", "en")


def test_what_was_typed_survives_a_refusal_and_the_field_is_named(world: World, officer: Desk) -> None:
    answer = officer.send("/settings", GIVEN | {"email": "leila@", "mail_wanted": "none"})
    assert answer.status_code == 422
    shown = values(answer.text)
    assert (shown["email"], shown["language"]) == ("leila@", "sv")
    assert re.search(r'value="none" checked', answer.text)
    assert "“E-mail address” is not valid: not an e-mail address" in words(answer.text)
    assert 'href="#f-email"' in answer.text
    assert 'id="f-email"' in answer.text
    assert kept(world) == ("", "each", "en")


def test_an_address_is_shown_as_text(officer: Desk) -> None:
    answer = officer.send("/settings", GIVEN | {"email": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


# -- what is kept


def test_what_is_chosen_is_kept_and_the_language_holds_at_once(world: World, officer: Desk) -> None:
    answer = officer.send("/settings", GIVEN)
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert kept(world) == ("leila@kommun.example", "daily", "sv")
    page = officer.get("/settings").text
    assert '<html lang="sv">' in page
    shown = values(page)
    assert (shown["email"], shown["mail_wanted"], shown["language"]) == ("leila@kommun.example", "daily", "sv")


def test_the_settings_are_found_from_every_page(officer: Desk) -> None:
    assert 'href="/settings"' in officer.get("/cases").text


def test_while_mail_is_off_the_page_says_so(world: World, officer: Desk) -> None:
    from config.mailing import Mailing

    assert "Mail is switched off in this installation" in officer.read("/settings")
    on = Mailing(host="mail.example", sender="a@b.example", base_url="https://instans.example")
    for app in serving(world, mailing=on):
        assert "switched off" not in sit(app, "officer@orebro").read("/settings")


def test_the_calendars_address_is_shown_once_and_opens_it(app: Flask, officer: Desk) -> None:
    answer = officer.send("/settings/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"http://localhost(/calendar/orebro_[\w-]{43}\.ics)", answer.text)
    assert found is not None
    assert app.test_client().get(found[1]).status_code == 200
    assert "/calendar/orebro_" not in officer.get("/settings").text
    assert "It cannot be shown again" in officer.read("/settings")
    again = officer.send("/settings/calendar").text
    assert found[1] not in again
    assert app.test_client().get(found[1]).status_code == 404
    assert officer.send("/settings/calendar/end").status_code == 303
    assert "Create the address" in officer.read("/settings")


def test_links_lead_to_the_address_of_the_installation(world: World) -> None:
    from config.mailing import Mailing

    for app in serving(world, mailing=Mailing(base_url="https://instans.kommun.example")):
        page = sit(app, "officer@orebro").send("/settings/calendar").text
        assert "https://instans.kommun.example/calendar/orebro_" in page


def test_the_auditor_reads_in_the_journal_what_was_done_and_no_address(app: Flask, officer: Desk) -> None:
    officer.send("/settings", GIVEN)
    officer.send("/settings/calendar")
    page = sit(app, "auditor@orebro").read("/audit/journal")
    assert "Own settings changed" in page
    assert "Calendar address created" in page
    assert "E-mail address, Language, E-mail" in page
    assert "leila@" not in page


def test_what_others_have_done_to_an_account_stands_on_the_start_page(world: World, officer: Desk) -> None:
    assert "Changes of accounts" not in officer.read("/")
    officer.send("/settings/calendar")
    assert "Changes of accounts" not in officer.read("/")
    tokens.create(world.engine, world.services.tenants, "officer@orebro", world.now)
    page = officer.read("/")
    assert "A token for programs has been created in your name. It is valid until 15 September 2027." in page
    assert "from the command line" in page
    world.later(minutes=90)
    assert "Changes of accounts" in officer.read("/")


def test_auditors_see_changes_of_accounts_that_decide(world: World, app: Flask) -> None:
    tokens.create(world.engine, world.services.tenants, "chair.council@orebro", world.now)
    assert "A token for programs has been created in the name of Chair.Council." in sit(app, "auditor@orebro").read("/")
    assert "Chair.Council" not in sit(app, "officer@orebro").read("/")


def test_tokens_are_listed_with_their_last_day_and_ended_one_by_one(world: World, officer: Desk) -> None:
    made = [tokens.create(world.engine, world.services.tenants, "officer@orebro", world.now) for _ in range(2)]
    tokens.create(world.engine, world.services.tenants, "manager@orebro", world.now)
    page = officer.get("/settings").text
    paths = re.findall(r'action="(/settings/tokens/[0-9]+/end)"', page)
    assert len(paths) == 2
    assert "valid until 15 September 2027" in words(page)
    assert officer.send(paths[0]).status_code == 303
    found = []
    for token in made:
        with suppress(NotFound):
            found.append(tokens.bearer(world.engine, world.services.tenants, f"Bearer {token}", world.now).person_id)
    assert found == [world.people["officer"]]
    assert officer.send(paths[0]).status_code == 404
    assert officer.send("/settings/tokens/3/end").status_code == 404  # the manager's


def test_calendar_expires_after_a_year_and_says_when_it_was_read(world: World, app: Flask, officer: Desk) -> None:
    found = re.search(r"(/calendar/orebro_[\w-]{43}\.ics)", officer.send("/settings/calendar").text)
    assert found is not None
    assert "valid until 15 September 2027. Not read so far." in officer.read("/settings")
    assert app.test_client().get(found[1]).status_code == 200
    assert "Last read on 15 September 2026." in officer.read("/settings")
    world.later(days=365)
    assert app.test_client().get(found[1]).status_code == 200
    world.later(days=1)
    assert app.test_client().get(found[1]).status_code == 410
    page = sit(app, "officer@orebro").read("/settings")
    assert "The address has expired" in page
    assert "Replace the address" in page
