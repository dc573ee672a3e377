"""Secrecy on every route: what comes of a secret case stands on no page for whoever may not read the case.

The routes are read from the application, so that a new one is asked on the day it is written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from models import Deadline, Document, Engagement, Evaluation, Notice
from models.database import reading
from tests.web.api.conftest import token_of
from tests.web.clients import PDF, let_in, sit
from tests.web.evaluation_data import report, start
from tests.worlds import World
from web.auth.access_control import ACCESS
from web.notifications.queries import notices_by_id
from workflow.cases.secrecy_mark import change_secrecy
from workflow.core.errors import NotFound
from workflow.documents.service import Upload, register_engagement_document
from workflow.evaluations.service import look
from workflow.people.preferences import create_calendar
from workflow.register.details import change_details
from workflow.scheduling.scheduler import run_round

#: Words of the secret case and of what comes of it.
WORDS = ("Obsidian", "Quagmire", "Palimpsest", "Zephyrine", "Marzipan", "Tourmaline")
#: Routes whose addresses name no case, engagement, evaluation or document, with the reason.
NOT_ABOUT_IT = {
    "admin.end_appointment": "a seat",
    "admin.end_mandate": "a mandate",
    "admin.person": "a person",
    "substitutes.end": "a substitute",
    "substitutes.for_person": "a person",
    "bootstrap.static": "a file of the application",
    "static": "a file of the application",
    "invitation.form": "an invitation",
    "imports.page": "a list that its officer brings in",
    "activation.form": "a version of the policy",
    "exchange.route": "a version of the policy",
    "exchange.table": "a version of the policy",
    "assumptions.page": "an assumption of the policy",
}


class Secret:
    """A world in which a secret membership is active, with an evaluation due, documents, notices and contacts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.case = world.open(
            "membership",
            responsible=world.policy.only("executive-board").key,
            title="Obsidian alliance",
            partner={"name": "Quagmire", "country": "FI"},
            fields=dict(world.draft("membership")["fields"]) | {"purpose": "Palimpsest"},
            secrecy={"law": "OSL 15:1", "note": "Zephyrine"},
        )
        world.walk(self.case)
        with reading(world.engine, world.tenant.id) as db:
            self.id, self.engagement = db.execute(select(Engagement.id, Engagement.number)).one()
        contact = {"contacts": [{"name": "Marzipan", "role": "", "email": ""}]}
        officer = world.people["officer"]
        change_details(world.services, officer, self.engagement, "contacts", contact, now=world.now, expected_version=0)
        paper = Upload(PDF, "Tourmaline.pdf", "Tourmaline", "incoming", "", world.now.date())
        register_engagement_document(world.services, officer, self.engagement, paper, now=world.now)
        world.later(days=365 * 3)
        run_round(world.services, now=world.now)
        with reading(world.engine, world.tenant.id) as db:
            self.evaluation = db.execute(select(Evaluation.number).order_by(Evaluation.id.desc())).scalars().first()
            self.document = db.execute(select(Document.number)).scalars().first()
            self.notices = list(db.execute(select(Notice.id)).scalars())
            self.streams = [f"{world.tenant.key}-d-{id_}" for id_ in db.execute(select(Deadline.id)).scalars()]

    def paths(self, rule: Rule) -> Iterator[str]:
        """Addresses of a route: of everything that is secret, and of lists as they are and searched."""
        path = str(rule)
        numbers = (self.case, self.engagement, self.evaluation, self.document)
        values: Mapping[str, tuple[Any, ...]] = {
            "number": numbers,
            "action": ("submit", "sign"),
            "form": ("csv", "xlsx"),
            "name": self.streams,
            "version": (self.world.policy.version,),
            "id_": (1,),
            "kind": ("membership",),
            "username": (f"officer@{self.world.tenant.key}",),
        }
        if not rule.arguments:
            about = f"engagement=membership&act=evaluate&engagement_number={self.engagement}&find=Obsidian"
            yield from (path, f"{path}?q=Obsidian", f"{path}?number={self.case}", f"{path}?{about}")
            yield from (f"{path}?case={self.case}", f"{path}?show=all", f"{path}?show=closed")
            return
        (argument,) = (name for name in rule.arguments if name in values and name != "action")
        for value in values[argument]:
            found = path.replace("<int:", "<").replace(f"<{argument}>", str(value))
            yield from (found.replace("<action>", action) for action in values["action"])


@pytest.fixture
def secret(world: World) -> Secret:
    """What nobody else is to see."""
    return Secret(world)


