"""Tests of the policy page: the gate's own answers, every clause, every assumption."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, insert

from models import Evaluation
from models.database import writing
from tests.web.clients import Desk, counted, each_store, section, sit, values, words
from tests.web.conftest import furnished, serving
from tests.web.policies.readers import read_in_english
from tests.worlds import World, build
from web.policies.matrix import routes_in_use
from workflow.core.calendar import end_of
from workflow.policy.assumptions import assumptions
from workflow.register.service import register_engagement

ASK = "/policy?engagement={}&act={}&external_funding={}"


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def test_a_stranger_reads_no_policy(app: Flask) -> None:
    assert app.test_client().get("/policy").headers["Location"].startswith("/login")


def test_a_version_that_nobody_stored_is_not_there(engine: Engine, officer: Desk) -> None:
    build(engine, "oslo")
    for version in ("nope", "oslo-2023-2", "<script>"):
        assert officer.get(f"/policy?version={version}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("engagement=castle&act=enter", "f-engagement"),
        ("engagement=visit&act=adopt", "f-act"),
        ("engagement=visit&act=", "f-act"),
        ("engagement=visit&act=enter&external_funding=101", "f-external-funding"),
        ("engagement=visit&act=enter&external_funding=half", "f-external-funding"),
        ("engagement=visit&act=enter&initiative=mine", "f-initiative"),
        ("engagement=visit&act=enter&responsible=kommunfullmaktige", "f-responsible"),
        ("engagement=visit&act=enter&principal=maybe", "f-principal"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_beside_its_field(officer: Desk, asked: str, field: str) -> None:
    answer = officer.get(f"/policy?{asked}")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'id="answer"' not in answer.text


def test_what_was_asked_stays_in_the_form(officer: Desk) -> None:
    shown = values(officer.get("/policy?engagement=visit&act=enter&external_funding=half&scope=municipality").text)
    assert shown["engagement"] == "visit"
    assert shown["external_funding"] == "half"
    assert shown["scope"] == "municipality"


def test_what_an_address_brings_is_never_markup(officer: Desk) -> None:
    evil = "<script>alert(1)</script>"
    for name in ("engagement", "act", "external_funding", "responsible", "scope", "initiative"):
        page = officer.get(f"/policy?engagement=visit&act=enter&{name}={evil}").text
        assert "<script" not in page


def test_a_proposal_is_never_taken_for_a_policy(engine: Engine) -> None:
    world = furnished(engine, "stockholm")
    for app in serving(world):
        page = read_in_english(sit(app, "officer@stockholm"), "/policy")
    told = words(page)
    assert "Proposed, not adopted" in told
    assert "one administration's response to it, not an adopted strategy" in told
    assert told.index("Proposed, not adopted") < told.index("Who decides")
    assert "The proposal says so" in told
    assert "One administration’s response says so" in told


def test_every_clause_stands_there_to_be_cited_and_every_citation_leads_to_one(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    page = read_in_english(desk, "/policy")
    told = words(page)
    for clause in world.policy.clauses.values():
        assert page.count(f'id="{clause.id}"') == 1
        assert " ".join(clause.says["en"].split()) in told
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids
    assert len(ids) == len(re.findall(r' id="([^"]+)"', page))


def test_the_page_counts_its_assumptions_and_leads_to_them(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    part = section(read_in_english(desk, "/policy"), "assumptions")
    count = len({assumption.reason for assumption in assumptions(world.policy)})
    assert f"Not confirmed: {count}" in part
    assert "Confirmed: 0" in part
    assert 'href="/policy/assumptions"' in part
    assert 'href="/policy/assumptions?show=open"' in part


def test_every_clause_says_what_enforces_it_or_why_nothing_does(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    page = read_in_english(desk, "/policy")
    entries = page.split('<div class="clause-entry"')[1:]
    assert len(entries) == len(world.policy.clauses)
    for entry in entries:
        assert 'class="clause-enforced"' in entry.partition("</div>")[0]


def test_a_refusal_is_told_by_shape_and_word_and_by_what_would_change_it(engine: Engine) -> None:
    world = furnished(engine, "stockholm")
    for app in serving(world):
        page = read_in_english(sit(app, "officer@stockholm"), "/policy")
    row = page.partition(">Aid project</th>")[2].partition("</tr>")[0]
    first = row.partition("</td>")[0]
    assert "Refused" in first
    assert "✕" in first
    assert "is-refused" in first
    assert "stockholm/aid" in first
    assert "Changes with: Percent paid by others" in html.unescape(first)


def test_every_way_is_drawn_and_told_in_words(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    body = next(world.policy.responsible_bodies())
    page = section(read_in_english(desk, f"/policy?responsible={body.key}"), "routes")
    known = routes_in_use(world.policy, body.key, "own-area")
    assert known
    assert page.count("<svg") == len(known)
    for way in known:
        assert f">{way.name}<" in page
    assert page.count('<li class="stop-ahead">') == sum(len(way.procedure.stops) for way in known)
    assert not known[0].is_principal


def test_requirements_name_their_step_and_their_clause(officer: Desk, world: World) -> None:
    part = section(read_in_english(officer, "/policy"), "requirements")
    told = html.unescape(re.sub(r"<[^>]+>", " ", part))
    assert part.count('class="rule"') == len(world.policy.requirements)
    assert "Before the decision" in told
    assert "not with a Nordic twin town that the policy names" in told
    assert 'href="#orebro/twins.time-limited"' in part


def test_the_law_and_the_rules_of_meetings_are_cited(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    part = section(read_in_english(desk, "/policy"), "law")
    law = world.policy.law.collegial.on(date.max)
    for clause in (*law.quorum[0].clauses, *law.tie.clauses, *law.abstention.clauses, *law.preparer.clauses):
        assert f'href="#{clause}"' in part
    told = html.unescape(re.sub(r"<[^>]+>", " ", part))
    assert ("the chair’s casting vote decides" in told) is (law.tie.rule == "casting-vote")
    assert ("the proposal lapses" in told) is (law.tie.rule == "lapses")


def test_an_answer_names_body_way_requirements_and_clauses(officer: Desk) -> None:
    page = officer.get(ASK.format("twin-agreement", "enter", 0)).text
    part = section(page, "answer-title")
    assert "Municipal council decides this" in part
    assert "<svg" in part
    assert "before the decision" in part
    for clause in ("orebro/levels.council", "se/kl.5-28", "orebro/twins.time-limited"):
        assert f'href="#{clause}"' in part


def test_a_refusal_is_an_answer(engine: Engine) -> None:
    world = furnished(engine, "stockholm")
    for app in serving(world):
        desk = sit(app, "officer@stockholm")
        refused = section(read_in_english(desk, ASK.format("aid-project", "enter", 99)), "answer-title")
        decided = section(read_in_english(desk, ASK.format("aid-project", "enter", 100)), "answer-title")
    assert "Nobody may decide this" in refused
    assert "stockholm/aid" in refused
    assert "<svg" not in refused
    assert "decides this" in decided


def test_a_matter_of_principle_is_raised_by_the_law(officer: Desk) -> None:
    part = section(officer.get(ASK.format("project", "enter", 0) + "&principal=yes").text, "answer-title")
    assert "Municipal council decides this" in part
    assert "The law gives it to another body" in part


def test_asking_records_nothing(world: World, app: Flask, officer: Desk) -> None:
    with counted(app) as said:
        officer.get(ASK.format("visit", "enter", 0))
    assert all(statement.lstrip().startswith("SELECT") for statement in said)


def test_the_law_alone_is_a_version_one_can_read(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    page = read_in_english(desk, f"/policy?version={world.tenant.key}-law")
    assert "another version than the one in force" in words(page)
    assert "The country’s law alone" in words(page)
    assert f'href="/policy?version={world.policy.version}"' in page
    assert page.count("<svg") >= 1


@each_store
def test_an_overdue_revision_is_told_before_anything_else(engine: Engine) -> None:
    world = furnished(engine, "odense")
    given = {
        "kind": "policy",
        "title": "The framework",
        "source": "The framework itself",
        "responsible": world.policy.only("executive-board").key,
    }
    register_engagement(world.services, world.people["officer"], "odense", given, now=world.now)
    for app in serving(world):
        page = read_in_english(sit(app, "officer@odense"), "/policy")
    told = words(page)
    assert "The policy itself is to be revised" in told
    assert "It was due on 31 December 2025 and is 258 days late." in told
    assert page.index("258 days late") < page.index('class="toc"')
    assert 'href="#odense/revision"' in page


def test_a_revision_that_stands_in_no_register_is_told_too(engine: Engine, world: World, officer: Desk) -> None:
    version_id, _policy = world.services.policies.governing(world.tenant.id, world.now.date())
    due = world.now.date()
    row = {
        "municipality_id": world.tenant.id,
        "number": "orebro-v-00099",
        "rule": "gone",
        "policy_version_id": version_id,
        "state": "pending",
        "due_on": due,
        "due_at": end_of(due, "Europe/Stockholm"),
    }
    with writing(engine, world.tenant.id) as connection:
        connection.execute(insert(Evaluation), row)
    assert "It is due today." in officer.read("/policy")


def test_the_page_is_in_the_readers_language(officer: Desk, world: World) -> None:
    officer.send("/language", {"language": "sv"})
    told = officer.read("/policy")
    assert "Internationell policy för Örebro kommun" in told
    assert " ".join(world.policy.clauses["orebro/goals"].says["sv"].split()) in told
    for code in ("nb", "da"):
        officer.send("/language", {"language": code})
        assert officer.get("/policy").status_code == 200


def test_the_page_takes_few_statements_whatever_is_asked(app: Flask, officer: Desk) -> None:
    officer.get("/policy")
    with counted(app) as plain:
        officer.get("/policy")
    with counted(app) as asked:
        officer.get(ASK.format("twin-agreement", "enter", 0))
    assert len(plain) == len(asked) <= 6
