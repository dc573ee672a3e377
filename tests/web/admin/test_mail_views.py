"""Views of undelivered mail: complete for administrators, closed to others, and its retry."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, update

from config.mailing import Mailing
from models import Case, Mail
from models.database import writing
from tests.web.clients import Desk, counted, each_store, engine_of, sit
from tests.web.conftest import serving
from tests.web.worklist.test_views import put
from tests.workflow.notices import mails, notice
from tests.worlds import World
from web.admin.mail_queries import PAGE
from workflow import set_aside

BOARD = "kommunstyrelsen"
ON = Mailing(host="mail.example", sender="a@b.example", base_url="https://instans.example")


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def app(world: World) -> Any:
    yield from serving(world, mailing=ON)


@pytest.fixture
def admin(app: Flask) -> Desk:
    return sit(app, "admin@orebro")


def mail(world: World, state: str, **more: Any) -> int:
    row = {
        "municipality_id": world.tenant.id,
        "person_id": world.people["coordinator"],
        "notice_id": notice(world, "coordinator", BOARD),
        "state": state,
        "attempts": 1,
        "next_at": world.now,
        "created_at": world.now,
        "error": "",
    }
    with writing(world.engine, world.tenant.id) as connection:
        return int(connection.execute(insert(Mail).returning(Mail.id), row | more).scalar_one())


# -- what is not shown


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "held", "gathered"])
def test_what_is_on_its_way_or_there_is_not_shown(world: World, admin: Desk, state: str) -> None:
    mail(world, state)
    assert "Every mail has arrived, as far as we know." in admin.read("/admin/mail")
    assert "did not arrive" not in admin.read("/admin/people")


@pytest.mark.parametrize("after", ["x", "20260915T100000000000", "20261315T100000000000.1", "1.1"])
def test_a_place_nobody_wrote_is_not_found(admin: Desk, after: str) -> None:
    assert admin.get(f"/admin/mail?after={after}").status_code == 404


def test_nobody_but_an_administrator_sees_or_sends_any(world: World, app: Flask) -> None:
    id_ = mail(world, "failed")
    officer = sit(app, "officer@orebro")
    assert officer.get("/admin/mail").status_code == 403
    assert officer.send(f"/admin/mail/{id_}/retry").status_code == 403
    assert mails(world)[0].state == "failed"


def test_what_is_not_there_or_not_stuck_is_not_sent_once_more(world: World, admin: Desk) -> None:
    id_ = mail(world, "sent")
    answer = admin.send(f"/admin/mail/{id_}/retry")
    assert answer.status_code == 409
    assert "neither given up nor in doubt" in answer.text
    assert admin.send("/admin/mail/99999/retry").status_code == 422


# -- what is shown


@each_store
def test_what_was_given_up_is_in_doubt_or_left_lying_is_shown_with_its_reason(world: World, admin: Desk) -> None:
    mail(world, "failed", error="550 5.1.1 <no@such.example>: unknown")
    mail(world, "unsure", error="whoever was sending it died meanwhile")
    mail(world, "queued", next_at=world.now - timedelta(days=1))
    page = admin.read("/admin/mail")
    assert "550 5.1.1 <no@such.example>: unknown" in page
    assert "The program that was sending it was stopped in the middle." in page
    assert "Nobody is sending: is the scheduler running?" in page
    assert [page.count(state) for state in ("Given up", "May have arrived", "Waiting to be sent")] == [2, 2, 1]
    assert page.count("Send once more") == 2


def test_the_menu_says_that_something_did_not_arrive(world: World, admin: Desk) -> None:
    mail(world, "failed")
    for path in ("/admin/people", "/admin/appointments", "/admin/mandates"):
        assert "Mail that did not arrive" in admin.read(path)


def test_of_a_secret_case_only_the_number_is_shown(world: World, admin: Desk) -> None:
    (case,) = put(world, 1, state="decide:council")
    with writing(world.engine, world.tenant.id) as connection:
        secret = {"secrecy_law": "OSL 15:1", "title": "Unspeakable matter"}
        connection.execute(update(Case).where(Case.id == case).values(**secret))
    mail(world, "failed", notice_id=notice(world, "coordinator", BOARD, "rung-step", case_id=case))
    page = admin.get("/admin/mail").text
    assert "orebro-1999-00000" in page
    assert "Unspeakable" not in page


def test_a_stuck_mail_is_sent_once_more(world: World, admin: Desk) -> None:
    id_ = mail(world, "unsure")
    answer = admin.send(f"/admin/mail/{id_}/retry")
    assert (answer.status_code, answer.location) == (303, "/admin/mail")
    assert "The mail is queued once more." in admin.read("/admin/mail")
    assert mails(world)[0].state == "queued"


def test_while_mail_is_off_the_page_says_so_and_offers_nothing(world: World) -> None:
    mail(world, "failed")
    for app in serving(world):
        page = sit(app, "admin@orebro").read("/admin/mail")
        assert "Mail is switched off in this installation" in page
        assert "Send once more" not in page


@each_store
def test_all_of_them_are_reached_page_by_page_each_once(world: World, admin: Desk) -> None:
    ids = [
        mail(world, ("failed", "unsure", "queued")[n % 3], next_at=world.now - timedelta(days=2, minutes=n // 4))
        for n in range(2 * PAGE + 2)
    ]
    found: list[str] = []
    path, pages = "/admin/mail", 0
    while path:
        page = admin.get(path).text
        found += re.findall(r'<h2 class="record-title">', page)
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        path, pages = (onward[1].replace("&amp;", "&") if onward else ""), pages + 1
    assert (len(found), pages) == (len(ids), 3)


def test_a_list_of_any_length_takes_the_same_few_statements(world: World, app: Flask, admin: Desk) -> None:
    admin.get("/admin/mail")
    for _ in range(PAGE):
        mail(world, "failed")
    with counted(app) as sent:
        assert admin.get("/admin/mail").status_code == 200
    assert len(sent) <= 4, sent


# -- work set aside


def test_administrator_sees_what_the_scheduler_set_aside_and_why(world: World, admin: Desk) -> None:
    assert "Work set aside" not in admin.read("/admin/mail")
    set_aside.put(
        world.services, world.tenant, "reminders", 7, "orebro-2026-00009", OverflowError("out of range"), now=world.now
    )
    page = admin.read("/admin/mail")
    for text in ("Work set aside", "Reminders: orebro-2026-00009", "OverflowError: out of range", "1 try"):
        assert text in page
