"""Views of changes that take two people: what each sees, who presses what, and the link that is shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from config.mailing import Mailing
from models import Appointment, Person, ProposedChange
from models.database import reading, writing
from tests.web.clients import Desk, engine_of, sit, words
from tests.web.conftest import HASH, Browser, serving
from tests.worlds import World

CHOSEN = "a password of my own"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: what is stored is tested below the screens."""
    return engine_of(request)


@pytest.fixture
def admin(app: Flask, world: World) -> Desk:
    """The administrator who proposes; there is a second."""
    world.add("second", ("admin", "kommunstyrelsen"))
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["second"]).values(password_hash=HASH))
    return sit(app, "admin@orebro")


def last(world: World) -> Any:
    with reading(world.engine, world.tenant.id) as db:
        return db.scalars(select(ProposedChange).order_by(ProposedChange.id.desc()).limit(1)).one()


def test_one_alone_sees_no_button_to_confirm_and_is_refused(world: World, admin: Desk) -> None:
    admin.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"})
    page = admin.get("/admin/changes").text
    assert "/confirm" not in page
    assert "somebody else must confirm it" in words(page)
    answer = admin.send(f"/admin/changes/{last(world).id}/confirm")
    assert answer.status_code == 403
    assert "You have proposed this yourself" in words(answer.text)
    assert last(world).state == "open"


@pytest.mark.parametrize("who", ["officer", "auditor", "coordinator", "manager"])
def test_others_have_no_such_page(app: Flask, world: World, admin: Desk, who: str) -> None:
    admin.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"})
    other = sit(app, f"{who}@orebro")
    assert other.get("/admin/changes").status_code == 403
    assert other.send("/admin/changes/1/confirm").status_code == 403
    assert other.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"}).status_code == 403
    assert other.send("/admin/people/officer@orebro/erase", {"source": "x"}).status_code == 403


def test_chair_of_another_body_confirms_nothing(app: Flask, world: World, admin: Desk) -> None:
    admin.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"})
    chair = sit(app, "chair.executive@orebro")
    assert "/confirm" not in chair.get("/admin/changes").text
    assert chair.send("/admin/changes/1/confirm").status_code == 403


def test_forms_are_ours(admin: Desk) -> None:
    client = admin.browser.client
    assert client.post("/admin/people/officer@orebro/propose", data={"kind": "invite-person"}).status_code == 400
    assert client.post("/admin/changes/1/confirm").status_code == 400


@pytest.mark.parametrize("kind", ["erase-person", "appoint", ""])
def test_only_what_the_form_has_is_proposed_there(admin: Desk, kind: str) -> None:
    assert admin.send("/admin/people/officer@orebro/propose", {"kind": kind}).status_code == 404


def test_refused_address_is_named_beside_its_field(world: World, admin: Desk) -> None:
    answer = admin.send("/admin/people/officer@orebro/propose", {"kind": "change-email", "email": "leila@"})
    assert answer.status_code == 422
    assert 'href="#f-email"' in answer.text
    assert 'value="leila@"' in answer.text


def test_where_no_mail_is_sent_the_link_is_shown_once_to_whoever_confirms(
    app: Flask, world: World, admin: Desk
) -> None:
    officer = sit(app, "officer@orebro")
    admin.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"})
    second = sit(app, "second@orebro")
    assert "Officer" in second.read("/")
    assert "the link is shown once to whoever confirms" in second.read("/admin/changes")
    answer = second.send(f"/admin/changes/{last(world).id}/confirm")
    found = re.search(r"http://localhost(/invitation/orebro_[\w-]{43})", answer.text)
    assert found is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert "/invitation/" not in second.get("/admin/changes").text
    assert "/invitation/" not in admin.get("/admin/people/officer@orebro").text
    assert officer.get("/").status_code == 303
    browser = Browser(app.test_client())
    sent = {"csrf_token": browser.token(found[1]), "password": CHOSEN, "again": CHOSEN}
    assert browser.client.post(found[1], data=sent).status_code == 303
    assert browser.log_in("officer@orebro", CHOSEN).status_code == 303


def test_where_mail_is_sent_nobody_sees_the_link(world: World, admin: Desk) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        this = Person.id == world.people["officer"]
        connection.execute(update(Person).where(this).values(email="leila@kommun.example"))
    admin.send("/admin/people/officer@orebro/propose", {"kind": "invite-person"})
    on = Mailing(host="mail.example", sender="a@b.example", base_url="https://instans.example")
    for app in serving(world, mailing=on):
        second = sit(app, "second@orebro")
        assert "The link goes to leila@kommun.example" in second.read("/admin/changes")
        answer = second.send(f"/admin/changes/{last(world).id}/confirm")
        assert answer.status_code == 303
        assert "/invitation/" not in second.get("/admin/changes").text


def test_proposal_is_withdrawn_and_declined(app: Flask, world: World, admin: Desk) -> None:
    second = sit(app, "second@orebro")
    for desk, state in ((admin, "withdrawn"), (second, "declined")):
        admin.send("/admin/people/officer@orebro/propose", {"kind": "change-email", "email": "n@kommun.example"})
        assert "no address to n@kommun.example" in second.read("/admin/changes")
        assert desk.send(f"/admin/changes/{last(world).id}/decline").status_code == 303
        assert last(world).state == state
        assert second.send(f"/admin/changes/{last(world).id}/confirm").status_code == 409


def test_person_is_erased_by_a_decision_that_two_people_record(app: Flask, world: World, admin: Desk) -> None:
    path = "/admin/people/officer@orebro/erase"
    assert "Not reached:" in admin.read(path)
    assert admin.send(path, {"source": ""}).status_code == 422
    answer = admin.send(path, {"source": "Decision 7"})
    assert answer.status_code == 409
    assert "nobody with one is erased" in words(answer.text)
    with writing(world.engine, world.tenant.id) as connection:
        mine = Appointment.person_id == world.people["officer"]
        connection.execute(update(Appointment).where(mine).values(ends_on=world.now.date().replace(day=1)))
    assert admin.send(path, {"source": "Decision 7"}).status_code == 303
    second = sit(app, "second@orebro")
    assert "By the decision: Decision 7" in second.read("/admin/changes")
    assert second.send(f"/admin/changes/{last(world).id}/confirm").status_code == 303
    page = second.read("/admin/people/erased-1@orebro")
    assert "This person has been erased." in page
    assert "Propose" not in page
    journal = sit(app, "auditor@orebro").read("/audit/journal")
    assert "Person erased" in journal
    assert "Decision 7" in journal
