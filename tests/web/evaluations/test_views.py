"""Views of evaluations: the calendar, and the report by those who may file it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.web.clients import counted, each_store, engine_of, section, sit, values, words
from tests.web.conftest import furnished
from tests.web.evaluation_data import again, evaluation_of, registered, report, rungs_climbed, start, whole_report
from tests.worlds import World


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or what a test asks for."""
    return engine_of(request)


def form_of(world: World, number: str, proposes: str = "continue", **more: str) -> dict[str, str]:
    """What a reporter types and ticks."""
    given = whole_report(world, number, proposes)
    typed = {f"answers.{key}": text for key, text in given.pop("answers").items()}
    return typed | given | {"version": str(again(world, number).version), **more}


def test_evaluation_of_nobody_is_not_found(app: Flask, world: World) -> None:
    assert sit(app, "officer@orebro").get("/evaluations/orebro-v-99999").status_code == 404


def test_evaluation_of_another_municipality_is_not_found(app: Flask, world: World) -> None:
    assert sit(app, "officer@orebro").get("/evaluations/oslo-v-00001").status_code == 404


def test_who_does_not_report_is_told_why_and_sees_no_form(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    desk = sit(app, "officer@orebro")
    page = desk.read(f"/evaluations/{number}")
    assert "It waits for: International coordinator" in page
    assert "Report what it has led to" not in page
    answer = desk.get(f"/evaluations/{number}/report")
    assert answer.status_code == 403
    assert "<textarea" not in answer.text
    sent = desk.send(f"/evaluations/{number}/report", form_of(world, number))
    assert sent.status_code == 403
    assert again(world, number).state == "pending"
    assert desk.send(f"/evaluations/{number}/start", version="0").status_code == 403


def test_unanswered_question_is_named_and_what_was_typed_survives(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    desk = sit(app, "coordinator@orebro")
    typed = form_of(world, number) | {"answers.learnt": " ", "answers.effects": "Fewer floods.\nAnd friends."}
    answer = desk.send(f"/evaluations/{number}/report", typed)
    assert answer.status_code == 422
    assert "This must be answered: “What have we learnt?”" in words(answer.text)
    assert "orebro/networks.evaluation" in answer.text
    shown = values(answer.text)
    assert shown["answers.effects"] == "Fewer floods.\nAnd friends."
    assert shown["proposes"] == "continue"
    assert again(world, number).state == "pending"


def test_nothing_chosen_is_refused_in_words(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    typed = form_of(world, number)
    del typed["proposes"]
    answer = sit(app, "coordinator@orebro").send(f"/evaluations/{number}/report", typed)
    assert answer.status_code == 422
    assert 'href="#f-proposes"' in answer.text


def test_page_that_has_changed_meanwhile_refuses_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    typed = form_of(world, number) | {"answers.effects": "Kept words"}
    start(world, "coordinator", number)
    answer = sit(app, "coordinator@orebro").send(f"/evaluations/{number}/report", typed)
    assert answer.status_code == 409
    assert "Kept words" in answer.text
    report(world, "coordinator", number)
    answer = sit(app, "coordinator@orebro").send(f"/evaluations/{number}/report", typed)
    assert answer.status_code == 409
    assert "You cannot do this now" in words(answer.text)
    assert "Kept words" in words(answer.text)


@each_store
def test_report_opens_the_case_and_links_to_it(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    desk = sit(app, "coordinator@orebro")
    answer = desk.send(f"/evaluations/{number}/report", form_of(world, number, "terminate"))
    assert answer.status_code == 303
    case = again(world, number).decided_in
    assert case
    page = desk.read(f"/evaluations/{number}")
    assert "End it" in page
    assert case in page
    officer = sit(app, "officer@orebro")
    assert f'href="/cases/{case}"' in officer.get(f"/evaluations/{number}").text
    assert f'href="/evaluations/{number}"' in officer.get(f"/cases/{case}").text


def test_case_that_the_reader_may_not_see_is_a_number_alone(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    case = report(world, "coordinator", number)
    page = sit(app, "chair.committee@orebro").get(f"/evaluations/{number}").text
    assert case in page
    assert f'href="/cases/{case}"' not in page


def test_reporter_begins_it(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    desk = sit(app, "coordinator@orebro")
    assert desk.send(f"/evaluations/{number}/start", version="0").status_code == 303
    assert again(world, number).state == "under-way"
    assert "Under way" in desk.read(f"/evaluations/{number}")


def test_page_says_why_and_who_decides(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    page = sit(app, "officer@orebro").get(f"/evaluations/{number}").text
    told = words(page)
    assert "orebro/networks.evaluation" in told
    assert "Assumed:" in told
    who = words(f"<main>{section(page, 'who-title')}</main>")
    assert "If it is to end Municipal executive board" in who


@each_store
def test_rungs_that_were_raised_stand_in_its_history(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world, starts_on="2024-09-20")).number
    rungs_climbed(world, 8)
    page = sit(app, "officer@orebro").read(f"/evaluations/{number}")
    assert "Told: Case officer, Executive Board Administration" in page


@each_store
def test_calendar_has_each_evaluation_in_its_section(app: Flask, world: World) -> None:
    due = {"late": "2024-09-10", "month": "2024-09-15", "next": "2024-10-31", "later": "2024-11-01"}
    for name, day in due.items():
        registered(world, title=f"Network {name}", starts_on=day)
    done = registered(world, title="Network reported", starts_on="2024-09-11")
    report(world, "coordinator", evaluation_of(world, done).number)
    page = sit(app, "auditor@orebro").get("/evaluations").text
    for name in (*due, "reported"):
        found = section(page, f"{name}-title")
        assert found.count('class="record-title"') == 1, name
        assert f"Network {name}" in found


@each_store
def test_calendar_pages_by_key(app: Flask, world: World) -> None:
    for number in range(27):
        registered(world, title=f"Network {number:02d}", starts_on="2023-05-01")
    desk = sit(app, "officer@orebro")
    assert desk.get("/evaluations").text.count('class="record-title"') == 8
    first = desk.get("/evaluations?show=late").text
    assert first.count('class="record-title"') == 25
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = desk.get(onward).text
    assert second.count('class="record-title"') == 2
    assert "Network 26" in second


def test_calendar_is_narrowed_by_body(app: Flask, world: World) -> None:
    registered(world, title="Of the board")
    committee = next(world.policy.bodies_of("committee").__iter__()).key
    registered(world, title="Of the committee", responsible=committee, scope="own-area")
    page = sit(app, "officer@orebro").read(f"/evaluations?body={committee}")
    assert "Of the committee" in page
    assert "Of the board" not in page


def test_nonsense_in_the_address_is_ignored(app: Flask, world: World) -> None:
    registered(world)
    desk = sit(app, "officer@orebro")
    for query in ("?show=never", "?body=nobody", "?show=late&after=2026-99-99.1", "?after=x"):
        assert desk.get(f"/evaluations{query}").status_code == 200


def test_calendar_costs_the_same_however_long_it_is(app: Flask, world: World) -> None:
    registered(world)
    desk = sit(app, "officer@orebro")
    desk.get("/evaluations")
    with counted(app) as few:
        desk.get("/evaluations")
    for number in range(12):
        registered(world, title=f"Network {number}")
    with counted(app) as many:
        desk.get("/evaluations")
    assert len(few) == len(many) <= 4


# -- what comes of it, in the case


def test_outcome_can_be_changed_only_in_a_case_that_evaluates(app: Flask, world: World) -> None:
    officer = sit(app, "officer@orebro")
    plain = world.open("membership", "evaluate", engagement_number=registered(world, title="Asked for"))
    assert "fields.evaluation_outcome" not in values(officer.get(f"/cases/{plain}/do/amend").text)
    ending = report(world, "coordinator", evaluation_of(world, registered(world, title="Ends")).number, "terminate")
    assert "fields.evaluation_outcome" not in values(officer.get(f"/cases/{ending}/do/amend").text)
    case = report(world, "coordinator", evaluation_of(world, registered(world)).number, "renegotiate")
    assert values(officer.get(f"/cases/{case}/do/amend").text)["fields.evaluation_outcome"] == "renegotiate"


@each_store
def test_officer_changes_what_is_to_come_of_it(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    case = report(world, "coordinator", number, "renegotiate")
    officer = sit(app, "officer@orebro")
    typed = values(officer.get(f"/cases/{case}/do/amend").text) | {"fields.evaluation_outcome": "continue"}
    assert officer.send(f"/cases/{case}/do/amend", typed).status_code == 303
    assert world.row(case).fields["evaluation_outcome"] == "continue"
    assert "What comes of the evaluation Go on with it" in officer.read(f"/cases/{case}")
    world.walk(case)
    assert again(world, number).outcome == "continue"


# -- the policy's own


def test_policy_of_its_own_is_revised_in_words_that_fit(app: Flask, world: World) -> None:
    odense = furnished(world.engine, "odense")
    given = {"kind": "policy", "title": "The framework", "partner_name": "", "partner_country": ""}
    number = evaluation_of(odense, registered(odense, **given)).number
    desk = sit(app, "coordinator@odense")
    page = desk.read(f"/evaluations/{number}")
    assert "Revision of the policy" in page
    assert "If it is to be repealed" in page
    assert "If it is to end" not in page
    form = desk.read(f"/evaluations/{number}/report")
    assert "Report whether the policy still fits" in form
    assert "Repeal the policy" in form
    assert "End it" not in form
    sent = desk.send(f"/evaluations/{number}/report", form_of(odense, number, "renegotiate"))
    assert sent.status_code == 303
    assert odense.row(again(odense, number).decided_in).act == "revise"


def test_value_is_asked_for_only_where_the_policy_weighs_it(app: Flask, world: World) -> None:
    number = evaluation_of(world, registered(world)).number
    assert 'name="worth"' not in sit(app, "coordinator@orebro").get(f"/evaluations/{number}/report").text
    odense = furnished(world.engine, "odense")
    weighed = evaluation_of(odense, registered(odense)).number
    desk = sit(app, "officer@odense")
    assert 'name="worth"' in desk.get(f"/evaluations/{weighed}/report").text
    assert "more-time" not in desk.get(f"/evaluations/{weighed}").text  # who reports may not also give more time
    typed = form_of(odense, weighed) | {"worth": "less"}
    refused = desk.send(f"/evaluations/{weighed}/report", typed)
    assert refused.status_code == 422
    assert 'href="#f-reasons"' in refused.text
    assert "odense/end-without-value" in refused.text
