"""Checks of what the recipes of CONTRIBUTING.md make, run by `test_contributing` in a copy that has followed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import Engagement
from models.database import reading
from tests.web.api.conftest import Programs, program  # noqa: F401
from tests.web.api.description import description
from tests.web.cli.calling import Run
from tests.web.cli.conftest import run  # noqa: F401
from tests.web.clients import sit, values
from tests.web.conftest import Browser, app, browser, client, serving, world  # noqa: F401
from tests.worlds import CONFIG, NOON, World, peopled
from web.cli.policy_new import starting
from workflow.audit.verify import verify
from workflow.core.calendar import is_working_day
from workflow.core.errors import NotMandated, RequirementMissing
from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.verification.runner import check
from workflow.versions.install import install


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """SQLite alone."""
    return sqlite_engine


Settled = Callable[[str], tuple[World, Flask]]


@pytest.fixture
def settled(engine: Engine) -> Iterator[Settled]:
    """A municipality by the text of its pack, with its people and its application."""
    running = []

    def settle(text: str) -> tuple[World, Flask]:
        policy = load_bytes(text.encode(), "pack.yaml", packaged().law)
        install(engine, [policy], now=NOON)
        place = peopled(engine, policy, now=NOON)
        running.append(serving(place))
        return place, next(running[-1])

    yield settle
    for one in running:
        next(one, None)


def test_note_is_offered_taken_and_read_by_everyone(app: Flask, world: World, program: Programs) -> None:  # noqa: F811
    number = world.open("visit")
    desk, form = sit(app, "officer@orebro"), f"/cases/{number}/do/note"
    assert "Write a note" in desk.read(f"/cases/{number}")
    assert "The note" in desk.read(form)
    sent = {"version": values(desk.get(form).text)["version"]}
    assert desk.send(form, {**sent, "comment": ""}).status_code == 422
    assert desk.send(form, {**sent, "comment": "They called twice."}).status_code == 303
    assert desk.send(form, {**sent, "comment": "They called twice."}).status_code == 409
    assert (world.walk(number, "review"), world.version(number)) == ("review", 3)
    history = desk.read(f"/cases/{number}")
    assert "Note written" in history
    assert "They called twice." in history
    assert program("officer").act(number, "note", 3, comment="They called again.").status_code == 200
    assert "note" in description(app)["components"]["schemas"]["Act"]["properties"]["action"]["enum"]
    with pytest.raises(NotMandated):
        world.act("manager", number, "note", comment="Mine")
    assert "Note written" in sit(app, "auditor@orebro").read(f"/audit/cases/{number}")
    assert verify(world.engine).ok
    assert check(load_bytes(starting("storby", "se", "Storby", date(2026, 1, 1)).encode(), "", packaged().law)).ok


def test_risks_are_asked_for_on_the_form_and_refused_at_the_gate(settled: Settled) -> None:
    demand = "  - {id: risk-assessment, when: {engagement: visit}, before: review, clauses: [], assumed: an example}\n"
    pack = (CONFIG / "policies" / "orebro.yaml").read_text(encoding="utf-8")
    assert pack.count("\nrequirements:\n") == 1
    world, app = settled(pack.replace("\nrequirements:\n", f"\nrequirements:\n{demand}"))  # noqa: F811
    number = world.open("visit")
    page = sit(app, "officer@orebro").get(f"/cases/{number}/do/amend").text
    assert 'name="fields.risks"' in page
    assert "Risks" in page
    with pytest.raises(RequirementMissing) as refusal:
        world.act("officer", number, "submit")
    assert [why.values["field"] for why in refusal.value.reasons] == ["risks"]
    world.act("officer", number, "amend", {"fields": {"risks": "None that we see"}})
    world.act("officer", number, "submit")


def test_festival_is_offered_decided_and_registered(settled: Settled) -> None:
    world, app = settled(starting("storby", "se", "Storby", date(2026, 1, 1)))  # noqa: F811
    desk = sit(app, "officer@storby")
    new = desk.get("/cases/new").text
    assert 'value="festival"' in new
    assert "A festival with guests from abroad." in new
    number = world.open("festival", attributes={}, responsible="kulturnamnden")
    assert world.walk(number) == "concluded"
    with reading(world.engine, world.tenant.id) as session:
        assert session.scalars(select(Engagement.kind)).all() == ["festival"]
    assert "A festival" in desk.read("/engagements?kind=festival")
    assert "A festival" not in desk.read("/engagements?kind=visit")
    asked = next(one for one in description(app)["paths"]["/api/v1/who-decides"]["get"]["parameters"]
                 if one["name"] == "engagement")  # fmt: skip
    assert "festival" in asked["schema"]["enum"]


def test_pack_of_a_new_country_begins_and_passes_the_check(
    run: Run,  # noqa: F811
    settled: Settled,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("policy", "new", "lumparland", "--country", "ax")[0] == 0
    code, out, err = run("policy", "check", "lumparland.yaml")
    assert (code, err) == (0, ""), out
    assert not is_working_day(date(2026, 6, 9), "ax")  # the day of Åland's autonomy
    world, _app = settled(Path("lumparland.yaml").read_text(encoding="utf-8"))  # noqa: F811
    assert world.walk(world.open("visit", attributes={}, responsible="kulturnamnden")) == "concluded"
    assert {clause.partition("/")[0] for clause in world.policy.clauses} == {"ax"}


def test_bodies_are_for_administrators(app: Flask, world: World) -> None:  # noqa: F811
    desk = sit(app, "admin@orebro")
    assert "/admin/bodies" in desk.get("/admin/people").text
    assert "Municipal council" in desk.read("/admin/bodies")
    assert desk.get("/admin/bodies?after=nonsense").status_code == 200
    assert sit(app, "officer@orebro").get("/admin/bodies").status_code == 403


def test_bodies_are_described(app: Flask, program: Programs) -> None:  # noqa: F811
    document = description(app)
    told = document["paths"]["/api/v1/bodies"]["get"]
    assert told["summary"] == "Bodies of the caller's municipality, by key."
    assert {one["name"] for one in told["parameters"]} == {"after", "limit"}
    assert set(document["components"]["schemas"]["Body"]["properties"]) == {"key", "kind"}
    assert program("").get("/bodies").status_code == 401
    assert program("officer").get("/bodies?after=nonsense").status_code == 422
