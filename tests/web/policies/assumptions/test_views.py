"""Tests of the assumption pages: texts, rulings by those who may, and marks on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import AccessLog
from models.database import reading
from tests.web.clients import Desk, counted, each_store, engine_of, section, sit, values, words
from tests.web.conftest import furnished, serving
from tests.workflow.pack_versions import later_pack
from tests.worlds import MUNICIPALITIES, World, build, policy_of
from web.i18n.locale import LANGUAGES
from workflow.audit.verify import verify
from workflow.policy.assumptions import assumption_ids, rules_by_assumption
from workflow.versions.assumption_reviews import record_review, rulings
from workflow.versions.service import submit_pack

RENEWING = "renewing is not mentioned; we read it as entering again"
RENEWING_IN_SWEDISH = "förlängning nämns inte"
#: Words of the engine and its packs that no reader should meet.
ENGINE_WORDS = re.compile(
    r"\b(row|step \d|founding|twins-\w+|own-\w+|council-\w+|executive-\w+|chair@\w+|rule for|twin-agreement)\b"
)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def coordinator(app: Flask) -> Desk:
    return sit(app, "coordinator@orebro")


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


@pytest.fixture(params=MUNICIPALITIES)
def anywhere(request: pytest.FixtureRequest, engine: Engine) -> Iterator[tuple[World, Desk]]:
    """A world of each municipality, and its officer."""
    world = furnished(engine, request.param)
    for app in serving(world):
        yield world, sit(app, f"officer@{request.param}")


def page_of(world: World, reason: str = RENEWING) -> str:
    return f"/policy/assumptions/{assumption_ids(world.policy)[reason]}"


def given(**more: str) -> dict[str, str]:
    return {"version": "orebro-2012-2", "seen": "0", "verdict": "confirmed", "note": "Memorandum KS 12/2026"} | more


def said(world: World) -> list[str]:
    with reading(world.engine, world.tenant.id) as db:
        return [one.verdict for one in rulings(db, world.tenant.id).values()]


def rule(world: World, verdict: str = "confirmed", note: str = "The council", reason: str = RENEWING) -> None:
    known = assumption_ids(world.policy)[reason]
    who = world.people["coordinator"]
    record_review(world.services, who, world.tenant.key, world.policy.version, known, verdict, note, now=world.now)


# -- refusals


def test_a_stranger_reads_no_assumption_and_rules_on_none(app: Flask, world: World) -> None:
    client = app.test_client()
    for path in ("/policy/assumptions", page_of(world)):
        assert client.get(path).headers["Location"].startswith("/login")
    assert client.post(page_of(world), data=given()).headers["Location"].startswith("/login")
    assert said(world) == []


def test_a_form_that_is_not_ours_is_refused(coordinator: Desk, world: World) -> None:
    assert coordinator.browser.client.post(page_of(world), data=given()).status_code == 400
    assert said(world) == []


@each_store
def test_who_may_not_is_shown_no_form_and_refused_with_the_reason(app: Flask, world: World) -> None:
    for who in ("officer", "manager", "chair.council", "auditor"):
        desk = sit(app, f"{who}@orebro")
        assert "Confirm or reject" not in desk.read("/policy/assumptions")
        assert '<form class="panel"' not in desk.get(page_of(world)).text
        answer = desk.send(page_of(world), given())
        assert answer.status_code == 403
        assert "recorded by the international coordinator or an administrator" in words(answer.text)
    assert said(world) == []
    with reading(world.engine, world.tenant.id) as db:
        refused = db.scalars(select(AccessLog.action).where(AccessLog.what == "refused")).all()
    assert refused == ["confirm-assumption"] * 4


def test_what_nobody_assumes_is_not_there(engine: Engine, coordinator: Desk, world: World) -> None:
    build(engine, "oslo")
    for path in (
        "/policy/assumptions/nope",
        f"/policy/assumptions/{'0' * 64}",
        "/policy/assumptions?show=nothing",
        "/policy/assumptions?version=oslo-2023-2",
        f"{page_of(world)}?version=nope",
        f"{page_of(world)}?version=orebro-law",
    ):
        assert coordinator.get(path).status_code == 404
    for sent in (given(version="nope"), given(version="oslo-2023-2"), given(version="")):
        assert coordinator.send(page_of(world), sent).status_code == 404
    theirs = set(assumption_ids(policy_of("oslo")).values()) - set(assumption_ids(world.policy).values())
    assert coordinator.send(f"/policy/assumptions/{next(iter(theirs))}", given()).status_code == 404
    assert said(world) == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"verdict": "rejected", "note": " "}, "note"), ({"verdict": ""}, "verdict"), ({"verdict": "maybe"}, "verdict")],
)
def test_what_was_typed_stays_when_it_is_refused(
    coordinator: Desk, world: World, sent: dict[str, str], field: str
) -> None:
    answer = coordinator.send(page_of(world), given(**sent))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    shown = values(answer.text)
    assert shown["note"] == given(**sent)["note"]
    assert shown.get("verdict", "") == {"maybe": ""}.get(sent["verdict"], sent["verdict"])
    assert said(world) == []


def test_who_was_slower_sees_what_the_other_said_and_keeps_the_typed(coordinator: Desk, world: World) -> None:
    rule(world, "rejected", "It is a new agreement")
    answer = coordinator.send(page_of(world), given())
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Somebody else has ruled on this assumption" in told
    assert "It is a new agreement" in told
    shown = values(answer.text)
    assert shown["note"] == "Memorandum KS 12/2026"
    assert said(world) == ["rejected"]
    assert coordinator.send(page_of(world), given(seen=shown["seen"])).status_code == 303
    assert said(world) == ["confirmed"]


def test_a_form_that_names_no_ruling_is_refused(coordinator: Desk, world: World) -> None:
    for seen in ("", "x", "-1", "9" * 40):
        assert coordinator.send(page_of(world), given(seen=seen)).status_code == 409
    assert said(world) == []


# -- what is recorded


@each_store
@pytest.mark.parametrize("who", ["coordinator", "admin"])
def test_who_may_records_what_the_municipality_says(app: Flask, world: World, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert "Confirm or reject it" in desk.read("/policy/assumptions")
    sent = {**values(desk.get(page_of(world)).text), "verdict": "confirmed", "note": "Memorandum\r\nKS 12/2026"}
    answer = desk.send(page_of(world), sent)
    assert answer.status_code == 303
    told = desk.read(answer.headers["Location"])
    assert "It is recorded that the municipality confirms it." in told
    assert f"Recorded by {who.title()}" in told
    assert "Memorandum KS 12/2026" in told
    assert verify(world.engine).ok


def test_the_list_is_narrowed_by_how_they_stand(coordinator: Desk, officer: Desk, world: World) -> None:
    count = len(assumption_ids(world.policy))
    rule(world)
    rule(world, "rejected", "Nobody told us", "the policy names no signatory")
    told = officer.read("/policy/assumptions")
    assert f"All: {count} Not confirmed: {count - 2} Confirmed: 1 Rejected: 1" in told
    confirmed = officer.read("/policy/assumptions?show=confirmed")
    assert (RENEWING in confirmed, "names no signatory" in confirmed) == (True, False)
    rejected = officer.read("/policy/assumptions?show=rejected")
    assert "Nobody told us" in rejected
    assert RENEWING not in officer.read("/policy/assumptions?show=open")
    part = section(officer.get("/policy").text, "assumptions")
    assert f"Not confirmed: {count - 2}" in part
    assert "Rejected: 1" in part
    assert "Rule on it again" in coordinator.read(page_of(world))


def test_a_list_without_any_says_so(officer: Desk) -> None:
    assert "No assumption stands so." in officer.read("/policy/assumptions?show=rejected")


def test_everything_that_was_said_of_one_stands_there(officer: Desk, world: World) -> None:
    rule(world, note="The council’s first word")
    rule(world, "rejected", "And its second")
    told = officer.read(page_of(world))
    assert told.index("And its second") < told.index("(no longer)") < told.index("The council’s first word")


def test_another_version_shows_its_own_assumptions(officer: Desk, world: World) -> None:
    rule(world, reason="without a policy we let the council decide on twin towns")
    told = officer.read("/policy/assumptions?version=orebro-law")
    assert "another version than the one in force" in told
    assert "Confirmed: 1" in told
    assert RENEWING not in told


# -- in plain words


def test_every_assumption_is_told_with_its_reason_and_its_places(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    desk.send("/language", {"language": "en"})
    page = desk.get("/policy/assumptions").text
    told = words(page)
    assert page.count('<li id="a-') == len(rules_by_assumption(world.policy))
    for reason, rules in rules_by_assumption(world.policy).items():
        assert " ".join(reason.split()) in told
        for rule_ in rules:
            for clause in rule_.clauses:
                assert f"#{clause}" in page
    places = " ".join(re.findall(r'<ul class="rests">(.*?)</ul>', page, flags=re.DOTALL))
    places = re.sub(r"<a\b.*?</a>", "", places)
    assert ENGINE_WORDS.findall(re.sub(r"<[^>]+>", " ", places)) == []


def test_places_and_reasons_are_told_in_the_readers_language(officer: Desk, world: World) -> None:
    for code in LANGUAGES:
        officer.send("/language", {"language": code})
        assert officer.get("/policy/assumptions").status_code == 200
    officer.send("/language", {"language": "sv"})
    told = officer.read(page_of(world))
    assert RENEWING_IN_SWEDISH in told
    assert "Kommunfullmäktige beslutar: Vänortsavtal; förläng" in told


# -- marked wherever they bite


def test_a_mark_says_how_its_assumption_stands_wherever_it_bites(officer: Desk, world: World) -> None:
    reason = "the policy wants politicians to take part; that the decision must name them is our reading"
    number = world.open("twin-agreement", fields={"representatives": ["A"]})
    ask = "/policy?engagement=twin-agreement&act=enter&external_funding=0"
    pages = (f"/cases/{number}", f"/cases/{number}/do/amend", "/cases/new?engagement=twin-agreement&act=enter", ask)
    for path in pages:
        assert f"{reason} Not confirmed by the municipality" in officer.read(path)
    rule(world, reason=reason)
    for path in pages:
        assert f"{reason} Confirmed by Coordinator" in officer.read(path)
    rule(world, "rejected", "Members of the board are enough", reason)
    for path in pages:
        told = officer.read(path)
        assert re.search(f"{reason} Rejected by Coordinator, [^:]*: Members of the board are enough", told)
        assert page_of(world, reason) in officer.get(path).text


def test_an_answer_is_marked_by_how_the_worst_of_its_assumptions_stands(officer: Desk, world: World) -> None:
    def table() -> str:
        return words("<main" + section(officer.get("/policy").text, "who-decides") + "</main>")

    assert "Partly assumed, not confirmed" in table()
    for reason in assumption_ids(world.policy):
        rule(world, reason=reason)
    assert "Partly assumed, confirmed" in table()
    assert "not confirmed" not in table()
    rule(world, "rejected", "No", RENEWING)
    assert "Partly assumed, and rejected" in table()


def test_one_municipality_sees_nothing_of_anothers_rulings(engine: Engine, world: World) -> None:
    shared = "without a policy we let the responsible body decide within its own area"
    stockholm = furnished(engine, "stockholm")
    rule(world, reason=shared)
    assert assumption_ids(world.policy)[shared] == assumption_ids(stockholm.policy)[shared]
    for app in serving(stockholm):
        assert "Confirmed: 0" in sit(app, "officer@stockholm").read("/policy/assumptions")


def test_marks_cost_one_statement_however_many_there_are(app: Flask, officer: Desk, world: World) -> None:
    for path, most in (("/policy", 6), ("/policy/assumptions", 5), (page_of(world), 6)):
        officer.get(path)
        with counted(app) as before:
            officer.get(path)
        assert len([one for one in before if "assumption_ruling" in one and "GROUP BY" in one]) == 1
        for reason in list(assumption_ids(world.policy))[:9]:
            rule(world, reason=reason)
        with counted(app) as after:
            officer.get(path)
        assert len(after) == len(before) <= most


def test_a_page_without_a_mark_asks_for_no_rulings(app: Flask, officer: Desk) -> None:
    with counted(app) as sent:
        officer.get("/notices")
    assert not [one for one in sent if "assumption_ruling" in one]


def test_a_version_that_assumes_what_was_rejected_is_refused_in_the_readers_language(app: Flask, world: World) -> None:
    rule(world, "rejected", "It is a new agreement")
    raw = later_pack("orebro")
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    admin = sit(app, "admin@orebro")
    admin.send("/language", {"language": "sv"})
    path = "/policy/versions/orebro-2027/activate"
    page = admin.get(path).text
    assert "Förkastade: 1" in words(page)
    assert 'href="/policy/assumptions?version=orebro-2027&amp;show=rejected"' in page
    given = {"governs_from": "2026-09-15", "basis": "reading", "reason": "Som vi läser den nu"}
    answer = admin.send(path, given)
    assert answer.status_code == 409
    assert f"vilar på ett antagande som kommunen har förkastat: {RENEWING_IN_SWEDISH}" in words(answer.text)


def test_an_auditor_reads_the_ruling_in_the_journal(app: Flask, world: World) -> None:
    rule(world, "rejected", "It is a new agreement")
    auditor = sit(app, "auditor@orebro")
    told = auditor.read("/audit/journal")
    assert "Assumption rejected" in told
    assert f"The assumption {RENEWING}" in told
    assert "Clauses it reads orebro/levels.council" in told
    assert "It is a new agreement" in told
    assert "Assumption rejected" in auditor.read("/audit?action=reject-assumption")