def asked(app: Flask, secret: Secret) -> Iterator[tuple[Rule, str]]:
    """Every address of every route that is read."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()) and rule.endpoint not in (*NOT_ABOUT_IT, "calendar.feed"):
            yield from ((rule, path) for path in dict.fromkeys(secret.paths(rule)))


def said(client: FlaskClient, rule: Rule, path: str, token: str) -> str:
    """What a route answers, a workbook unpacked."""
    headers = {"Authorization": f"Bearer {token}"} if ACCESS[rule.endpoint] == "token" else {}
    answer = client.get(path, headers=headers, buffered=True)
    assert answer.status_code < 500, path
    if path.endswith(".xlsx"):
        book = zipfile.ZipFile(io.BytesIO(answer.data))
        return "".join(book.read(name).decode() for name in book.namelist())
    return f"{answer.headers}{answer.get_data(as_text=True)}"


#: Roles of people who are not on the way of the case: in a committee that it does not concern.
STRANGERS = ("officer", "manager", "secretary", "admin")


@pytest.mark.parametrize("role", STRANGERS)
def test_no_route_shows_it_to_who_may_not_read_the_case(app: Flask, world: World, secret: Secret, role: str) -> None:
    committee, who = world.policy.bodies_of("committee")[0].key, f"other.{role}"
    let_in(world, who, (role, committee if role == "secretary" else _other_administration(world)))
    desk, token = sit(app, f"{who}@orebro"), token_of(world, who)
    tried = 0
    for rule, path in asked(app, secret):
        found = said(desk.browser.client, rule, path, token)
        typed = path.partition("?")[2]
        shown = [word for word in WORDS if word in found and word not in typed]
        assert not shown, (path, shown)
        tried += 1
    assert tried > 100
    key = create_calendar(world.services, world.people[who], "orebro", now=world.now)
    feed = app.test_client().get(f"/calendar/{key}.ics").get_data(as_text=True)
    assert not [word for word in WORDS if word in feed]
    for path in (f"/engagements/{secret.engagement}", f"/evaluations/{secret.evaluation}", f"/cases/{secret.case}"):
        assert desk.get(path).status_code == 404, path


def test_mails_notices_and_feeds_name_it_by_its_number(app: Flask, world: World, secret: Secret) -> None:
    key = create_calendar(world.services, world.people["coordinator"], "orebro", now=world.now)
    feed = app.test_client().get(f"/calendar/{key}.ics").get_data(as_text=True)
    assert secret.engagement in feed
    assert not [word for word in WORDS if word in feed]
    with reading(world.engine, world.tenant.id) as db:
        found = notices_by_id(db, secret.notices)
    assert any(notice.engagement_number == secret.engagement for notice in found)
    assert all(notice.engagement_title is None for notice in found)
    assert all(notice.case_title is None for notice in found if notice.case_number == secret.case)


@pytest.mark.parametrize("who", ["officer", "coordinator", "auditor", "chair.executive"])
def test_who_may_read_the_case_reads_what_came_of_it(app: Flask, world: World, secret: Secret, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert "Obsidian" in desk.get(f"/engagements/{secret.engagement}").text
    assert "Obsidian" in desk.get("/engagements?q=Obsidian").text
    assert "Obsidian" in desk.get("/engagements/export.csv").get_data(as_text=True)
    assert "Obsidian" in desk.get(f"/evaluations/{secret.evaluation}").text


def test_a_lifted_mark_opens_everything_and_stands_in_the_trail(app: Flask, world: World, secret: Secret) -> None:
    let_in(world, "other.officer", ("officer", _other_administration(world)))
    desk = sit(app, "other.officer@orebro")
    assert "Obsidian" not in desk.get("/engagements").text
    officer = sit(app, "officer@orebro")
    given = {
        "law": "",
        "note": "",
        "reason": "The agreement is public now.",
        "version": str(world.version(secret.case)),
    }
    assert officer.send(f"/cases/{secret.case}/secrecy", given).status_code == 303
    assert "Obsidian" in desk.get("/engagements").text
    assert desk.get(f"/engagements/{secret.engagement}").status_code == 200
    assert "Secrecy mark changed" in officer.get(f"/cases/{secret.case}").text


def test_a_case_about_it_is_secret_as_well(world: World, secret: Secret) -> None:
    start(world, "coordinator", str(secret.evaluation))
    case = report(world, "coordinator", str(secret.evaluation), officer="officer@orebro")
    assert world.row(case).secrecy_law == "OSL 15:1"
    renewal = world.open("membership", "terminate", engagement_number=secret.engagement)
    assert world.row(renewal).secrecy_law == "OSL 15:1"


def test_nobody_else_acts_on_it(world: World, secret: Secret) -> None:
    let_in(world, "other.officer", ("officer", _other_administration(world)))
    stranger = world.people["other.officer"]
    with pytest.raises(NotFound):
        look(world.services, stranger, str(secret.evaluation), now=world.now)
    with pytest.raises(NotFound):
        change_details(
            world.services, stranger, secret.engagement, "contacts", {"contacts": []}, now=world.now, expected_version=1
        )
    change = {"law": "", "reason": "Curious"}
    with pytest.raises(NotFound):
        change_secrecy(world.services, stranger, secret.case, change, now=world.now, expected_version=1)


def _other_administration(world: World) -> str:
    """An administration that is on no way of the board's own cases."""
    return world.policy.administration_of(world.policy.bodies_of("committee")[0].key).key
